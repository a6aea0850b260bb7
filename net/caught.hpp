#pragma once

#include <cstdint>
#include <string>

namespace tonris::net {

/// What is thrown in a loop's callback (no memory for a copy, say) is caught where it belongs to something, which then
/// ends; and at the latest by the loop. It is counted here, for the whole process. Any thread.
struct caught_exceptions {
  std::uint64_t count = 0;
  std::string last;  ///< what it said
};
[[nodiscard]] caught_exceptions exceptions_caught();
void count_caught_exception() noexcept;  ///< from within a catch block

/// Runs `work`; what it throws is counted, and then `fail` says what ends by it.
template <class Work, class Fail>
void guard(Work&& work, Fail&& fail) noexcept {
  try {
    work();
  } catch (...) {
    count_caught_exception();
    try {
      fail();
    } catch (...) {
      count_caught_exception();
    }
  }
}

}  // namespace tonris::net
