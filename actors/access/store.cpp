#include "actors/access/store.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "actors/access/metrics.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::seconds between_tries{1};
constexpr std::chrono::minutes quiet{1};  // between two log lines about the same trouble
constexpr std::chrono::hours prune_wait{24};

}  // namespace

// --- the store to itself
struct prune_audit {
  using travels = in_process;
};

namespace {

using sqlite_access_store = access_store::extend<caf::reacts_to<prune_audit>>;

class access_store_actor final : public sqlite_access_store::base {
 public:
  access_store_actor(caf::actor_config& actor, access_store_settings settings, metrics& counters)
      : sqlite_access_store::base(actor), settings_(std::move(settings)), counters_(counters) {
    guard(this, counters_);
  }
  [[nodiscard]] const char* name() const override { return "tonris.access_store"; }
  void on_exit() override { db_.reset(); }

  behavior_type make_behavior() override {
    prune();
    return {
        [this](const find_api_key& wanted) {
          return answer<found_api_key>([&](auto& db) { return db.key(wanted.id); },
                                       [](auto key) { return found_api_key{std::move(key)}; });
        },
        [this](const add_api_key& wanted) {
          return answer<added_api_key>([&](auto& db) { return db.add_key(wanted.key, wanted.entry); },
                                       [](bool added) { return added_api_key{!added}; });
        },
        [this](const remove_api_keys& wanted) { return remove(wanted); },
        [this](const mark_api_key_used& wanted) {
          if (!is_open()) return;
          if (auto written = db_->used(wanted.id, wanted.day); !written) complain("written", written.error().line);
        },
        [this](const list_api_keys& wanted) {
          return answer<listed_api_keys>([&](auto& db) { return db.keys_of(wanted.tenant); },
                                         [](auto keys) { return listed_api_keys{std::move(keys)}; });
        },
        [this](const note_change& wanted) -> caf::result<change_noted> {
          if (!is_open()) return unavailable();
          const auto written = db_->note(wanted.entry, wanted.once);
          if (written) return change_noted{};
          complain("written", written.error().line);
          return unavailable();
        },
        [this](const list_audit& wanted) {
          return answer<audit_page>([&](auto& db) { return db.audit(wanted.tenant, wanted.before, wanted.most); },
                                    [](auto&& page) {
                                      return audit_page{std::move(page.entries), page.next};
                                    });
        },
        [this](prune_audit) { prune(); },
    };
  }

 private:
  static caf::error unavailable() { return caf::make_error(caf::sec::runtime_error, "the store of keys is not there"); }

  template <class Answer, class Ask, class Make>
  caf::result<Answer> answer(Ask ask, Make make) {
    if (!is_open()) return unavailable();
    auto found = ask(*db_);
    if (found) return make(std::move(*found));
    complain("read or written", found.error().line);
    return unavailable();
  }

  caf::result<removed_api_keys> remove(const remove_api_keys& wanted) {
    if (wanted.id.empty())
      return answer<removed_api_keys>([&](auto& db) { return db.remove_keys_of(wanted.tenant, wanted.entry); },
                                      [](auto ids) { return removed_api_keys{std::move(ids)}; });
    return answer<removed_api_keys>(
        [&](auto& db) { return db.remove_key(wanted.tenant, wanted.id, wanted.entry); },
        [&](bool removed) { return removed ? removed_api_keys{{wanted.id}} : removed_api_keys{}; });
  }

  [[nodiscard]] bool is_open() {
    if (db_) return true;
    if (last_try_ && steady::now() - *last_try_ < between_tries) return false;
    last_try_ = steady::now();
    auto db = settings_.open();
    if (!db) {
      complain("opened, it is tried again", db.error().line);
      return false;
    }
    db_.emplace(std::move(*db));
    return true;
  }

  void prune() {
    if (is_open())
      if (auto written = db_->prune(settings_.wall_clock()); !written) complain("pruned", written.error().line);
    caf::delayed_anon_send(caf::actor_cast<sqlite_access_store>(this), prune_wait, prune_audit{});
  }

  void complain(std::string_view what, const std::string& why) {
    counters_.of<access_metrics>().store_failed();
    if (last_complaint_ && steady::now() - *last_complaint_ < quiet) return;
    last_complaint_ = steady::now();
    log::error("The store of keys cannot be {trouble}: {why}", {{"trouble", what}, {"why", why}});
  }

  const access_store_settings settings_;
  metrics& counters_;
  std::optional<access_database> db_;  // closed with the actor's end, not with its last handle
  std::optional<steady::time_point> last_try_, last_complaint_;
};

}  // namespace

access_store spawn_access_store(caf::actor_system& system, access_store_settings settings, node_part part) {
  auto* const counters = part.counters;
  return spawn_supervised<access_store>(
      system, std::move(part),
      [&system, counters, settings = std::move(settings)](const access_store&) -> access_store {
        return system.spawn<access_store_actor, caf::detached>(settings, *counters);
      });
}

tl::expected<access_store, std::string> open_access_store(caf::actor_system& system, const std::string& data_dir,
                                                          node_part part) {
  auto db = access_database::open(data_dir);
  if (!db && !db.error().passes) return tl::unexpected(db.error().line);
  const auto first = std::make_shared<std::optional<access_database>>();
  if (db) first->emplace(std::move(*db));
  access_store_settings settings;
  settings.open = [first, data_dir]() -> tl::expected<access_database, unusable_database> {
    if (auto opened = std::exchange(*first, std::nullopt)) return std::move(*opened);
    return access_database::open(data_dir);
  };
  settings.wall_clock = [] { return std::chrono::system_clock::now(); };
  return spawn_access_store(system, std::move(settings), std::move(part));
}

}  // namespace tonris::actors
