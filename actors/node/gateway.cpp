#include "actors/node/gateway.hpp"

#include <algorithm>
#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <future>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "actors/call/call_store.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/node/load.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/message.hpp"
#include "actors/runtime/quiet_clock.hpp"
#include "actors/runtime/supervised.hpp"
#include "actors/store/tenants_file.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/tenant/directory.hpp"
#include "actors/vendor/client.hpp"
#include "actors/web/admin_front.hpp"
#include "actors/web/front.hpp"
#include "actors/web/node_report.hpp"
#include "config/time_zones.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/seal.hpp"
#include "net/caught.hpp"
#include "net/descriptor_count.hpp"
#include "net/descriptors.hpp"
#include "net/http_client.hpp"
#include "net/private_file.hpp"
#include "net/random_bytes.hpp"
#include "net/run_on.hpp"
#include "net/tls.hpp"

namespace tonris::actors {

struct restore_again {  // the restorer to itself
  using travels = in_process;
};

namespace {

constexpr std::chrono::seconds stop_limit{5}, store_limit{10}, store_retry{1};
constexpr std::chrono::milliseconds answers_limit{250};

caf::actor_system_config& scheduler_settings(caf::actor_system_config& settings) {
  use_quiet_clock(settings);
  settings.set("logger.verbosity", caf::atom("quiet"));
  return settings;
}

/// What an operator has to know about the tenants that were just read.
void tell_about(const model::tenant_list& read) {
  constexpr std::size_t lines_shown = 100;
  for (std::size_t i = 0; i < std::min(read.mistakes.size(), lines_shown); ++i)
    log::error({"TENANTS_FILE, ", to_string(read.mistakes[i])});
  if (read.mistakes.size() > lines_shown)
    log::error({"TENANTS_FILE has more mistakes; tonrisctl check-tenants shows all"});
  for (const auto& t : read.good)
    if (const auto idle = model::tenant_rules::not_acted_on(t); !idle.empty())
      log::warn({"Tenant ", t.id.value, ": this version does not act on ", idle});
}

model::ticket random_ticket() {
  static constexpr char hex[] = "0123456789abcdef";
  unsigned char bytes[16];
  net::fill_with_random(bytes);
  std::string text;
  for (const unsigned char b : bytes) {
    text += hex[b >> 4];
    text += hex[b & 15];
  }
  return {std::move(text)};
}

model::text_seal::nonce random_nonce() {
  model::text_seal::nonce bytes{};
  net::fill_with_random(bytes);
  return bytes;
}

std::uint32_t random_bits() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return static_cast<std::uint32_t>(engine()) << 1 ^ static_cast<std::uint32_t>(engine());
}

void hand_to(const call_supervisor& supervisor, open_calls former) {
  const auto waiting = std::count_if(former.calls.begin(), former.calls.end(),
                                     [](const auto& call) { return call.record.state != model::call_state::ended; });
  if (waiting > 0 || former.unreadable > 0)
    log::info({std::to_string(waiting), " calls of this node's former life wait for their callers, ",
               std::to_string(former.unreadable), " could not be read"});
  caf::anon_send(supervisor, restore_calls{std::move(former.calls), std::move(former.finished)});
}

/// Asks the store each second until it answers; ends with it.
caf::behavior restore_when_there(caf::event_based_actor* self, const call_store& store,
                                 const call_supervisor& supervisor) {
  self->monitor(store);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  self->delayed_send(self, store_retry, restore_again{});
  return {[=](restore_again) {
    ask(self, store, store_limit, load_open_calls{})
        .then(
            [=](open_calls& former) {
              hand_to(supervisor, std::move(former));
              self->quit();
            },
            [=](const caf::error&) { self->delayed_send(self, store_retry, restore_again{}); });
  }};
}

/// One loop with what lives on it. The net objects are made and destroyed on the loop's thread.
struct media_loop {
  explicit media_loop(std::string name) : loop(std::move(name)) {}
  net::loop loop;
  std::unique_ptr<io_loop> unit;
  loop_services services;
  std::unique_ptr<net::http_client> client;
  std::unique_ptr<net::ticker> ticker;
  std::unique_ptr<net::http_server> server;
  std::unique_ptr<http_front> front;
  std::unique_ptr<admin_front> others;
  std::unique_ptr<net::ticker> watch;
  std::uint64_t reported_accepts = 0, reported_given_up = 0;
  std::chrono::steady_clock::time_point given_up_told = std::chrono::steady_clock::time_point::min();
};

/// The door for operators, where it is one of its own: on a thread of its own, so that nobody there is in a call's way.
struct operators_door {
  net::loop loop{"admin"};
  std::unique_ptr<admin_front> front;
  std::unique_ptr<net::http_server> server;
};

}  // namespace

