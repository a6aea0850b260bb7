#pragma once

#include <caf/actor_clock.hpp>
#include <caf/result.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/drift/bill_metrics.hpp"
#include "actors/drift/bills.hpp"
#include "actors/drift/sharing.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/runtime/redis_questions.hpp"
#include "actors/telemetry/metrics.hpp"
#include "config/redis_scripts.hpp"
#include "net/loop.hpp"
#include "net/redis_link.hpp"

namespace tonris::actors {

// --- to itself
struct bills_lease_due {
  using travels = in_process;
};
using redis_bills_door = bill_sharing::extend<caf::reacts_to<redis_came>, caf::reacts_to<bills_lease_due>>;

/// Lets one gateway read the vendors' lists of a day for all that share a Redis (config/redis/bills_*.lua). Who asks
/// for a day that nobody reads gets a lease of it, renewed until the lists are read and shared, or have not been asked
/// for in a while; it is this gateway's own reader that reads them. Everybody else is told that they are read
/// elsewhere, until what was read is there, which then is what he gets. A gateway that dies is out of it once its lease
/// has run out: the next that asks begins anew.
///
/// While Redis does not answer each gateway reads for itself. What was read twice is never added up: of each vendor one
/// reading stands, and all that share their days come to it. Loop-bound, with a connection of its own.
class redis_bills final : public loop_bound_actor<redis_bills_door::base> {
 public:
  static constexpr std::chrono::milliseconds answer_limit{5'000};
  static constexpr std::chrono::hours asked_again_within{2};  ///< else the lease is let go
  static constexpr std::chrono::days kept_for{20};            ///< at Redis: longer than a day is shared
  static constexpr std::chrono::minutes reading_takes =       ///< and a little more
      bill_reader_settings::own_longest + bill_reader_settings::longest + bill_reader_settings::owners_longest +
      std::chrono::minutes{3};

  struct config {
    net::loop* loop = nullptr;  ///< where it lives
    net::redis_options options;
    std::string prefix = "{tonris}:";
    std::string node;
    bill_reader reader;                     ///< this gateway's own
    std::function<bool()> has_all_records;  ///< else it knows too little of the others' calls to read for all
    metrics* counters = nullptr;
    std::chrono::milliseconds lease{10'000};
    std::chrono::milliseconds renewal{3'000};
  };

  redis_bills(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.redis_bills"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  using listing = caf::typed_response_promise<bills_listed>;
  /// Null: nobody knows whether it was executed, which was counted.
  using replied = std::function<void(const net::redis_reply*)>;
  using stands = std::function<void(const bills_shared*)>;

  caf::result<bills_listed> on(const list_bills& wanted);
  caf::result<bills_shared> on(const share_bills& own);
  void claim(std::chrono::sys_days day, bool may_read, replied then);
  void renew();
  void claimed(std::chrono::sys_days day, std::string_view word, listing to);
  void read(std::chrono::sys_days day, listing to);
  void share(const share_bills& own, stands then);
  void let_go(std::chrono::sys_days day);
  void run(const tonris::config::redis_script& script, const std::vector<std::string>& keys,
           const std::vector<std::string>& arguments, replied then);
  [[nodiscard]] std::vector<std::string> keys_of(std::chrono::sys_days day) const;

  // given
  const config config_;
  // owned
  std::unique_ptr<net::redis_link> link_;
  // state
  std::optional<std::chrono::sys_days> held_;     ///< whose lease is this gateway's
  caf::actor_clock::time_point asked_{};          ///< for it, the last time
  std::optional<std::chrono::sys_days> told_of_;  ///< that is too long to be shared
  bool ends_ = false;
  redis_questions<redis_bills> questions_{*this};
};

}  // namespace tonris::actors
