#include "actors/node/control_plane.hpp"

#include <caf/send.hpp>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "actors/access/redis_store.hpp"
#include "actors/access/registry.hpp"
#include "actors/access/store.hpp"
#include "actors/admission/redis_admission.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/callback/keeper.hpp"
#include "actors/node/departed_keys.hpp"
#include "actors/node/random.hpp"
#include "actors/node/restore.hpp"
#include "actors/node/tenant_overview.hpp"
#include "actors/store/rates_file.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/tenant/redis_store.hpp"
#include "actors/tenant/registry.hpp"
#include "actors/tenant/sqlite_store.hpp"
#include "actors/vendor/client.hpp"
#include "actors/vendor/twilio_client.hpp"
#include "actors/web/node_report.hpp"
#include "model/text/hex.hpp"
#include "model/text/hmac.hpp"
#include "model/text/redis_address.hpp"
#include "model/text/seal.hpp"
#include "net/private_file.hpp"
#include "net/random_bytes.hpp"

namespace tonris::actors {

namespace {

/// What another node revokes opens nothing after so long, whether its changes are heard of or not.
constexpr std::chrono::milliseconds keys_of_others_remembered{500};

/// For a store that is on its way; at most as long as a start may take.
bool wait_until_open(caf::actor_system& system, const tenant_store& store) {
  constexpr std::chrono::seconds patience{3};
  constexpr std::chrono::milliseconds pause{20};
  const auto until = std::chrono::steady_clock::now() + patience;
  for (; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(pause))
    if (is_open(system, store)) return true;
  return false;
}

/// Whoever asks before it is would be refused as a stranger; at most as long as a start may take.
bool wait_until_published(const account_tokens& accounts) {
  constexpr std::chrono::seconds patience{1};
  constexpr std::chrono::milliseconds pause{5};
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!accounts.is_published() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(pause);
  return accounts.is_published();
}

}  // namespace

node_part control_plane::part(std::string name) const {
  node_part part;
  part.name = std::move(name);
  part.healthy = [health = config_.health](bool healthy) { health->part_is(healthy); };
  part.random = random_bits;
  part.counters = config_.counters;
  return part;
}

std::function<void(std::string)> control_plane::trouble_of_a_part(std::string at_first) const {
  const auto trouble = std::make_shared<store_trouble>();
  trouble->is(std::move(at_first));
  config_.health->watch(trouble);
  return [trouble](std::string why) { trouble->is(std::move(why)); };
}

tl::expected<void, std::string> control_plane::open_stores() {
  const auto& directory = config_.settings->data_dir;
  auto opened = open_sqlite_store(*config_.system, directory, part("call_store"));
  if (!opened) return tl::unexpected(opened.error());
  store_ = std::move(*opened);
  config_.health->watch(store_.trouble);
  if (net::others_may_enter(directory))
    log::warn("DATA_DIR {directory} is open to other users of this machine, and holds what callers said: chmod 700 it",
              {{"directory", directory}});
  const auto ring = model::parse_key_ring(config_.settings->secrets_key.reveal());
  if (ring) keys_ = derive(*ring);
  seal_ = std::make_shared<const model::field_seal>(keys_);
  const bool is_shared = !config_.settings->redis_url.empty();
  if (auto done = is_shared ? open_shared_stores() : open_own_stores(); !done) return done;
  return open_books();
}

/// Of a node that shares them with no other.
tl::expected<void, std::string> control_plane::open_own_stores() {
  const auto& directory = config_.settings->data_dir;
  auto opened = open_sqlite_tenant_store(*config_.system, directory, random_generation(), part("tenant_store"));
  if (!opened) return tl::unexpected(opened.error());
  tenants_ = std::move(*opened);
  if (auto brought = config_.tenants->read(*config_.system, tenants()); !brought) return brought;
  revoke_departed_keys(*config_.system, directory, tenants_);
  auto keys = open_access_store(*config_.system, directory, part("access_store"));
  if (!keys) return tl::unexpected(keys.error());
  access_store_ = std::move(*keys);
  return {};
}

/// Who leaves before the access registry is there, at the start, is found by revoke_departed_keys, and by Redis itself.
tenants_destination control_plane::tenants() const {
  auto revoke = [this, access = access_](const model::tenant_id& tenant) {
    if (access) revoke_keys_of(*config_.system, access, tenant);
  };
  return {tenants_, seal_, random_nonce, std::move(revoke)};
}

tl::expected<net::redis_options, std::string> control_plane::redis_options() const {
  const auto& settings = *config_.settings;
  net::redis_options options;
  options.address = model::read_redis_address(settings.redis_url.reveal()).value();
  options.client_name = "tonris";
  if (!options.address.secure) return options;
  auto tls = net::tls_client_context::make({settings.redis_ca_file, settings.redis_cert_file, settings.redis_key_file});
  if (!tls) return tl::unexpected("REDIS_CA_FILE, REDIS_CERT_FILE, REDIS_KEY_FILE: " + tls.error().detail);
  options.tls = std::move(*tls);
  return options;
}

/// The copy's generation is what this node has believed before.
tl::expected<std::shared_ptr<std::optional<tenant_database>>, std::string> control_plane::open_copy() const {
  const auto copy = std::make_shared<std::optional<tenant_database>>();
  auto opened = tenant_database::open_mirror(config_.settings->data_dir);
  if (opened)
    copy->emplace(std::move(*opened));
  else if (opened.error().passes)
    log::error("{why}; it is tried again", {{"why", opened.error().line}});
  else
    return tl::unexpected(opened.error().line);
  return copy;
}

/// A node starts while Redis is away.
tl::expected<void, std::string> control_plane::open_shared_stores() {
  redis_loop_ = std::make_unique<own_loop>("redis", *config_.system);
  auto options = redis_options();
  if (!options) return tl::unexpected(options.error());
  redis_options_ = *std::move(options);
  const redis_access_store::config keys{&redis_loop_->loop, redis_options_, "{tonris}:", config_.counters};
  access_store_ = spawn_supervised<access_store>(*config_.system, part("access_store"), [this, keys](const auto&) {
    return caf::actor_cast<access_store>(spawn_on<redis_access_store>(*config_.system, redis_loop_->unit, keys));
  });
  redis_tenant_store::config shared;
  shared.loop = &redis_loop_->loop;
  shared.options = redis_options_;
  shared.fresh_generation = random_generation;
  shared.counters = config_.counters;
  shared.trouble = trouble_of_a_part("the tenant store is away");
  const auto copy = open_copy();
  if (!copy) return tl::unexpected(copy.error());
  if (**copy) *shared.believed = (**copy)->generation();
  tenants_ = spawn_supervised<tenant_store>(*config_.system, part("tenant_store"), [this, shared](const auto&) {
    return caf::actor_cast<tenant_store>(spawn_on<redis_tenant_store>(*config_.system, redis_loop_->unit, shared));
  });
  tenant_mirror_settings mirror;
  mirror.open = [first = *copy,
                 directory = config_.settings->data_dir]() -> tl::expected<tenant_database, unusable_database> {
    if (auto opened = std::exchange(*first, std::nullopt)) return std::move(*opened);
    return tenant_database::open_mirror(directory);
  };
  mirror.store = tenants_;
  mirror_ = spawn_tenant_mirror(*config_.system, std::move(mirror), part("tenant_mirror"));
  if (!wait_until_open(*config_.system, tenants_)) {
    log::error(
        "REDIS_URL does not answer yet{andThen}",
        {{"andThen", config_.settings->tenants_file.empty() ? "" : ": TENANTS_FILE is brought in once it does"}});
    config_.tenants->read_once_open(*config_.system, tenants());
    return {};
  }
  return config_.tenants->read(*config_.system, tenants());
}

/// What is used of months is known before the first call asks: whoever does not know it would let everybody in.
tl::expected<void, std::string> control_plane::open_books() {
  if (const auto& file = config_.settings->rates_file; !file.empty()) {
    auto rates = read_rates_file(file);
    if (!rates) return tl::unexpected("RATES_FILE " + rates.error());
    rates_ = std::move(*rates);
  }
  node_name_ = random_generation();
  auto db = usage_database::open(config_.settings->data_dir);
  if (!db && db.error().nothing_lost) {
    log::error("{why}; it is tried again", {{"why", db.error().line}});
    return {};
  }
  if (!db) return tl::unexpected(db.error().line);
  const auto written = db->load(std::chrono::system_clock::now());
  if (!written) return tl::unexpected("The usage store cannot be read: " + written.error().line);
  const auto now = std::chrono::steady_clock::now();
  books_->restore(*written, now);
  for (const auto& month : written->months) shared_books_->booked.insert(month.tenant);
  if (redis_loop_) return open_shared_books(*db);
  books_->table.be_young(now + model::admission_table::lease_time);
  return {};
}

/// The same name in each life: a node that comes back takes its own calls' places again.
tl::expected<void, std::string> control_plane::open_shared_books(usage_database& db) {
  auto known = db.identity(node_name_);
  if (!known) return tl::unexpected("The usage store cannot be written: " + known.error().line);
  node_name_ = std::move(known->node);
  shared_books_->generation = known->told_to;
  shared_books_->told_to = std::move(known->told_to);
  return {};
}

/// Without SECRETS_KEY one of this process's own: the hashes do not outlive it.
model::aead_key control_plane::caller_key() const {
  if (!keys_.empty()) return keys_.front().caller_hashes;
  model::aead_key key{};
  net::fill_with_random(key);
  return key;
}

void control_plane::start_admission() {
  keeper_ = spawn_supervised<usage_keeper>(*config_.system, part("usage_keeper"), [this](const auto&) {
    return spawn_usage_keeper(*config_.system,
                              {[directory = config_.settings->data_dir] { return usage_database::open(directory); },
                               services_->wall_clock, config_.counters});
  });
  admission_rules::config rules;
  rules.books = books_;
  rules.vendor_calls = config_.settings->elevenlabs_max_calls;
  rules.hash_caller = [key = caller_key()](std::string_view number) {
    return model::to_hex(model::hmac_sha256(key, number));
  };
  rules.wall_clock = services_->wall_clock;
  rules.rates = rates_;
  rules.counters = config_.counters;
  if (redis_loop_) return start_shared_admission(std::move(rules));
  admission_ = spawn_supervised<admission>(*config_.system, part("admission"), [this, rules](const auto&) {
    return config_.system->spawn(admit_locally, local_admission::config{rules, keeper_});
  });
}

void control_plane::start_shared_admission(admission_rules::config rules) {
  if (keys_.empty())
    log::warn("REDIS_URL without SECRETS_KEY: how often a caller calls is counted by each gateway for itself");
  redis_admission::config shared;
  shared.rules = std::move(rules);
  shared.keeper = keeper_;
  shared.shared = shared_books_;
  shared.counts.loop = &redis_loop_->loop;
  shared.counts.options = redis_options_;
  shared.counts.node = node_name_;
  shared.fresh_generation = random_generation;
  shared.trouble = trouble_of_a_part("limits are not counted among the nodes yet");
  admission_ = spawn_supervised<admission>(*config_.system, part("admission"), [this, shared](const auto&) {
    return caf::actor_cast<admission>(spawn_on<redis_admission>(*config_.system, redis_loop_->unit, shared));
  });
}

void control_plane::start_overview() {
  tenant_overview_state::config settings;
  settings.trouble = trouble_of_a_part();
  settings.default_trouble = trouble_of_a_part();
  overview_ = spawn_supervised<tenant_watcher>(*config_.system, part("tenant_overview"), [this, settings](const auto&) {
    auto overview = settings;
    overview.store = tenants_;
    overview.who_may_come = admission_;
    overview.accounts = accounts_;
    overview.seal = seal_;
    overview.vendor_calls = config_.settings->elevenlabs_max_calls;
    overview.default_tenant = {config_.settings->default_tenant};
    overview.counters = config_.counters;
    return config_.system->spawn(oversee_tenants, std::move(overview));
  });
}

void control_plane::start(media_loops& loops) {
  start_access();
  start_registry();
  start_vendor_client(loops.first());
  start_twilio_client(loops.first());
  fill_services();
  start_admission();
  start_overview();
  start_supervisor();
  start_callbacks();
  tools_ = std::make_unique<tool_plane>(*config_.system, config_.tls, config_.settings->tool_allowed_hosts,
                                        config_.counters, part("tool_forwarder"));
  start_report();
  restore_calls_of_former_life(*config_.system, store_.actor, supervisor_);
  if (!wait_until_published(*accounts_))
    log::error("The tenants are not read yet: calls of their own accounts are refused until they are");
}

void control_plane::start_registry() {
  registry_ = spawn_supervised<tenant_registry>(*config_.system, part("tenant_registry"), [this](const auto&) {
    tenant_registry_state::config registry;
    registry.store = tenants_;
    registry.seal = seal_;
    registry.default_tenant = {config_.settings->default_tenant};
    registry.mirror = mirror_;
    registry.counters = config_.counters;
    return config_.system->spawn(tenant_registrar, std::move(registry));
  });
}

void control_plane::start_access() {
  const auto digests = std::make_shared<const model::api_key_digests>(keys_);
  access_ = spawn_supervised<access_registry>(*config_.system, part("access_registry"), [this, digests](const auto&) {
    access_registry_state::config access;
    access.store = access_store_;
    access.digests = digests;
    access.wall_clock = [] { return std::chrono::system_clock::now(); };
    access.random = random_api_key;
    access.counters = config_.counters;
    if (redis_loop_) access.remembers = keys_of_others_remembered;
    return config_.system->spawn(run_access_registry, std::move(access));
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

/// For numbers, which are attached now and then.
void control_plane::start_twilio_client(media_loop& on) {
  twilio_ = spawn_supervised<twilio_rest>(*config_.system, part("twilio_client"), [this, &on](const auto&) {
    twilio_client::config client;
    client.base_url = config_.settings->twilio_api_base_url;
    client.send = [&on](const std::string& url, net::http_request&& request, std::chrono::milliseconds timeout,
                        auto done) { on.client->request(url, std::move(request), timeout, std::move(done)); };
    client.random = random_bits;
    client.counters = config_.counters;
    return spawn_on<twilio_client>(*config_.system, on.unit, std::move(client));
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
        supervisor.who_may_come = admission_;
        supervisor.address = address;
        supervisor.max_calls = config_.settings->max_calls;
        supervisor.among_others = !config_.settings->redis_url.empty();
        supervisor.overloaded = [load = config_.load] { return load->too_much(); };
        return config_.system->spawn(supervise_calls, std::move(supervisor));
      });
}

void control_plane::start_callbacks() {
  callback_refusals_ = std::make_shared<refusal_watch>(*config_.counters);
  callback_keeper_settings keeper;
  const auto& directory = config_.settings->data_dir;
  keeper.open = [directory] { return callback_database::open(directory); };
  keeper.audio_dir = path_in(directory, "callbacks");
  keeper.wall_clock = services_->wall_clock;
  keeper.supervisor = supervisor_;
  keeper.store = store_.actor;
  keeper.journal = store_.journal;
  keeper.conversations = services_->conversations;
  keeper.counters = config_.counters;
  callbacks_ = spawn_supervised<callback_keeper>(*config_.system, part("callback_keeper"), [this, keeper](const auto&) {
    return keep_callbacks(*config_.system, keeper);
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
  if (callbacks_) self->send_exit(callbacks_, caf::exit_reason::user_shutdown);
  if (tools_) self->send_exit(tools_->forwarding(), caf::exit_reason::user_shutdown);
  if (access_) self->send_exit(access_, caf::exit_reason::user_shutdown);
  if (access_store_) self->send_exit(access_store_, caf::exit_reason::user_shutdown);
  if (registry_) self->send_exit(registry_, caf::exit_reason::user_shutdown);
  if (overview_) self->send_exit(overview_, caf::exit_reason::user_shutdown);
  if (mirror_) self->send_exit(mirror_, caf::exit_reason::user_shutdown);
  if (tenants_) self->send_exit(tenants_, caf::exit_reason::user_shutdown);
  if (vendor_) self->send_exit(vendor_, caf::exit_reason::user_shutdown);
  if (twilio_) self->send_exit(twilio_, caf::exit_reason::user_shutdown);
  if (admission_) {
    self->request(admission_, store_limit, flush_usage{}).receive([](usage_flushed) {}, [](const caf::error&) {});
    self->send_exit(admission_, caf::exit_reason::user_shutdown);
    self->send_exit(keeper_, caf::exit_reason::user_shutdown);
  }
  if (!store_.actor) return;
  self->request(store_.actor, store_limit, flush_store{}).receive([](store_flushed) {}, [](const caf::error&) {});
  self->send_exit(store_.actor, caf::exit_reason::user_shutdown);
}

}  // namespace tonris::actors
