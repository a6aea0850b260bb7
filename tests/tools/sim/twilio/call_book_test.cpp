#include "tools/sim/twilio/call_book.hpp"

#include <gtest/gtest.h>

namespace tonris::sim {
namespace {

using namespace std::chrono_literals;

struct SimCallBook : testing::Test {
  booked_call::time now = booked_call::time{1'790'000'000s};
  call_rating rating;
  call_book book{options()};

  call_book_options options(std::chrono::milliseconds behind = {}) {
    return {behind, [this](const booked_call&) { return rating; }, [this] { return now; }};
  }
  void take(const std::string& sid, const std::string& direction = "inbound") {
    booked_call call{sid, "AC1", "+15550100001", "+15550100002"};
    call.direction = direction;
    book.open(std::move(call));
  }
  std::string status(const std::string& sid) { return std::string{book.shown(sid)->status()}; }
};

TEST_F(SimCallBook, NamesWhatACallDoesAndCountsWholeSecondsFromItsAnswer) {
  take("CA1");
  EXPECT_EQ(status("CA1"), "ringing");
  now += 2900ms;
  book.answer("CA1");
  now += 61'300ms;  // from :02.9 to :04.2 of the minute after: by whole seconds 62
  EXPECT_EQ(status("CA1"), "in-progress");
  EXPECT_EQ(book.find("CA1")->seconds(), 0);
  book.end("CA1", "completed");
  book.end("CA1", "failed");
  EXPECT_EQ(status("CA1"), "completed");
  EXPECT_EQ(book.find("CA1")->seconds(), 62);
  EXPECT_EQ(book.price_of(*book.shown("CA1"))->amount, 2 * 8'500);
}

TEST_F(SimCallBook, ChargesEachStreamByItselfAndInNoCallsPrice) {
  take("CA1");
  book.answer("CA1");
  book.end_stream("CA1");
  EXPECT_EQ(book.find("CA1")->stream_fee(), 0) << "none has begun";
  book.begin_stream("CA1");
  now += 60s;
  book.end_stream("CA1");
  book.end_stream("CA1");
  EXPECT_EQ(book.find("CA1")->stream_fee(), 4'000);
  book.begin_stream("CA1");
  now += 60'001ms;
  EXPECT_EQ(book.find("CA1")->stream_fee(), 4'000) << "it goes on";
  book.end("CA1", "completed");
  EXPECT_EQ(book.find("CA1")->stream_fee(), 4'000 + 2 * 4'000) << "the call's end is its end";
  EXPECT_EQ(book.find("CA1")->costs.amount, 2 * 8'500);
}

TEST_F(SimCallBook, ChargesForListeningForAMachine) {
  take("CA1");
  take("CA2");
  book.listen_for_machine("CA2");
  EXPECT_EQ(book.find("CA1")->detection_fee(), 0);
  EXPECT_EQ(book.find("CA2")->detection_fee(), 7'500);
}

TEST_F(SimCallBook, ChargesNothingForWhatNobodyAnsweredAndNeverTellsAPriceOfIt) {
  take("CA1");
  book.end("CA1", "busy");
  now += 48h;
  EXPECT_EQ(status("CA1"), "busy");
  EXPECT_EQ(book.find("CA1")->costs.amount, 0);
  EXPECT_FALSE(book.price_of(*book.shown("CA1")));
}

TEST_F(SimCallBook, TellsAPriceLateOrNever) {
  for (const auto* sid : {"CA1", "CA2"}) {
    take(sid);
    book.answer(sid);
    now += 5s;
    book.end(sid, "completed");
    EXPECT_EQ(book.find(sid)->costs.amount, 8'500) << "it will be on the bill either way";
    rating.after = std::nullopt;
  }
  rating.after = 90s;
  take("CA3");
  book.answer("CA3");
  book.end("CA3", "completed");
  EXPECT_FALSE(book.price_of(*book.shown("CA3")));
  now += 90s;
  EXPECT_TRUE(book.price_of(*book.shown("CA3")));
  EXPECT_FALSE(book.price_of(*book.shown("CA2")));
}

TEST_F(SimCallBook, ShowsWhatWasSomeTimeAgo) {
  book.become(options(500ms));
  take("CA1");
  EXPECT_EQ(status("CA1"), "ringing");
  now += 1s;
  book.answer("CA1");
  now += 100ms;
  EXPECT_EQ(status("CA1"), "ringing");
  now += 400ms;
  EXPECT_EQ(status("CA1"), "in-progress");
  book.end("CA1", "completed");
  EXPECT_EQ(status("CA1"), "in-progress");
  EXPECT_FALSE(book.price_of(*book.shown("CA1")));
}

TEST_F(SimCallBook, QueuesWhatGoesOutUntilItIsDialled) {
  take("CA1", "outbound-api");
  EXPECT_EQ(status("CA1"), "queued");
  book.ring("CA1");
  EXPECT_EQ(status("CA1"), "ringing");
  book.end("CA1", "no-answer", 20s);
  EXPECT_EQ(status("CA1"), "ringing");
  book.end("CA1", "canceled");
  EXPECT_EQ(status("CA1"), "canceled") << "the earlier end counts";
}

}  // namespace
}  // namespace tonris::sim
