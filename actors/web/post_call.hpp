#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>

#include <caf/actor_system.hpp>

#include "actors/callback/messages.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/web/elevenlabs_signatures.hpp"
#include "actors/web/request_context.hpp"

namespace tonris::actors {

class http_front;
class post_call_intake;

/// POST /api/webhooks/elevenlabs/post-call: what the vendor tells after a call, up to 200 MB of it. Hashed while it
/// comes in, its audio passed on to the disk in pieces, the rest kept in memory (8 MiB of it at most); answered once
/// the keeper has it. Nobody is known before his body is whole, so that many may come at once: beyond `most` the
/// slowest of them is given up, by bytes a second, and so is whoever takes longer than `limit`. One a front. Loop
/// thread only.
class post_call_desk {
 public:
  static constexpr std::size_t most = 32;
  static constexpr std::chrono::minutes limit{5};
  static constexpr std::size_t piece_bytes = 256 * 1024;  ///< of audio, to the disk at once

  struct config {
    callback_keeper keeper;  ///< null: callbacks are not kept
    caf::actor_system* system = nullptr;
    metrics* counters = nullptr;
    std::shared_ptr<refused_webhooks> refused;
  };
  post_call_desk(config settings, const elevenlabs_signatures& signatures)
      : config_(std::move(settings)), signatures_(signatures) {}
  ~post_call_desk();
  post_call_desk(const post_call_desk&) = delete;
  post_call_desk& operator=(const post_call_desk&) = delete;

  void take(request_context& asked);

 private:
  friend class post_call_intake;

  [[nodiscard]] const std::shared_ptr<post_call_intake>& slowest() const;

  const config config_;
  const elevenlabs_signatures& signatures_;
  std::list<std::shared_ptr<post_call_intake>> open_;  ///< the oldest first
};

/// The route's.
void take_post_call(http_front& at, request_context& asked);

}  // namespace tonris::actors
