#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/codec_error.hpp"

namespace tonris::model::elevenlabs {

/// Takes the sound out of a `post_call_audio` while it comes in: the Base64 text of `data.full_audio` goes to a sink as
/// bytes, everything else is kept as it came, with "" in the text's place. Any report may pass: one without the field
/// is kept whole. Its memory is bounded: the kept JSON, and 48 KiB of sound at a time. Not thread-safe.
class audio_splitter {
 public:
  struct bounds {
    std::size_t json_bytes = 8 * 1024 * 1024;     ///< that are kept
    std::size_t audio_bytes = 200 * 1024 * 1024;  ///< decoded
  };
  /// Gets the sound in its order, in pieces that are not empty and at most 48 KiB; runs within feed.
  using sink = std::function<void(std::span<const std::uint8_t> bytes)>;

  audio_splitter(sink to, const bounds& most);
  explicit audio_splitter(sink to) : audio_splitter(std::move(to), bounds{}) {}

  /// The next piece of the raw body, of any size. After a mistake everything is refused with it: too_long, too_many (64
  /// deep), bad_payload (what is not Base64 to the letter, or a second full_audio), not_json. What the sink has got by
  /// then is nothing.
  [[nodiscard]] decoded<void> feed(std::string_view piece);

  struct split {
    std::string json;  ///< a text of which the strings end and the brackets fit; the rest is parse_post_call's to say
    std::size_t audio_bytes = 0;
    bool has_audio = false;  ///< the field was there, and a text
  };
  /// The body is whole; once.
  [[nodiscard]] decoded<split> finish();

 private:
  enum class place : std::uint8_t { between, key, text, audio };
  static constexpr std::size_t max_depth = 64;

  void take_between(std::string_view& piece);
  void take_text(std::string_view& piece);
  void take_audio(std::string_view& piece);
  void take_escape(std::string_view& piece);
  void begin_string();
  void open(bool is_object);
  void close();
  void end_audio();
  void decode(std::string_view base64);
  void decode_whole(std::string_view groups);
  void flush();
  void keep(std::string_view text);
  void refuse(codec_errc why) noexcept {
    if (!mistake_) mistake_ = why;
  }

  sink sink_;
  bounds most_;
  std::optional<codec_errc> mistake_;
  split split_;
  std::vector<std::uint8_t> sound_;  ///< decoded, not yet with the sink
  std::string group_;                ///< characters of a group of four that is not whole
  std::string escape_;               ///< in the sound's text, not whole: "\", "\u00"
  std::string key_;                  ///< the last one, as far as it can matter
  std::array<bool, max_depth> is_object_{};
  std::size_t depth_ = 0;
  place place_ = place::between;
  bool escaped_ = false;  ///< the character before, in any other text, was a backslash
  bool expects_key_ = false, in_data_ = false, was_in_data_ = false, padded_ = false;
};

}  // namespace tonris::model::elevenlabs