struct gateway::state {
  state(const config::settings& with, std::vector<net::service_manager::handed_socket> handed_sockets)
      : settings(with),
        handed(std::move(handed_sockets)),
        system(scheduler_settings(caf_settings)),
        load({std::size_t{with.max_memory_mb} * 1024 * 1024, with.max_loop_lag}, with.io_loops) {}

  tl::expected<void, std::string> start();
  [[nodiscard]] std::vector<net::listening_socket> take_handed(bool for_operators);
  net::result<std::vector<net::listening_socket>> open_doors();
  tl::expected<void, std::string> start_servers();
  tl::expected<void, std::string> open_store();
  void start_loops();
  void start_control_plane();
  [[nodiscard]] node_part part(std::string name);
  vendor_api spawn_vendor_client();
  [[nodiscard]] std::vector<std::string> twilio_tokens() const;
  void restore_calls_of_former_life();
  void update_gauges();
  void report_failed_accepts(media_loop& on);
  void report_given_up(media_loop& on, std::chrono::steady_clock::time_point now) const;
  void report_exceptions();
  void check_descriptor_limit();
  void warn_of_idle_settings() const;
  [[nodiscard]] readiness ready() const;
  std::unique_ptr<http_front> make_front(media_loop& on);
  [[nodiscard]] std::unique_ptr<admin_front> make_admin_front(bool operators_too);
  tl::expected<void, std::string> start_operators_door();
  void reload();
  void stop();
  void close_doors();
  void let_answers_out() const;
  [[nodiscard]] bool alive();
  [[nodiscard]] std::optional<live_count> count(caf::scoped_actor& self) const;
  [[nodiscard]] bool wait_until(caf::scoped_actor& self, std::chrono::seconds at_most, bool (*over)(const live_count&),
                                bool what_twilio_asks) const;
  void drain(caf::scoped_actor& self);

  config::settings settings;
  std::vector<net::service_manager::handed_socket> handed;
  metrics counters;
  std::shared_ptr<refusal_lines> refusals = std::make_shared<refusal_lines>();
  caf::actor_system_config caf_settings;
  caf::actor_system system;
  std::shared_ptr<net::tls_client_context> client_tls;
  std::shared_ptr<net::tls_server_context> server_tls;
  std::vector<std::unique_ptr<media_loop>> loops;
  node_load load;
  opened_store store;
  std::mutex tenants_lock;
  std::vector<model::tenant> tenants;  // what the registry begins with, also after a crash
  tenant_registry registry;
  vendor_api vendor;
  call_supervisor supervisor;
  node_reporter report;
  std::unique_ptr<operators_door> operators;  // null: they use Twilio's
  std::mutex servers_lock;                    // the report looks at all of them
  std::shared_ptr<call_table> calls = std::make_shared<call_table>();
  std::shared_ptr<call_services> services = std::make_shared<call_services>();
  std::atomic<int> sick_parts{0};
  std::atomic<bool> accepting{false};
  std::uint16_t port = 0;
  std::size_t descriptor_limit = 0;
  net::http_server_limits door_limits;
  std::uint64_t reported_exceptions = 0;  // first loop only
  net::descriptor_count descriptors;
  std::function<void()> while_stopping;
  bool doors_stay = false;  // with the service manager: who knocks while we are away waits there
  bool stopped = false;
};

// --- up
// -----------------------------------------------------------------------------------------------------------------

