#include "model/tracing/call_trace.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace tonris::model {

namespace {

using time = trace_span::time;
using kind = trace_span::kind_type;

/// The last thing that is known of it.
time end_of_all(const call_record& record, const std::vector<timeline_event>& timeline) {
  if (record.ended) return std::max(*record.ended, record.started);
  auto last = record.started;
  for (const auto& one : timeline) last = std::max(last, one.at);
  for (const auto& one : record.conversations) last = std::max(last, one.ended.value_or(one.started));
  return last;
}

bool is_told_as_event(call_moment what) noexcept {
  switch (what) {
    case call_moment::webhook:
    case call_moment::signed_url:
    case call_moment::agent_connected:
    case call_moment::agent_restart:
    case call_moment::agent_said:
    case call_moment::caller_said:
    case call_moment::key_pressed:
    case call_moment::tool:
    case call_moment::ended: return false;
    case call_moment::refused:
    case call_moment::stream_opened:
    case call_moment::stream_started:
    case call_moment::stream_ended:
    case call_moment::new_stream:
    case call_moment::agent_ready:
    case call_moment::agent_ended:
    case call_moment::agent_queue:
    case call_moment::interrupted:
    case call_moment::hold_tone:
    case call_moment::length_warning:
    case call_moment::rehearsal:
    case call_moment::crashed:
    case call_moment::resumed:
    case call_moment::handed_over:
    case call_moment::transfer:
    case call_moment::fallback:
    case call_moment::voicemail:
    case call_moment::recording: return true;
  }
  return false;
}

/// When a restart asks: behind the wait that it tells, "number 1, in 57 ms" (actors/call/agent_side.cpp).
time asked_at(const timeline_event& restart) {
  constexpr std::string_view before = ", in ";
  const std::string_view detail{restart.detail};
  const auto found = detail.find(before);
  if (!detail.starts_with("number ") || found == std::string_view::npos) return restart.at;
  std::uint32_t wait = 0;
  std::from_chars(detail.data() + found + before.size(), detail.data() + detail.size(), wait);
  return restart.at + std::chrono::milliseconds{wait};
}

class builder {
 public:
  builder(const call_record& record, const std::vector<timeline_event>& timeline)
      : record_(record), timeline_(timeline), end_(end_of_all(record, timeline)) {
    trace_.trace = trace_id_of(record.call);
    add(call_span, kind::server, record.started, end_);
  }

  call_trace build() && {
    add_connections();
    add_restarts();
    add_conversations();
    add_tools();
    describe_call();
    return std::move(trace_);
  }

 private:
  /// Valid until the next is added; beyond the bound it is nobody's.
  trace_span& add(std::string_view name, kind of, time start, time end) {
    if (trace_.spans.size() == call_trace::most_spans) {
      ++left_out_;
      return beyond_ = {};
    }
    trace_span span;
    span.id = span_id_of(trace_.trace, name, trace_.spans.size());
    if (!trace_.spans.empty()) span.parent = trace_.spans.front().id;
    span.name = name;
    span.kind = of;
    span.start = start;
    span.end = std::max(start, end);
    trace_.spans.push_back(std::move(span));
    return trace_.spans.back();
  }

  /// The webhook, and each connection to the agent. Its address is asked for at the webhook or a restart. Its socket is
  /// opened then too, but no sooner than the caller's stream: what Twilio takes to set that up is no time of the
  /// agent's.
  void add_connections() {
    std::optional<time> asked;
    time streamed = record_.started;
    for (const auto& one : timeline_) {
      if (one.what == call_moment::webhook) {
        add("webhook", kind::server, record_.started, one.at);
        asked = one.at;
      }
      if (one.what == call_moment::agent_restart) asked = asked_at(one);
      if (one.what == call_moment::stream_started) streamed = one.at;
      if (!asked || (one.what != call_moment::agent_connected && one.what != call_moment::signed_url)) continue;
      const bool is_open = one.what == call_moment::agent_connected;
      auto& span =
          add("signed_url", kind::client, std::min(is_open ? std::max(*asked, streamed) : *asked, one.at), one.at);
      if (!is_open) span.failure = "no signed URL";
      asked.reset();
    }
  }

