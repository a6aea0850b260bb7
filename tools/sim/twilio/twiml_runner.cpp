#include "tools/sim/twilio/twiml_runner.hpp"

namespace tonris::sim::twiml {
namespace {

using namespace std::chrono_literals;

/// About what a speech synthesiser needs: 14 characters a second and a breath.
std::chrono::milliseconds time_to_say(const say& v) {
  const auto once = 300ms + 70ms * static_cast<int>(v.text.size());
  return once * (v.loop == 0 ? 1000 : v.loop);
}

}  // namespace

void runner::load(document next_document) {
  document_ = std::move(next_document);
  pending_.reset();  // what a document that is replaced had still to ask is not asked
  at_ = 0;
  ++documents_;
}

step runner::next() {
  if (documents_ > options_.max_documents) return finish{"failed", "too many documents in one call"};
  if (pending_) {
    auto out = std::move(*pending_);
    pending_.reset();
    return out;
  }
  if (at_ >= document_.verbs.size()) return finish{"completed", "the document has ended"};
  return std::visit([this](const auto& v) { return begin(v); }, document_.verbs[at_++]);
}

std::chrono::milliseconds runner::takes(std::chrono::milliseconds real) const {
  return options_.fast ? 20ms : real;
}

step runner::begin(const connect& v) {
  if (v.then) pending_ = ask{v.then->url, v.then->method, {}};
  return open_stream{v.to};
}

step runner::begin(const say& v) {
  return speak{v.text, v.language, takes(time_to_say(v))};
}

step runner::begin(const play&) {
  return wait{takes(3s)};
}

step runner::begin(const pause& v) {
  return wait{takes(v.length)};
}

step runner::begin(const hang_up&) {
  return finish{"completed", "Hangup"};
}

step runner::begin(const reject& v) {
  return finish{v.reason == "busy" ? "busy" : "no-answer", "Reject"};
}

step runner::begin(const redirect& v) {
  ++redirects_;
  return ask{v.to.url, v.to.method, {}};
}

step runner::begin(const dial& v) {
  const auto& outcomes = options_.dial_outcomes;
  const auto outcome = dials_ < outcomes.size() ? outcomes[dials_] : options_.dial_outcome;
  auto leg = options_.dial_sid;
  leg.back() = "0123456789abcdef"[++dials_ % 16];
  const bool answered = outcome == "completed" || outcome == "answered";
  const auto talks = answered ? 5s : 0s;
  if (v.then)
    pending_ = ask{v.then->url,
                   v.then->method,
                   {{"DialCallStatus", outcome},
                    {"DialCallSid", leg},
                    {"DialCallDuration", std::to_string(talks.count())},
                    {"DialBridged", answered ? "true" : "false"}}};
  return ring{v.numbers,
              v.caller_id,
              v.timeout,
              v.time_limit,
              outcome,
              leg,
              talks,
              answered ? v.whisper : std::nullopt,
              takes(answered ? talks : v.timeout)};
}

step runner::begin(const record& v) {
  if (options_.leaves == runner_options::message::silence) return wait{takes(5s)};
  const auto url =
      "https://api.twilio.com/2010-04-01/Accounts/" + options_.account_sid + "/Recordings/" + options_.recording_sid;
  constexpr auto lasts = 4s;
  const auto seconds = std::to_string(std::chrono::seconds{lasts}.count());
  pending_ = ask{v.then.url,
                 v.then.method,
                 {{"RecordingSid", options_.recording_sid},
                  {"RecordingUrl", url},
                  {"RecordingDuration", seconds},
                  {"Digits", options_.leaves == runner_options::message::left ? "#" : "hangup"}}};
  return keep_message{options_.recording_sid,    url,         lasts, v.recording_status_callback,
                      v.recording_status_method, takes(lasts)};
}

}  // namespace tonris::sim::twiml
