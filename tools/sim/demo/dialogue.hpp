#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tools/sim/elevenlabs/agent_script.hpp"
#include "tools/sim/wire/frames.hpp"

namespace tonris::sim {

/// A caller who listens: says his next line when the agent has been quiet for a while, or talks over him. Keeps what
/// was said and heard. Loop thread only.
class dialogue final : public frame_source, public frame_sink {
 public:
  struct line {
    std::string text;
    std::vector<std::uint8_t> ulaw;
    caller_line::cue when = caller_line::cue::agent_quiet;
    std::chrono::milliseconds after{700};
  };
  explicit dialogue(std::vector<line> lines) : lines_(std::move(lines)) {}

  /// False once the last line has been said.
  bool next(std::uint64_t number, std::span<std::uint8_t> frame) override;
  void heard(std::uint64_t number, std::span<const std::uint8_t> frame, bool audible) override;
  void arrived(std::span<const std::uint8_t> ulaw) override;
  void sent(std::uint64_t number, std::span<const std::uint8_t> frame) override;

  [[nodiscard]] bool caller_speaks() const noexcept { return speaking_; }
  [[nodiscard]] bool agent_speaks() const noexcept { return agent_speaks_; }
  [[nodiscard]] const tape& said() const noexcept { return said_; }
  [[nodiscard]] const tape& ear() const noexcept { return ear_; }
  std::function<void(std::span<const std::uint8_t>)> on_sent;  ///< each frame that has left
  /// One of them begins to speak, or stopped `ago`.
  std::function<void(bool agent, bool begins, std::chrono::milliseconds ago)> on_speech;

 private:
  void begin_line_when_due();
  void tell_speech(bool agent, bool begins, std::chrono::milliseconds ago = {}) const;

  std::vector<line> lines_;
  std::size_t line_ = 0;    ///< the next one, or the one under way
  std::size_t played_ = 0;  ///< bytes of it
  bool speaking_ = false;
  bool agent_speaks_ = false;
  bool agent_answered_ = false;  ///< has he spoken since our last line?
  std::uint64_t spoken_frames_ = 0, quiet_frames_ = 0;
  tape said_, ear_;
};

}  // namespace tonris::sim
