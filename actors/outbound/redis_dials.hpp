#pragma once

#include <caf/result.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/call/messages.hpp"
#include "actors/call/outbound_dials.hpp"
#include "actors/outbound/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/runtime/redis_questions.hpp"
#include "actors/telemetry/metrics.hpp"
#include "config/redis_scripts.hpp"
#include "model/access/field_seal.hpp"
#include "net/loop.hpp"
#include "net/redis_link.hpp"

namespace tonris::actors {

// --- to itself
struct dial_look_due {
  using travels = in_process;
};
struct dial_link_changed {
  using travels = in_process;
};
using redis_dials_door =
    dial_sharing::extend<caf::reacts_to<redis_came>, caf::reacts_to<dial_look_due>, caf::reacts_to<dial_link_changed>>;

/// The calls that nodes place, in their Redis (config/redis/dial_*.lua): what a dial is there for as long as its ticket
/// is good, sealed where SECRETS_KEY is set, and for a day what became of it. Whoever Twilio asks may serve it. Each
/// `look` it looks what others know of the dials that this node follows, the ones in turn that were not looked at for
/// longest, and tells the node's own copies and calls. While Redis is away nobody is told, and whoever asks is told
/// that; once it is back it is told all that is followed here, and what it could not be told, also on a link that
/// lives, is said again each `look`. Loop-bound, with a connection of its own.
class redis_dials final : public loop_bound_actor<redis_dials_door::base> {
 public:
  static constexpr std::size_t most_of_a_look = 200;
  static constexpr std::size_t most_undropped = 1'000;            ///< beyond: theirs stand until their time is over
  static constexpr std::size_t most_untold = model::dials::most;  ///< beyond: the others do not learn it, counted
  static constexpr std::size_t most_told_again = 200;             ///< each look
  static constexpr std::chrono::milliseconds answer_limit{500};
  static constexpr std::chrono::seconds asks_within{60};  ///< Twilio, or a node has died over it

  struct config {
    net::loop* loop = nullptr;  ///< where it lives
    net::redis_options options;
    std::string prefix = "{tonris}:";
    std::string node;  ///< this life of it
    std::shared_ptr<outbound_dials> dials;
    call_supervisor supervisor;
    std::shared_ptr<const model::field_seal> seal;
    std::function<model::aead_nonce()> nonce;
    std::function<std::string(std::string_view)> digest;  ///< of what stands there by a name; the same at every node
    std::function<std::chrono::system_clock::time_point()> wall_clock;
    metrics* counters = nullptr;
    std::chrono::milliseconds look{1'000};
  };

  redis_dials(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.redis_dials"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  /// `then` is given the script's answer; null: nobody knows whether it was executed, which was counted.
  using replied = std::function<void(const net::redis_reply*)>;

  caf::result<dial_shared> on(const share_dial& wanted);
  caf::result<dial_told> on(const tell_dial& told);
  void on(const dial_is_now& changed);
  void link_changed();
  void look();
  void looked(const std::vector<model::ticket>& asked, const net::redis_reply& found);
  void learn(const model::dial& one, const net::redis_reply& row);
  void tell(const model::dial& one);
  void tell_later(const model::ticket& which);
  void tell_again();
  void drop(const model::ticket& which);
  void drop_again();
  void run(const tonris::config::redis_script& script, const std::vector<std::string>& keys,
           const std::vector<std::string>& arguments, replied then);
  [[nodiscard]] dial_shared before_in(const share_dial& wanted, const net::redis_reply& reply) const;
  [[nodiscard]] std::string sealed(const model::dial& one) const;
  [[nodiscard]] std::optional<model::dial> opened(std::string_view text, const model::tenant_id& tenant,
                                                  const model::ticket& shown_by) const;
  [[nodiscard]] std::string asked_in(const model::dial& one) const;
  [[nodiscard]] std::string key(std::string_view name) const { return config_.prefix + std::string{name}; }
  [[nodiscard]] std::vector<std::string> keys_of(const model::ticket& which) const;

  // given
  const config config_;
  // owned
  std::unique_ptr<net::redis_link> link_;
  // state
  bool looks_ = false;                    ///< an answer is awaited
  std::string last_;                      ///< ticket that was looked at
  std::set<std::string> untold_;          ///< tickets of dials that Redis does not know as they are
  std::string last_told_;                 ///< of them
  std::vector<model::ticket> undropped_;  ///< of nobody's calls, which Redis may still have: until it answers
  redis_questions<redis_dials> questions_{*this};
};

}  // namespace tonris::actors