tl::expected<void, std::string> gateway::state::start() {
  auto read = read_tenants_file(settings.tenants_file);
  if (!read) return tl::unexpected("TENANTS_FILE " + read.error());
  if (!config::has_time_zones())
    log::warn({"This machine has no time zone database (tzdata): the tenants' time zones are not checked"});
  tell_about(*read);
  counters.tenants_read(read->good.size(), read->refused.size());
  tenants = std::move(read->good);
  auto client = net::tls_client_context::make();
  if (!client) return tl::unexpected("TLS cannot be used: " + client.error().detail);
  client_tls = std::move(*client);
  if (!settings.tls_cert_file.empty()) {
    auto server = net::tls_server_context::load(settings.tls_cert_file, settings.tls_key_file);
    if (!server) return tl::unexpected("TLS_CERT_FILE, TLS_KEY_FILE: " + server.error().detail);
    server_tls = std::move(*server);
  }
  if (auto opened = open_store(); !opened) return opened;
  check_descriptor_limit();
  const std::size_t count = tenants.size();
  start_loops();
  start_control_plane();
  restore_calls_of_former_life();
  accepting = true;  // who has knocked already is let in at once
  if (auto listening = start_operators_door(); !listening) return listening;
  if (auto listening = start_servers(); !listening) return listening;
  log::info({"Listening on ", doors_stay ? "handed sockets, port " : settings.host + ":", std::to_string(port),
             server_tls ? " (TLS)" : "", " for ", settings.app_base_url, "; ", std::to_string(count), " tenants, ",
             std::to_string(settings.io_loops), " loop(s)"});
  if (settings.admin_token.empty()) log::info({"ADMIN_TOKEN is not set: the administration API is off"});
  warn_of_idle_settings();
  return {};
}

void gateway::state::warn_of_idle_settings() const {
  std::string names;
  for (const auto name : settings.not_yet) names.append(names.empty() ? "" : ", ").append(name);
  if (!names.empty()) log::warn({"Set, but not yet acted on by this version: ", names});
}

/// A call has two sockets; the rest (a third, where there are few) is for the vendor's REST side, names, the store, and
/// is out of the reach of whoever connects.
void gateway::state::check_descriptor_limit() {
  descriptor_limit = net::raise_descriptor_limit();
  // Beside a stream its agent's socket is kept back, so that a call whose agent drops can dial again.
  door_limits.descriptors =
      std::make_shared<net::descriptor_budget>(descriptor_limit - std::min(spare_descriptors, descriptor_limit / 3), 1);
  const std::size_t wanted = 2 * std::size_t{settings.max_calls} + spare_descriptors;
  if (descriptor_limit < wanted)
    log::warn({"The limit of open descriptors is ", std::to_string(descriptor_limit),
               "; MAX_CALLS=", std::to_string(settings.max_calls), " wants ", std::to_string(wanted),
               ": raise it (ulimit -Hn, LimitNOFILE)"});
}

tl::expected<void, std::string> gateway::state::open_store() {
  auto opened = open_sqlite_store(system, settings.data_dir, part("call_store"));
  if (!opened) return tl::unexpected(opened.error());
  store = std::move(*opened);
  if (net::others_may_enter(settings.data_dir))
    log::warn({"DATA_DIR ", settings.data_dir,
               " is open to other users of this machine, and holds what callers said: ", "chmod 700 it"});
  return {};
}

void gateway::state::start_loops() {
  for (unsigned i = 0; i < settings.io_loops; ++i) {
    auto& media = *loops.emplace_back(std::make_unique<media_loop>("loop-" + std::to_string(i)));
    media.unit = std::make_unique<io_loop>(system, media.loop);
    media.services.unit = media.unit.get();
    media.services.counters = &counters;
    media.services.refusals = refusals;
    media.services.open_agent_socket = [&media, tls = client_tls](const std::string& url, auto options, auto done) {
      return net::open_websocket(media.loop, tls, url, std::move(options), std::move(done));
    };
    media.loop.start();
    net::run_on(media.loop, [&] {
      media.client = net::http_client::make(media.loop, client_tls);
      media.ticker = std::make_unique<net::ticker>(media.loop, tick_part_period, [this, &media, i](auto now) {
        load.loop_ticked(i, now, tick_part_period);
        media.services.tick_next_part();
      });
    });
  }
}

node_part gateway::state::part(std::string name) {
  node_part part;
  part.name = std::move(name);
  part.healthy = [this](bool healthy) { sick_parts += healthy ? -1 : 1; };
  part.random = random_bits;
  part.counters = &counters;
  return part;
}

