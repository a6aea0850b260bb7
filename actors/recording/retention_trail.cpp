#include "actors/recording/retention_trail.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "model/json/writer.hpp"

namespace tonris::actors {

namespace {

using settings_type = retention_trail_settings;
using part = call_database::aged_out::part;

constexpr std::chrono::seconds access_limit{5};

struct entry_to_write {
  part of;
  std::int64_t tenants = 0;  ///< so many together; 0: it is one tenant's
  std::string id{};
};

std::string in_json(const entry_to_write& entry) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  if (entry.tenants > 0) out.member("tenants", entry.tenants);
  out.member("records", entry.of.records);
  out.member("transcripts", entry.of.transcripts);
  out.close_object();
  return json;
}

struct trail_state {
  static inline const char* name = "tonris.retention_trail";

  explicit trail_state(retention_trail::pointer actor) : self(actor) {}

  retention_trail::behavior_type make_behavior(settings_type given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    self->send(self, ask_what_aged{});
    return {[this](ask_what_aged) { look(); }};
  }

 private:
  void look() {
    ask(self, settings.calls, settings_type::asked_for, read_aged_out{})
        .then([this](const aged_out_read& read) { begin(read.what); },
              [this](const caf::error& why) {
                if (why == caf::sec::request_timeout) return look();
                later();
              });
  }

  void later() { self->delayed_send(self, caf::timespan{settings_type::retry_pause}, ask_what_aged{}); }

  /// All others first: who they are the store knows by who is not told yet.
  void begin(const call_database::aged_out& what) {
    waiting.clear();
    const auto id = "retention/" + what.telling + "/";
    if (what.other_tenants > 0) waiting.push_back({what.others, what.other_tenants, id + "*"});
    for (const auto& one : what.tenants) waiting.push_back({one, 0, id + one.tenant.value});
    write();
  }

  void write() {
    if (waiting.empty()) return look();
    const auto& next = waiting.front();
    model::audit_entry entry;
    entry.who = "retention";
    entry.what = "records.delete";
    entry.tenant = next.of.tenant;
    put_change(in_json(next), "", entry);
    ask(self, settings.access, access_limit, note_change{entry, next.id})
        .then([this](const change_noted&) { written(); },
              [this](const caf::error&) {
                log::warn("What was deleted because of its age is not in the audit trail yet: it is tried again");
                later();
              });
  }

  void written() {
    const auto& done = waiting.front();
    self->send(settings.calls, aged_out_told{done.tenants > 0 ? std::nullopt : std::optional{done.of.tenant}});
    waiting.pop_front();
    write();
  }

  retention_trail::pointer self;
  settings_type settings;
  std::deque<entry_to_write> waiting;
};

retention_trail::behavior_type run_trail(retention_trail::stateful_pointer<trail_state> self, settings_type settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

retention_trail keep_retention_trail(caf::actor_system& system, retention_trail_settings settings) {
  return system.spawn(run_trail, std::move(settings));
}

}  // namespace tonris::actors
