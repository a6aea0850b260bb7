#include "actors/callback/metrics.hpp"

#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view events[] = {"transcription", "audio", "initiation_failure", "other"};
constexpr std::string_view outcomes[] = {"kept", "known", "full", "failed", "forgotten"};

}  // namespace

callback_metrics::callback_metrics(metrics& in)
    : came(in, "tonris_callbacks_total", "What ElevenLabs told after conversations, by type", "type", events),
      settled(in, "tonris_callbacks_kept_total", "The same, by what became of it", "outcome", outcomes),
      waiting(in, "tonris_callbacks_waiting", "Callbacks that are kept and not in their call's record yet"),
      nobodys(in, "tonris_callbacks_of_nobody", "Callbacks of conversations that nobody knows"),
      all_refused(in, "tonris_callbacks_all_refused",
                  "1 while every post-call webhook of the last ten minutes was refused") {}

}  // namespace tonris::actors
