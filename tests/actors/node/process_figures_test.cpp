#include "actors/node/process_figures.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace tonris::actors {
namespace {

const std::string rest = " S 1 42 42 0 -1 4194560 100 0 3 0 7 5 0 0 20 0 9 0 123456 1000 250 18446744073709551615";

TEST(StartTicks, StandInTheirPlaceWhateverTheProgramIsCalled) {
  const struct {
    std::string line;
    std::optional<std::uint64_t> ticks;
  } rows[] = {
      {"42 (tonris)" + rest, 123456},
      {"42 (a) b (c)" + rest, 123456},
      {"42 (tonris) S 1 42", std::nullopt},
      {"42 tonris" + rest, std::nullopt},
      {"42 (tonris) S 1 42 42 0 -1 4194560 100 0 3 0 7 5 0 0 20 0 9 0 soon 1", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(start_ticks(row.line), row.ticks) << row.line;
}

TEST(ProcessFigures, AreThoseOfThisProcess) {
  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_GT(process_start_seconds(), now - 24 * 3600);
  EXPECT_LE(process_start_seconds(), now + 2) << "the machine's own start is known to the second";
  const auto before = process_cpu_seconds();
  for (volatile int i = 0; i < 50'000'000;) i = i + 1;
  EXPECT_GT(process_cpu_seconds(), before);
  EXPECT_GE(most_descriptors(), 20);
}

}  // namespace
}  // namespace tonris::actors
