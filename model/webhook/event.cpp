#include "model/webhook/event.hpp"

#include <algorithm>

#include "model/call/person_words.hpp"
#include "model/json/writer.hpp"
#include "model/text/digest.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model {

namespace {

using time = webhook_events::time;
constexpr std::size_t most_conversations = 10;

void put_time(json_writer& out, std::string_view name, const std::optional<time>& at) {
  if (at) out.member(name, iso_time(*at));
}

void put_call(json_writer& out, const call_record& call) {
  out.member("tenantId", call.tenant.value);
  out.member("callSid", call.call.value);
  out.member("direction", call.direction);
  out.member("from", call.from);
  out.member("to", call.to);
  if (!call.agent.empty()) out.member("agentId", call.agent.value);
  put_time(out, "startedAt", call.started);
  put_time(out, "answeredAt", call.answered);
}

void put_conversations(json_writer& out, const call_record& call) {
  const auto& all = call.conversations;
  out.open_list("conversationIds");
  for (auto i = all.size() - std::min(all.size(), most_conversations); i < all.size(); ++i) out.value(all[i].id.value);
  out.close_list();
}

void put_end(json_writer& out, const call_record& call) {
  put_time(out, "endedAt", call.ended);
  if (call.answered && call.ended) {
    const auto length = std::chrono::duration_cast<std::chrono::milliseconds>(*call.ended - *call.answered);
    out.member("durationSeconds", static_cast<double>(length.count()) / 1000);
  }
  if (call.reason) {
    out.member("endReason", to_string(*call.reason));
    out.member("endedBy", to_string(who(*call.reason)));
    out.member("explanation", of_person(call.direction, explain(*call.reason)));
  }
  put_conversations(out, call);
  out.member("interruptions", call.interruptions);
  out.member("restarts", call.restarts);
  if (!call.fallback.empty()) out.member("fallback", call.fallback);
}

template <class Put>
std::string event(tenant::event what, time at, Put put_data) {
  std::string json;
  json_writer out{json};
  out.open_object();
  out.member("type", to_string(what));
  out.member("timestamp", iso_time(at));
  out.open_object("data");
  put_data(out);
  out.close_object();
  out.close_object();
  return json;
}

}  // namespace

namespace webhook_events {

std::string call_started(time at, const call_record& call) {
  return event(tenant::event::call_started, at, [&](json_writer& out) { put_call(out, call); });
}

std::string call_ended(time at, const call_record& call) {
  return event(tenant::event::call_ended, at, [&](json_writer& out) {
    put_call(out, call);
    put_end(out, call);
  });
}

std::string call_troubled(time at, const call_record& call) {
  return event(tenant::event::call_troubled, at, [&](json_writer& out) {
    put_call(out, call);
    put_end(out, call);
    if (!call.troubled) return;
    out.member("trouble", to_string(call.troubled->reason));
    out.member("unheardSeconds", static_cast<double>(call.troubled->unheard.count()) / 1000);
  });
}

std::string voicemail_received(time at, const call_record& call, const call_record::voicemail_message& message) {
  return event(tenant::event::voicemail_received, at, [&](json_writer& out) {
    put_call(out, call);
    out.member("recordingSid", message.recording);
    out.member("recordingUrl", message.url);
    out.member("seconds", message.seconds);
    put_time(out, "recordedAt", message.at);
  });
}

std::string transfer_failed(time at, const call_record& call, const failed_transfer& what) {
  return event(tenant::event::transfer_failed, at, [&](json_writer& out) {
    put_call(out, call);
    out.member("number", what.number);
    out.member("why", what.why);
  });
}

std::string limit_reached(time at, const call_record& call, std::string_view limit) {
  return event(tenant::event::limit_reached, at, [&](json_writer& out) {
    put_call(out, call);
    out.member("limit", limit);
  });
}

std::string experiment_stopped(time at, const tenant_id& of, const experiment::loss& lost) {
  return event(tenant::event::experiment_stopped, at, [&](json_writer& out) {
    out.member("tenantId", of.value);
    out.member("variant", lost.loser);
    out.member("better", lost.winner);
    out.key("comparison");
    out.json(to_json(lost));
  });
}

}  // namespace webhook_events

std::vector<std::string> webhooks_told_of(const tenant& t, tenant::event what) {
  std::vector<std::string> names;
  for (const auto& webhook : t.webhooks)
    if (std::ranges::find(webhook.events, what) != webhook.events.end()) names.push_back(webhook.name);
  return names;
}

std::string webhook_message_id(const tenant_id& tenant, std::string_view webhook, tenant::event what,
                               std::string_view subject) {
  constexpr std::size_t shown = 32;
  std::string text{tenant.value};
  text.append("\n").append(webhook).append("\n").append(to_string(what)).append("\n").append(subject);
  return "msg_" + sha256_hex(text).substr(0, shown);
}

}  // namespace tonris::model
