#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "actors/runtime/loop_bound.hpp"
#include "actors/runtime/redis_questions.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/store_messages.hpp"
#include "config/redis_scripts.hpp"
#include "net/loop.hpp"
#include "net/redis_link.hpp"
#include "net/redis_subscription.hpp"

namespace tonris::actors {

// --- to itself
struct open_data_again {
  using travels = in_process;
};
struct ask_whether_lost_again {
  using travels = in_process;
};
struct redis_told {  ///< the link or the subscription is in another state, or somebody has published
  using travels = in_process;
  enum class by : std::uint8_t { link, subscription, channel } who = by::link;
  std::string message{};
};
using redis_tenant_store_door =
    tenant_store::extend<caf::reacts_to<redis_came>, caf::reacts_to<redis_told>, caf::reacts_to<open_data_again>,
                         caf::reacts_to<ask_whether_lost_again>>;

/// The tenant store that several nodes share: a Redis, by its scripts (config/redis/tenant_*.lua), whose changes every
/// node is told of. It does not know all numbers by heart: who is asked for is looked up. What happened to a change
/// whose answer did not come nobody knows: its asker is refused, and asks again with the same request.
///
/// Its watchers' life begins anew after each break in what is published: the subscription was lost (they are told that
/// no change is heard of until it is back), a number in the row of changes is missing, or the server's data has another
/// generation. Data of another generation than this node has believed before has lost tenants: it is marked so for all
/// nodes, and `nobody` in an answer is not to be believed (looked_up_tenants) until an operator says at any of them
/// that all are back (declare_whole). Loop-bound.
class redis_tenant_store final : public loop_bound_actor<redis_tenant_store_door::base> {
 public:
  struct config {
    net::loop* loop = nullptr;  ///< where it lives
    net::redis_options options;
    std::string prefix = "{tonris}:";
    std::function<std::string()> fresh_generation;  ///< of an empty server
    metrics* counters = nullptr;
    /// Outlive a crash of this actor.
    std::shared_ptr<std::vector<tenant_watcher>> watchers = std::make_shared<std::vector<tenant_watcher>>();
    /// The generation of the data that this node has last believed to be all there is; "": none yet. Outlives a crash,
    /// and by who watches, the process.
    std::shared_ptr<std::string> believed = std::make_shared<std::string>();
    /// What is wrong with it now, for /ready; "": nothing.
    std::function<void(std::string)> trouble = [](const std::string&) {};
  };

  redis_tenant_store(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.tenant_store"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  using answered = redis_questions<redis_tenant_store>::answered;
  class pending_writes;
  void write_next(const std::shared_ptr<pending_writes>& all);

  void begin();
  void on_state(redis_told::by who);
  void open_data();
  void open_anew();
  void data_opened(const net::redis_reply& reply);
  void lost_is(bool lost);
  void ask_whether_lost();
  void heard(std::string_view message);
  void begin_life();
  void tell(const tenant_change& change);
  void tell_at_once(const tenant_change& change);
  void run(const tonris::config::redis_script& script, const std::vector<std::string>& keys,
           const std::vector<std::string>& arguments, std::chrono::milliseconds within, answered then);
  void command(const std::vector<std::string>& words, std::chrono::milliseconds within, answered then);
  [[nodiscard]] std::string key(std::string_view name) const { return config_.prefix + std::string{name}; }

  caf::result<looked_up_tenants> on(const look_up_tenants& wanted);
  caf::result<tenants_written> on(const write_tenants& wanted);
  caf::result<tenants_written> on(const erase_tenant& wanted);
  caf::result<tenant_page_read> on(const read_tenant_page& wanted);
  caf::result<imported_tenants> on(const read_imported_tenants& wanted);
  caf::result<number_kept> on(const keep_of_number& wanted);
  caf::result<kept_of_number> on(const read_kept_of_number& wanted);
  caf::result<declared_whole> on(const declare_whole& wanted);
  void scan_imported(const std::string& cursor, std::shared_ptr<imported_tenants> so_far,
                     caf::typed_response_promise<imported_tenants> to);
  [[nodiscard]] tenant_store_began life() const;
  [[nodiscard]] tenant_written written(const net::redis_reply& reply, const tenant_write& wanted);

  // given
  config config_;
  // owned
  std::unique_ptr<net::redis_link> link_;
  std::unique_ptr<net::redis_subscription> subscription_;
  // state
  std::string generation_;                  ///< of the data that was opened; "": none was
  std::uint64_t seq_ = 0;                   ///< the last change that was heard of
  std::unordered_set<std::uint64_t> told_;  // changes of our own, told before they are heard of
  bool is_open_ = false;                    ///< the data was looked at since the link is ready
  bool lost_ = false;                       ///< tenants were, and are not all back
  bool asks_again_ = false;                 ///< ask_whether_lost_again is on its way
  bool hears_ = false;                      ///< the subscription is ready
  redis_questions<redis_tenant_store> questions_{*this};
};

}  // namespace tonris::actors
