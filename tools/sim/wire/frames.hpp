#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tonris::sim {

/// The telephone's unit: 20 ms of mu-law, 8000 samples a second, one byte each.
inline constexpr std::chrono::milliseconds frame_period{20};
inline constexpr std::size_t frame_bytes = 160;
inline constexpr std::uint8_t silence = 0xFF;

/// What a caller says. Loop thread only; must outlive the caller.
class frame_source {
 public:
  virtual ~frame_source() = default;
  /// Fills the frame of that number (20 ms each, 0 at the start of the call's first stream; a number may be skipped
  /// between two streams, none comes twice). False once there is nothing more to say: the frame is then silence.
  virtual bool next(std::uint64_t number, std::span<std::uint8_t> frame) = 0;
};

/// What a caller hears. Loop thread only; must outlive the caller.
class frame_sink {
 public:
  virtual ~frame_sink() = default;
  /// A stream of the call begins: 0 the first. What is heard, arrives and is sent belongs to it until the next.
  virtual void stream_began(std::size_t /*index*/) {}
  /// 20 ms at the caller's ear, in real time: what the play-out buffer gave, filled up with silence.
  virtual void heard(std::uint64_t number, std::span<const std::uint8_t> frame, bool audible) = 0;
  /// The audio of one media message when it arrives, before it waits its turn in the play-out buffer.
  virtual void arrived(std::span<const std::uint8_t> /*ulaw*/) {}
  /// One frame has been sent towards the gateway.
  virtual void sent(std::uint64_t /*number*/, std::span<const std::uint8_t> /*frame*/) {}
};

/// Says a recording: silence, the recording, and then nothing more.
class recorded_source final : public frame_source {
 public:
  recorded_source(std::vector<std::uint8_t> ulaw, std::chrono::milliseconds silence_before);
  bool next(std::uint64_t number, std::span<std::uint8_t> frame) override;

 private:
  std::vector<std::uint8_t> ulaw_;
  std::uint64_t before_;  ///< bytes
};

/// Keeps frames in a row by their number, gaps as silence, at most an hour.
class tape {
 public:
  static constexpr std::size_t max_bytes = std::size_t{3600} * 8000;
  void put(std::uint64_t number, std::span<const std::uint8_t> frame);
  [[nodiscard]] const std::vector<std::uint8_t>& ulaw() const noexcept { return ulaw_; }

 private:
  std::vector<std::uint8_t> ulaw_;
};

}  // namespace tonris::sim
