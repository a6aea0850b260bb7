#include "actors/vendor/client.hpp"

#include <utility>

#include "actors/runtime/guard.hpp"
#include "model/admission/tenant_limits.hpp"
#include "model/call/vendor_close.hpp"
#include "model/elevenlabs/conversation_list.hpp"
#include "model/elevenlabs/rest.hpp"

namespace tonris::actors {

using model::end_reason;
namespace el = model::elevenlabs;

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
                  "signed URL: " + in_words(response.error()));
  }
  if (response->status != 200) {
    return failed(model::reason_of_refused_request(response->status, response->body),
                  "signed URL: HTTP " + std::to_string(response->status) + " " + el::decode_error(response->body).code);
  }
  auto url = el::decode_signed_url(response->body);
  if (!url) return failed(end_reason::agent_protocol_error, "signed URL: " + std::string{to_string(url.error())});
  return {std::move(*url), {}, {}};
}

vendor_document document_in(const net::result<net::http_response>& response) {
  using outcome = vendor_document::outcome;
  if (!response) return {};
  if (response->status == 401 || response->status == 403) return {outcome::bad_key};
  if (response->status == 404) return {outcome::unknown};
  if (response->status != 200) return {};
  return {outcome::found, response->body};
}

}  // namespace

vendor_client::vendor_client(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

vendor_client::behavior_type vendor_client::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  alive_ = std::make_shared<vendor_client*>(this);
  return {
      [this](const fetch_signed_url& wanted) { return on(wanted); },
      [this](const fetch_agent_policy& wanted) { return on(wanted); },
      [this](const fetch_agent_settings& wanted) {
        return document(vendor_metrics::question::agent_settings, el::agent_target(wanted.agent), wanted.tenant.get(),
                        agent_policy_limit);
      },
      [this](const fetch_conversation& wanted) {
        return document(vendor_metrics::question::conversation, el::conversation_target(wanted.conversation),
                        wanted.tenant.get(), conversation_limit);
      },
      [this](const fetch_conversations& wanted) {
        return document(vendor_metrics::question::conversations, el::conversations_target(wanted.day, wanted.cursor),
                        wanted.tenant.get(), conversation_limit);
      },
      [this](const vendor_answered& came) {
        auto found = waiting_.extract(came.request);
        if (!found.empty()) found.mapped()(came.response);
      },
  };
}

void vendor_client::on_exit() {
  alive_.reset();
  for (auto& [request, then] : std::exchange(waiting_, {})) then(nullptr);
  loop_bound_actor::on_exit();
}

/// "": it cannot be opened.
const std::string& vendor_client::key_for(const model::tenant* tenant) const {
  static const std::string none;
  if (tenant == nullptr || model::vendor_of(*tenant) == model::shared_vendor_key) return config_.api_key.reveal();
  const auto& own = tenant->secrets.api_key;
  return own.is_plain() ? own.text : none;
}

caf::result<signed_url_answer> vendor_client::on(const fetch_signed_url& wanted) {
  auto promise = make_response_promise<signed_url_answer>();
  const auto& key = key_for(wanted.tenant.get());
  if (key.empty())
    return promise.deliver(failed(end_reason::agent_auth_failed,
                                  "signed URL: the tenant's own key cannot be opened, SECRETS_KEY is another one"));
  get(vendor_metrics::question::signed_url, el::signed_url_target(wanted.agent), key, wanted.at_most,
      [promise](const auto* response) mutable {
        promise.deliver(response ? read_answer(*response)
                                 : failed(end_reason::agent_unreachable, "signed URL: our own client ended"));
      });
  return promise;
}

void vendor_client::get(vendor_metrics::question what, const std::string& target, const std::string& key,
                        std::chrono::milliseconds at_most, answered then) {
  const std::uint64_t request = ++last_request_;
  waiting_.emplace(request, [this, what, began = clock().now(), then = std::move(then)](const auto* response) {
    if (response) config_.counters->of<vendor_metrics>().took(what, clock().now() - began);
    then(response);
  });
  net::http_request get;
  get.method = "GET";
  get.fields.set("xi-api-key", key);
  get.fields.set("Accept", "application/json");
  config_.get(config_.base_url + target, std::move(get), at_most,
              [request, me = std::weak_ptr{alive_}](const net::result<net::http_response>& response) {
                if (const auto self = me.lock()) (*self)->deliver(vendor_answered{request, &response});
              });
}

// --- agents' settings

caf::result<agent_policy_answer> vendor_client::on(const fetch_agent_policy& wanted) {
  const auto& key = key_for(wanted.tenant.get());
  if (key.empty()) return agent_policy_answer{};
  const agent_and_key of{wanted.agent,
                         wanted.tenant ? model::vendor_of(*wanted.tenant) : std::string{model::shared_vendor_key}};
  if (policies_.size() >= max_agent_policies && policies_.count(of) == 0)
    std::erase_if(policies_, [](const auto& known) { return known.second.waiting.empty(); });
  auto& known = policies_[of];
  if (known.waiting.empty() && clock().now() < known.until) return known.answer;
  known.waiting.push_back(make_response_promise<agent_policy_answer>());
  if (known.waiting.size() == 1)
    get(vendor_metrics::question::agent_settings, el::agent_target(wanted.agent), key, agent_policy_limit,
        [this, of](const auto* response) { policy_came(of, response); });
  return caf::delegated<agent_policy_answer>{};
}

caf::result<vendor_document> vendor_client::document(vendor_metrics::question what, const std::string& target,
                                                     const model::tenant* tenant, std::chrono::milliseconds at_most) {
  const auto& key = key_for(tenant);
  if (key.empty()) return vendor_document{};
  auto promise = make_response_promise<vendor_document>();
  get(what, target, key, at_most, [promise](const auto* response) mutable {
    promise.deliver(response ? document_in(*response) : vendor_document{});
  });
  return promise;
}

void vendor_client::policy_came(const agent_and_key& of, const net::result<net::http_response>* response) {
  auto& known = policies_[of];
  if (response && *response && (*response)->status == 200) {
    if (auto policy = el::decode_agent_policy((*response)->body)) known.answer.policy = *policy;
  }
  known.until = clock().now() + (known.answer.policy ? agent_policy_life : agent_policy_retry);
  for (auto& promise : std::exchange(known.waiting, {})) promise.deliver(known.answer);
}

}  // namespace tonris::actors
