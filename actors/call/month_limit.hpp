#pragma once

#include <chrono>

#include "actors/call/context.hpp"

namespace tonris::actors {

/// From when the month is used up to when the agent's goodbye is waited for no longer.
inline constexpr std::chrono::seconds month_goodbye_limit{15};

/// The month of the call's tenant, as it runs out while the call goes on: at four fifths the agent is asked to keep it
/// short, at the end to say goodbye, and once it has, or after 15 s, its conversation is closed. What the caller has
/// not heard yet of its words is played out.
class month_limit {
 public:
  explicit month_limit(call_context& call) : call_(call) {}

  void spent(const month_spent& news);
  void warn_if_due();                    ///< a conversation began: it is told as well
  [[nodiscard]] bool goodbye_is_said();  ///< of last_turn_over; false: it was not this goodbye
  void overdue();                        ///< of month_overdue

 private:
  void tell();
  void end(const char* how);

  call_context& call_;
  bool armed_ = false;  ///< in this life of the call
};

}  // namespace tonris::actors
