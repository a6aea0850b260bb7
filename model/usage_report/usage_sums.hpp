#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "model/call/record.hpp"
#include "model/json/writer.hpp"
#include "model/money/money.hpp"

namespace tonris::model {

/// What one call adds to what was used.
struct usage_figures {
  std::int64_t seconds = 0;  ///< as the limits count them: from its start to its end, a begun one is a whole one
  micros cost = 0;           ///< in US dollars, as far as it is known in these
  bool refused = false;      ///< it was turned away at the webhook: it used no minute, and may have cost one at Twilio
  std::optional<end_reason> outcome;  ///< nothing: it lives
  bool unconverted = false;           ///< a part of what it costs is in no dollars, and not in `cost`
  bool operator==(const usage_figures&) const = default;
};

/// Is it one of those with which a call is turned away at the webhook?
[[nodiscard]] bool is_refusal(end_reason reason) noexcept;

/// Of its metered seconds, and of its cost as far as it is known in US dollars.
[[nodiscard]] usage_figures figures_of(const call_record& record) noexcept;

struct usage_sums {
  std::uint64_t calls = 0;    ///< that were taken
  std::uint64_t refused = 0;  ///< that were not
  std::int64_t seconds = 0;
  micros cost = 0;
  std::uint64_t unconverted = 0;                 ///< calls of which a part is not in `cost`, for nobody has set a rate
  std::map<end_reason, std::uint64_t> outcomes;  ///< of both

  void add(const usage_figures& one);
  void merge(const usage_sums& others);
  bool operator==(const usage_sums&) const = default;
};

/// Members of an object that is open: "calls", "minutes" (to the hundredth), "seconds", "cost" (exact), "refused",
/// "unconverted" (where there are some), "outcomes":{"caller_hung_up":3}.
void write_members(json_writer& out, const usage_sums& sums);

}  // namespace tonris::model
