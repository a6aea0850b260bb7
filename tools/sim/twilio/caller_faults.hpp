#pragma once

#include <chrono>
#include <optional>
#include <vector>

namespace tonris::sim {

/// How a stream's line breaks, without `stop` and without a close frame.
enum class drop_manner {
  fin,        ///< TCP ends in order
  reset,      ///< … with a RST
  silent,     ///< no frame comes any more; all else goes on: audio is played, marks are echoed, a close is answered
  blackhole,  ///< half-open: nothing is read or written any more, and nobody closes
};

struct stream_drop {
  std::chrono::milliseconds at;
  drop_manner how = drop_manner::fin;
  /// Until Twilio notices and asks what comes next. `silent` is never noticed: that stream ends by the gateway.
  std::chrono::milliseconds noticed_after{0};
};

struct time_span {
  std::chrono::milliseconds from, lasting;
};

/// Somebody gives the call another document, which ends the stream with a `stop`; when that one is done, it leads back
/// to the voice webhook, in progress.
struct redirect_away {
  std::chrono::milliseconds at, away;
};

/// What goes wrong on the caller's side of a call. All times since the start of its first stream; they go on while no
/// stream is open, and what was to happen to a stream then happens to none.
struct caller_faults {
  std::vector<stream_drop> drops;
  std::vector<redirect_away> redirects;
  std::vector<time_span> pauses;       ///< no frames; what is said meanwhile is lost
  std::vector<time_span> not_reading;  ///< the gateway's messages are not read: back-pressure
  /// From then on audio is taken and never played, and no mark is echoed; on every stream, or on that one only.
  std::optional<std::chrono::milliseconds> deaf_from;
  bool next_stream_hears = false;
  /// Streams go over a wire (tools/sim/wire/wire.hpp), for `drop` by hand with `reset` and `blackhole`. Faults from
  /// above that need one lay it by themselves.
  bool over_wire = false;

  [[nodiscard]] bool need_wire() const noexcept;
};

}  // namespace tonris::sim