/// On the first loop: signed addresses are few.
vendor_api gateway::state::spawn_vendor_client() {
  auto& media = *loops.front();
  vendor_client::config with;
  with.base_url = settings.elevenlabs_api_base_url;
  with.api_key = settings.elevenlabs_api_key;
  with.counters = &counters;
  with.get = [&media](const std::string& url, net::http_request&& request, std::chrono::milliseconds timeout,
                      auto done) { media.client->request(url, std::move(request), timeout, std::move(done)); };
  return spawn_on<vendor_client>(system, *media.unit, std::move(with));
}

std::vector<std::string> gateway::state::twilio_tokens() const {
  std::vector<std::string> tokens;
  for (const auto& token : settings.twilio_auth_tokens) tokens.push_back(token.reveal());
  return tokens;
}

void gateway::state::start_control_plane() {
  registry = spawn_supervised<tenant_registry>(system, part("tenant_registry"), [this](const auto&) {
    const std::scoped_lock lock{tenants_lock};
    return system.spawn(tenant_directory, tenants, &counters);
  });
  vendor = spawn_supervised<vendor_api>(system, part("vendor_client"),
                                        [this](const auto&) { return spawn_vendor_client(); });
  services->vendor = vendor;
  services->spawn_caller_leg = [this](caller_leg::config leg) {
    auto& unit = *leg.services->unit;
    return caf::actor_cast<caller_leg_actor>(spawn_on<caller_leg>(system, unit, std::move(leg)));
  };
  services->spawn_agent_leg = [this](agent_leg::config leg) {
    auto& unit = *leg.services->unit;
    return caf::actor_cast<agent_leg_actor>(spawn_on<agent_leg>(system, unit, std::move(leg)));
  };
  services->wall_clock = [] { return std::chrono::system_clock::now(); };
  services->make_ticket = random_ticket;
  services->random = random_bits;
  // Twilio's token is what this node knows and its disk does not.
  const auto sealing = std::make_shared<const model::text_seal>(twilio_tokens());
  services->seal = [sealing](std::string_view text) { return sealing->seal(text, random_nonce()); };
  services->unseal = [sealing](std::string_view sealed) { return sealing->open(sealed).value_or(std::string{}); };
  services->journal = store.journal;
  services->counters = &counters;
  supervisor =
      spawn_supervised<call_supervisor>(system, part("call_supervisor"), [this](const call_supervisor& address) {
        call_supervisor_state::config with;
        with.services = services;
        with.table = calls;
        with.registry = registry;
        with.store = store.actor;
        with.address = address;
        with.max_calls = settings.max_calls;
        with.overloaded = [this] { return load.too_much(); };
        return system.spawn(supervise_calls, std::move(with));
      });
  report = spawn_supervised<node_reporter>(system, part("node_report"), [this](const auto&) {
    node_report_state::config with;
    with.ready = [this] { return ready(); };
    with.gather = [this] { update_gauges(); };
    with.counters = &counters;
    return system.spawn(node_report, std::move(with));
  });
}

/// Before the first question of Twilio's can come; where the store does not answer, once it does.
void gateway::state::restore_calls_of_former_life() {
  caf::scoped_actor self{system};
  self->request(store.actor, store_limit, load_open_calls{})
      .receive([&](open_calls& former) { hand_to(supervisor, std::move(former)); },
               [&](const caf::error&) {
                 log::error({"The store does not say which calls were open: it is asked again until it does"});
                 system.spawn(restore_when_there, store.actor, supervisor);
               });
}

void gateway::state::update_gauges() {
  metrics::process now;
  now.actors = system.registry().running();
  now.legs = 0;
  for (const auto& media : loops) now.legs += media->services.legs();
  now.descriptors = descriptors.now();
  now.timers = net::timer::armed_in_process();
  now.resident_bytes = resident_bytes();
  now.loop_lag_ms = load.loop_lag_ms();
  now.gathered_seconds = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  counters.set_process(now);
  metrics::connection_errors errors;
  const std::scoped_lock lock{servers_lock};
  for (const auto& media : loops) {
    if (!media->server) continue;
    const auto stats = media->server->stats();
    errors.full += stats.refused_connections;
    errors.given_up += stats.given_up;
    errors.bad_request += stats.bad_requests;
    errors.oversize += stats.oversize;
    errors.timeout += stats.timeouts;
    errors.tls += stats.tls_failures;
    errors.accept += stats.failed_accepts;
  }
  errors.internal = net::exceptions_caught().count;
  counters.set_connection_errors(errors);
}

