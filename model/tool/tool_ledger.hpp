#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/elevenlabs/answered_calls.hpp"
#include "model/tool/tool_request.hpp"

namespace tonris::model {

/// The tool requests of one conversation: each id runs once, whichever of its two messages comes first or twice, and is
/// answered once; a second result for one id ends conversations. One that is not answered in time is given up: it is
/// reported, answered with an error, and whatever comes later for it is nobody's. Pure: the clock is an argument.
class tool_ledger {
 public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t most_open = 32;
  /// Below the vendor's own 20 s, so that the agent hears a sentence rather than nothing. A tool that takes longer by
  /// its nature (collect_digits) says so to `extend`.
  static constexpr std::chrono::milliseconds patience{15'000};
  static constexpr std::chrono::milliseconds announced_for{300};  ///< how long an announcement waits for its call

  enum class reception : std::uint8_t {
    run,       ///< now
    wait,      ///< it was announced without parameters: `ripe` gives it out if its call does not come
    known,     ///< it came before: nothing is to be done
    full,      ///< too many are open: answer it with too_many_tools(), it is not run
    nameless,  ///< it has no id: counted, and nothing is to be done
  };
  /// With `wait`, the request is kept. A call that follows its announcement is run with its own parameters.
  [[nodiscard]] reception receive(const tool_request& request, time now);
  /// Announcements whose call did not come: run each as it is.
  [[nodiscard]] std::vector<tool_request> ripe(time now);

  /// May this id's result be sent? True once, and only while it is open.
  [[nodiscard]] bool answer(std::string_view id);
  /// Another deadline, later or earlier. No: it is not open.
  bool extend(std::string_view id, time deadline);

  struct overdue {
    std::string id, name;
  };
  /// Those that have not been answered in time, each once: the caller answers late_tool() and reports the name.
  [[nodiscard]] std::vector<overdue> give_up(time now);
  /// When `ripe` or `give_up` has something to say at the earliest.
  [[nodiscard]] std::optional<time> next() const noexcept;

  [[nodiscard]] std::size_t open() const noexcept { return open_.size(); }

 private:
  struct entry {
    tool_request request;
    time until;  // an announcement: when it is ripe; else the deadline
    bool is_running = false;
  };
  [[nodiscard]] std::vector<entry>::iterator find(std::string_view id) noexcept;

  std::vector<entry> open_;  // few, in the order in which they came
  answered_calls seen_;      // every id that ever came
};

}  // namespace tonris::model
