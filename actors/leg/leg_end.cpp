#include "actors/leg/leg_end.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "model/call/vendor_close.hpp"

namespace tonris::actors {

using model::end_reason;

caller_leg_ended meaning_of_lost_stream(const net::websocket_end& how) {
  const end_reason reason = broke_the_rules(how.why)          ? end_reason::stream_protocol_error
                            : how.why == net::errc::slow_peer ? end_reason::slow_caller
                                                              : end_reason::stream_lost;
  return {caller_leg_end::failed, reason, std::string{net::to_string(how.why)}};
}

agent_leg_ended meaning_of_lost_agent(const net::websocket_end& how, bool had_begun,
                                      const std::optional<model::elevenlabs::failure>& error) {
  const auto broken = [&how](end_reason reason) {
    return agent_leg_ended{agent_leg_end::failed, reason, std::string{net::to_string(how.why)}, how.close_code};
  };
  if (broke_the_rules(how.why)) return broken(end_reason::agent_protocol_error);
  if (how.why == net::errc::slow_peer) return broken(end_reason::slow_agent);
  // The connection may break before the close that an error frame announces.
  if (how.why != net::errc::closed && !error)
    return broken(had_begun ? end_reason::agent_lost : end_reason::agent_unreachable);
  auto meaning = model::meaning_of_close(how.close_code, how.reason, error);
  if (meaning.finished && !had_begun) {  // an end in order, but of nothing: nobody ever spoke
    meaning.finished = false;
    meaning.reason = end_reason::agent_protocol_error;
  }
  return {meaning.finished ? agent_leg_end::finished : agent_leg_end::failed, meaning.reason, std::move(meaning.detail),
          how.close_code};
}

/// Silence that was played as its audio counts as heard, and who has never heard it has waited since its answer.
std::string why_not_audible(media_counters::heard_clock::time_point now,
                            media_counters::heard_clock::time_point heard) {
  using std::chrono::seconds;
  constexpr seconds watched{model::audible_watch::patience / model::audio_watch::ticks_a_second};
  const bool ever = heard != media_counters::heard_clock::time_point{};
  const auto unheard = ever ? std::max(watched, std::chrono::round<seconds>(now - heard)) : watched;
  return "the agent answers, and nothing of it was heard for " + std::to_string(unheard.count()) + " s";
}

agent_leg_ended meaning_of_no_agent(const net::error& why) {
  const bool timed_out = why.code == net::errc::connect_timeout || why.code == net::errc::handshake_timeout;
  const auto [reason, detail] = model::reason_of_refused_socket(why.http_status, timed_out);
  return {agent_leg_end::failed, reason, std::string{detail} + ": " + net::in_words(why), {}};
}

}  // namespace tonris::actors
