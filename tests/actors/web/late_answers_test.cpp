#include "actors/web/late_answers.hpp"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include <thread>

namespace tonris::actors {
namespace {

using namespace std::chrono_literals;

TEST(LateAnswers, AreGivenAfterTheirTimeInTheOrderOfTheirTimes) {
  net::loop io{"never-started"};
  late_answers late{8};
  std::vector<int> given;
  EXPECT_TRUE(late.wait(io, 40ms, [&] { given.push_back(2); }));
  EXPECT_TRUE(late.wait(io, 10ms, [&] { given.push_back(1); }));
  io.context().poll();
  EXPECT_TRUE(given.empty());
  EXPECT_EQ(late.waiting(), 2u);
  std::this_thread::sleep_for(60ms);
  io.context().poll();
  EXPECT_EQ(given, (std::vector{1, 2}));
  EXPECT_EQ(late.waiting(), 0u);
}

TEST(LateAnswers, AreBoundedInNumber) {
  net::loop io{"never-started"};
  late_answers late{2};
  int given = 0;
  EXPECT_TRUE(late.wait(io, 1ms, [&] { ++given; }));
  EXPECT_TRUE(late.wait(io, 1ms, [&] { ++given; }));
  EXPECT_FALSE(late.wait(io, 1ms, [&] { ++given; }));
  std::this_thread::sleep_for(5ms);
  io.context().poll();
  EXPECT_EQ(given, 2);
  EXPECT_TRUE(late.wait(io, 1ms, [&] { ++given; })) << "there is room again";
}

TEST(LateAnswers, AreNotGivenOnceNobodyKeepsThem) {
  net::loop io{"never-started"};
  int given = 0;
  {
    late_answers late{2};
    EXPECT_TRUE(late.wait(io, 1ms, [&] { ++given; }));
  }
  std::this_thread::sleep_for(5ms);
  io.context().poll();
  EXPECT_EQ(given, 0);
}

}  // namespace
}  // namespace tonris::actors
