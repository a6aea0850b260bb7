#include "actors/call/store_watch.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;

class StoreWatch : public testing::Test {
 protected:
  void write_down() { journal->event({{"CA1"}, {}, model::call_moment::webhook, ""}); }
  bool is_behind_after(std::chrono::milliseconds later) {
    watch.tick(now + later);
    return !watch.trouble()->now().empty();
  }

  call_journal::clock::time_point now{1h};
  const std::shared_ptr<call_journal> journal = std::make_shared<call_journal>(nullptr, [this] { return now; });
  store_watch watch{journal};
};

TEST_F(StoreWatch, SaysNothingWhereNothingWaits) {
  EXPECT_FALSE(is_behind_after(1h));
  write_down();
  (void)journal->take();
  journal->written();
  EXPECT_FALSE(is_behind_after(1h));
}

TEST_F(StoreWatch, SaysOnceWhenTheStoreIsBehindAndOnceWhenThatIsOver) {
  captured_log log;
  write_down();
  EXPECT_FALSE(is_behind_after(store_watch::patience));
  for (const auto later : {5001ms, 6000ms, 60000ms}) EXPECT_TRUE(is_behind_after(later));
  EXPECT_EQ(watch.trouble()->now(), "the call store is behind: what calls write down waits for the disk");
  auto failed = journal->take();
  EXPECT_TRUE(is_behind_after(61s)) << "it is being written";
  journal->put_back(std::move(failed));
  EXPECT_TRUE(is_behind_after(62s)) << "it could not be";
  (void)journal->take();
  journal->written();
  for (int twice = 0; twice < 2; ++twice) EXPECT_FALSE(is_behind_after(63s));
  const auto said = log.text();
  const std::string behind = "The call store is behind: 1 entries wait for the disk, the oldest for 5 s";
  const std::string again = "The call store keeps up again";
  ASSERT_NE(said.find(behind), std::string::npos) << said;
  EXPECT_EQ(said.find("is behind"), said.rfind("is behind")) << said;
  ASSERT_NE(said.find(again), std::string::npos) << said;
  EXPECT_EQ(said.find(again), said.rfind(again)) << said;
}

TEST_F(StoreWatch, FindsItBehindUntilWhatWaitsIsYoungAgain) {
  write_down();
  EXPECT_TRUE(is_behind_after(6s));
  (void)journal->take();
  now += 6s;
  write_down();
  journal->written();
  EXPECT_TRUE(is_behind_after(3s)) << "each write takes so long: it is behind all the time";
  EXPECT_FALSE(is_behind_after(500ms));
  EXPECT_FALSE(is_behind_after(3s)) << "and has to be behind for longer to begin with";
}

}  // namespace
}  // namespace tonris::actors
