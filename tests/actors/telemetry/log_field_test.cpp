#include "actors/telemetry/log_field.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace tonris::actors::log {
namespace {

// What must not be in a log has no way into a field.
static_assert(!std::is_constructible_v<value, const tonris::config::secret&>);
static_assert(!std::is_constructible_v<value, const model::ticket&>);
static_assert(!std::is_constructible_v<value, bool>);
static_assert(std::is_constructible_v<value, const model::call_sid&>);

struct row {
  std::string name, text;
  std::vector<field> about;
  std::string words, members;
};
class LogField : public testing::TestWithParam<row> {};
TEST_P(LogField, BecomesWordsAndMembers) {
  const auto& r = GetParam();
  const auto words = words_of(r.text, r.about);
  EXPECT_EQ(words, r.words);
  EXPECT_EQ(as_members(words, r.about), R"("message":)" + r.members);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, LogField,
    testing::Values(
        row{"WordsAlone", "Stopping", {}, "Stopping", R"("Stopping")"},
        row{"AValueInItsPlace",
            "The {part} crashed and is restarted",
            {{"part", "call_store"}},
            "The call_store crashed and is restarted",
            R"("The call_store crashed and is restarted","part":"call_store")"},
        row{"NumbersAreNumbers",
            "{calls} calls in {seconds} s",
            {{"calls", 143u}, {"seconds", -60}},
            "143 calls in -60 s",
            R"("143 calls in -60 s","calls":143,"seconds":-60)"},
        row{"ThreeDecimals", "done", {{"durationSeconds", 61.0}}, "done", R"("done","durationSeconds":61.000)"},
        row{"NoNumberIsNothing", "done{x}", {{"x", std::numeric_limits<double>::quiet_NaN()}}, "done", R"("done")"},
        row{"EmptyIsLeftOut", "because {reason}.", {{"reason", ""}}, "because .", R"("because .")"},
        row{"AValueIsNeverReadAgain", "{a}", {{"a", "{b}"}, {"b", "secret"}}, "{b}", R"("{b}","a":"{b}","b":"secret")"},
        row{"WhatIsNoField", "{b} {a {", {{"a", 1}}, "{b} {a {", R"("{b} {a {","a":1)"},
        row{"TheLastBrace", "{a", {{"a", 1}}, "{a", R"("{a","a":1)"},
        row{"OfACall",
            "its stream dropped ({reason})",
            {{"call", "CA1"}, {"tenant", "salon-1"}, {"to", "+15550100002"}, {"reason", "stream_lost"}},
            "Call CA1 (salon-1, +15550100002): its stream dropped (stream_lost)",
            R"j("Call CA1 (salon-1, +15550100002): its stream dropped (stream_lost)","call":"CA1","tenant":"salon-1",)j"
            R"("to":"+15550100002","reason":"stream_lost")"},
        row{"OfACallOfNobodys",
            "refused",
            {{"call", "CA1"}, {"tenant", ""}, {"to", "+15550100002"}},
            "Call CA1 (no tenant, +15550100002): refused",
            R"("Call CA1 (no tenant, +15550100002): refused","call":"CA1","to":"+15550100002")"},
        row{"OfACallWithoutItsRecord", "gone", {{"call", "CA1"}}, "Call CA1: gone", R"("Call CA1: gone","call":"CA1")"},
        row{"OfACallThatItNames",
            "[MediaStream] Connected to ElevenLabs for call {call}",
            {{"call", "CA1"}, {"tenant", "salon-1"}, {"to", "+15550100002"}},
            "[MediaStream] Connected to ElevenLabs for call CA1",
            R"("[MediaStream] Connected to ElevenLabs for call CA1","call":"CA1","tenant":"salon-1",)"
            R"("to":"+15550100002")"},
        row{"ACallerIsCut",
            "from {from}",
            {{"from", caller{"+15550100001"}}},
            "from +1555...",
            R"("from +1555...","from":"+1555...")"},
        row{"WithoutANameForTheWordsAlone", "to {}", {{"", caller{"+15550100001"}}}, "to +1555...", R"("to +1555...")"},
        row{"WhatWouldBreakOutOfALine",
            "said {words}",
            {{"words", "a\n\"b\""}},
            "said a\n\"b\"",
            R"("said a\n\"b\"","words":"a\n\"b\"")"}),
    [](const auto& tested) { return tested.param.name; });

TEST(LogLine, EscapesWhatWouldBreakOutOfIt) {
  EXPECT_EQ(as_line("a\r\n[ERROR]: b\x7f\x1b"), "a\\u000d\\u000a[ERROR]: b\\u007f\\u001b");
}

}  // namespace
}  // namespace tonris::actors::log
