#include "model/tenant/read_webhooks.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace {

namespace rules = tenant_rules;

std::vector<tenant::event> read_events(json_fields& fields, json_mistakes& mistakes) {
  std::vector<tenant::event> events;
  const auto before = mistakes.size();
  fields.list("events", tenant::event_count, [&](const rapidjson::Value& item, const std::string& path) {
    const auto text = read_text(item, path, rules::event, mistakes);
    const auto what = text ? rules::event_of(*text) : std::nullopt;
    if (!what) return;
    if (std::find(events.begin(), events.end(), *what) != events.end())
      note(mistakes, path, "is in the list twice");
    else
      events.push_back(*what);
  });
  if (events.empty() && mistakes.size() == before) fields.refuse("events", "must name at least one event");
  return events;
}

}  // namespace

std::vector<tenant::webhook> read_webhooks(json_fields& settings, json_mistakes& mistakes) {
  std::vector<tenant::webhook> all;
  std::set<std::string> names;
  settings.list("webhooks", rules::max_webhooks, [&](const rapidjson::Value& item, const std::string& path) {
    json_fields fields{item, path, mistakes};
    tenant::webhook one;
    one.name = fields.required_text("name", rules::tool_name);
    if (!one.name.empty() && !names.insert(one.name).second) fields.refuse("name", "is in the list twice");
    one.url = fields.required_text("url", rules::tool_url);
    one.events = read_events(fields, mistakes);
    fields.refuse_unknown();
    all.push_back(std::move(one));
  });
  return all;
}

void put_webhooks(json_writer& out, const std::vector<tenant::webhook>& webhooks) {
  if (webhooks.empty()) return;
  out.open_list("webhooks");
  for (const auto& one : webhooks) {
    out.open_object();
    out.member("name", one.name);
    out.member("url", one.url);
    out.open_list("events");
    for (const auto what : one.events) out.value(to_string(what));
    out.close_list();
    out.close_object();
  }
  out.close_list();
}

std::string_view to_string(tenant::event what) noexcept {
  switch (what) {
    case tenant::event::call_started: return "call.started";
    case tenant::event::call_ended: return "call.ended";
    case tenant::event::voicemail_received: return "voicemail.received";
    case tenant::event::transfer_failed: return "transfer.failed";
    case tenant::event::limit_reached: return "limit.reached";
    case tenant::event::call_troubled: return "call.troubled";
    case tenant::event::experiment_stopped: return "experiment.stopped";
  }
  return "";
}

}  // namespace tonris::model
