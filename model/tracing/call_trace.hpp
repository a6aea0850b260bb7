#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/call/record.hpp"
#include "model/call/timeline.hpp"
#include "model/tracing/trace_context.hpp"

namespace tonris::model {

/// A part of a trace, in the words of OpenTelemetry.
struct trace_span {
  using time = std::chrono::system_clock::time_point;
  using attribute = std::pair<std::string, std::variant<std::string, std::int64_t, bool>>;
  struct event {
    std::string name;
    time at;
    bool operator==(const event&) const = default;
  };
  enum class kind_type : std::uint8_t { internal = 1, server = 2, client = 3 };  // OTLP's numbers

  span_id id;
  std::optional<span_id> parent;
  std::string name;
  kind_type kind = kind_type::internal;
  time start, end;
  std::vector<attribute> attributes;
  std::vector<event> events;
  std::optional<std::string> failure;  ///< that it failed, and how in a word
  bool operator==(const trace_span&) const = default;
};

struct call_trace {
  static constexpr std::size_t most_spans = 1000, most_events = 128;

  trace_id trace;
  std::vector<trace_span> spans;  ///< the call's first
};

/// What a call did, of its record and its timeline: "call", and below it
///   webhook       Twilio's question, until it was known whose call it is
///   signed_url    each connection to the agent, from its begin, or the caller's stream where that came later, until
///                 its socket was open: the timeline tells the address and the handshake as one
///   conversation  each
///   tool          each, in its conversation
///   restart       each of the agent's leg, until the next agent was ready
/// Moments that are no span's are events of the call, by their names. No phone number, nothing that was said, no
/// detail. Of a call that lives, what is known so far. Ids are made of the trace's: told twice, it is the same trace.
[[nodiscard]] call_trace trace_of(const call_record& record, const std::vector<timeline_event>& timeline);

}  // namespace tonris::model
