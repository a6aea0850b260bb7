#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What came of reading the vendors' lists of a day, one an account or key, and what is in them that nobody here knows.
struct bill_metrics {
  enum class outcome : std::uint8_t {
    read,
    cut,      ///< it has more than are read
    refused,  ///< the account's token, or the key, does not open it, or cannot be opened itself
    failed,   ///< it was asked for again in vain: the day waits for it, for a while
    to_come,  ///< its turn has not come, or it is not at its end: the day waits for it, too
  };
  explicit bill_metrics(metrics& in);

  counters_by<outcome> at_twilio, at_elevenlabs;
  gauge unknown_at_twilio, unknown_at_elevenlabs;  ///< on the last day that was kept
  counter
      unreadable;  ///< records of ours whose CallSid cannot be read: what the vendor bills of them counts as unknown
  counter sharing_failed;  ///< Redis did not say who reads a day's lists, or what was read
};

}  // namespace tonris::actors
