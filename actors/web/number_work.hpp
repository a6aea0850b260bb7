#pragma once

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/store_messages.hpp"
#include "actors/vendor/twilio_messages.hpp"
#include "model/tenant/tenant.hpp"
#include "model/twilio/number_plan.hpp"

namespace tonris::actors {

/// What pointing numbers here takes of the house.
struct number_services {
  twilio_rest twilio;
  twilio_account main;  ///< of tenants without an account of their own
  std::string origin;   ///< the gateway's, as Twilio reaches it
  tenant_store store;   ///< what was there before is kept in it
};

/// The tenant's own account where it has one; its token is empty where it cannot be opened.
[[nodiscard]] twilio_account account_of(const model::tenant& t, const twilio_account& main);
/// That of a call of the tenant's; `of_call` "": it is not known, and the tenant's is meant. Nothing: it is neither the
/// gateway's nor the tenant's own, or its token cannot be opened.
[[nodiscard]] std::optional<twilio_account> account_of_call(const model::account_sid& of_call, const model::tenant& t,
                                                            const twilio_account& main);

/// What became of one number.
struct number_outcome {
  struct failure {
    std::string code;  ///< "twilio_number_unknown": docs/tenants.md has them
    std::string words;
  };
  struct change {
    std::string field, from, to;  ///< addresses as they may be shown
  };
  std::string number;                                  ///< E.164, as the tenant has it
  std::optional<model::twilio::number_state> state{};  ///< where its calls go, as far as Twilio said so
  model::twilio::call_handlers calls{};                ///< …
  bool is_kept = false;                                ///< there is a way back
  std::vector<change> changes{};                       ///< made, or to be made where it is only asked what would be
  bool may_be_changed = false;                         ///< at Twilio: it said so, or nobody knows; also where it failed
  std::optional<failure> failed{};
};
[[nodiscard]] std::string to_json(const std::vector<number_outcome>& outcomes);  ///< a list

/// Some of a tenant's numbers at Twilio, in the tenant's own account where it has one: looked at, pointed here, or put
/// back, one after the other. What was there is kept before anything is changed. Each number's outcome is told, also
/// where nobody knows what became of it. On the thread of the actor that it belongs to.
class number_work : public std::enable_shared_from_this<number_work> {
 public:
  static constexpr std::chrono::seconds time_for_all{20};  ///< numbers whose turn has not come by then are left alone
  static constexpr std::size_t most_pages = 5;             ///< of numbers that are like one

  enum class kind : std::uint8_t { look, attach, detach };
  struct order {
    kind what = kind::look;
    bool only_says = false;            ///< what would be changed
    model::tenant t;                   ///< its secrets opened
    std::vector<std::string> numbers;  ///< of the tenant's
  };
  using told = std::function<void(std::vector<number_outcome> outcomes)>;

  static void start(caf::event_based_actor* self, number_services house, order wanted, told then);

 private:
  number_work(caf::event_based_actor* self, number_services house, order wanted, told then);

  void next();
  void find(std::string target, std::size_t pages);
  void look_at(const model::twilio::incoming_number& there);
  void go_on(const model::twilio::incoming_number& there, const model::twilio::kept_handlers& kept);
  void attach(const model::twilio::incoming_number& there, const model::twilio::kept_handlers& kept);
  void detach(const model::twilio::incoming_number& there, const model::twilio::kept_handlers& kept);
  void post(const model::twilio::incoming_number& there, const model::form& fields, std::function<void()> then);
  void keep(std::string json, std::function<void()> then);
  void finish();
  void fail(std::string code, std::string words);
  void fail(const twilio_answer& answer);

  [[nodiscard]] number_outcome& current() { return outcomes_.back(); }
  void says(const model::twilio::call_handlers& now);

  // given
  caf::event_based_actor* self_;
  const number_services house_;
  const order order_;
  const told told_;
  const twilio_account account_;

  // state
  const std::chrono::steady_clock::time_point began_;
  std::size_t next_ = 0;  // of the order's numbers
  std::vector<number_outcome> outcomes_;
};

}  // namespace tonris::actors
