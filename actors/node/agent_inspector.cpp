#include "actors/node/agent_inspector.hpp"

#include <caf/stateful_actor.hpp>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "model/admission/tenant_limits.hpp"
#include "model/elevenlabs/agent_settings.hpp"
#include "model/policy/agent_check.hpp"
#include "model/tenant/agents.hpp"
#include "model/tenant/secrets.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::actors {

namespace {

using severity = model::agent_finding::severity;

constexpr std::chrono::seconds store_limit{5}, vendor_guard{4};
constexpr std::size_t page_size = 50;
constexpr std::size_t most_remembered = 1000;  // agents, with their settings

struct inspect_next {  // to itself
  using travels = in_process;
};

struct inspector_state {
  static inline const char* name = "tonris.agent_inspector";

  explicit inspector_state(caf::event_based_actor* actor) : self(actor) {}

  caf::behavior make_behavior(agent_inspection given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    self->delayed_send(self, caf::timespan{agent_inspection::begins_after}, inspect_next{});
    return {[this](inspect_next) { next(); }};
  }

 private:
  struct look {
    std::shared_ptr<const model::tenant> tenant;
    model::agent_id agent;
  };
  struct seen {
    vendor_document::outcome is = vendor_document::outcome::failed;
    model::elevenlabs::agent_settings settings;
  };
  using agent_at_vendor = std::pair<std::string, model::agent_id>;  ///< the account by its key's name

  void next() {
    if (looks.empty()) return is_last_page ? sum_up() : read_page();
    const auto now = std::move(looks.front());
    looks.pop_front();
    const agent_at_vendor where{model::vendor_of(*now.tenant), now.agent};
    if (refused_key.contains(where.first)) return self->send(self, inspect_next{});
    const auto found = known.find(where);
    if (found == known.end()) return ask_vendor(now, where);
    compare(now, found->second);
    self->send(self, inspect_next{});
  }

  void read_page() {
    ask(self, settings.store, store_limit, read_tenant_page{last, page_size})
        .then([this](const tenant_page_read& read) { take(read.page); },
              [this](const caf::error&) {
                if (++retries > agent_inspection::most_retries) return self->quit();
                self->delayed_send(self, caf::timespan{agent_inspection::retry_wait}, inspect_next{});
              });
  }

  void take(const tenant_page& page) {
    const auto by_business = settings.by_business->now();
    for (const auto& stored : page.tenants) {
      auto read = model::parse_tenant(stored.json);
      if (!read || read->status != model::tenant::status_type::active) continue;
      (void)open_secrets(read->secrets, read->id, *settings.seal);
      const auto tenant = std::make_shared<const model::tenant>(*std::move(read));
      for (auto& agent : agents_of(*tenant, *by_business, settings.default_agent))
        looks.push_back({tenant, std::move(agent)});
    }
    last = page.last;
    is_last_page = last.empty();
    self->send(self, inspect_next{});
  }

  void ask_vendor(const look& now, const agent_at_vendor& where) {
    ask(self, settings.vendor, vendor_guard, fetch_agent_settings{now.agent, now.tenant})
        .then([this, now, where](const vendor_document& answer) { answered(now, where, answer); },
              [this, now, where](const caf::error&) { answered(now, where, {}); });
  }

  void answered(const look& now, const agent_at_vendor& where, const vendor_document& answer) {
    if (answer.is == vendor_document::outcome::bad_key) refused_key.insert(where.first);
    if (known.size() >= most_remembered) known.clear();
    compare(now, known[where] = read(answer));
    self->delayed_send(self, caf::timespan{agent_inspection::between_agents}, inspect_next{});
  }

  static seen read(const vendor_document& answer) {
    if (answer.is != vendor_document::outcome::found) return {answer.is, {}};
    auto settings = model::elevenlabs::decode_agent_settings(answer.body);
    return settings ? seen{answer.is, *std::move(settings)} : seen{};
  }

  void compare(const look& now, const seen& of) {
    switch (of.is) {
      case vendor_document::outcome::failed:
      case vendor_document::outcome::bad_key: ++unasked; return;
      case vendor_document::outcome::unknown: return tell(now, model::unknown_agent());
      case vendor_document::outcome::found: break;
    }
    for (const auto& one : check_agent(of.settings, *now.tenant)) tell(now, one);
  }

  void tell(const look& now, const model::agent_finding& what) {
    if (what.is == severity::note) return;
    ++(what.is == severity::error ? errors : warnings);
    if (errors + warnings > agent_inspection::most_lines) return;
    log::warn("Agents: {finding}", {{"finding", to_line(what, now.agent.value, now.tenant->id.value)}});
  }

  void sum_up() {
    if (errors + warnings > 0)
      log::warn("Agents: {errors} errors and {warnings} warnings in all; tonrisctl agent check tells them again",
                {{"errors", errors}, {"warnings", warnings}});
    if (unasked > 0) log::info("Agents: {count} could not be looked at", {{"count", unasked}});
    self->quit();
  }

  caf::event_based_actor* self;
  agent_inspection settings;
  model::tenant_id last;  ///< of the newest page
  bool is_last_page = false;
  unsigned retries = 0;
  std::deque<look> looks;
  std::map<agent_at_vendor, seen> known;
  std::set<std::string> refused_key;
  std::size_t errors = 0, warnings = 0, unasked = 0;
};

caf::behavior run_inspector(caf::stateful_actor<inspector_state>* self, agent_inspection settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

caf::actor inspect_agents(caf::actor_system& system, agent_inspection settings) {
  return system.spawn(run_inspector, std::move(settings));
}

}  // namespace tonris::actors
