#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "actors/access/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/runtime/redis_questions.hpp"
#include "actors/telemetry/metrics.hpp"
#include "config/redis_scripts.hpp"
#include "net/loop.hpp"
#include "net/redis_link.hpp"

namespace tonris::actors {

using redis_access_store_door = access_store::extend<caf::reacts_to<redis_came>>;

/// The access store that several nodes share: keys and audit trail in the Redis of their tenants, by its scripts
/// (config/redis/access_change.lua, key_*.lua, audit_page.lua). It keeps nothing itself: a key that is revoked at one
/// node is not there for the next look-up of another. While Redis does not answer, within 150 ms for a look-up, every
/// question is refused. Whether a change was made whose answer did not come nobody knows. Loop-bound.
class redis_access_store final : public loop_bound_actor<redis_access_store_door::base> {
 public:
  /// The audit trail keeps the newest entries: so many, of one tenant so many, and so long.
  static constexpr std::int64_t max_entries = 10'000, max_entries_of_a_tenant = max_entries / 10;
  static constexpr std::chrono::days kept_for{400};

  struct config {
    net::loop* loop = nullptr;  ///< where it lives
    net::redis_options options;
    std::string prefix = "{tonris}:";
    metrics* counters = nullptr;
  };

  redis_access_store(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.access_store"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  using answered = redis_questions<redis_access_store>::answered;

  caf::result<found_api_key> on(const find_api_key& wanted);
  caf::result<added_api_key> on(const add_api_key& wanted);
  caf::result<removed_api_keys> on(const remove_api_keys& wanted);
  void on(const mark_api_key_used& used);
  caf::result<listed_api_keys> on(const list_api_keys& wanted);
  caf::result<change_noted> on(const note_change& wanted);
  caf::result<audit_page> on(const list_audit& wanted);

  /// `then` is given the script's answer; null: it is not known, which was counted.
  using replied = std::function<void(const net::redis_reply*)>;
  void change(const model::audit_entry& entry, std::vector<std::string> what, replied then);
  void run(const tonris::config::redis_script& script, const std::vector<std::string>& keys,
           const std::vector<std::string>& arguments, std::chrono::milliseconds within, replied then);
  [[nodiscard]] std::string key(std::string_view name) const { return config_.prefix + std::string{name}; }

  // given
  const config config_;
  // owned
  std::unique_ptr<net::redis_link> link_;
  // state
  redis_questions<redis_access_store> questions_{*this};
};

}  // namespace tonris::actors