void gateway::state::report_failed_accepts(media_loop& on) {
  const auto failed = on.server->stats().failed_accepts;
  if (failed == on.reported_accepts) return;
  on.reported_accepts = failed;
  log::error({"Connections wait that cannot be accepted: ", std::to_string(descriptors.now()),
              " descriptors are open, the limit is ", std::to_string(descriptor_limit)});
}

/// A crowd outside is told of once a minute.
void gateway::state::report_given_up(media_loop& on, std::chrono::steady_clock::time_point now) const {
  const auto given_up = on.server->stats().given_up;
  if (given_up == on.reported_given_up || now < on.given_up_told + trouble_sum::period) return;
  log::warn({"Idle connections were given up for others: ", std::to_string(given_up - on.reported_given_up), "; ",
             std::to_string(descriptors.now()), " descriptors are open, the limit is ",
             std::to_string(descriptor_limit)});
  on.reported_given_up = given_up;
  on.given_up_told = now;
}

void gateway::state::report_exceptions() {
  const auto caught = net::exceptions_caught();
  if (caught.count == std::exchange(reported_exceptions, caught.count)) return;
  log::error({"An exception outside actors ended a connection (", std::to_string(caught.count),
              " since the start): ", caught.last});
}

readiness gateway::state::ready() const {
  if (!accepting) return {readiness::what::not_ready, "this node is stopping"};
  if (sick_parts > 0) return {readiness::what::not_ready, "a part of this node crashes again and again"};
  if (auto why = store.trouble->now(); !why.empty()) return {readiness::what::degraded, std::move(why)};
  return {};
}

std::unique_ptr<admin_front> gateway::state::make_admin_front(bool operators_too) {
  admin_front::config front;
  front.admin_token = settings.admin_token.reveal();
  front.metrics_token = settings.metrics_token.reveal();
  front.operators_too = operators_too;
  front.report = report;
  front.supervisor = supervisor;
  front.store = store.actor;
  front.system = &system;
  front.counters = &counters;
  return std::make_unique<admin_front>(std::move(front));
}

std::unique_ptr<http_front> gateway::state::make_front(media_loop& on) {
  on.others = make_admin_front(operators == nullptr);
  http_front::config front;
  front.public_origin = settings.app_base_url;
  front.auth_tokens = twilio_tokens();
  front.account_sid = settings.twilio_account_sid;
  front.trusted_proxies = settings.trusted_proxies;
  front.others = [others = on.others.get()](net::http_request request, net::http_responder responder) {
    others->handle(request, std::move(responder));
  };
  front.services = &on.services;
  front.system = &system;
  front.webhooks.public_origin = settings.app_base_url;
  front.webhooks.default_agent = {settings.elevenlabs_agent_id};
  front.webhooks.registry = registry;
  front.webhooks.supervisor = supervisor;
  front.webhooks.counters = &counters;
  return std::make_unique<http_front>(std::move(front));
}

std::vector<net::listening_socket> gateway::state::take_handed(bool for_operators) {
  std::vector<net::listening_socket> taken;
  for (auto& one : handed)
    if ((one.name == "admin") == for_operators) taken.push_back(std::move(one.socket));
  return taken;
}

/// Those that were handed over; else one of our own.
net::result<std::vector<net::listening_socket>> gateway::state::open_doors() {
  auto doors = take_handed(false);
  doors_stay = !doors.empty();
  if (doors_stay) return doors;
  auto door = net::listening_socket::bind(settings.host, settings.port);
  if (!door) return tl::unexpected(std::move(door.error()));
  doors.push_back(std::move(*door));
  return doors;
}

