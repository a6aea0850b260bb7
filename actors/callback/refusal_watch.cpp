#include "actors/callback/refusal_watch.hpp"

#include "actors/callback/metrics.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

void refusal_watch::accepted() {
  const std::lock_guard lock{lock_};
  since_.reset();
  if (!said_) return;
  said_.reset();
  counters_.of<callback_metrics>().all_refused.set(0.0);
  log::info("ElevenLabs' post-call webhooks are accepted again");
}

void refusal_watch::refused(time now) {
  const std::lock_guard lock{lock_};
  if (!since_) since_ = now;
  if (now - *since_ < patience || (said_ && now - *said_ < patience)) return;
  said_ = now;
  counters_.of<callback_metrics>().all_refused.set(1.0);
  log::error(
      "Every post-call webhook of the last ten minutes was refused: ELEVENLABS_WEBHOOK_SECRET is not the one that "
      "ElevenLabs signs with, or this machine's clock is wrong");
}

}  // namespace tonris::actors
