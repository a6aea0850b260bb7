#include "actors/telemetry/refused_list.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace tonris::actors::test {
namespace {

TEST(RefusedList, IsWrittenByManyThreadsWhileOneReads) {
  refused_list list;
  constexpr int writers = 4, each = 2'000;
  std::vector<std::jthread> threads;
  for (int writer = 0; writer < writers; ++writer)
    threads.emplace_back([&list, writer] {
      const auto address = "198.51.100." + std::to_string(writer);
      for (int n = 0; n < each; ++n)
        list.note(model::refused_at({}, static_cast<std::uint8_t>(n % 3), 0, address, {}, {}));
    });
  for (int n = 0; n < 200; ++n) EXPECT_LE(list.all().size(), std::size_t{writers} * 3);
  threads.clear();
  std::uint64_t noted = 0;
  for (const auto& one : list.all()) noted += one.count;
  EXPECT_EQ(noted, std::uint64_t{writers} * each);
}

}  // namespace
}  // namespace tonris::actors::test