/// Nothing to do where operators use Twilio's door.
tl::expected<void, std::string> gateway::state::start_operators_door() {
  auto doors = take_handed(true);
  if (doors.empty() && settings.admin_port == 0) return {};
  if (doors.empty()) {
    auto door = net::listening_socket::bind(settings.admin_host, settings.admin_port);
    if (!door)
      return tl::unexpected("cannot listen on " + settings.admin_host + ":" + std::to_string(settings.admin_port) +
                            " (ADMIN_HOST, ADMIN_PORT): " + door.error().detail);
    doors.push_back(std::move(*door));
  }
  operators = std::make_unique<operators_door>();
  operators->loop.start();
  operators->front = make_admin_front(true);
  log::info({"Metrics and the administration API have port ", std::to_string(doors.front().port()), " to themselves"});
  operators->server = net::http_server::without_door(
      operators->loop, door_limits, server_tls,
      [front = operators->front.get()](net::http_request request, net::http_responder responder) {
        front->handle(request, std::move(responder));
      });
  for (auto& door : doors) operators->server->add_door(std::move(door));
  operators->server->start();
  return {};
}

tl::expected<void, std::string> gateway::state::start_servers() {
  auto doors = open_doors();
  if (!doors)
    return tl::unexpected("cannot listen on " + settings.host + ":" + std::to_string(settings.port) + ": " +
                          doors.error().detail);
  port = doors->front().port();
  const std::scoped_lock lock{servers_lock};
  std::vector<net::http_server*> others;
  for (auto& media : loops) {
    media->front = make_front(*media);
    media->server = net::http_server::without_door(
        media->loop, door_limits, server_tls,
        [front = media->front.get()](net::http_request request, net::http_responder responder) {
          front->handle(std::move(request), std::move(responder));
        });
    if (media != loops.front()) others.push_back(media->server.get());
  }
  for (auto& door : *doors) loops.front()->server->add_door(std::move(door));
  loops.front()->server->deal_to(others);
  for (auto& media : loops) {
    media->server->start();
    net::run_on(media->loop, [&] {
      media->watch =
          std::make_unique<net::ticker>(media->loop, std::chrono::seconds{1}, [this, &on = *media](auto now) {
            report_failed_accepts(on);
            report_given_up(on, now);
            if (&on != loops.front().get()) return;
            report_exceptions();
            services->troubles->tick(now);
          });
    });
  }
  return {};
}

void gateway::state::reload() {
  warn_of_idle_settings();
  if (server_tls) {
    if (auto reloaded = server_tls->reload(); reloaded)
      log::info({"Certificate read again"});
    else
      log::error({"The certificate stays as it was: ", reloaded.error().detail});
  }
  auto read = read_tenants_file(settings.tenants_file);
  if (!read) {
    counters.tenants_unreadable();
    return log::error({"The tenants stay as they were: TENANTS_FILE ", read.error()});
  }
  tell_about(*read);
  model::tenant_changes changes;
  std::size_t kept = 0;
  {
    const std::scoped_lock lock{tenants_lock};
    kept = keep_former(*read, tenants);
    changes = changes_between(tenants, read->good);
    tenants = read->good;
  }
  counters.tenants_read(read->good.size(), read->refused.size());
  log::info({"Tenants read again: ", std::to_string(read->good.size()), " served, ",
             std::to_string(read->refused.size()), " with mistakes, of them ", std::to_string(kept),
             " served as before; ", to_string(changes)});
  caf::anon_send(registry, replace_tenants{std::move(read->good)});
}

// --- down
// ---------------------------------------------------------------------------------------------------------------

/// Nothing when the supervisor is late, or between two lives.
std::optional<live_count> gateway::state::count(caf::scoped_actor& self) const {
  std::optional<live_count> found;
  self->request(supervisor, std::chrono::seconds{1}, count_calls{})
      .receive([&](const live_count& now) { found = now; }, [](const caf::error&) {});
  return found;
}

