#include "actors/node/tenants.hpp"

#include <algorithm>
#include <caf/scoped_actor.hpp>
#include <chrono>
#include <functional>

#include "actors/node/metrics.hpp"
#include "actors/store/tenants_file.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/tenant/import.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::actors {

namespace {

constexpr std::size_t lines_shown = 100;

void tell_lines(std::size_t lines, const std::function<std::string(std::size_t)>& line) {
  for (std::size_t i = 0; i < std::min(lines, lines_shown); ++i)
    log::error("TENANTS_FILE, {mistake}", {{"mistake", line(i)}});
  if (lines > lines_shown) log::error("TENANTS_FILE has more mistakes; tonrisctl check-tenants shows all");
}

/// What an operator has to know about the tenants that were just read.
void tell_about(const model::tenant_list& read) {
  tell_lines(read.mistakes.size(), [&](std::size_t i) { return to_string(read.mistakes[i]); });
  for (const auto& t : read.good) {
    if (const auto idle = model::tenant_rules::not_acted_on(t); !idle.empty())
      log::warn("Tenant {tenant}: this version does not act on {setting}", {{"tenant", t.id}, {"setting", idle}});
    if (t.legacy_signature)
      log::warn("Tenant {tenant} takes callbacks whose signature can be sent again for ever (settings.legacySignature)",
                {{"tenant", t.id}});
  }
}

}  // namespace

file_tenants::file_tenants(std::string file, metrics& counters) : file_(std::move(file)), counters_(counters) {
  if (!file_.empty()) counters_.of<node_metrics>().tenants_unreadable();  // until it is read
}

tl::expected<void, std::string> file_tenants::read(caf::actor_system& system, const tenants_destination& to) {
  auto done = bring_in(system, to, false);
  if (!done) return tl::unexpected("TENANTS_FILE " + done.error());
  return {};
}

void file_tenants::read_again(caf::actor_system& system, const tenants_destination& to) {
  const auto done = bring_in(system, to, true);
  if (done) return;
  counters_.of<node_metrics>().tenants_unreadable();
  log::error("The tenants stay as they were: TENANTS_FILE {why}", {{"why", done.error()}});
}

void file_tenants::read_once_open(caf::actor_system& system, tenants_destination to, std::chrono::milliseconds retry) {
  if (file_.empty()) return;
  waits_for_store_ = std::thread([this, &system, retry, to = std::move(to)] {
    const auto told_to_stop = [this](std::chrono::milliseconds within) {
      std::unique_lock lock{stop_lock_};
      return stop_told_.wait_for(lock, within, [this] { return stops_; });
    };
    std::chrono::milliseconds wait = std::chrono::seconds{1};
    while (!is_brought_in_ && !told_to_stop(wait)) {
      if (is_brought_in_ || !is_open(system, to.store)) continue;
      read_again(system, to);
      wait = retry;
    }
  });
}

void file_tenants::stop() {
  {
    const std::scoped_lock lock{stop_lock_};
    stops_ = true;
  }
  stop_told_.notify_all();
  if (waits_for_store_.joinable()) waits_for_store_.join();
}

bool is_open(caf::actor_system& system, const tenant_store& store) {
  constexpr std::chrono::seconds patience{3};
  bool answers = false;
  caf::scoped_actor self{system};
  self->request(store, patience, read_tenant_page{{}, 1})
      .receive([&](const tenant_page_read&) { answers = true; }, [](const caf::error&) {});
  return answers;
}

tl::expected<void, std::string> file_tenants::bring_in(caf::actor_system& system, const tenants_destination& to,
                                                       bool again) {
  if (file_.empty()) return {};
  const std::scoped_lock alone{reading_};
  const auto now = read_tenants_file(file_);
  if (!now) return tl::unexpected(now.error());
  tell_about(*now);
  caf::scoped_actor self{system};
  const auto brought = import_tenants(self, to, *now);
  if (!brought) return tl::unexpected(file_ + " cannot be brought in: " + brought.error());
  is_brought_in_ = true;
  tell_lines(brought->refused.size(), [&](std::size_t i) { return brought->refused[i]; });
  const auto mistaken = now->refused.size() + brought->refused.size();
  served_ = now->good.size() - brought->refused.size() + brought->kept;
  mistaken_ = mistaken;
  counters_.of<node_metrics>().tenants_read(served_, mistaken);
  if (again)
    log::info(
        "Tenants read again: {served} served, {mistaken} with mistakes, of them {servedAsBefore} served as before; "
        "{changes}",
        {{"served", served_.load()},
         {"mistaken", mistaken},
         {"servedAsBefore", brought->kept},
         {"changes", to_string(brought->changes)}});
  return {};
}

readiness file_tenants::beside(readiness now) const {
  if (const std::size_t mistaken = mistaken_; mistaken > 0 && now.is == readiness::state::ready)
    now.why = "tenants of TENANTS_FILE with mistakes: " + std::to_string(mistaken);
  return now;
}

}  // namespace tonris::actors
