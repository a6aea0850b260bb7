#pragma once

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "actors/call/outbound_dials.hpp"
#include "actors/runtime/message.hpp"
#include "actors/vendor/twilio_messages.hpp"
#include "model/outbound/dials.hpp"

namespace tonris::actors {

/// What came of an order.
struct placed_order {
  enum class outcome : std::uint8_t {
    placed,   ///< Twilio said so
    found,    ///< it did not, but has the call
    refused,  ///< nobody is called: Twilio did not want to
    away,     ///< nobody is called: Twilio was not asked, or was asked too much
    unknown,  ///< nobody knows; the dial's ticket stays good
  } is = outcome::unknown;
  model::call_sid call{};
  std::string why{};
};

/// Has Twilio place one call: asks once, and where the answer is lost, or no answer to that question, looks for the
/// call, for what Twilio tells of it with the dial's ticket and in its list of calls. On the thread of the actor that
/// it belongs to, whose behaviour it takes while it waits.
class call_placement : public std::enable_shared_from_this<call_placement> {
 public:
  static constexpr std::chrono::seconds first_look{1}, second_look{2};  ///< after the pause; Twilio's lists are late
  static constexpr unsigned ring_seconds = 30;

  struct house {
    std::shared_ptr<outbound_dials> dials;
    twilio_rest twilio;
    twilio_account account;
    std::string origin;  ///< the gateway's, as Twilio reaches it
    metrics* counters = nullptr;
  };
  using told = std::function<void(const placed_order& came)>;

  static void order(caf::event_based_actor* self, house of, model::dial wanted, told then);
  /// Of one that was ordered before, and is unknown: looks for it once.
  static void search(caf::event_based_actor* self, house of, model::dial wanted, told then);
  /// The same of one whose answer may be lost since a moment ago: looks for it as long as `order` does.
  static void search_on(caf::event_based_actor* self, house of, model::dial wanted, told then);

 private:
  call_placement(caf::event_based_actor* self, house of, model::dial wanted, told then)
      : self_(self), house_(std::move(of)), dial_(std::move(wanted)), told_(std::move(then)) {}

  void ask_for_it();
  void answered(const twilio_answer& answer);
  void look_in(std::chrono::seconds pause, bool is_last);
  void look(bool is_last);
  void not_seen(bool is_last);
  void finish(const placed_order& came);

  // given
  caf::event_based_actor* self_;
  const house house_;
  const model::dial dial_;
  const told told_;
};

}  // namespace tonris::actors
