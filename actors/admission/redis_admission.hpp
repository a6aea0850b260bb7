#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/admission/messages.hpp"
#include "actors/admission/redis_books.hpp"
#include "actors/admission/redis_counts.hpp"
#include "actors/admission/rules.hpp"
#include "actors/admission/usage_keeper.hpp"
#include "actors/admission/usage_writer.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "net/loop.hpp"

namespace tonris::actors {

// --- to itself
struct admission_turn {  ///< an answer of Redis, or of a timer, to be handled as this actor's doing
  using travels = in_process;
  const std::function<void()>* work = nullptr;
};
struct write_down_now {
  using travels = in_process;
};
using redis_admission_door = admission::extend<caf::reacts_to<admission_turn>, caf::reacts_to<write_down_now>>;

/// Admission for nodes that share their counts in one Redis. Nobody is let in by a count of this node's alone while
/// Redis answers; while it does not, the tenant's `limits.whenUnknown` decides, by what this node knows (its own calls,
/// the others' last known), and whom it lets in so Redis is told of before it is asked again. After each break it is
/// told all calls of this node; where its data is another life's, also what this node has booked of the month, which it
/// writes down for itself all the same. An answer that did not come is asked for once more, by the same name: the
/// call's.
///
/// Ends of calls are told until Redis has heard them. Callers wait for a place in this node's own line. Loop-bound.
class redis_admission final : public loop_bound_actor<redis_admission_door::base> {
 public:
  static constexpr std::chrono::milliseconds patience{330};  ///< of who asks; the webhook's ends a little later
  static constexpr std::size_t max_waiting = 1'000;

  struct config {
    admission_rules::config rules;  ///< its books are what this node counts for itself
    usage_keeper keeper;            ///< null: nothing is written down
    std::shared_ptr<redis_books> shared;
    redis_counts::config counts;                    ///< without what it tells
    std::function<std::string()> fresh_generation;  ///< of an empty Redis
    /// What is wrong with it now, for /ready; "": nothing.
    std::function<void(std::string)> trouble = [](const std::string&) {};
  };

  redis_admission(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.admission"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  /// Who asks, until he is answered.
  struct question {
    admit_call who;
    caf::typed_response_promise<admitted> to;
    redis_books::time until;  ///< then it is decided without Redis
    int asked = 0;
    bool perhaps = false;  ///< Redis may have let it in, or still may
  };
  using question_ptr = std::shared_ptr<question>;
  enum class phase {
    open,
    opening,  ///< Redis is there, or may be at once, and has still to be told of our calls: who asks waits
    away,
  };

  // who may come in (redis_admission.cpp)
  caf::result<admitted> on(const admit_call& who);
  void ask_counts(const question_ptr& asked);
  [[nodiscard]] std::chrono::milliseconds left_of(const question& asked);
  void answered(const question_ptr& asked, const redis_counts::admission_said& said);
  void judge(const question_ptr& asked, const model::admission_answer& said);
  void ask_for_overflow_agent(const question_ptr& asked, const model::admission_limits& wider);
  [[nodiscard]] admitted turn_away(const admit_call& who, model::admission_verdict why);
  caf::result<line_place> on(const find_in_line& wanted);
  caf::result<lease_holder> on(const find_lease_holder& wanted);
  void take_over(const question_ptr& asked);
  void come_in(const question_ptr& asked, const model::admission_answer& said, admission_metrics::way how);
  void ask_later(const question_ptr& asked);
  void answer_waiting();
  void decide_alone(const question_ptr& asked);
  void note_silence(const model::tenant_id& tenant);

  // who stays, and who goes (redis_upkeep.cpp)
  caf::result<month_levels> on(const renew_leases& told);
  void note_booked(const model::tenant_id& tenant, const model::call_sid& lease);
  [[nodiscard]] month_levels levels_known(const renew_leases& told);
  void tell(std::vector<model::call_sid> calls, std::function<void(bool)> then);
  [[nodiscard]] bool apply(const std::vector<model::call_sid>& told, const redis_counts::renewed& said);
  void apply(const model::renewal_answer::remark& remark);
  void note_sums(const model::renewal_answer::of_tenant& sums);
  void tell_untold();
  void told_all(bool failed);
  void on(const release_lease& what);
  void release_later(const model::lease_release& what);
  void send_releases();
  caf::result<tenant_usage> on(const describe_usage& wanted);
  caf::result<usage_flushed> flush();

  // whose data it is (redis_generation.cpp)
  void link_changed();
  void open();
  void be_away();
  void opened(const std::string& generation);
  void restore_month(const std::string& generation);
  void restore_next();
  void reserve();
  void bar(const std::string& why);
  void look_after();
  [[nodiscard]] phase state();
  [[nodiscard]] bool knows_former_calls();
  void maybe_open();

  [[nodiscard]] model::admission_table& table() noexcept { return config_.rules.books->table; }
  [[nodiscard]] redis_books& shared() noexcept { return *config_.shared; }
  [[nodiscard]] redis_books::time now() { return clock().now(); }
  void enter(const std::function<void()>& work);

  // given
  config config_;

  // owned
  admission_rules rules_;
  usage_writer writer_;
  std::unique_ptr<redis_counts> counts_;
  std::unique_ptr<net::timer> patience_;  ///< of who waits
  std::unique_ptr<net::ticker> ticker_;

  // state
  redis_books::time born_;
  bool opening_ = false;  ///< it is asked whose data it is
  bool opened_ = false;   ///< since the connection is there
  bool tell_all_ = true;  ///< Redis has to be told of all our calls, the connection is another one, say
  bool barred_ = false;   ///< it is there, and of no use: tried again each second
  std::optional<redis_books::time> away_since_;
  std::size_t telling_ = 0;  ///< batches under way
  bool telling_failed_ = false;
  std::size_t releasing_ = 0;  ///< under way
  bool restoring_ = false;     ///< under way
  bool reserve_dirty_ = true, reserving_ = false;
  std::uint64_t losses_ = 0;  ///< of the connection, that were seen
  std::deque<question_ptr> waiting_;
  std::optional<redis_books::time> silent_since_;
  std::set<std::string> named_;  ///< tenants, since then
  std::vector<std::function<void()>> flushes_;
  redis_books::time flush_until_;
  std::shared_ptr<redis_admission*> alive_;  // what a late callback finds instead of us
};

}  // namespace tonris::actors
