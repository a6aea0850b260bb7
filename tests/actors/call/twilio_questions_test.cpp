#include "actors/call/twilio_questions.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::actors {
namespace {

struct row {
  std::string name;
  offer_facts facts;
  stream_offer offer;
};

TEST(TwilioQuestions, OfferTheStreamThatTheQuestionIsAbout) {
  const std::vector<row> rows{
      // the voice webhook
      {"the first webhook again, before its stream",
       {.voice = true, .has_ticket = true, .ticket_waits = true},
       stream_offer::same},
      {"the first webhook again, its stream came meanwhile",
       {.voice = true, .has_ticket = true, .stream_runs = true},
       stream_offer::same},
      {"a redirect beside a stream that runs",
       {.voice = true, .in_progress = true, .has_ticket = true, .stream_runs = true},
       stream_offer::beside},
      {"that redirect again, its stream not opened yet",
       {.voice = true, .in_progress = true, .has_ticket = true, .ticket_waits = true, .stream_runs = true},
       stream_offer::beside},
      {"a redirect after its stream stopped, the ticket waits",
       {.voice = true, .in_progress = true, .has_ticket = true, .ticket_waits = true, .was_offered = true},
       stream_offer::same},
      {"a redirect, and nothing to open waits",
       {.voice = true, .in_progress = true, .has_ticket = true},
       stream_offer::next},
      {"Twilio could not carry out the document: fallback address",
       {.voice = true, .failed = true, .has_ticket = true, .ticket_waits = true},
       stream_offer::next},
      {"in progress, and the stream it was told to could not be opened",
       {.voice = true, .in_progress = true, .has_ticket = true, .ticket_waits = true, .offer_failed = true},
       stream_offer::next},
      // connect-action
      {"a stream is over, no other was offered yet", {.has_ticket = true}, stream_offer::next},
      {"the first stream never opened", {.has_ticket = true, .ticket_waits = true}, stream_offer::next},
      {"asked again without a token while the ticket waits",
       {.has_ticket = true, .ticket_waits = true, .was_offered = true},
       stream_offer::same},
      {"another question while the ticket waits: its token is new",
       {.has_token = true, .has_ticket = true, .ticket_waits = true, .was_offered = true},
       stream_offer::next},
      {"the offered stream could not be opened",
       {.has_ticket = true, .ticket_waits = true, .was_offered = true, .offer_failed = true},
       stream_offer::next},
      {"the offered stream is over too", {.has_ticket = true, .was_offered = true}, stream_offer::next},
      {"its stream still seems to run", {.has_ticket = true, .stream_runs = true}, stream_offer::beside},
      {"a call that never had a ticket", {}, stream_offer::next},
  };
  for (const auto& row : rows)
    EXPECT_EQ(static_cast<int>(which_stream(row.facts)), static_cast<int>(row.offer)) << row.name;
}

// Whatever the facts: a caller whose stream runs is not cut off by an answer, and nobody is sent to a ticket that is
// not there or cannot be opened.
TEST(TwilioQuestions, OfferNothingThatCannotBeOpened) {
  for (unsigned bits = 0; bits < 512; ++bits) {
    const auto bit = [bits](unsigned n) { return (bits >> n & 1) != 0; };
    const offer_facts facts{bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6), bit(7), bit(8)};
    if (facts.ticket_waits && !facts.has_ticket) continue;  // cannot be
    const auto offer = which_stream(facts);
    if (facts.stream_runs) {
      EXPECT_NE(static_cast<int>(offer), static_cast<int>(stream_offer::next)) << bits;
    }
    if (offer != stream_offer::same) continue;
    EXPECT_TRUE(facts.has_ticket) << bits;
    const bool first_again = facts.voice && !facts.in_progress && !facts.failed;
    EXPECT_TRUE(first_again || (facts.ticket_waits && !facts.offer_failed)) << bits;
  }
}

}  // namespace
}  // namespace tonris::actors
