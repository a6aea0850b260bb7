#include "actors/vendor_client.hpp"

#include <utility>

#include "actors/runtime/crash.hpp"
#include "model/elevenlabs_rest.hpp"
#include "model/vendor_close.hpp"

namespace tonris::actors {

using model::end_reason;

namespace {

signed_url_answer failed(end_reason reason, std::string detail) {
  return {std::nullopt, reason, std::move(detail)};
}

signed_url_answer read_answer(const net::result<net::http_response>& response) {
  if (!response) {
    const bool late = response.error().code == net::errc::read_timeout ||
                      response.error().code == net::errc::connect_timeout ||
                      response.error().code == net::errc::handshake_timeout;
    return failed(late ? end_reason::agent_timeout : end_reason::agent_unreachable,
                  "signed URL: " + std::string{net::to_string(response.error().code)});
  }
  if (response->status != 200) {
    return failed(model::reason_of_refused_request(response->status, response->body),
                  "signed URL: HTTP " + std::to_string(response->status) + " " +
                      model::elevenlabs::decode_error(response->body).code);
  }
  auto url = model::elevenlabs::decode_signed_url(response->body);
  if (!url) return failed(end_reason::agent_protocol_error, "signed URL: " + std::string{to_string(url.error())});
  return {std::move(*url), {}, {}};
}

}  // namespace

vendor_client::vendor_client(caf::actor_config& actor, config with) : loop_bound(actor), with_(std::move(with)) {}

caf::behavior vendor_client::make_behavior() {
  set_exception_handler([this](std::exception_ptr& thrown) { return crash_error(thrown, *with_.counters, name()); });
  live_until_exit();
  alive_ = std::make_shared<vendor_client*>(this);
  return {
      [this](const fetch_signed_url& wanted) {
        auto promise = make_response_promise<signed_url_answer>();
        const std::uint64_t request = ++last_request_;
        waiting_.emplace(request, promise);
        net::http_request get;
        get.method = "GET";
        get.fields.set("xi-api-key", with_.api_key.reveal());
        get.fields.set("Accept", "application/json");
        with_.get(with_.base_url + model::elevenlabs::signed_url_target(wanted.agent), std::move(get), signed_url_limit,
                  [request, me = std::weak_ptr{alive_}](net::result<net::http_response> response) {
                    if (const auto self = me.lock()) (*self)->deliver(vendor_answered{request, &response});
                  });
        return promise;
      },
      [this](const vendor_answered& answered) { answer(answered.request, *answered.response); },
  };
}

void vendor_client::on_exit() {
  alive_.reset();
  for (auto& [request, promise] : waiting_)
    promise.deliver(failed(end_reason::agent_unreachable, "signed URL: our own client ended"));
  waiting_.clear();
  loop_bound::on_exit();
}

void vendor_client::answer(std::uint64_t request, const net::result<net::http_response>& response) {
  auto found = waiting_.extract(request);
  if (!found.empty()) found.mapped().deliver(read_answer(response));
}

}  // namespace tonris::actors
