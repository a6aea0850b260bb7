/// The control plane's stores: what is kept, and where, before anything is asked of it.
#include <chrono>
#include <thread>
#include <utility>

#include "actors/access/redis_store.hpp"
#include "actors/access/store.hpp"
#include "actors/node/control_plane.hpp"
#include "actors/node/departed_keys.hpp"
#include "actors/node/random.hpp"
#include "actors/store/rates_file.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/tenant/redis_store.hpp"
#include "actors/tenant/sqlite_store.hpp"
#include "model/text/redis_address.hpp"
#include "net/private_file.hpp"

namespace tonris::actors {

namespace {

/// For a store that is on its way; at most as long as a start may take.
bool wait_until_open(caf::actor_system& system, const tenant_store& store) {
  constexpr std::chrono::seconds patience{3};
  constexpr std::chrono::milliseconds pause{20};
  const auto until = std::chrono::steady_clock::now() + patience;
  for (; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(pause))
    if (is_open(system, store)) return true;
  return false;
}

}  // namespace

tl::expected<void, std::string> control_plane::open_stores() {
  const auto& directory = config_.settings->data_dir;
  const bool is_shared = !config_.settings->redis_url.empty();
  auto opened = open_sqlite_store(*config_.system, directory, part("call_store"),
                                  is_shared ? random_generation() : std::string{});
  if (!opened) return tl::unexpected(opened.error());
  store_ = std::move(*opened);
  config_.health->watch(node_trouble::calls_store, store_.trouble);
  store_watch_ = std::make_unique<store_watch>(store_.journal);
  config_.health->watch(node_trouble::calls_store, store_watch_->trouble());
  if (net::others_may_enter(directory))
    log::warn("DATA_DIR {directory} is open to other users of this machine, and holds what callers said: chmod 700 it",
              {{"directory", directory}});
  const auto ring = model::parse_key_ring(config_.settings->secrets_key.reveal());
  if (ring) keys_ = derive(*ring);
  seal_ = std::make_shared<const model::field_seal>(keys_);
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
  shared.trouble = trouble_of(node_trouble::tenants_store, "the tenant store is away");
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

}  // namespace tonris::actors
