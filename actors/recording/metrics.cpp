#include "actors/recording/metrics.hpp"

#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view removals[] = {"deleted", "not_there", "not_yet", "failed"};
constexpr std::string_view outcomes[] = {"done", "as_it_was", "none", "refused", "unknown", "full"};

}  // namespace

recording_metrics::recording_metrics(metrics& in)
    : asked(in, "tonris_recordings_total", "What came of asking to record a call, or to change that", "outcome",
            outcomes),
      removed(in, "tonris_recordings_removed_total",
              "What came of deleting recordings, those that Twilio keeps and our own", "outcome", removals) {}

}  // namespace tonris::actors
