#include "model/tool/digit_collector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using enum digit_collector::ending;
using collected = digit_collector::collected;

const digit_collector::time start{std::chrono::hours{1000}};

/// One step: a key, or where there is none the time passes, or he hangs up. And what came of it.
struct step {
  std::string key;  ///< "tick", "gone", else a key
  std::chrono::seconds at;
  std::optional<collected> came = std::nullopt;
};
struct story {
  std::string what;
  tool_commands::collect_digits asked;
  std::vector<step> steps;
};

TEST(DigitCollector, EndsOnceByWhateverComesFirst) {
  const tool_commands::collect_digits four{4, '#', 10s, ""}, stars{4, '*', 10s, ""}, endless{3, '\0', 10s, ""};
  for (const auto& [what, asked, steps] : {
           story{"the last key",
                 four,
                 {{"1", 0s}, {"2", 1s}, {"3", 2s}, {"4", 3s, collected{"1234", count}}, {"5", 4s}, {"#", 5s}}},
           story{"the terminator", four, {{"1", 0s}, {"*", 1s}, {"#", 2s, collected{"1*", terminator}}, {"2", 3s}}},
           story{"another terminator", stars, {{"#", 1s}, {"*", 2s, collected{"#", terminator}}}},
           story{"no terminator", endless, {{"#", 1s}, {"*", 2s}, {"0", 3s, collected{"#*0", count}}}},
           story{"the terminator alone", four, {{"#", 2s, collected{"", terminator}}}},
           story{"nothing at all", four, {{"tick", 9s}, {"tick", 10s, collected{"", timeout}}, {"tick", 11s}}},
           story{"a pause after keys",
                 four,
                 {{"1", 9s}, {"tick", 10s}, {"2", 18s}, {"tick", 27s}, {"tick", 28s, collected{"12", timeout}}}},
           story{
               "the caller", four, {{"7", 1s}, {"gone", 2s, collected{"7", caller_left}}, {"gone", 3s}, {"tick", 60s}}},
           story{"no keys", four, {{"A", 1s}, {"", 2s}, {"12", 3s}, {"x", 4s}, {"tick", 10s, collected{"", timeout}}}},
       }) {
    digit_collector collector{asked, start};
    for (const auto& [key, at, came] : steps) {
      const auto got = key == "tick"   ? collector.tick(start + at)
                       : key == "gone" ? collector.caller_left()
                                       : collector.key(key, start + at);
      EXPECT_EQ(got, came) << what << ", " << key << " at " << at.count();
    }
    EXPECT_TRUE(collector.is_over()) << what;
  }
}

TEST(DigitCollector, SaysWhenItsTimeIsUp) {
  digit_collector collector{{4, '#', 10s, ""}, start};
  EXPECT_EQ(collector.deadline(), start + 10s);
  (void)collector.key("1", start + 4s);
  EXPECT_EQ(collector.deadline(), start + 14s);
}

TEST(DigitCollector, AnswersWithTheKeysAndWhatEndedThem) {
  EXPECT_EQ(to_tool_result({"0123", terminator}), done(R"({"digits":"0123","ended_by":"terminator"})"));
  EXPECT_EQ(to_tool_result({"", timeout}), done(R"({"digits":"","ended_by":"timeout"})"));
  EXPECT_EQ(to_tool_result({"1", count}), done(R"({"digits":"1","ended_by":"count"})"));
  EXPECT_EQ(to_tool_result({"1", caller_left}), refused(R"({"digits":"1","ended_by":"caller_left"})"));
}

TEST(DigitCollector, MasksKeysForLogs) {
  EXPECT_EQ(masked_digits("12#"), "...");
  EXPECT_EQ(masked_digits(""), "");
}

}  // namespace
}  // namespace tonris::model
