#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/audio/converter.hpp"
#include "model/audio/format.hpp"
#include "model/audio/watch.hpp"
#include "model/elevenlabs/interruptions.hpp"

namespace tonris::actors {

/// The audio of one conversation, each way as the other side wants it: text for text where both speak mu-law, else
/// decoded, converted and encoded again. Decides which of the agent's audio is played, and watches whether there is any
/// to be heard. All audio is Base64 text; what is returned stands until the next call. Belongs to one agent leg, which
/// ticks it ten times a second; no clock, no socket. Steady state allocates nothing.
class agent_audio {
 public:
  enum class verdict : std::uint8_t {
    good,
    empty,
    late,      ///< of a turn that was interrupted
    no_audio,  ///< a file or an error text, where the first audio should be
    unheard,   ///< it has fallen silent
  };

  /// The conversation begins: what its agent wants to hear, and speaks.
  void open(model::audio_format input, model::audio_format output);
  /// It is over. Here memory goes back, not when the leg is forgotten.
  void close() noexcept;

  // --- from the agent
  /// Is a chunk of it to be played?
  [[nodiscard]] verdict admit(std::string_view payload, std::int64_t event_id);
  /// One that is, in mu-law. Empty: it waits in the resampler. Nothing: it is no Base64.
  [[nodiscard]] std::optional<std::string_view> for_caller(std::string_view payload);
  /// What still waits in the resampler, when no more comes.
  [[nodiscard]] std::string_view rest_for_caller();
  /// The caller spoke: what the agent said until then is void, and what the resampler holds.
  void interrupted(std::int64_t event_id);
  /// A rehearsed failure: none of its audio is played any more, as if none came.
  void fall_silent();

  // --- is it to be heard? (model::audible_watch)
  void owes_audio() noexcept { watch_.answered(); }             ///< a text with words in it came
  void owes_nothing() noexcept { watch_.interrupted(); }        ///< it is cut short, or nobody is there to hear it
  [[nodiscard]] bool tick() noexcept { return watch_.tick(); }  ///< true, once: it owes audio, and none is audible
  /// For how long it has owed any; 0: it does not.
  [[nodiscard]] std::uint32_t owed_ms() const noexcept { return watch_.owed() * model::audio_watch::tick_ms; }

  // --- from the caller
  /// A frame of mu-law as the agent wants it. Empty: it waits in the resampler. Nothing: it is no Base64.
  [[nodiscard]] std::optional<std::string_view> for_agent(std::string_view payload);

 private:
  enum class voice : std::uint8_t { not_heard_yet, heard, fallen_silent };

  [[nodiscard]] verdict admit_unusual(std::string_view payload);
  [[nodiscard]] bool is_audio(std::string_view payload);
  [[nodiscard]] std::optional<std::string_view> converted(std::string_view payload, model::audio_converter& by);
  void measure(std::string_view ulaw_payload);

  std::optional<model::audio_converter> to_agent_, to_caller_;  // none: mu-law passes through as text
  model::interruptions interruptions_;
  model::audible_watch watch_;
  voice voice_ = voice::not_heard_yet;

  // scratch, reused
  std::vector<std::uint8_t> bytes_, converted_;
  std::string text_;
};

}  // namespace tonris::actors
