#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What is counted of requests, at the front and behind it.
struct web_metrics {
  enum class endpoint : std::uint8_t {
    voice,
    connect_action,
    status,
    stream_status,
    recording_status,
    whisper,
    outbound,  ///< all that is asked and told of calls that we have placed
    media_stream,
    initiation,
    post_call,
    tools,
    api,
    other,
  };
  enum class refusal : std::uint8_t {
    bad_signature,
    wrong_account,
    bad_form,
    unknown_ticket,
    used_ticket,
    wrong_state,
    no_upgrade,
    unauthorized,
    not_found,
    forbidden,
    too_many,
    bad_callback,    ///< of ElevenLabs': neither its signature nor the secret
    unknown_number,  ///< a call to a number that no tenant has
    too_large,       ///< its body
  };
  static constexpr std::size_t endpoint_count = 13, refusal_count = 14;

  /// Whose account a request names that Twilio is to have signed.
  enum class account : std::uint8_t {
    gateway,
    tenant,   ///< one of a tenant's own
    unknown,  ///< neither, or it names none
  };

  explicit web_metrics(metrics& in);

  counters_by<endpoint> request;
  void refused(endpoint where, refusal why) const;
  void callback_secret_matched(std::size_t secret) const;  ///< of ELEVENLABS_WEBHOOK_SECRET's list
  /// Which spelling of our address Twilio signed, and with which token of the account's list.
  void signature_matched(endpoint where, std::size_t candidate, account whose, std::size_t token) const;
  counters_by<account> signature_refused;
  counter refused_forgotten;  ///< left the list of refused webhooks for a newer one
  counter late_answers_full;  ///< a wrong key's answer could not wait: too many do
  gauge watchers;             ///< clients that watch calls
  counter watcher_dropped;    ///< one of them, too slow
  counter levels_left_out;    ///< for one of them, who had not taken what came before
  counter call_redirected;    ///< to another node while this one stops, or to be asked again

 private:
  std::vector<counters_by<refusal>> refused_;  // by endpoint
  std::vector<counter> signatures_;            // by candidate
  std::vector<std::vector<counter>> tokens_;   // by the account, and by its place in the account's list
  std::vector<counter> callback_secrets_;      // likewise
};

/// As the metrics' labels name them: "voice", "bad_signature".
[[nodiscard]] std::string_view to_string(web_metrics::endpoint where) noexcept;
[[nodiscard]] std::string_view to_string(web_metrics::refusal why) noexcept;

}  // namespace tonris::actors
