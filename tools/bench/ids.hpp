#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tonris::bench {

/// The SIDs of one run: the salt keeps runs apart, the index names the call.
class sid_book {
 public:
  explicit sid_book(std::uint64_t salt) : salt_(salt) {}
  [[nodiscard]] std::string call_sid(std::uint64_t index) const { return sid("CA", index); }
  [[nodiscard]] std::string stream_sid(std::uint64_t index) const { return sid("MZ", index); }
  /// The call whose CallSid stands somewhere in the text; nothing when none of this run does.
  [[nodiscard]] std::optional<std::uint64_t> call_in(std::string_view text) const;

 private:
  [[nodiscard]] std::string sid(std::string_view prefix, std::uint64_t index) const;
  std::uint64_t salt_;
};

inline constexpr std::string_view account_sid = "AC0000000000000000000000000000be0c";
inline constexpr std::string_view agent_id = "agent_bench";
inline constexpr std::string_view called_number = "+15551234567";
inline constexpr std::string_view noisy_number = "+15551234568";  ///< of a tenant that may have five calls at once
inline constexpr std::string_view caller_number = "+15557654321";

}  // namespace tonris::bench
