#include "net/precedence.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

namespace tonris::net {
namespace {

int policy_of_this_thread() {
  return sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
}

struct seen {
  bool taken = false;
  int policy = -1, of_what_it_starts = -1;
};

seen take_it() {
  seen what;
  std::thread{[&] {
    what.taken = take_precedence();
    what.policy = policy_of_this_thread();
    std::thread{[&] { what.of_what_it_starts = policy_of_this_thread(); }}.join();
  }}.join();
  return what;
}

TEST(Precedence, IsTakenOrLeavesAllAsItWas) {
  const auto what = take_it();
  EXPECT_EQ(what.policy, what.taken ? SCHED_RR : SCHED_OTHER);
}

TEST(Precedence, IsOfOneThreadAlone) {
  EXPECT_EQ(take_it().of_what_it_starts, SCHED_OTHER);
  EXPECT_EQ(policy_of_this_thread(), SCHED_OTHER);
}

}  // namespace
}  // namespace tonris::net
