#include "actors/tenant/sqlite_store.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/tenant/metrics.hpp"

namespace tonris::actors {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::seconds reopen_wait{1};
constexpr std::chrono::minutes quiet{1};  // between two log lines about the same trouble

/// What outlives a crash of the store. One life at a time uses it.
struct tenant_store_past {
  tenant_store_settings settings;
  metrics& counters;
  std::vector<tenant_watcher> watchers{};
};

class tenant_store_actor final : public tenant_store::base {
 public:
  tenant_store_actor(caf::actor_config& actor, std::shared_ptr<tenant_store_past> past)
      : tenant_store::base(actor), past_(std::move(past)) {
    guard(this, past_->counters);
    set_down_handler([this](const caf::down_msg& down) {
      if (past_) std::erase_if(past_->watchers, [&](const auto& one) { return one.address() == down.source; });
    });
  }
  [[nodiscard]] const char* name() const override { return "tonris.tenant_store"; }
  void on_exit() override {
    db_.reset();
    past_.reset();  // with the watchers, which may hold us
  }

  behavior_type make_behavior() override {
    for (const auto& watcher : past_->watchers) monitor(watcher);
    (void)is_open();
    return {
        [this](const look_up_tenants& wanted) -> caf::result<looked_up_tenants> {
          if (!is_open()) return unavailable();
          return answered(look_up(wanted));
        },
        [this](const write_tenants& wanted) -> caf::result<tenants_written> {
          return change([&](const auto& changed) { return db_->write(wanted.writes, changed); });
        },
        [this](const erase_tenant& wanted) -> caf::result<tenants_written> {
          return change([&](const auto& changed) -> written {
            auto made = db_->erase(wanted.id, wanted.want, changed);
            if (!made) return tl::unexpected(made.error());
            return std::vector{std::move(*made)};
          });
        },
        [this](const read_tenant_page& wanted) -> caf::result<tenant_page_read> {
          if (!is_open()) return unavailable();
          return answered(db_->page(wanted.after, wanted.most).map([](tenant_page&& page) {
            return tenant_page_read{std::move(page)};
          }));
        },
        [this](read_imported_tenants) -> caf::result<imported_tenants> {
          if (!is_open()) return unavailable();
          return answered(db_->imported().map([](auto digests) { return imported_tenants{std::move(digests)}; }));
        },
        [this](const keep_of_number& wanted) -> caf::result<number_kept> {
          if (!is_open()) return unavailable();
          return answered(db_->keep_of_number(wanted.number, wanted.json).map([] { return number_kept{}; }));
        },
        [this](const read_kept_of_number& wanted) -> caf::result<kept_of_number> {
          if (!is_open()) return unavailable();
          return answered(db_->kept_of_number(wanted.number).map([](std::string&& json) {
            return kept_of_number{std::move(json)};
          }));
        },
        [](declare_whole) { return declared_whole{}; },
        [this](const watch_tenants& m) {
          const bool was_open = db_.has_value();
          past_->watchers.push_back(m.watcher);
          monitor(m.watcher);
          if (was_open)
            tell({m.watcher});
          else
            (void)is_open();
        },
    };
  }

 private:
  using written = net::sqlite::result<std::vector<tenant_written>>;

  /// Its watchers are told once it opens, however late.
  bool is_open() {
    if (db_) return true;
    if (last_try_ && steady::now() - *last_try_ < reopen_wait) return false;
    last_try_ = steady::now();
    auto db = past_->settings.open();
    if (db) {
      db_ = std::move(*db);
      tell(past_->watchers);
      return true;
    }
    complain(db.error().line);
    return false;
  }

  static caf::error unavailable() { return caf::make_error(caf::sec::runtime_error, "the tenant store is not open"); }

  void tell(const std::vector<tenant_watcher>& watchers) {
    if (watchers.empty()) return;
    auto numbers = db_->numbers();
    if (!numbers) return complain(numbers.error().line);
    const tenant_store_began began{
        true, std::make_shared<const tenant_store_began::number_list>(std::move(*numbers)), {}};
    for (const auto& watcher : watchers) send(watcher, began);
  }

  net::sqlite::result<looked_up_tenants> look_up(const look_up_tenants& wanted) {
    looked_up_tenants found;
    for (const auto& one : wanted.wanted) {
      auto row = one.number.empty() ? db_->find(one.id) : db_->find_by_number(one.number);
      if (!row) return tl::unexpected(row.error());
      auto& answer = found.found.emplace_back();
      if (!*row) continue;
      const bool unchanged = (*row)->etag == one.known_etag;
      answer.is = unchanged ? looked_up_tenant::outcome::unchanged : looked_up_tenant::outcome::found;
      answer.tenant = std::move(**row);
    }
    return found;
  }

  /// Its watchers have heard of it when its asker does.
  template <class Change>
  caf::result<tenants_written> change(Change make) {
    using count = tenant_store_metrics::write;
    const auto& counters = past_->counters.of<tenant_store_metrics>();
    if (!is_open()) {
      counters.written(count::failed);
      return unavailable();
    }
    tenants_changed news;
    auto made = make([&news](const tenant_change& one) { news.changes.push_back(one); });
    if (!made) {
      counters.written(count::failed);
      return failed(made.error());
    }
    for (const auto& one : *made)
      counters.written(one.is == tenant_written::outcome::ok ? count::done : count::declined);
    if (!news.changes.empty())
      for (const auto& watcher : past_->watchers) send(watcher, news);
    return tenants_written{std::move(*made)};
  }

  template <class T>
  caf::result<T> answered(net::sqlite::result<T> from) {
    if (from) return std::move(*from);
    return failed(from.error());
  }

  caf::error failed(const net::sqlite::error& why) {
    complain(why.line);
    return caf::make_error(caf::sec::runtime_error, "the tenant store cannot be used");
  }

  void complain(const std::string& why) {
    if (last_complaint_ && steady::now() - *last_complaint_ < quiet) return;
    last_complaint_ = steady::now();
    log::error("The tenant store cannot be used: {why}", {{"why", why}});
  }

  std::shared_ptr<tenant_store_past> past_;
  std::optional<tenant_database> db_;  // closed with the actor's end, not with its last handle
  std::optional<steady::time_point> last_try_, last_complaint_;
};

}  // namespace

tenant_store spawn_sqlite_tenant_store(caf::actor_system& system, tenant_store_settings settings, node_part part) {
  const auto past = std::make_shared<tenant_store_past>(tenant_store_past{std::move(settings), *part.counters});
  return spawn_supervised<tenant_store>(system, std::move(part), [&system, past](const auto&) {
    return system.spawn<tenant_store_actor, caf::detached>(past);
  });
}

tl::expected<tenant_store, std::string> open_sqlite_tenant_store(caf::actor_system& system, const std::string& data_dir,
                                                                 std::string new_generation, node_part part) {
  auto db = tenant_database::open(data_dir, new_generation);
  if (!db) return tl::unexpected(db.error().line);
  const auto first = std::make_shared<std::optional<tenant_database>>(std::move(*db));
  tenant_store_settings settings;
  settings.open = [first, data_dir,
                   generation = std::move(new_generation)]() -> tl::expected<tenant_database, unusable_database> {
    if (auto opened = std::exchange(*first, std::nullopt)) return std::move(*opened);
    return tenant_database::open(data_dir, generation);
  };
  return spawn_sqlite_tenant_store(system, std::move(settings), std::move(part));
}

}  // namespace tonris::actors
