#pragma once

#include "model/audio/watch.hpp"

namespace tonris::model {

/// The agent was asked to say goodbye, because the call's time is nearly over: has it? Its turn begins with the
/// answer's text, or, of an agent that sends none, with audio, and is over when no more audio came for `pause`. What it
/// was saying when it was asked is not that turn, and a goodbye that the caller interrupts is none. Fed by the agent
/// leg and ticked each 100 ms; no clock.
class last_turn {
 public:
  static constexpr unsigned pause = 3 * audio_watch::ticks_a_second;  ///< agents pause less within a turn

  void asked() noexcept {
    waiting_ = true;
    interrupted();
  }
  void text() noexcept {
    sends_texts_ = true;
    answered_ = true;
    quiet_ = 0;
  }
  void audio() noexcept {
    heard_ = true;
    if (!sends_texts_) answered_ = true;
    quiet_ = 0;
  }
  void interrupted() noexcept {
    answered_ = heard_ = false;
    quiet_ = 0;
  }
  [[nodiscard]] bool tick() noexcept {
    if (!waiting_ || !answered_ || !heard_ || ++quiet_ < pause) return false;
    waiting_ = false;
    return true;
  }

 private:
  bool waiting_ = false, sends_texts_ = false;
  bool answered_ = false, heard_ = false;  ///< since it was asked
  unsigned quiet_ = 0;                     ///< ticks
};

}  // namespace tonris::model
