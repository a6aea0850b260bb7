#include "actors/tenant/mirror.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/store/tenant_write.hpp"
#include "actors/telemetry/log.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::actors {

// --- to itself
struct verify_copies {
  using travels = in_process;
};

namespace {

using steady = std::chrono::steady_clock;
using tenant_mirror_inside = tenant_mirror::extend<caf::reacts_to<tenant_store_began>, caf::reacts_to<tenants_changed>,
                                                   caf::reacts_to<verify_copies>>;

constexpr std::chrono::seconds reopen_wait{1}, store_limit{2}, retry_wait{5};
constexpr std::chrono::minutes quiet{1};       // between two log lines about the same trouble
constexpr std::size_t verified_at_once = 7;    // a document may have 1 MiB, an answer of Redis 8
constexpr std::size_t max_changed = 10'000;    // to be read again; beyond, all are verified
constexpr std::size_t restored_at_once = 100;  // while calls are looked up on the same link

class tenant_mirror_actor final : public tenant_mirror_inside::base {
 public:
  tenant_mirror_actor(caf::actor_config& actor, tenant_mirror_settings settings, metrics& counters)
      : tenant_mirror_inside::base(actor), settings_(std::move(settings)) {
    guard(this, counters);
  }
  [[nodiscard]] const char* name() const override { return "tonris.tenant_mirror"; }
  void on_exit() override {
    db_.reset();
    settings_ = {};  // with the store, which may hold us as its watcher
  }

  behavior_type make_behavior() override {
    send(settings_.store, watch_tenants{tenant_watcher{this}});
    return {
        [this](const look_up_tenants& wanted) -> caf::result<looked_up_tenants> {
          if (!is_open()) return unavailable();
          return answered(look_up(wanted));
        },
        [this](const read_tenant_page& wanted) -> caf::result<tenant_page_read> {
          if (!is_open()) return unavailable();
          return answered(db_->page(wanted.after, wanted.most).map([](tenant_page&& page) {
            return tenant_page_read{std::move(page)};
          }));
        },
        [this](const keep_copy& m) -> caf::result<copy_kept> {
          if (!is_open()) return unavailable();
          return answered(put(m.tenant).map([] { return copy_kept{}; }));
        },
        [this](restore_tenants) -> caf::result<restored_tenants> {
          auto to = make_response_promise<restored_tenants>();
          restore_next({}, {}, to);
          return to;
        },
        [this](const tenant_store_began& m) {
          if (!m.believed.empty() && is_open() && db_->generation() != m.believed) tell_of(db_->believe(m.believed));
          if (m.announces) verify_all();
        },
        [this](const tenants_changed& m) { note(m); },
        [this](verify_copies) { verify_all(); },
    };
  }

 private:
  bool is_open() {
    if (db_) return true;
    if (last_try_ && steady::now() - *last_try_ < reopen_wait) return false;
    last_try_ = steady::now();
    auto db = settings_.open();
    if (db)
      db_ = std::move(*db);
    else
      complain(db.error().line);
    return db_.has_value();
  }

  static caf::error unavailable() { return caf::make_error(caf::sec::runtime_error, "the copy cannot be used"); }

  template <class T>
  caf::result<T> answered(net::sqlite::result<T> from) {
    if (from) return std::move(*from);
    complain(from.error().line);
    return unavailable();
  }
  void tell_of(const net::sqlite::result<void>& written) {
    if (!written) complain(written.error().line);
  }
  void complain(const std::string& why) {
    if (last_complaint_ && steady::now() - *last_complaint_ < quiet) return;
    last_complaint_ = steady::now();
    log::error("This node's copy of the tenants cannot be used: {why}", {{"why", why}});
  }

  net::sqlite::result<looked_up_tenants> look_up(const look_up_tenants& wanted) {
    looked_up_tenants found;
    found.is_whole = false;
    for (const auto& one : wanted.wanted) {
      auto row = one.number.empty() ? db_->find(one.id) : db_->find_by_number(one.number);
      if (!row) return tl::unexpected(row.error());
      auto& answer = found.found.emplace_back();
      if (!*row) continue;
      answer.is = looked_up_tenant::outcome::found;
      answer.tenant = std::move(**row);
    }
    return found;
  }

