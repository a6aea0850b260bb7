#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "tools/bench/flow_check.hpp"
#include "tools/bench/histogram.hpp"
#include "tools/bench/stamp.hpp"

namespace tonris::bench {

/// What was seen of the frames of all calls in one direction.
struct way_count {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;  ///< each frame once
  std::uint64_t lost = 0;
  std::uint64_t reordered = 0;
  std::uint64_t twice = 0;
  std::uint64_t misdirected = 0;  ///< audio of another call or direction: cross-talk
  std::uint64_t damaged = 0;      ///< our stamp, but other bytes behind it
  std::uint64_t silence = 0;      ///< frames of silence that we never sent
  std::uint64_t foreign = 0;      ///< other audio that we never sent
};

/// What a window's frames took, by direction.
struct window_times {
  /// From when the frame was due, or really sent, until it arrived.
  histogram from_due[2], from_sent[2];
  histogram send_lag;  ///< how late we sent ourselves
};

/// The frames of all calls, both ways: makes them, recognises them when they arrive, measures those of the window.
class traffic {
 public:
  explicit traffic(std::uint32_t calls);

  /// The next frame of a call as Base64, due at `due`, sent now. Valid until the next call for the same flow.
  [[nodiscard]] std::string_view next(std::uint32_t call, direction way, nanos due);
  /// Audio has arrived for `call`.
  void arrived(std::uint32_t call, direction way, std::string_view base64);

  /// Frames due from `from` and before `to` are measured.
  void open_window(nanos from) noexcept {
    from_ = from;
    to_ = never;
  }
  void close_window(nanos to) noexcept { to_ = to; }
  /// What the window's frames took that have arrived by now; another may be opened.
  [[nodiscard]] window_times take_window();

  [[nodiscard]] way_count count(direction way) const;
  /// Frames that arrived so far, both ways.
  [[nodiscard]] std::uint64_t arrivals() const noexcept { return arrivals_; }

 private:
  struct flow {
    frame_stamper stamper;
    flow_check check;
    std::uint32_t sent = 0;
  };
  struct meter {
    std::uint64_t misdirected = 0, damaged = 0, silence = 0, foreign = 0;
  };
  static std::size_t index(direction way) noexcept { return static_cast<std::size_t>(way); }
  flow& of(std::uint32_t call, direction way) { return flows_[index(way)][call]; }
  [[nodiscard]] bool in_window(nanos due) const noexcept { return due >= from_ && due < to_; }

  void arrived_whole(std::uint32_t call, direction way, std::string_view base64);
  void arrived_pieces(std::uint32_t call, direction way, std::string_view base64);
  void accept(std::uint32_t call, direction way, const stamp& s, bool intact);

  std::vector<flow> flows_[2];
  meter meters_[2];
  window_times times_;
  std::uint64_t arrivals_ = 0;
  static constexpr nanos never = std::numeric_limits<nanos>::max();
  nanos from_ = never, to_ = never;
};

}  // namespace tonris::bench
