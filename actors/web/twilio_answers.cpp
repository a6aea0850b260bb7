#include "actors/web/twilio_answers.hpp"

#include <utility>

namespace tonris::actors {

net::http_response twiml_response(std::string document) {
  return net::make_response(200, "text/xml; charset=utf-8", std::move(document));
}

net::http_response no_content() {
  net::http_response response;
  response.status = 204;
  return response;
}

net::http_response not_now() {
  net::http_response response;
  response.status = 503;
  return response;
}

found_tenant as_seen_by(const token_holders& signer, const found_tenant& found) {
  const bool is_served = !signer || (found.tenant && is_among(signer, found.tenant->id) && !found.is_default);
  return is_served ? found : found_tenant{};
}

}  // namespace tonris::actors
