#include "actors/telemetry/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* time_of_day = "[0-9]{4}-[0-9-]{5}T[0-9:]{8}\\.[0-9]{3}Z";

TEST(Log, WritesALineOfText) {
  captured_log log;
  log::warn("agent leg lost ({reason})", {{"call", "CA1"}, {"reason", "reset"}});
  EXPECT_THAT(log.text(),
              ContainsRegex("^" + std::string{time_of_day} + " \\[WARN\\]: Call CA1: agent leg lost \\(reset\\)\n$"));
}

TEST(Log, WritesALineOfJson) {
  captured_log log{config::log_level::info, config::log_format::json};
  log::error("agent leg lost ({reason})", {{"call", "CA1"}, {"reason", "reset"}});
  EXPECT_THAT(log.text(), ContainsRegex("^\\{\"time\":\"" + std::string{time_of_day} +
                                        "\",\"level\":\"ERROR\",\"message\":\"Call CA1: agent leg lost \\(reset\\)\","
                                        "\"call\":\"CA1\",\"reason\":\"reset\"\\}\n$"));
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  captured_log log{config::log_level::warn};
  EXPECT_FALSE(log::writes(config::log_level::info));
  log::info("an ordinary thing");
  log::warn("a strange thing");
  const auto text = log.text();
  EXPECT_THAT(text, Not(HasSubstr("ordinary")));
  EXPECT_THAT(text, HasSubstr("[WARN]: a strange thing\n"));
}

}  // namespace
}  // namespace tonris::actors::test