bool gateway::state::wait_until(caf::scoped_actor& self, std::chrono::seconds at_most, bool (*over)(const live_count&),
                                bool what_twilio_asks) const {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (std::chrono::steady_clock::now() < deadline) {
    if (auto now = count(self)) {
      if (!what_twilio_asks) now->questions = now->returning = 0;
      if (over(*now)) return true;
    }
    if (while_stopping) while_stopping();
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return false;
}

void gateway::state::close_doors() {
  for (auto& media : loops)
    if (media->server) media->server->stop_accepting();
}

/// What was asked last, a status callback say, is answered still; whoever only keeps a connection is not waited for.
void gateway::state::let_answers_out() const {
  const auto deadline = std::chrono::steady_clock::now() + answers_limit;
  const auto open = [this] {
    std::uint64_t all = 0;
    for (const auto& media : loops)
      if (media->server) all += media->server->stats().open;
    return all;
  };
  while (open() > 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
}

/// The doors stay open meanwhile: new calls are sent on, and Twilio gets its answers. Where the doors are the service
/// manager's, whatever is asked between this life and the next waits there; else this one listens until what it has
/// sent on may be back, and what it says from then on comes back to the next.
void gateway::state::drain(caf::scoped_actor& self) {
  const auto ended = [](const live_count& now) { return now.calls + now.questions == 0; };
  const auto handed_over = [](const live_count& now) { return now.calls + now.returning == 0; };
  self->send(supervisor, stop_taking_calls{});
  if (const auto live = count(self); !live || live->calls + live->questions > 0)
    log::info({"Draining: ", live ? std::to_string(live->calls) : "the", " live calls have ",
               std::to_string(settings.drain_timeout.count()), " s to end"});
  (void)wait_until(self, settings.drain_timeout, ended, !doors_stay);
  if (const auto left = count(self); !left || left->calls > 0)
    log::info({"Handing over ", left ? std::to_string(left->calls) : "the", " calls"});
  if (doors_stay) close_doors();
  self->send(supervisor, hand_over_calls{});
  (void)wait_until(self, stop_limit, handed_over, !doors_stay);
}

bool gateway::state::alive() {
  constexpr std::chrono::seconds late{1};
  for (const auto& media : loops) {
    const auto turned = std::make_shared<std::promise<void>>();
    media->loop.post([turned] { turned->set_value(); });
    if (turned->get_future().wait_for(late) != std::future_status::ready) return false;
  }
  caf::scoped_actor self{system};
  return count(self).has_value();
}

void gateway::state::stop() {
  if (std::exchange(stopped, true)) return;
  accepting = false;
  {
    caf::scoped_actor self{system};
    if (supervisor) {
      drain(self);
      self->send_exit(supervisor, caf::exit_reason::user_shutdown);  // calls that are left follow their supervisor
    }
    close_doors();
    let_answers_out();
    if (report) self->send_exit(report, caf::exit_reason::user_shutdown);
    if (registry) self->send_exit(registry, caf::exit_reason::user_shutdown);
    if (vendor) self->send_exit(vendor, caf::exit_reason::user_shutdown);
    if (store.actor) {
      self->request(store.actor, store_limit, flush_store{}).receive([](store_flushed) {}, [](const caf::error&) {});
      self->send_exit(store.actor, caf::exit_reason::user_shutdown);
    }
  }
  if (operators) net::run_on(operators->loop, [&] { operators->server.reset(); });
  for (auto& media : loops) {
    net::run_on(media->loop, [&] {
      const std::scoped_lock lock{servers_lock};
      media->ticker.reset();
      media->watch.reset();
      media->server.reset();
      media->front.reset();
      media->others.reset();
      media->client.reset();
    });
  }
  supervisor = nullptr;
  vendor = nullptr;
  report = nullptr;
  registry = nullptr;
  store.actor = nullptr;
  system.await_all_actors_done();
  *services = {};  // not before: calls that are left use it to the last
  *calls = {};
  for (auto& media : loops) media->loop.stop();
  if (operators) operators->loop.stop();
}

gateway::gateway() = default;
gateway::~gateway() {
  stop();
}

tl::expected<std::unique_ptr<gateway>, std::string> gateway::start(
    const config::settings& with, std::vector<net::service_manager::handed_socket> handed) {
  std::unique_ptr<gateway> self{new gateway};
  self->state_ = std::make_unique<state>(with, std::move(handed));
  if (auto started = self->state_->start(); !started) return tl::unexpected(started.error());
  return self;
}

void gateway::reload() {
  state_->reload();
}
void gateway::stop(std::function<void()> meanwhile) {
  if (!state_) return;
  state_->while_stopping = std::move(meanwhile);
  state_->stop();
}
bool gateway::alive() {
  return state_->alive();
}
std::uint16_t gateway::port() const noexcept {
  return state_->port;
}

}  // namespace tonris::actors
