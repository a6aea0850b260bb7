#include "actors/call_actor.hpp"

#include <algorithm>
#include <utility>

#include "actors/log.hpp"
#include "actors/runtime/crash.hpp"
#include "model/phone_number.hpp"
#include "model/routing.hpp"
#include "model/utf8.hpp"

namespace tonris::actors {

using model::call_action;
using model::call_event;
using model::call_state;
using model::end_reason;

namespace {

/// The fetch answers by itself within its own limit; this one only guards against an actor that is gone.
constexpr std::chrono::seconds vendor_guard{4};
constexpr std::size_t max_transcript_lines = 1000, max_line_bytes = 4096, max_transcript_bytes = 256 * 1024;
constexpr caf::timespan length_hop = std::chrono::seconds{20};
constexpr std::size_t max_keys = 64;

}  // namespace

caf::behavior call_actor(caf::stateful_actor<live_call>* self, live_call::config with) {
  return self->state.make_behavior(std::move(with));
}

caf::behavior live_call::make_behavior(config with) {
  with_ = std::move(with);
  auto& counters = *with_.services->counters;
  self->set_exception_handler([&counters](std::exception_ptr& thrown) { return crash_error(thrown, counters, name); });
  self->monitor(with_.supervisor);
  self->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  record_.call = with_.request.call;
  record_.tenant = with_.tenant->id;
  record_.direction = with_.request.direction.empty() ? "inbound" : with_.request.direction;
  record_.from = with_.request.from;
  record_.to = with_.request.to;
  record_.agent = with_.agent;
  record_.started = with_.services->wall_clock();
  began_ = self->clock().now();
  self->delayed_send(self, setup_limit, setup_timeout{});
  fetch_url();
  return {
      [this](const caller_connected& m) { on(m); },
      [this](const stream_started& m) { on(m); },
      [this](const key_pressed& m) { on(m); },
      [this](const caller_leg_ended& m) { on(m); },
      [this](const played_out&) { happened(call_event::played_out); },
      [this](const agent_connected&) {
        log::info(
            {"Twilio-ElevenLabs: Connected call ", record_.call.value, " to ElevenLabs agent ", record_.agent.value});
      },
      [this](const agent_ready& m) { on(m); },
      [this](const agent_queue& m) { happened(m.waiting ? call_event::agent_waiting : call_event::agent_admitted); },
      [this](const transcript_line& m) { on(m); },
      [this](const transcript_correction& m) { on(m); },
      [this](const interrupted&) { ++record_.interruptions; },
      [this](const agent_leg_ended& m) { on(m); },
      [this](const call_status_changed& m) {
        if (model::twilio::is_final(m.status))
          end_because(end_reason::caller_hung_up, "Twilio reported the call's end", call_event::caller_hung_up);
      },
      [this](const stream_reported& m) {
        if (m.status.event != model::twilio::stream_status::what::error) return;
        if (record_.state == call_state::ringing)
          end_because(end_reason::stream_never_came, "Twilio could not open the stream", call_event::stream_failed);
      },
      [this](const connect_action& m) { return answer_connect_action(m.status); },
      [this](const describe_call&) {
        record_.media = counters_->read();
        return call_description{to_json(record_)};
      },
      [this](const end_call& m) { end_because(m.reason, {}, call_event::end_requested); },
      [this](const call_forgotten&) { self->quit(); },
      [this](const setup_timeout&) {
        if (record_.answered) return;
        end_because(end_reason::stream_never_came, "no stream came in time", call_event::stream_failed);
      },
      [this](const length_check&) { check_length(); },
  };
}

// --- the machine
// --------------------------------------------------------------------------------------------------------

void live_call::happened(call_event event) {
  const auto [next, action] = model::step(record_.state, event);
  if (next != record_.state)
    log::debug({"Call ", record_.call.value, ": ", to_string(record_.state), " -> ", to_string(next), " (",
                to_string(event), ")"});
  record_.state = next;
  carry_out(action);
}

void live_call::carry_out(call_action action) {
  switch (action) {
    case call_action::nothing: return;
    case call_action::open_agent: return open_agent_when_ready();
    case call_action::go_live: return;  // the agent leg has entered the bridge already: frames flow without us
    case call_action::play_out:
      if (caller_leg_) self->send(caller_leg_, play_out{});
      return;
    case call_action::close_agent:
      if (agent_leg_) self->send(agent_leg_, close_leg{});
      return check_legs();
    case call_action::close_stream:
      if (caller_leg_) self->send(caller_leg_, close_leg{});
      return check_legs();
    case call_action::close_both:
      if (agent_leg_) self->send(agent_leg_, close_leg{});
      if (caller_leg_) self->send(caller_leg_, close_leg{});
      return check_legs();
    case call_action::finish: return finish();
  }
}

void live_call::end_because(end_reason reason, std::string detail, call_event event) {
  if (!record_.reason && record_.state != call_state::ended) {
    record_.reason = reason;
    record_.end_detail = std::move(detail);
  }
  happened(event);
}

void live_call::check_legs() {
  if (!caller_leg_ && !agent_leg_) happened(call_event::legs_closed);
}

// --- the agent leg
// ------------------------------------------------------------------------------------------------------

void live_call::fetch_url() {
  fetching_ = true;
  self->request(with_.services->vendor, vendor_guard, fetch_signed_url{with_.agent})
      .then([this](const signed_url_answer& answer) { on_url(answer); },
            [this](const caf::error&) {
              on_url({std::nullopt, end_reason::agent_timeout, "signed URL: no answer from our own client"});
            });
}

void live_call::on_url(const signed_url_answer& answer) {
  fetching_ = false;
  if (!answer.url) {
    log::warn({"Call ", record_.call.value, ": ", answer.detail});
    return end_because(answer.failure, answer.detail, call_event::agent_failed);
  }
  url_ = answer.url;
  url_fetched_ = self->clock().now();
  if (agent_wanted_) open_agent_when_ready();
}

void live_call::open_agent_when_ready() {
  agent_wanted_ = true;
  if (fetching_) return;  // on_url comes back here
  if (!url_ || self->clock().now() - url_fetched_ > signed_url_age_limit) return fetch_url();
  open_agent();
}

void live_call::open_agent() {
  agent_wanted_ = false;
  if (record_.state != call_state::connecting) return;
  const model::call_facts facts{record_.call, record_.agent, record_.from, record_.to, with_.request.caller_name,
                                "in-progress"};
  elevenlabs_socket::config leg;
  leg.call = self;
  leg.services = loop_;
  leg.bridge = bridge_;
  leg.url = std::exchange(url_, std::nullopt)->url;  // one use
  leg.initiation = model::make_initiation(*with_.tenant, facts);
  const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(self->clock().now() - began_);
  leg.connect_limit = std::clamp(agent_reached_limit - used, least_connect_limit, most_connect_limit);
  agent_leg_ = with_.services->spawn_agent_leg(std::move(leg));
  self->monitor(agent_leg_);
}

void live_call::on(const agent_ready& ready) {
  record_.conversations.push_back({ready.conversation, with_.services->wall_clock(), {}, {}});
  log::info({"[MediaStream] Connected to ElevenLabs for call ", record_.call.value});
  happened(call_event::agent_ready);
  if (!keys_.empty()) tell_keys();  // pressed before he could be told
}

void live_call::on(const agent_leg_ended& end) {
  if (!record_.conversations.empty() && !record_.conversations.back().ended) {
    record_.conversations.back().ended = with_.services->wall_clock();
    record_.conversations.back().close_code = end.close_code;
  }
  switch (end.how) {
    case agent_leg_ended::what::closed_by_us: return;
    case agent_leg_ended::what::finished:
      return end_because(end_reason::agent_ended, end.detail, call_event::agent_ended);
    case agent_leg_ended::what::failed:
      log::warn({"Call ", record_.call.value, ": agent leg ended (", to_string(end.reason), "): ", end.detail});
      return end_because(end.reason, end.detail, call_event::agent_failed);
  }
}

void live_call::on(const transcript_line& line) {
  if (record_.transcript.size() >= max_transcript_lines || transcript_bytes_ >= max_transcript_bytes) return;
  std::string text{model::utf8_prefix(line.text, max_line_bytes)};
  transcript_bytes_ += text.size();
  record_.transcript.push_back({line.agent, std::move(text), with_.services->wall_clock(), {}, line.event_id});
}

void live_call::on(const transcript_correction& correction) {
  for (auto line = record_.transcript.rbegin(); line != record_.transcript.rend(); ++line) {
    if (!line->agent || line->event_id != correction.event_id) continue;
    line->heard = std::string{model::utf8_prefix(correction.heard, max_line_bytes)};
    return;
  }
}

// --- the caller leg
// -----------------------------------------------------------------------------------------------------

void live_call::on(const caller_connected& connected) {
  if (!connected.socket) {
    return end_because(end_reason::stream_lost, "the stream's connection broke during its handshake",
                       call_event::stream_failed);
  }
  if (caller_leg_ || record_.state == call_state::ended) return;  // nobody takes this socket: it is cut on its loop
  loop_ = connected.services;
  bridge_ = std::make_shared<media_bridge>();
  bridge_->counters = counters_;
  twilio_socket::config leg;
  leg.call = self;
  leg.socket = connected.socket;
  leg.services = loop_;
  leg.bridge = bridge_;
  leg.call_sid = record_.call;
  leg.account_sid = with_.request.account;
  caller_leg_ = with_.services->spawn_caller_leg(std::move(leg));
  self->monitor(caller_leg_);
}

void live_call::on(const stream_started& started) {
  const auto now = with_.services->wall_clock();
  if (!record_.answered) {
    record_.answered = now;
    const auto length = with_.tenant->limits.max_call_seconds
                            ? std::chrono::seconds{*with_.tenant->limits.max_call_seconds}
                            : std::chrono::seconds{default_call_length};
    ends_at_ = self->clock().now() + length;
    check_length();
  }
  record_.streams.push_back({started.start.stream, now, {}});
  happened(call_event::stream_started);
}

/// In hops: a pending message keeps an actor's memory until it fires, also when the call is long over.
void live_call::check_length() {
  const auto left = ends_at_ - self->clock().now();
  if (left <= left.zero())
    return end_because(end_reason::max_duration, "the tenant's maximum call length", call_event::end_requested);
  self->delayed_send(self, std::min<caf::timespan>(left, length_hop), length_check{});
}

void live_call::on(const key_pressed& key) {
  if (keys_.size() >= max_keys) keys_.erase(0, 1);
  keys_ += key.digit;
  tell_keys();
}

void live_call::tell_keys() {
  if (agent_leg_)
    self->send(agent_leg_, tell_agent{"The caller pressed these keys on the phone so far: " + keys_, "dtmf"});
}

void live_call::on(const caller_leg_ended& end) {
  if (!record_.streams.empty() && !record_.streams.back().ended)
    record_.streams.back().ended = with_.services->wall_clock();
  switch (end.how) {
    case caller_leg_ended::what::closed_by_us: return;
    case caller_leg_ended::what::stopped:
      return end_because(end_reason::caller_hung_up, {}, call_event::caller_hung_up);
    case caller_leg_ended::what::failed:
      log::warn({"Call ", record_.call.value, ": caller leg ended (", to_string(end.reason), "): ", end.detail});
      return end_because(end.reason, end.detail, call_event::stream_failed);
  }
}

call_answer live_call::answer_connect_action(model::twilio::call_status status) {
  if (model::twilio::is_final(status)) {
    end_because(end_reason::caller_hung_up, "Twilio reported the call's end", call_event::caller_hung_up);
    return {call_answer::what::nothing, {}, {}, {}};
  }
  // The caller is on the line and his stream is over. If we do not know of an end, the stream broke behind our back.
  end_because(record_.answered ? end_reason::stream_lost : end_reason::stream_never_came,
              "Twilio asked what comes next while the call went on", call_event::stream_failed);
  if (!owes_a_sentence(*record_.reason)) return {call_answer::what::hang_up, {}, {}, {}};
  return {call_answer::what::say, {}, sentence(), with_.tenant->language.value_or("")};
}

// --- the end
// ------------------------------------------------------------------------------------------------------------

void live_call::on_down(const caf::down_msg& down) {
  if (down.source == with_.supervisor.address()) return self->quit();
  const bool caller = caller_leg_ && down.source == caller_leg_.address();
  const bool agent = agent_leg_ && down.source == agent_leg_.address();
  if (caller) caller_leg_ = nullptr;
  if (agent) agent_leg_ = nullptr;
  // A leg that said its last word is only gone now; one that did not has crashed.
  if (is_crash(down.reason) && record_.state != call_state::ending)
    end_because(end_reason::internal_error, caller ? "the caller leg crashed" : "the agent leg crashed",
                caller ? call_event::stream_failed : call_event::agent_failed);
  if (record_.state == call_state::ending && (caller || agent)) check_legs();
}

std::string live_call::sentence() const {
  if (with_.tenant->fallback.say) return *with_.tenant->fallback.say;
  return std::string{default_sentence(record_.reason.value_or(end_reason::internal_error))};
}

void live_call::finish() {
  record_.ended = with_.services->wall_clock();
  record_.media = counters_->read();
  if (!record_.reason) record_.reason = end_reason::internal_error;
  log::info({"Call ", record_.call.value, " ended: ", to_string(*record_.reason), " (by ",
             to_string(who(*record_.reason)), ") ", record_.end_detail});
  with_.services->counters->call_ended(*record_.reason, record_.media);
  self->send(with_.supervisor, call_finished{record_.call, *record_.reason, sentence(),
                                             with_.tenant->language.value_or(""), to_json(record_)});
}

}  // namespace tonris::actors
