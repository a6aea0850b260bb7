#include "model/tracing/otlp.hpp"

#include <gtest/gtest.h>

#include <rapidjson/document.h>

#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

const auto start = parse_iso_time("2026-11-29T12:00:00.000Z").value();

TEST(Otlp, IsTheProtocolsJson) {
  call_trace trace;
  trace.trace.bytes = {0x4B, 0xF9, 0x2F, 0x35, 0x77, 0xB3, 0x4D, 0xA6, 0xA3, 0xCE, 0x92, 0x9D, 0x0E, 0x0E, 0x47, 0x36};
  trace_span call;
  call.id.bytes = {0, 1, 2, 3, 4, 5, 6, 0xFF};
  call.name = "call";
  call.kind = trace_span::kind_type::server;
  call.start = start;
  call.end = start + 61'200'000'001ns;
  call.attributes = {{"a", "x \"y\""}, {"b", std::int64_t{-5}}, {"c", true}};
  call.events = {{"agent_ready", start + 2s}};
  call.failure = "agent_lost";
  trace_span tool;
  tool.id.bytes = {9};
  tool.parent = call.id;
  tool.name = "tool";
  tool.start = tool.end = start;
  trace.spans = {call, tool};
  EXPECT_EQ(
      to_otlp_json(std::vector{trace}, {"tonris", "0.1.0", "node-1", {{"cloud.region", "eu"}}}),
      R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"tonris"}},)"
      R"({"key":"service.version","value":{"stringValue":"0.1.0"}},{"key":"service.instance.id","value":{"stringValue":"node-1"}},)"
      R"({"key":"cloud.region","value":{"stringValue":"eu"}}]},"scopeSpans":[{"scope":{"name":"tonris"},"spans":[)"
      R"({"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00010203040506ff","name":"call","kind":2,)"
      R"("startTimeUnixNano":"1795953600000000000","endTimeUnixNano":"1795953661200000001","attributes":[)"
      R"({"key":"a","value":{"stringValue":"x \"y\""}},{"key":"b","value":{"intValue":"-5"}},{"key":"c","value":{"boolValue":true}}],)"
      R"("events":[{"timeUnixNano":"1795953602000000000","name":"agent_ready"}],"status":{"code":2,"message":"agent_lost"}},)"
      R"({"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"0900000000000000","parentSpanId":"00010203040506ff",)"
      R"("name":"tool","kind":1,"startTimeUnixNano":"1795953600000000000","endTimeUnixNano":"1795953600000000000",)"
      R"("attributes":[]}]}]}]})");
}

TEST(Otlp, TakesSeveralCalls) {
  call_record record;
  std::vector<call_trace> traces;
  for (const auto* sid : {"CA1", "CA2", "CA3"}) {
    record.call = {sid};
    traces.push_back(trace_of(record, {}));
  }
  rapidjson::Document document;
  document.Parse(to_otlp_json(traces, {}));
  ASSERT_FALSE(document.HasParseError());
  EXPECT_EQ(document["resourceSpans"][0]["scopeSpans"][0]["spans"].Size(), 3U);
  document.Parse(to_otlp_json({}, {}));
  EXPECT_EQ(document["resourceSpans"][0]["scopeSpans"][0]["spans"].Size(), 0U);
}

TEST(Otlp, IsJsonWhateverTheTextsAre) {
  call_record record;
  record.call = {"CA1"};
  record.tenant = {"\xFF\"\\\n"};
  record.started = call_record::time::min();
  rapidjson::Document document;
  document.Parse(to_otlp_json(std::vector{trace_of(record, {})}, {"\xC3", "", "", {}}));
  EXPECT_FALSE(document.HasParseError());
  EXPECT_STREQ(document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["startTimeUnixNano"].GetString(), "0");
}

}  // namespace
}  // namespace tonris::model