  /// What a newer version wrote and this one cannot read is no copy: nobody could be served from it.
  net::sqlite::result<void> put(const stored_tenant& tenant) {
    const auto read = model::parse_tenant(tenant.json);
    if (!read) return db_->drop_copy(tenant.id);
    return db_->put_copy(tenant, called_numbers(*read));
  }

  // --- keeping up with the store

  void note(const tenants_changed& news) {
    for (const auto& change : news.changes) {
      if (changed_.size() < max_changed)
        changed_.push_back(change.id);
      else
        verifies_all_ = true;
    }
    verify_next();
  }

  void verify_all() {
    verifies_all_ = true;
    verified_to_ = {};
    verify_next();
  }

  /// Those that changed, then the next of all.
  void verify_next() {
    if (is_verifying_ || !is_open()) return;
    look_up_tenants wanted;
    while (!changed_.empty() && wanted.wanted.size() < verified_at_once) {
      if (const auto there = db_->find(changed_.front()); there && *there)
        wanted.wanted.push_back({"", (*there)->id, (*there)->etag});
      changed_.pop_front();
    }
    if (wanted.wanted.empty() && verifies_all_) {
      const auto page = db_->page(verified_to_, verified_at_once);
      if (!page) return complain(page.error().line);
      for (const auto& one : page->tenants) wanted.wanted.push_back({"", one.id, one.etag});
      verified_to_ = page->last;
      verifies_all_ = !verified_to_.empty();
    }
    if (!wanted.wanted.empty()) verify(wanted);
  }

  void verify(const look_up_tenants& wanted) {
    is_verifying_ = true;
    ask(this, settings_.store, store_limit, wanted)
        .then(
            [this, wanted](const looked_up_tenants& found) {
              is_verifying_ = false;
              if (!is_open()) return;
              for (std::size_t i = 0; i < found.found.size(); ++i)
                take(found.found[i], wanted.wanted[i].id, found.is_whole);
              verify_next();
            },
            [this](const caf::error&) {
              is_verifying_ = false;
              delayed_send(this, retry_wait, verify_copies{});
            });
  }

  void take(const looked_up_tenant& found, const model::tenant_id& id, bool is_whole) {
    switch (found.is) {
      case looked_up_tenant::outcome::found: return tell_of(put(found.tenant));
      case looked_up_tenant::outcome::unchanged: return;
      case looked_up_tenant::outcome::nobody:
        if (is_whole) tell_of(db_->drop_copy(id));
    }
  }

  // --- the way back

  using restored_promise = caf::typed_response_promise<restored_tenants>;
  void restore_next(const model::tenant_id& after, restored_tenants so_far, restored_promise to) {
    if (!is_open()) return (void)to.deliver(unavailable());
    const auto page = db_->page(after, restored_at_once);
    if (!page) {
      complain(page.error().line);
      return (void)to.deliver(unavailable());
    }
    if (page->tenants.empty()) return (void)to.deliver(so_far);
    write_tenants part;
    for (const auto& one : page->tenants) {
      const auto read = model::parse_tenant(one.json);
      if (read) part.writes.push_back(write_of(*read, ""));
    }
    ask(this, settings_.store, std::chrono::seconds{30}, std::move(part))
        .then(
            [this, so_far, to, last = page->last](const tenants_written& written) mutable {
              using outcome = tenant_written::outcome;
              for (const auto& one : written.answers)
                ++(one.is == outcome::ok ? so_far.restored : one.is == outcome::exists ? so_far.there : so_far.refused);
              if (last.empty()) return (void)to.deliver(so_far);
              restore_next(last, so_far, to);
            },
            [to](const caf::error& why) mutable { to.deliver(why); });
  }

  // given
  tenant_mirror_settings settings_;

  // owned
  std::optional<tenant_database> db_;  // closed with the actor's end, not with its last handle

  // state
  std::optional<steady::time_point> last_try_, last_complaint_;
  std::deque<model::tenant_id> changed_;
  bool verifies_all_ = false, is_verifying_ = false;
  model::tenant_id verified_to_;
};

}  // namespace

tenant_mirror spawn_tenant_mirror(caf::actor_system& system, tenant_mirror_settings settings, node_part part) {
  auto* const counters = part.counters;
  return spawn_supervised<tenant_mirror>(
      system, std::move(part),
      [&system, counters, settings = std::move(settings)](const tenant_mirror&) -> tenant_mirror {
        return system.spawn<tenant_mirror_actor, caf::detached>(settings, *counters);
      });
}

}  // namespace tonris::actors
