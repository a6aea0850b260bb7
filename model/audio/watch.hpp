#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tonris::model {

/// One-way audio, by rules a quiet call never meets (a false alarm is worse than none). Each watch is fed by its leg
/// and ticked each 100 ms; none has a clock, none allocates. `tick` says once in a watch's life that its rule is met;
/// the leg then heals itself, with a new watch, or ends.
namespace audio_watch {

inline constexpr unsigned ticks_a_second = 10;
inline constexpr unsigned tick_ms = 1000 / ticks_a_second;

}  // namespace audio_watch

inline constexpr double silence_dbm0 = -90;  ///< the least that level_dbm0 says

/// Mean level of mu-law audio in dBm0, about: silence_dbm0 for silence and for nothing, 3 for the loudest tone.
[[nodiscard]] double level_dbm0(std::span<const std::uint8_t> ulaw) noexcept;

/// Agent audio was sent, but marks never come back: the caller hears nothing, or Twilio lost us.
/// The rule: audio is unheard, everything sent would have been played by now, and since then no mark came for
/// `patience`. What was sent is played in real time, so its length is when the last mark is due at the latest; the
/// patience is for the network. Audio sent meanwhile moves the due time, but forgives nothing: only a mark does.
class playout_watch {
 public:
  static constexpr unsigned patience = 10 * audio_watch::ticks_a_second;  ///< the worst jitter seen is far below

  void sent(std::uint64_t ms) noexcept;  ///< audio went out
  void marked() noexcept;                ///< a mark of the running generation came back
  void cleared() noexcept;               ///< a `clear` went out: nothing is owed any more
  [[nodiscard]] bool tick(bool all_heard) noexcept;

 private:
  std::uint64_t unplayed_ms_ = 0;  ///< at most
  unsigned overdue_ = 0;           ///< ticks past the due time, without a mark
  bool said_ = false;
};

/// The caller talks, and the agent never notices. Energy says that somebody talks; a transcript, a tentative one, an
/// interruption or a VAD score says that the agent hears. Armed only when such signs are to be expected.
///
/// The rule, every part of it since the last sign:
/// - a burst begins with `least_burst` of audio louder than `least_level`, and than the line's own noise by
///   `above_noise`; `pause` of less ends it. The noise is the quietest of the last `noise_window`: a hum, a fan or held
///   music is as loud all the time, so after that time it is noise. A click or a beat is no burst, nor is a beep, a
///   ringing phone or a busy tone: voice differs by `voice_changes` from one look to the next.
/// - a talk is `enough_speech` in `enough_bursts` within `window`: a cough, a door or a short "yes" is not.
/// - unheard is a talk that no sign followed for `patience`, when the caller has paused for `least_silence` (the vendor
///   may wait for that before it transcribes anything) or has gone on for `longest_turn`.
/// A talk takes 6 s at least, so nobody is called unheard in his first 30 s.
class hearing_watch {
 public:
  static constexpr double least_level = -35;  ///< dBm0. Speech on a phone is -30 to -10, a quiet room below -45
  static constexpr double above_noise = 12;   ///< dB; speech stands out by 15 and more, noise wanders by less
  static constexpr unsigned noise_window = 5 * audio_watch::ticks_a_second;  ///< nobody talks so long without a breath
  static constexpr unsigned least_burst = 3;                                 ///< ticks: 300 ms, "yes"
  static constexpr double voice_changes = 2.5;  ///< dB; nine looks of ten at recorded speech, none at a tone
  static constexpr unsigned pause = 5;          ///< ticks: 500 ms, longer than in a word
  static constexpr unsigned enough_speech = 5 * audio_watch::ticks_a_second;
  static constexpr unsigned enough_bursts = 3;
  static constexpr unsigned window = 30 * audio_watch::ticks_a_second;
  static constexpr unsigned patience = 24 * audio_watch::ticks_a_second;  ///< vendors answer within 3 s
  static constexpr unsigned least_silence = 3 * audio_watch::ticks_a_second;
  static constexpr unsigned longest_turn = 60 * audio_watch::ticks_a_second;  ///< without a pause of least_silence

  void expect_signs() noexcept;  ///< the agent is known to send transcripts
  /// Of one frame each 100 ms. A tick without one is a silent one: leave out what may be the agent's own echo.
  void caller_level(double dbm0) noexcept;
  void sign_of_hearing() noexcept;  ///< arms as well: an agent that sent one sign sends others
  [[nodiscard]] bool tick() noexcept;
  [[nodiscard]] bool caller_is_loud() const noexcept { return silence_ == 0; }  ///< at the last tick

 private:
  struct heard {
    std::uint8_t speech = 0;  ///< ticks
    bool burst = false;       ///< a burst came to its least length here
  };

  void forget() noexcept;
  [[nodiscard]] bool is_loud(double dbm0) const noexcept;
  [[nodiscard]] bool changes(double dbm0) const noexcept;
  void remember_level(double dbm0) noexcept;
  [[nodiscard]] heard listen(bool loud, bool changes) noexcept;
  void remember(heard now) noexcept;

  bool armed_ = false, said_ = false;
  std::optional<double> level_;
  std::array<double, noise_window> levels_{};  ///< ring; the quietest is the noise
  std::array<heard, window> talk_{};           ///< ring
  std::size_t level_at_ = 0, known_levels_ = 0, at_ = 0;
  unsigned speech_ = 0, bursts_ = 0;  ///< over the ring
  bool in_burst_ = false;
  unsigned run_ = 0;                  ///< loud ticks in a row
  unsigned silence_ = least_silence;  ///< ticks since the last loud one
  unsigned turn_ = 0;                 ///< ticks since the caller began, over pauses below least_silence
  std::optional<unsigned> unheard_;   ///< ticks since there was a talk
};

/// The agent answers (a text came), but no audible audio follows.
/// The rule: for `patience` after an answer's text nothing louder than `least_level` came, nor in the `before` ahead of
/// it: text and audio may overtake each other, and a short answer is one piece. A second answer meanwhile does not
/// extend the time; an interruption voids it, and so does a caller who is away: nothing is owed to him.
class audible_watch {
 public:
  static constexpr double least_level = -55;  ///< dBm0; synthetic speech is -25 to -15, its silence below -65
  static constexpr unsigned patience = 10 * audio_watch::ticks_a_second;  ///< the vendor's own limit is 4 s
  static constexpr unsigned before = 5 * audio_watch::ticks_a_second;

  void answered() noexcept;     ///< an agent_response with words in it
  void interrupted() noexcept;  ///< it is not owed any more; nor is what a caller who is away does not hear
  void audio(double dbm0) noexcept;
  /// Worth measuring the agent's audio now? While an answer is owed, else once a second while audible audio comes.
  [[nodiscard]] bool listening() const noexcept;
  [[nodiscard]] bool tick() noexcept;
  [[nodiscard]] unsigned owed() const noexcept { return owed_.value_or(0); }  ///< ticks; 0: no answer is

 private:
  std::optional<unsigned> owed_;     ///< ticks since the answer
  std::optional<unsigned> audible_;  ///< ticks since audible audio, up to `before`
  bool said_ = false;
};

}  // namespace tonris::model
