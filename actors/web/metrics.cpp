#include "actors/web/metrics.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view endpoints[] = {"voice",
                                          "connect_action",
                                          "status",
                                          "stream_status",
                                          "recording_status",
                                          "whisper",
                                          "outbound",
                                          "media_stream",
                                          "initiation",
                                          "post_call",
                                          "tools",
                                          "api",
                                          "other"};
constexpr std::string_view refusals[] = {
    "bad_signature", "wrong_account", "bad_form",  "unknown_ticket", "used_ticket",  "wrong_state",    "no_upgrade",
    "unauthorized",  "not_found",     "forbidden", "too_many",       "bad_callback", "unknown_number", "too_large"};
static_assert(std::size(endpoints) == web_metrics::endpoint_count);
static_assert(std::size(refusals) == web_metrics::refusal_count);
constexpr std::string_view accounts[] = {"gateway", "tenant", "unknown"};
constexpr std::size_t signing_accounts = 2;  // of one that is unknown there is no token
constexpr std::size_t signature_candidates = 8;
constexpr std::size_t signature_tokens = 5;  // the last one stands for those behind it as well

}  // namespace

web_metrics::web_metrics(metrics& in)
    : request(in, "tonris_http_requests_total", "Requests by what they were for", "endpoint", endpoints),
      signature_refused(in, "tonris_signatures_refused_total",
                        "Signatures of Twilio's that are none of their account's, by whose account is named", "account",
                        accounts),
      refused_forgotten(in, "tonris_refused_webhooks_forgotten_total",
                        "Refused webhooks that left the list for newer ones"),
      late_answers_full(in, "tonris_late_answers_full_total",
                        "Answers to wrong keys that were given at once, since too many wait already"),
      watchers(in, "tonris_call_watchers", "Clients that watch calls now"),
      watcher_dropped(in, "tonris_call_watchers_dropped_total",
                      "Clients that watched calls and took so little that they were cut off"),
      levels_left_out(in, "tonris_call_levels_left_out_total",
                      "Levels that a watching client was not told, since it had not taken what came before"),
      call_redirected(in, "tonris_calls_redirected_total",
                      "Questions of Twilio's sent on: to another node while this one stops, or to be asked again") {
  for (const auto where : endpoints)
    refused_.emplace_back(
        in, "tonris_http_refused_total", "Requests refused, by reason", std::size(refusals), [where](refusal why) {
          return metric_labels{{"endpoint", std::string{where}}, {"reason", std::string{to_string(why)}}};
        });
  for (std::size_t i = 0; i < signature_candidates; ++i)
    signatures_.emplace_back(in, "tonris_stream_signature_candidate_total",
                             "Which spelling of our stream address Twilio signed; 0 is the TwiML's own",
                             metric_labels{{"candidate", std::to_string(i)}});
  tokens_.resize(signing_accounts);
  for (std::size_t whose = 0; whose < signing_accounts; ++whose)
    for (std::size_t i = 0; i < signature_tokens; ++i)
      tokens_[whose].emplace_back(
          in, "tonris_signature_token_total", "Which token of its account's list Twilio signed with; 0 is the first",
          metric_labels{{"account", std::string{accounts[whose]}}, {"token", std::to_string(i)}});
  for (std::size_t i = 0; i < signature_tokens; ++i)
    callback_secrets_.emplace_back(in, "tonris_callback_secret_total",
                                   "Which secret of ELEVENLABS_WEBHOOK_SECRET's list a callback showed; 0 is the first",
                                   metric_labels{{"secret", std::to_string(i)}});
}

std::string_view to_string(web_metrics::endpoint where) noexcept {
  return endpoints[static_cast<std::size_t>(where)];
}

std::string_view to_string(web_metrics::refusal why) noexcept {
  return refusals[static_cast<std::size_t>(why)];
}

void web_metrics::callback_secret_matched(std::size_t secret) const {
  callback_secrets_[std::min(secret, callback_secrets_.size() - 1)]();
}

void web_metrics::refused(endpoint where, refusal why) const {
  refused_[static_cast<std::size_t>(where)](why);
}

void web_metrics::signature_matched(endpoint where, std::size_t candidate, account whose, std::size_t token) const {
  const auto& tokens = tokens_[whose == account::tenant ? 1 : 0];
  tokens[std::min(token, tokens.size() - 1)]();
  if (where == endpoint::media_stream && candidate < signatures_.size()) signatures_[candidate]();
}

}  // namespace tonris::actors
