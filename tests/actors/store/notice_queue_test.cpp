#include "actors/store/notice_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::actors::test {
namespace {

tenant_notice notice(std::size_t number) {
  tenant_notice one;
  one.subject = std::to_string(number);
  return one;
}

TEST(NoticeQueue, WakesOnceForWhatWaits) {
  int woken = 0;
  notice_queue queue;
  queue.add(notice(0));
  queue.wake_with([&] { ++woken; });
  EXPECT_EQ(queue.take().size(), 1U) << "what came before anybody was there";
  queue.add(notice(1));
  queue.add(notice(2));
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(queue.take().size(), 2U);
  queue.add(notice(3));
  EXPECT_EQ(woken, 2);
}

TEST(NoticeQueue, KeepsTheOrderOfWhatCouldNotBeWritten) {
  notice_queue queue;
  queue.add(notice(1));
  auto taken = queue.take();
  queue.add(notice(2));
  queue.put_back(std::move(taken));
  const auto all = queue.take();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].subject, "1");
  EXPECT_EQ(all[1].subject, "2");
}

TEST(NoticeQueue, DropsAndCountsWhatIsTooMuch) {
  notice_queue queue;
  for (std::size_t i = 0; i < notice_queue::most + 3; ++i) queue.add(notice(i));
  EXPECT_EQ(queue.dropped(), 3U);
  const auto all = queue.take();
  ASSERT_EQ(all.size(), notice_queue::most);
  EXPECT_EQ(all.front().subject, "0") << "the oldest stay: what follows may only make sense with them";
}

}  // namespace
}  // namespace tonris::actors::test
