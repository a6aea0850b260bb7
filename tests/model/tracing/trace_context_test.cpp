#include "model/tracing/trace_context.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "model/tracing/call_trace.hpp"

namespace tonris::model {
namespace {

const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string with(std::size_t place, const std::string& text) {
  auto changed = good;
  return changed.replace(place, text.size(), text);
}

TEST(Traceparent, IsKnownWithAnyFlagsAndOfLaterVersions) {
  for (const auto& header : {good, with(53, "00"), with(53, "ff"), with(0, "01"), with(0, "cc"),
                             with(0, "01") + "-what-comes", with(0, "fe") + "-"})
    EXPECT_TRUE(is_traceparent(header)) << header;
}

TEST(Traceparent, IsRefusedWhenItIsNone) {
  for (const auto& header : {std::string{},
                             with(0, "ff"),
                             with(0, "0G"),
                             with(0, "0A"),
                             with(2, "_"),
                             with(35, "_"),
                             with(52, "_"),
                             good + "-00",
                             good + " ",
                             " " + good,
                             good.substr(1),
                             good.substr(0, 54),
                             with(0, "01") + "x",
                             with(0, "01") + " ",
                             with(3, std::string(32, '0')),
                             with(36, std::string(16, '0')),
                             with(3, "4BF92F"),
                             with(53, "0g"),
                             with(53, "-1"),
                             with(10, std::string{"\0", 1}),
                             with(0, "01") + "-" + std::string(1000, 'a')})
    EXPECT_FALSE(is_traceparent(header)) << header;
  for (std::size_t n = 0; n < good.size(); ++n) EXPECT_FALSE(is_traceparent(good.substr(0, n))) << n;
}

TEST(TraceIds, AreNeverNone) {
  std::array<std::uint8_t, 8> bytes{};
  EXPECT_EQ(to_string(span_id_of(bytes)), "0000000000000001");
  bytes = {0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7};
  EXPECT_EQ(to_string(span_id_of(bytes)), "f0f1f2f3f4f5f6f7");
}

TEST(Traceparent, OfACallNamesItsTraceAndItsFirstSpanAndWhetherAnybodyIsTold) {
  const call_sid call{"CA00000000000000000000000000000001"};
  call_record record;
  record.call = call;
  const auto trace = trace_of(record, {});
  const auto header = "00-" + to_string(trace.trace) + "-" + to_string(trace.spans.at(0).id);
  EXPECT_EQ(traceparent_of(call, 1), header + "-01");
  EXPECT_EQ(traceparent_of(call, 1e-18), header + "-00");
  EXPECT_TRUE(is_traceparent(header + "-01"));
  EXPECT_EQ(traceparent_of(call, 0), "");
  EXPECT_EQ(traceparent_of(call, std::nan("")), "");
}

TEST(TraceIds, OfACallAreAlwaysTheSame) {
  const call_sid call{"CA00000000000000000000000000000001"};
  EXPECT_EQ(trace_id_of(call), trace_id_of(call));
  EXPECT_NE(trace_id_of(call), trace_id_of(call_sid{"CA00000000000000000000000000000002"}));
  EXPECT_FALSE(trace_id_of(call_sid{}).is_none());
}

TEST(TraceSampling, KeepsItsShare) {
  std::mt19937 random{1};
  constexpr int traces = 20'000;
  for (const double share : {0.01, 0.1, 0.5, 0.9}) {
    int kept = 0;
    for (int n = 0; n < traces; ++n) {
      trace_id trace;
      for (auto& byte : trace.bytes) byte = static_cast<std::uint8_t>(random());
      const bool is_kept = is_sampled(trace, share);
      kept += is_kept ? 1 : 0;
      EXPECT_TRUE(!is_kept || is_sampled(trace, share + 0.05)) << "a greater share keeps it, too";
    }
    EXPECT_NEAR(kept, traces * share, 5 * std::sqrt(traces * share * (1 - share))) << share;
  }
}

TEST(TraceSampling, IsSureAtItsEnds) {
  trace_id first, last;
  first.bytes.back() = 1;
  last.bytes.fill(0xFF);
  for (const auto& trace : {first, last}) {
    EXPECT_TRUE(is_sampled(trace, 1));
    EXPECT_TRUE(is_sampled(trace, 7));
    EXPECT_FALSE(is_sampled(trace, 0));
    EXPECT_FALSE(is_sampled(trace, -1));
    EXPECT_FALSE(is_sampled(trace, std::nan("")));
  }
  EXPECT_TRUE(is_sampled(first, 1e-9));
  EXPECT_FALSE(is_sampled(last, 0.999999999));
}

}  // namespace
}  // namespace tonris::model
