#include "actors/node/gateway.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <optional>
#include <utility>

#include "actors/call/depths.hpp"
#include "actors/leg/metrics.hpp"
#include "actors/node/control_plane.hpp"
#include "actors/node/descriptors.hpp"
#include "actors/node/disk_metrics.hpp"
#include "actors/node/doors.hpp"
#include "actors/node/drain.hpp"
#include "actors/node/health.hpp"
#include "actors/node/listening.hpp"
#include "actors/node/load.hpp"
#include "actors/node/media_loops.hpp"
#include "actors/node/metrics.hpp"
#include "actors/node/process_metrics.hpp"
#include "actors/node/tenants.hpp"
#include "actors/runtime/quiet_clock.hpp"
#include "actors/store/tenants_file.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/telemetry/log_queue.hpp"
#include "actors/tenant/business_agents.hpp"
#include "config/time_zones.hpp"
#include "net/descriptor_count.hpp"
#include "net/tls.hpp"

namespace tonris::actors {

namespace {

caf::actor_system_config& scheduler_settings(caf::actor_system_config& settings) {
  use_quiet_clock(settings);
  settings.set("logger.verbosity", caf::atom("quiet"));
  return settings;
}

node_load::limits load_limits(const config::settings& settings) {
  return {std::size_t{settings.max_memory_mb} * 1024 * 1024, settings.max_loop_lag};
}

void warn_of_idle_settings(const config::settings& settings) {
  std::string names;
  for (const auto name : settings.not_yet) names.append(names.empty() ? "" : ", ").append(name);
  if (!names.empty()) log::warn("Set, but not yet acted on by this version: {settings}", {{"settings", names}});
}

}  // namespace

/// The parts in the order they depend on each other: each is given what stands above it, and ends before it does.
struct gateway::state {
  explicit state(const config::settings& given)
      : settings(given), system(scheduler_settings(caf_settings)), load(load_limits(given), given.io_loops) {}

  tl::expected<void, std::string> start(std::vector<net::service_manager::handed_socket> handed);
  tl::expected<void, std::string> load_certificates();
  void open_doors(listening_sockets sockets);
  void gather_gauges();
  void reload();
  bool alive();
  void stop(std::function<void()> meanwhile);