  void add_restarts() {
    std::optional<time> begun;
    const auto close = [&](time at, bool is_up) {
      if (!begun) return;
      auto& span = add("restart", kind::internal, *begun, at);
      if (!is_up) span.failure = "no agent";
      begun.reset();
    };
    for (const auto& one : timeline_) {
      if (one.what == call_moment::agent_ready) close(one.at, true);
      if (one.what != call_moment::agent_restart) continue;
      close(one.at, false);
      begun = one.at;
    }
    close(end_, false);
  }

  void add_conversations() {
    for (const auto& one : record_.conversations) {
      auto& span = add("conversation", kind::client, one.started, one.ended.value_or(end_));
      span.attributes.emplace_back("tonris.conversation.id", one.id.value);
      if (one.close_code) span.attributes.emplace_back("tonris.conversation.close_code", std::int64_t{*one.close_code});
    }
  }

  void add_tools() {
    for (const auto& one : record_.tool_calls) {
      const auto parent = conversation_at(one.at);
      auto& span = add("tool", kind::internal, one.at - std::chrono::milliseconds{one.milliseconds}, one.at);
      if (parent) span.parent = parent;
      span.attributes.emplace_back("tonris.tool.name", one.name);
      span.attributes.emplace_back("tonris.tool.by", std::string{one.on_the_line ? "socket" : "webhook"});
      if (one.failed) span.failure = "failed";
    }
  }

  /// The last that had begun.
  [[nodiscard]] std::optional<span_id> conversation_at(time at) const {
    std::optional<span_id> found;
    for (const auto& span : trace_.spans)
      if (span.name == "conversation" && span.start <= at) found = span.id;
    return found;
  }

  void describe_call() {
    auto& call = trace_.spans.front();
    const auto text = [&](std::string_view name, std::string_view value) {
      if (!value.empty()) call.attributes.emplace_back(name, std::string{value});
    };
    const auto number = [&](std::string_view name, std::uint64_t value) {
      call.attributes.emplace_back(name, static_cast<std::int64_t>(value));
    };
    text("tonris.call.sid", record_.call.value);
    text("tonris.tenant.id", record_.tenant.value);
    text("tonris.call.direction", record_.direction);
    text("tonris.agent.id", record_.agent.value);
    text("tonris.agent.variant", record_.variant);
    text("tonris.call.state", to_string(record_.state));
    number("tonris.call.restarts", record_.restarts);
    number("tonris.call.interruptions", record_.interruptions);
    text("tonris.call.fallback", record_.fallback);
    if (record_.reason) {
      text("tonris.call.end_reason", to_string(*record_.reason));
      text("tonris.call.ended_by", to_string(who(*record_.reason)));
      if (gravity_of(*record_.reason) != gravity::ordinary) call.failure = to_string(*record_.reason);
    }
    if (record_.troubled) {
      text("tonris.call.troubled", to_string(record_.troubled->reason));
      call.failure = to_string(record_.troubled->reason);
    }
    if (left_out_ > 0) number("tonris.spans_left_out", left_out_);
    for (const auto& one : timeline_)
      if (is_told_as_event(one.what) && call.events.size() < call_trace::most_events)
        call.events.push_back({std::string{to_string(one.what)}, one.at});
  }

  const call_record& record_;
  const std::vector<timeline_event>& timeline_;
  const time end_;
  call_trace trace_;
  trace_span beyond_;
  std::size_t left_out_ = 0;
};

}  // namespace

call_trace trace_of(const call_record& record, const std::vector<timeline_event>& timeline) {
  return builder{record, timeline}.build();
}

}  // namespace tonris::model
