#include "actors/notice/sender.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "actors/runtime/guard.hpp"
#include "model/text/tenant_url.hpp"
#include "model/text/webhook_signature.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds longest_wait{24 * 3600};  // that a server may ask for

const model::tenant::webhook* webhook_of(const send_notice& wanted) {
  const auto& all = wanted.tenant->webhooks;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == wanted.webhook; });
  return found == all.end() ? nullptr : &*found;
}

/// "": there is none, or it could not be opened.
std::string_view secret_of(const send_notice& wanted) {
  const auto& all = wanted.tenant->secrets.webhooks;
  const auto found = all.find(wanted.webhook);
  return found != all.end() && found->second.is_plain() ? std::string_view{found->second.text} : std::string_view{};
}

notice_sent sent(const net::result<net::http_response>& response) {
  if (!response) return {0, std::string{to_string(response.error().code)}, {}};
  const auto status = response->status;
  if (status >= 200 && status < 300) return {status, {}, {}};
  const auto asked = net::retry_after(*response).value_or(std::chrono::seconds{});
  return {status, "HTTP " + std::to_string(status), std::min(asked, longest_wait)};
}

notice_sent unsent(std::string why) {
  return {0, std::move(why), {}};
}

}  // namespace

notice_sender::notice_sender(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

notice_sender::behavior_type notice_sender::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  alive_ = std::make_shared<notice_sender*>(this);
  return {
      [this](const send_notice& wanted) { return on(wanted); },
      [this](const notice_answered& m) { came(m.request, *m.response); },
  };
}

void notice_sender::on_exit() {
  alive_.reset();
  for (auto& [request, to] : std::exchange(open_, {})) to.deliver(unsent("the gateway stopped"));
  loop_bound_actor::on_exit();
}

caf::result<notice_sent> notice_sender::on(const send_notice& wanted) {
  const auto* const webhook = webhook_of(wanted);
  if (!webhook) return unsent("there is no such webhook");
  if (const auto to = check_tenant_url(webhook->url, config_.allowed); !to)
    return unsent("its url is refused: " + std::string{to_string(to.error())});
  const auto secret = secret_of(wanted);
  if (secret.empty()) return unsent("its secret cannot be opened");
  if (open_.size() >= most_at_once) return unsent("too many are under way");
  const auto now = config_.unix_now();
  net::http_request what;
  what.method = "POST";
  what.fields.set("Content-Type", "application/json");
  what.fields.set("User-Agent", "tonris");
  what.fields.set(model::webhook_id_header, wanted.id);
  what.fields.set(model::webhook_timestamp_header, std::to_string(now));
  what.fields.set(model::webhook_signature_header,
                  model::sign_webhook(model::signing_key_of(secret), wanted.id, now, wanted.body));
  what.body = wanted.body;
  const auto request = ++last_request_;
  auto promise = open_[request] = make_response_promise<notice_sent>();
  config_.send(webhook->url, std::move(what), limit,
               [request, me = std::weak_ptr{alive_}](const net::result<net::http_response>& response) {
                 if (const auto self = me.lock()) (*self)->deliver(notice_answered{request, &response});
               });
  return promise;
}

void notice_sender::came(std::uint64_t request, const net::result<net::http_response>& response) {
  auto found = open_.extract(request);
  if (!found.empty()) found.mapped().deliver(sent(response));
}

}  // namespace tonris::actors
