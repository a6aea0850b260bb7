#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tonris::model {

/// What is said of a call that asks to be let in, whatever the counts are kept in: the words of config/redis/admit.lua.
enum class admission_verdict : std::uint8_t {
  ok,
  elsewhere,    ///< another node has this call
  ended,        ///< it has been here, and is over
  concurrency,  ///< the tenant has as many calls as it may
  caller,       ///< this caller has called as often as he may
  rate,         ///< the tenant took as many calls within a minute as it may
  minutes,      ///< of the month: all used
  cost,         ///< the month's money
  vendor,       ///< the vendor's key has no place left for this tenant
  young,        ///< the counts were lost: nobody knows them until every node has told its calls
  lost,         ///< there are no counts at all
};
inline constexpr std::size_t admission_verdict_count = static_cast<std::size_t>(admission_verdict::lost) + 1;

[[nodiscard]] std::string_view to_string(admission_verdict v) noexcept;

/// Does it say that nobody knows, rather than yes or no? Then the tenant's `limits.whenUnknown` decides.
[[nodiscard]] bool is_unknown(admission_verdict v) noexcept;

struct admission_answer {
  admission_verdict verdict = admission_verdict::lost;
  std::uint64_t epoch = 0;  ///< ok: of this lease, from 1
  std::uint64_t met = 0;    ///< ok: the tenant's calls with this one; refused: the value that met the limit
  bool again = false;       ///< ok: it was in already, this is a retry
  std::string node{};       ///< elsewhere
  bool operator==(const admission_answer&) const = default;
};

}  // namespace tonris::model
