#include "model/tracing/call_trace.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "model/text/iso_time.hpp"
#include "model/tracing/otlp.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

const auto start = parse_iso_time("2026-11-29T12:00:00.000Z").value();

timeline_event event(std::chrono::milliseconds at, call_moment what, std::string detail = {}) {
  return {{"CA1"}, start + at, what, std::move(detail)};
}

call_record some_record() {
  call_record record;
  record.call = {"CA1"};
  record.tenant = {"salon-1"};
  record.from = "+15550100001";
  record.to = "+15550100002";
  record.agent = {"agent_abc"};
  record.state = call_state::ended;
  record.started = start;
  record.answered = start + 1s;
  record.ended = start + 60s;
  record.reason = end_reason::caller_hung_up;
  record.end_detail = "secret detail +15550100001";
  record.restarts = 1;
  record.conversations = {{{"conv_1"}, start + 2s, start + 20s, 1006}, {{"conv_2"}, start + 25s, start + 60s, 1000}};
  record.tool_calls = {{start + 10s, "list_services", "t1", false, false, 250},
                       {start + 30s, "hold", "t2", true, true, 0}};
  record.transcript = {{false, "secret words", start + 5s, {}, 0}};
  record.notes = {{start + 6s, "secret note"}};
  record.transfers = {{start + 50s, "+15550100009", "secret reason", {}}};
  return record;
}

