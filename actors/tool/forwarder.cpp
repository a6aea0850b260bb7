#include "actors/tool/forwarder.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/tool/metrics.hpp"
#include "model/elevenlabs/tool_query.hpp"
#include "model/text/webhook_signature.hpp"
#include "model/tracing/trace_context.hpp"

namespace tonris::actors {

namespace el = model::elevenlabs;
using el::tool_outcome;
using std::chrono::milliseconds;

namespace {

/// What a server that failed is told apart from one that said no by.
bool speaks_against_server(tool_outcome outcome) {
  return outcome == tool_outcome::timed_out || outcome == tool_outcome::unreachable ||
         outcome == tool_outcome::server_error || outcome == tool_outcome::too_large;
}

tool_outcome meaning_of(net::errc why) {
  using net::errc;
  if (why == errc::connect_timeout || why == errc::handshake_timeout || why == errc::read_timeout)
    return tool_outcome::timed_out;
  if (why == errc::too_big) return tool_outcome::too_large;
  if (why == errc::address_refused || why == errc::bad_url) return tool_outcome::refused;
  return tool_outcome::unreachable;
}

/// Nothing of an answer came, and to ask again changes nothing there.
bool may_be_asked_again(const forward_tool& wanted, const net::result<net::http_response>& response) {
  return wanted.get && !response && response.error().code == net::errc::reset;
}

const model::tenant::tool& tool_of(const forward_tool& wanted) {
  return wanted.tenant->tools.at(wanted.tool);
}

/// "": none is set, or it could not be opened.
std::string_view key_of(const forward_tool& wanted) {
  const auto& keys = wanted.tenant->secrets.tool_keys;
  const auto key = keys.find(wanted.tool);
  return key != keys.end() && key->second.is_plain() ? std::string_view{key->second.text} : std::string_view{};
}

std::string_view apology_of(const forward_tool& wanted) {
  const auto& own = tool_of(wanted).unavailable;
  return own ? std::string_view{*own} : std::string_view{};
}

}  // namespace

tool_forwarder::tool_forwarder(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

tool_forwarder::behavior_type tool_forwarder::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  alive_ = std::make_shared<tool_forwarder*>(this);
  config_.counters->of<tool_metrics>().under_way.set(0.0);  // those of a life before have their answers
  return {
      [this](const forward_tool& wanted) { return on(wanted); },
      [this](const tool_came& m) { came(m.request, *m.response); },
  };
}

void tool_forwarder::on_exit() {
  alive_.reset();
  for (auto& [request, one] : std::exchange(open_, {}))
    one.to.deliver(forwarded_tool{apologise(tool_outcome::unreachable, apology_of(one.wanted))});
  loop_bound_actor::on_exit();
}

caf::result<forwarded_tool> tool_forwarder::on(const forward_tool& wanted) {
  const auto sorry = [&](tool_outcome why) { return forwarded_tool{apologise(why, apology_of(wanted))}; };
  const auto to = check_tenant_url(tool_of(wanted).url, config_.allowed);
  if (!to) return sorry(tool_outcome::refused);
  const model::circuit_breakers::key server{wanted.tenant->id.value, to->host};
  const auto here = of_tenant_.find(wanted.tenant->id);
  const bool has_room = here == of_tenant_.end() || here->second < most_of_a_tenant;
  if (!has_room || open_.size() >= most_at_once || !circuits_.admits(server, clock().now()))
    return sorry(tool_outcome::refused);
  ++of_tenant_[wanted.tenant->id];
  const auto limit = std::min(milliseconds{tool_of(wanted).timeout_ms}, longest);
  const auto request = ++last_request_;
  auto& one = open_[request] = {wanted, server, make_response_promise<forwarded_tool>(), clock().now() + limit};
  config_.counters->of<tool_metrics>().under_way.set(open_.size());
  auto promise = one.to;
  send_request(request, one);
  return promise;
}

/// Who asks may have a trace of its own; else it is the call's.
std::string tool_forwarder::trace_parent_of(const forward_tool& wanted) const {
  if (!wanted.trace_parent.empty() || wanted.call.empty()) return wanted.trace_parent;
  return model::traceparent_of(wanted.call, config_.traced_share);
}

void tool_forwarder::send_request(std::uint64_t request, const open_request& one) {
  const auto& wanted = one.wanted;
  auto url = tool_of(wanted).url;
  net::http_request what;
  what.method = wanted.get ? "GET" : "POST";
  if (wanted.get)
    el::append_query(wanted.parameters, url);
  else
    what.body = wanted.parameters;
  what.fields.set("Accept", "application/json, text/plain");
  what.fields.set("User-Agent", "tonris");
  if (!wanted.get) what.fields.set("Content-Type", "application/json");
  what.fields.set("X-Tonris-Tenant", wanted.tenant->id.value);
  what.fields.set("X-Tonris-Tool", wanted.tool);
  if (!wanted.call.empty()) what.fields.set("X-Tonris-Call", wanted.call.value);
  if (!wanted.conversation.empty()) what.fields.set("X-Tonris-Conversation", wanted.conversation.value);
  if (const auto parent = trace_parent_of(wanted); !parent.empty()) what.fields.set("traceparent", parent);
  if (const auto key = key_of(wanted); !key.empty()) {
    const auto now = config_.unix_now();
    what.fields.set(model::webhook_id_header, wanted.id);
    what.fields.set(model::webhook_timestamp_header, std::to_string(now));
    // Of a GET what is asked stands in the address: that is signed in the body's place.
    const auto signed_text = wanted.get ? std::string_view{url} : std::string_view{what.body};
    what.fields.set(model::webhook_signature_header,
                    model::sign_webhook(model::signing_key_of(key), wanted.id, now, signed_text));
  }
  const auto left = std::chrono::ceil<milliseconds>(one.until - clock().now());
  config_.send(url, std::move(what), std::max(left, milliseconds{1}),
               [request, me = std::weak_ptr{alive_}](const net::result<net::http_response>& response) {
                 if (const auto self = me.lock()) (*self)->deliver(tool_came{request, &response});
               });
}

void tool_forwarder::came(std::uint64_t request, const net::result<net::http_response>& response) {
  const auto found = open_.find(request);
  if (found == open_.end()) return;
  auto& one = found->second;
  if (may_be_asked_again(one.wanted, response) && !std::exchange(one.tried_again, true) && clock().now() < one.until)
    return send_request(request, one);
  auto answer = response
                    ? el::shape_tool_answer({response->status, response->fields.get("Content-Type"), response->body},
                                            apology_of(one.wanted))
                    : el::apologise(meaning_of(response.error().code), apology_of(one.wanted));
  auto asked = std::move(one);
  open_.erase(found);
  settle(asked, std::move(answer));
}

void tool_forwarder::settle(open_request& one, el::tool_answer answer) {
  const auto& counted = config_.counters->of<tool_metrics>();
  counted.under_way.set(open_.size());
  const auto here = of_tenant_.find(one.wanted.tenant->id);
  if (here != of_tenant_.end() && --here->second == 0) of_tenant_.erase(here);
  using change = model::circuit_breakers::change;
  const auto came = speaks_against_server(answer.outcome) ? circuits_.failed(one.server, clock().now())
                                                          : circuits_.succeeded(one.server);
  if (came == change::opened) {
    counted.circuits(tool_metrics::circuit::opened);
    log::warn("The tool server {host} of tenant {tenant} fails again and again ({why}): it is left alone for a while",
              {{"host", one.server.server}, {"tenant", one.server.holder}, {"why", to_string(answer.outcome)}});
  }
  if (came == change::closed) {
    counted.circuits(tool_metrics::circuit::closed);
    log::info("The tool server {host} of tenant {tenant} answers again",
              {{"host", one.server.server}, {"tenant", one.server.holder}});
  }
  one.to.deliver(forwarded_tool{std::move(answer)});
}

}  // namespace tonris::actors