  const config::settings settings;
  metrics counters;
  const std::shared_ptr<refusal_lines> refusals = std::make_shared<refusal_lines>();
  const std::shared_ptr<refused_webhooks> refused =
      std::make_shared<refused_webhooks>(refused_webhooks::config{&counters, settings.trusted_proxies});
  net::descriptor_count descriptors;
  std::shared_ptr<net::tls_client_context> client_tls;
  std::shared_ptr<net::tls_server_context> server_tls;  ///< null: plain
  caf::actor_system_config caf_settings;
  caf::actor_system system;
  node_health health;
  node_load load;
  file_tenants tenants{settings.tenants_file, counters};
  const std::shared_ptr<business_agents> business_types = std::make_shared<business_agents>();
  std::optional<doors> servers;  // before the loops, which streams leave it for
  std::optional<media_loops> loops;
  std::optional<control_plane> control;
  bool doors_stay = false;
  bool stopped = false;
};

// --- up

tl::expected<void, std::string> gateway::state::start(std::vector<net::service_manager::handed_socket> handed) {
  declare_metrics(counters);
  counters.of<node_metrics>().may_have(settings.max_calls);
  if (!config::has_time_zones())
    log::warn("This machine has no time zone database (tzdata): the tenants' time zones are not checked");
  auto types = read_business_types_file(settings.business_types_file);
  if (!types) return tl::unexpected("BUSINESS_TYPES_FILE " + types.error());
  business_types->replace(*std::move(types));
  if (auto loaded = load_certificates(); !loaded) return loaded;
  control.emplace(control_plane::config{&settings, &system, &counters, &health, &tenants, &load, client_tls,
                                        business_types, [this] { gather_gauges(); }});
  if (auto opened = control->open_stores(); !opened) return opened;
  const auto plan = plan_descriptors(settings.max_calls);
  loops.emplace(system, media_loops::config{settings.io_loops, client_tls, &counters, refusals, &load});
  servers.emplace(doors::config{&settings, &system, refusals, refused, &counters, &descriptors, plan, server_tls,
                                [this](auto now) { control->tick(now); }, business_types});
  control->start(*loops);
  auto sockets = open_sockets(settings, std::move(handed));
  if (!sockets) return tl::unexpected(std::move(sockets.error()));
  open_doors(std::move(*sockets));
  if (settings.elevenlabs_webhook_secrets.empty())
    log::info("ELEVENLABS_WEBHOOK_SECRET is not set: ElevenLabs' callbacks are refused");
  if (settings.admin_token.empty()) log::info("ADMIN_TOKEN is not set: the administration API is off");
  if (!loops->go_first())
    log::info(
        "Frames wait their turn behind other work of this machine: LimitRTPRIO=1 or CAP_SYS_NICE lets them go first");
  warn_of_idle_settings(settings);
  return {};
}

tl::expected<void, std::string> gateway::state::load_certificates() {
  auto client = net::tls_client_context::make();
  if (!client) return tl::unexpected("TLS cannot be used: " + client.error().detail);
  client_tls = std::move(*client);
  if (settings.tls_cert_file.empty()) return {};
  auto server = net::tls_server_context::load(settings.tls_cert_file, settings.tls_key_file);
  if (!server) return tl::unexpected("TLS_CERT_FILE, TLS_KEY_FILE: " + server.error().detail);
  server_tls = std::move(*server);
  return {};
}

void gateway::state::open_doors(listening_sockets sockets) {
  doors_stay = sockets.stay;
  health.accepts(true);  // who has knocked already is let in at once
  servers->open(std::move(sockets), control->addresses());
  log::info("Listening on {}{port}{tls} for {publicOrigin}; {tenants} tenants, {loops} loop(s)",
            {{"", doors_stay ? "handed sockets, port " : settings.host + ":"},
             {"port", servers->port()},
             {"tls", server_tls ? " (TLS)" : ""},
             {"publicOrigin", settings.app_base_url},
             {"tenants", tenants.served()},
             {"loops", settings.io_loops}});
}

/// By the report, on its own thread, once it is asked: the doors are there by then.
void gateway::state::gather_gauges() {
  constexpr double ms_in_a_second = 1000;
  const auto& node = counters.of<node_metrics>();
  const auto log_lines = log::queue_now();
  node_metrics::figures now;
  now.actors = system.registry().running();
  now.legs = loops->legs();
  now.timers = net::timer::armed_in_process();
  now.connections = servers->connections();
  now.log_lines_waiting = log_lines.waiting;
  now.log_lines_dropped = log_lines.dropped;
  now.loop_lag_seconds = load.loop_lag_ms() / ms_in_a_second;
  now.gathered_seconds = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  node.set(now);
  node.set_connection_errors(servers->errors());
  health.each_part([&](node_trouble part, bool is_degraded) { node.part_is_degraded(part, is_degraded); });
  counters.of<call_depths>().store_is(control->store_depth(), std::chrono::steady_clock::now());
  counters.of<leg_metrics>().added_latency.gather();
  counters.of<leg_metrics>().playback_lag.gather();
  counters.of<disk_metrics>().gather(settings.data_dir);
  counters.of<process_metrics>().gather(descriptors.now(), resident_bytes());
}

void gateway::state::reload() {
  warn_of_idle_settings(settings);
  if (server_tls) {
    if (auto reloaded = server_tls->reload(); reloaded)
      log::info("Certificate read again");
    else
      log::error("The certificate stays as it was: {why}", {{"why", reloaded.error().detail}});
  }
  if (!settings.business_types_file.empty()) {
    if (auto types = read_business_types_file(settings.business_types_file)) {
      log::info("Business types read again: {types}", {{"types", types->size()}});
      business_types->replace(*std::move(types));
    } else {
      log::error("The business types stay as they were: BUSINESS_TYPES_FILE {why}", {{"why", types.error()}});
    }
  }
  tenants.read_again(system, control->tenants());
}

bool gateway::state::alive() {
  if (!loops->turn_within(std::chrono::seconds{1}) || !servers->turn_within(std::chrono::seconds{1})) return false;
  caf::scoped_actor self{system};
  return count_live_calls(self, control->supervisor()).has_value();
}

// --- down

void gateway::state::stop(std::function<void()> meanwhile) {
  if (std::exchange(stopped, true)) return;
  health.accepts(false);
  if (control && control->supervisor()) {
    caf::scoped_actor self{system};
    drain(self, {control->supervisor(), settings.drain_timeout, doors_stay, [this] { servers->stop_accepting(); },
                 std::move(meanwhile), [this] { return control->dials().coming(std::chrono::steady_clock::now()); }});
    control->end_supervisor();
  }
  if (servers) {
    servers->stop_accepting();
    servers->let_answers_out();
  }
  tenants.stop();
  if (control) control->end();
  if (servers) servers->close();
  if (loops) loops->let_go();
  system.await_all_actors_done();
}

gateway::gateway() = default;
gateway::~gateway() {
  stop();
}

tl::expected<std::unique_ptr<gateway>, std::string> gateway::start(
    const config::settings& settings, std::vector<net::service_manager::handed_socket> handed) {
  std::unique_ptr<gateway> self{new gateway};
  self->state_ = std::make_unique<state>(settings);
  if (auto started = self->state_->start(std::move(handed)); !started) return tl::unexpected(started.error());
  return self;
}

void gateway::reload() {
  state_->reload();
}
void gateway::stop(std::function<void()> meanwhile) {
  if (state_) state_->stop(std::move(meanwhile));
}
bool gateway::alive() {
  return state_->alive();
}
std::uint16_t gateway::port() const noexcept {
  return state_->servers->port();
}

}  // namespace tonris::actors
