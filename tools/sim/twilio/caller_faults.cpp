#include <algorithm>

#include "model/text/address.hpp"
#include "tools/sim/twilio/caller.hpp"
#include "tools/sim/twilio/connection_overrides.hpp"

// The part of a caller that is about what is scheduled, what breaks, and what is tried again.
namespace tonris::sim {
namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// A request that went out, and nothing of an answer came. What breaks later is never tried again.
bool went_unanswered(net::errc why) noexcept {
  return why == net::errc::read_timeout || why == net::errc::reset || why == net::errc::closed;
}

bool is_tried_again(const connection_overrides& how, const net::result<webhook_poster::answer>& got) {
  if (got) return (how.on_4xx && got->status / 100 == 4) || (how.on_5xx && got->status / 100 == 5);
  const auto why = got.error().code;
  return never_arrived(why) ? how.on_connect : how.on_read && went_unanswered(why);
}

}  // namespace

bool caller_faults::need_wire() const noexcept {
  const auto needs = [](const stream_drop& d) {
    return d.how == drop_manner::reset || d.how == drop_manner::blackhole;
  };
  return over_wire || !not_reading.empty() || std::ranges::any_of(drops, needs);
}

// --- the schedule

void twilio_caller::arm_schedule() {
  if (std::exchange(scheduled_, true)) return;
  if (options_.hang_up_after) hang_up_timer_.after(*options_.hang_up_after, [this] { hang_up(); });
  for (const auto& [when, digit] : options_.keys) at(when, [this, key = digit] { press(key); });
  const auto& faults = options_.faults;
  if (options_.drop_after) at(*options_.drop_after, [this] { drop(); });
  for (const auto& d : faults.drops) at(d.at, [this, d] { drop(d.how, d.noticed_after); });
  for (const auto& r : faults.redirects) at(r.at, [this, r] { redirect(r.away); });
  const auto during = [this](const std::vector<time_span>& spans, std::size_t& count) {
    for (const auto& span : spans) {
      at(span.from, [this, &count] { ++count, apply_faults(); });
      at(span.from + span.lasting, [this, &count] { --count, apply_faults(); });
    }
  };
  during(faults.pauses, paused_);
  during(faults.not_reading, held_);
  if (faults.deaf_from) at(*faults.deaf_from, [this] { deaf_ = true, apply_faults(); });
}

void twilio_caller::at(std::chrono::milliseconds when, std::function<void()> work) {
  timers_.push_back(std::make_unique<net::timer>(loop_));
  timers_.back()->after(when, std::move(work));
}

void twilio_caller::redirect(std::chrono::milliseconds away) {
  if (!leg_ || hung_up_ || finishing_) return;
  away_ = away;
  leg_->stop();
}

/// The stream that is open now becomes as the moment demands.
void twilio_caller::apply_faults() {
  if (!leg_) return;
  leg_->pause(paused_ > 0);
  leg_->set_deaf(deaf_);
  leg_->stop_reading(held_ > 0);
}

/// The same address by way of a wire of its own, where the faults need one.
std::string twilio_caller::over_wire(const std::string& url) {
  if (!options_.faults.need_wire()) return url;
  const auto to = model::read_address(url);
  if (!to) return url;
  auto laid = wire::lay(loop_, to->port == 0 ? 80 : to->port, wire::gateway_end::listens);
  if (!laid) return url;
  wires_.push_back(std::move(*laid));
  return std::string{to->scheme} + "://127.0.0.1:" + std::to_string(wires_.back()->port()) + std::string{to->target};
}

// --- messages left

/// The recording's own callback; Twilio tells it beside the action, in no order.
void twilio_caller::message_over(const twiml::keep_message& s) {
  ++report_.messages_kept;
  report_.recording_sids.push_back(s.recording_sid);
  if (options_.on_message) options_.on_message(report_.call_sid, s);
  if (!s.status_callback.empty())
    callback(s.status_callback, s.status_method,
             {{"AccountSid", options_.account.sid},
              {"CallSid", report_.call_sid},
              {"RecordingSid", s.recording_sid},
              {"RecordingUrl", s.recording_url},
              {"RecordingStatus", "completed"},
              {"RecordingDuration", std::to_string(s.recorded.count())},
              {"RecordingChannels", "1"},
              {"RecordingSource", "RecordVerb"}});
  const auto& next = runner_.pending();
  if (!hung_up_ || !next) return;
  auto extra = next->extra;
  for (auto& [name, value] : extra)
    if (name == "Digits") value = "hangup";
  fetch(next->url, next->method, "completed", extra);
}

// --- requests

void twilio_caller::post(std::shared_ptr<request> what) {
  ++unanswered_;
  const auto& r = *what;
  const auto how = overrides_of(r.url);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(r.began + how.total - clock::now());
  poster_.send(
      r.url, r.method, r.fields,
      [me = shared_from_this(), what](net::result<webhook_poster::answer> got) {
        --me->unanswered_;
        if (!me->tries_again(*what, got)) return what->done(std::move(got));
        ++me->report_.retries;
        me->post(what);
      },
      r.token, std::clamp(left, 1ms, how.read));
}

bool twilio_caller::tries_again(request& what, const net::result<webhook_poster::answer>& got) const {
  const auto how = overrides_of(what.url);
  if (!is_tried_again(how, got) || clock::now() >= what.began + how.total) return false;
  return what.retries++ < how.retries;
}

bool never_arrived(net::errc why) noexcept {
  return why == net::errc::connect_refused || why == net::errc::connect_timeout || why == net::errc::resolve_failed ||
         why == net::errc::tls_failed;
}

}  // namespace tonris::sim
