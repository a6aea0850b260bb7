#include "actors/node/control_plane.hpp"

#include <caf/send.hpp>
#include <utility>
#include <vector>

#include "actors/call/supervisor.hpp"
#include "actors/node/random.hpp"
#include "actors/node/restore.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/tenant/directory.hpp"
#include "actors/vendor/client.hpp"
#include "actors/web/node_report.hpp"
#include "model/text/seal.hpp"
#include "net/private_file.hpp"

namespace tonris::actors {

node_part control_plane::part(std::string name) const {
  node_part part;
  part.name = std::move(name);
  part.healthy = [health = config_.health](bool healthy) { health->part_is(healthy); };
  part.random = random_bits;
  part.counters = config_.counters;
  return part;
}

tl::expected<void, std::string> control_plane::open_store() {
  const auto& directory = config_.settings->data_dir;
  auto opened = open_sqlite_store(*config_.system, directory, part("call_store"));
  if (!opened) return tl::unexpected(opened.error());
  store_ = std::move(*opened);
  config_.health->watch(store_.trouble);
  if (net::others_may_enter(directory))
    log::warn("DATA_DIR {directory} is open to other users of this machine, and holds what callers said: chmod 700 it",
              {{"directory", directory}});
  return {};
}

void control_plane::start(media_loops& loops) {
  start_registry();
  start_vendor_client(loops.first());
  fill_services();
  start_supervisor();
  start_report();
  restore_calls_of_former_life(*config_.system, store_.actor, supervisor_);
}

void control_plane::start_registry() {
  registry_ = spawn_supervised<tenant_registry>(*config_.system, part("tenant_registry"), [this](const auto&) {
    return config_.system->spawn(tenant_directory, config_.tenants->served(), config_.counters);
  });
}

/// On one loop: signed addresses are few.
void control_plane::start_vendor_client(media_loop& on) {
  vendor_ = spawn_supervised<vendor_api>(*config_.system, part("vendor_client"), [this, &on](const auto&) {
    vendor_client::config client;
    client.base_url = config_.settings->elevenlabs_api_base_url;
    client.api_key = config_.settings->elevenlabs_api_key;
    client.counters = config_.counters;
    client.get = [&on](const std::string& url, net::http_request&& request, std::chrono::milliseconds timeout,
                       auto done) { on.client->request(url, std::move(request), timeout, std::move(done)); };
    return spawn_on<vendor_client>(*config_.system, on.unit, std::move(client));
  });
}

void control_plane::fill_services() {
  services_->vendor = vendor_;
  services_->spawn_caller_leg = [system = config_.system](caller_leg::config leg) {
    auto& unit = *leg.services->unit;
    return caf::actor_cast<caller_leg_actor>(spawn_on<caller_leg>(*system, unit, std::move(leg)));
  };
  services_->spawn_agent_leg = [system = config_.system](agent_leg::config leg) {
    auto& unit = *leg.services->unit;
    return caf::actor_cast<agent_leg_actor>(spawn_on<agent_leg>(*system, unit, std::move(leg)));
  };
  services_->wall_clock = [] { return std::chrono::system_clock::now(); };
  services_->make_ticket = random_ticket;
  services_->random = random_bits;
  // Twilio's token is what this node knows and its disk does not.
  std::vector<std::string> tokens;
  for (const auto& token : config_.settings->twilio_auth_tokens) tokens.push_back(token.reveal());
  const auto sealing = std::make_shared<const model::text_seal>(std::move(tokens));
  services_->seal = [sealing](std::string_view text) { return sealing->seal(text, random_nonce()); };
  services_->unseal = [sealing](std::string_view sealed) { return sealing->open(sealed).value_or(std::string{}); };
  services_->journal = store_.journal;
  services_->counters = config_.counters;
}

void control_plane::start_supervisor() {
  supervisor_ = spawn_supervised<call_supervisor>(
      *config_.system, part("call_supervisor"), [this](const call_supervisor& address) {
        call_supervisor_state::config supervisor;
        supervisor.services = services_;
        supervisor.table = calls_;
        supervisor.registry = registry_;
        supervisor.store = store_.actor;
        supervisor.address = address;
        supervisor.max_calls = config_.settings->max_calls;
        supervisor.overloaded = [load = config_.load] { return load->too_much(); };
        return config_.system->spawn(supervise_calls, std::move(supervisor));
      });
}

void control_plane::start_report() {
  report_ = spawn_supervised<node_reporter>(*config_.system, part("node_report"), [this](const auto&) {
    node_report_state::config report;
    report.ready = [health = config_.health] { return health->now(); };
    report.gather = config_.gather;
    report.counters = config_.counters;
    return config_.system->spawn(node_report, std::move(report));
  });
}

void control_plane::end_supervisor() {
  caf::anon_send_exit(supervisor_, caf::exit_reason::user_shutdown);
}

void control_plane::end() {
  caf::scoped_actor self{*config_.system};
  if (report_) self->send_exit(report_, caf::exit_reason::user_shutdown);
  if (registry_) self->send_exit(registry_, caf::exit_reason::user_shutdown);
  if (vendor_) self->send_exit(vendor_, caf::exit_reason::user_shutdown);
  if (!store_.actor) return;
  self->request(store_.actor, store_limit, flush_store{}).receive([](store_flushed) {}, [](const caf::error&) {});
  self->send_exit(store_.actor, caf::exit_reason::user_shutdown);
}

}  // namespace tonris::actors
