#include "actors/web/refused_webhooks.hpp"

#include <algorithm>
#include <cstdint>

#include "actors/web/request_context.hpp"
#include "model/text/ascii.hpp"
#include "model/text/form.hpp"
#include "model/text/public_address.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::actors {

namespace {

constexpr std::size_t most_read = 16 * 1024;

static_assert(web_metrics::refusal_count <= model::refused_requests::most_reasons);

std::string address_of(const net::http_request& request, const std::vector<std::string>& trusted_proxies) {
  const auto& peer = request.peer_address;
  if (std::ranges::find(trusted_proxies, peer) == trusted_proxies.end()) return peer;
  // What stands before the last one the proxy was told itself, in fields of their own as well.
  std::string_view list;
  for (const auto& [name, value] : request.fields.all())
    if (model::same_text(name, "X-Forwarded-For")) list = value;
  const auto last = model::trimmed(list.substr(list.rfind(',') + 1));
  return model::read_ip(last) ? std::string{last} : peer;
}

}  // namespace

request_source refused_webhooks::source_of(const net::http_request& request) const {
  return {address_of(request, config_.trusted_proxies), std::string{shown_request_id(request)}};
}

void refused_webhooks::note(web_metrics::endpoint where, web_metrics::refusal why, const request_source& from,
                            const model::request_claims& says) {
  const auto& counted = config_.counters->of<web_metrics>();
  counted.refused(where, why);
  if (!list_.note(model::refused_at(now(), static_cast<std::uint8_t>(where), static_cast<std::uint8_t>(why),
                                    from.address, from.request_id, says)))
    counted.refused_forgotten();
}

bool shows_vendor_signature(const net::http_request& request) {
  return request.fields.has("X-Twilio-Signature") || request.fields.has("ElevenLabs-Signature");
}

model::request_claims claims_of_webhook(const net::http_request& request) {
  const auto text = request.method == "GET" ? request.query() : std::string_view{request.body};
  if (text.size() > most_read) return {};
  const auto fields = model::parse_form(text);
  return fields ? model::claims_in(*fields) : model::request_claims{};
}

}  // namespace tonris::actors
