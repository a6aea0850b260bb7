#pragma once

#include "actors/call/context.hpp"

namespace tonris::actors {

/// The keys that the caller has pressed, the newest 64: told to the agent, sealed in the checkpoint, in no event and no
/// log. They may be a card number.
class pressed_keys {
 public:
  static constexpr std::size_t most = 64;

  explicit pressed_keys(call_context& call) : call_(call) {}

  void press(const key_pressed& key, bool is_told = true);  ///< not told: the agent waits for it in another way
  void tell();                                              ///< the agent, if it is there and any was pressed

 private:
  call_context& call_;
};

}  // namespace tonris::actors