std::vector<timeline_event> some_timeline() {
  return {event(20ms, call_moment::webhook, "tenant salon-1"),
          event(900ms, call_moment::stream_opened),
          event(1'500ms, call_moment::agent_connected),
          event(2s, call_moment::agent_ready, "conv_1"),
          event(5s, call_moment::caller_said, "secret words"),
          event(9s, call_moment::key_pressed),
          event(20s, call_moment::agent_ended, "agent_lost, secret detail"),
          event(20'100ms, call_moment::agent_restart, "attempt 1"),
          event(21s, call_moment::signed_url, "secret detail"),
          event(22s, call_moment::agent_restart, "attempt 2"),
          event(24s, call_moment::agent_connected),
          event(25s, call_moment::agent_ready, "conv_2"),
          event(50s, call_moment::transfer, "to +1555..."),
          event(60s, call_moment::ended)};
}

/// "name from-to" in milliseconds since the call's start, with "!" where it failed.
std::vector<std::string> shape_of(const call_trace& trace) {
  std::vector<std::string> shape;
  for (const auto& span : trace.spans) {
    const auto ms = [](auto at) {
      return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(at - start).count());
    };
    shape.push_back(span.name + " " + ms(span.start) + "-" + ms(span.end) + (span.failure ? "!" : ""));
  }
  return shape;
}

TEST(CallTrace, HasASpanForEachThingThatTookTime) {
  const auto trace = trace_of(some_record(), some_timeline());
  EXPECT_EQ(shape_of(trace),
            (std::vector<std::string>{"call 0-60000", "webhook 0-20", "signed_url 20-1500", "signed_url 20100-21000!",
                                      "signed_url 22000-24000", "restart 20100-22000!", "restart 22000-25000",
                                      "conversation 2000-20000", "conversation 25000-60000", "tool 9750-10000",
                                      "tool 30000-30000!"}));
  std::vector<std::string> events;
  for (const auto& one : trace.spans.front().events) events.push_back(one.name);
  EXPECT_EQ(events,
            (std::vector<std::string>{"stream_opened", "agent_ready", "agent_ended", "agent_ready", "transfer"}));
}

/// The spans of that name alone.
std::vector<std::string> shapes_of(const std::string& name, const std::vector<timeline_event>& timeline) {
  auto shapes = shape_of(trace_of(some_record(), timeline));
  std::erase_if(shapes, [&](const std::string& shape) { return !shape.starts_with(name + ' '); });
  return shapes;
}

TEST(CallTrace, BlamesNoAgentForTwiliosSetUpNorForOurWaits) {
  using shapes = std::vector<std::string>;
  const auto webhook = event(20ms, call_moment::webhook), stream = event(870ms, call_moment::stream_started);
  EXPECT_EQ(shapes_of("signed_url", {webhook, stream, event(910ms, call_moment::agent_connected)}),
            shapes{"signed_url 870-910"});
  EXPECT_EQ(shapes_of("signed_url", {webhook, event(90ms, call_moment::agent_connected), stream}),
            shapes{"signed_url 20-90"})
      << "a warm start waits for no stream";
  EXPECT_EQ(shapes_of("signed_url", {webhook, stream, event(2'020ms, call_moment::signed_url, "agent_timeout")}),
            shapes{"signed_url 20-2020!"})
      << "it was asked for at the webhook";
  EXPECT_EQ(shapes_of("signed_url", {webhook, stream, event(910ms, call_moment::agent_connected),
                                     event(5s, call_moment::agent_restart, "number 1, in 57 ms"),
                                     event(5'100ms, call_moment::signed_url, "agent_unreachable"),
                                     event(6s, call_moment::agent_restart, "number 2, in 300 ms"),
                                     event(6'200ms, call_moment::agent_connected),
                                     event(7s, call_moment::agent_restart, "a second conversation, in 9 ms"),
                                     event(7'200ms, call_moment::agent_connected)}),
            (shapes{"signed_url 870-910", "signed_url 5057-5100!", "signed_url 6200-6200", "signed_url 7000-7200"}));
}

TEST(CallTrace, IsATree) {
  const auto trace = trace_of(some_record(), some_timeline());
  std::set<span_id> ids;
  EXPECT_EQ(trace.trace, trace_id_of(call_sid{"CA1"}));
  EXPECT_FALSE(trace.spans.front().parent);
  for (const auto& span : trace.spans) {
    EXPECT_FALSE(span.id.is_none());
    EXPECT_TRUE(!span.parent || ids.contains(*span.parent)) << span.name;
    EXPECT_TRUE(ids.insert(span.id).second) << span.name;
    EXPECT_LE(span.start, span.end);
  }
  EXPECT_EQ(trace.spans[9].parent, trace.spans[7].id) << "a tool in its conversation";
  EXPECT_EQ(trace.spans[10].parent, trace.spans[8].id);
  EXPECT_EQ(trace.spans[7].parent, trace.spans[0].id);
}

TEST(CallTrace, ToldTwiceIsTheSame) {
  EXPECT_EQ(trace_of(some_record(), some_timeline()).spans, trace_of(some_record(), some_timeline()).spans);
}

std::string attribute(const trace_span& of, const std::string& name) {
  for (const auto& [key, value] : of.attributes) {
    if (key != name) continue;
    if (const auto* const text = std::get_if<std::string>(&value)) return *text;
    if (const auto* const number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  }
  return "none";
}

TEST(CallTrace, SaysHowTheCallEnded) {
  auto record = some_record();
  auto call = trace_of(record, {}).spans.front();
  EXPECT_FALSE(call.failure);
  EXPECT_EQ(attribute(call, "tonris.call.sid"), "CA1");
  EXPECT_EQ(attribute(call, "tonris.call.end_reason"), "caller_hung_up");
  EXPECT_EQ(attribute(call, "tonris.call.ended_by"), "caller");
  EXPECT_EQ(attribute(call, "tonris.call.restarts"), "1");
  EXPECT_EQ(attribute(call, "tonris.agent.variant"), "none");
  record.troubled = call_trouble{end_reason::agent_not_audible, 31s};
  EXPECT_EQ(trace_of(record, {}).spans.front().failure, "agent_not_audible");
  record.troubled.reset();
  record.reason = end_reason::agent_unreachable;
  EXPECT_EQ(trace_of(record, {}).spans.front().failure, "agent_unreachable");
}

TEST(CallTrace, OfALiveCallEndsWithWhatIsKnown) {
  auto record = some_record();
  record.ended.reset();
  record.reason.reset();
  record.conversations[1].ended.reset();
  const auto trace = trace_of(record, {event(20ms, call_moment::webhook), event(40s, call_moment::agent_restart)});
  EXPECT_EQ(shape_of(trace)[0], "call 0-40000");
  EXPECT_EQ(shape_of(trace)[2], "restart 40000-40000!");
  EXPECT_EQ(attribute(trace.spans.front(), "tonris.call.end_reason"), "none");
  EXPECT_EQ(shape_of(trace_of({}, {})).size(), 1U);
}

TEST(CallTrace, NeverRunsBackwards) {
  auto record = some_record();
  record.ended = start - 5s;
  record.conversations[0].ended = start - 1s;
  for (const auto& span : trace_of(record, some_timeline()).spans) EXPECT_LE(span.start, span.end) << span.name;
}

TEST(CallTrace, IsBounded) {
  auto record = some_record();
  record.tool_calls.assign(1'500, record.tool_calls[0]);
  std::vector<timeline_event> timeline(1'000, event(1s, call_moment::interrupted));
  const auto trace = trace_of(record, timeline);
  EXPECT_EQ(trace.spans.size(), call_trace::most_spans);
  EXPECT_EQ(trace.spans.front().events.size(), call_trace::most_events);
  EXPECT_EQ(attribute(trace.spans.front(), "tonris.spans_left_out"), "503");
}

TEST(CallTrace, HoldsNoNumberAndNothingThatWasSaid) {
  const auto json = to_otlp_json(std::vector{trace_of(some_record(), some_timeline())}, {});
  for (const auto* secret : {"+1555", "1555", "secret"}) EXPECT_EQ(json.find(secret), std::string::npos) << secret;
}

}  // namespace
}  // namespace tonris::model
