#include "net/run_on.hpp"

#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

namespace tonris::net {
namespace {

class RunOn : public testing::Test {
 protected:
  RunOn() { on.start(); }
  ~RunOn() override { on.stop(); }
  loop on{"run-on"};
};

TEST_F(RunOn, RunsOnTheLoopsThreadAndGivesItsAnswer) {
  const auto where = run_on(on, [] { return std::this_thread::get_id(); });
  EXPECT_NE(where, std::this_thread::get_id());
  EXPECT_EQ(where, run_on(on, [] { return std::this_thread::get_id(); }));
}

TEST_F(RunOn, IsOverWhenTheWorkIs) {
  bool done = false;
  run_on(on, [&] { done = true; });
  EXPECT_TRUE(done);
}

TEST_F(RunOn, ThrowsHereWhatTheWorkThrew) {
  EXPECT_THROW(run_on(on, [] { throw std::runtime_error{"on the loop"}; }), std::runtime_error);
  EXPECT_EQ(run_on(on, [] { return 1; }), 1) << "the loop goes on";
}

}  // namespace
}  // namespace tonris::net
