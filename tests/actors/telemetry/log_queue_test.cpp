#include "actors/telemetry/log_queue.hpp"

#include <chrono>
#include <thread>

#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

TEST(LogQueue, HoldsNothingWhereThereIsNoLog) {
  EXPECT_EQ(log::queue_now().waiting, 0u);
  EXPECT_EQ(log::queue_now().dropped, 0u);
}

TEST(LogQueue, ThatIsWrittenIsEmptyAgain) {
  captured_log log;
  for (int i = 0; i < 100; ++i) log::info("a line");
  for (int i = 0; i < 1000 && log::queue_now().waiting > 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  EXPECT_EQ(log::queue_now().waiting, 0u);
  EXPECT_EQ(log::queue_now().dropped, 0u);
}

}  // namespace
}  // namespace tonris::actors::test
