#include "model/elevenlabs/audio_splitter.hpp"

#include <algorithm>
#include <utility>

#include "model/text/base64.hpp"
#include "model/text/hex.hpp"

namespace tonris::model::elevenlabs {
namespace {

constexpr std::size_t sound_at_once = std::size_t{48} * 1024;
constexpr std::size_t text_at_once = sound_at_once / 3 * 4;
constexpr std::size_t longest_key = 16;  // "full_audio" and more: a longer one is another

// The one character of Base64 that a whole escape stands for.
std::optional<char> character_of(std::string_view escape) noexcept {
  if (escape == "\\/") return '/';
  if (escape.size() != 6 || !escape.starts_with("\\u00")) return std::nullopt;
  const auto high = hex_value(escape[4]), low = hex_value(escape[5]);
  if (!high || !low || *high > 7) return std::nullopt;
  return static_cast<char>(*high * 16 + *low);
}

bool is_whole(std::string_view escape) noexcept {
  return escape.size() == 6 || (escape.size() == 2 && escape[1] != 'u');
}

}  // namespace

audio_splitter::audio_splitter(sink to, const bounds& most) : sink_(std::move(to)), most_(most) {
  sound_.reserve(sound_at_once);
}

decoded<void> audio_splitter::feed(std::string_view piece) {
  while (!piece.empty() && !mistake_) {
    switch (place_) {
      case place::between: take_between(piece); break;
      case place::key:
      case place::text: take_text(piece); break;
      case place::audio: take_audio(piece); break;
    }
  }
  if (mistake_) return tl::unexpected(*mistake_);
  return {};
}

decoded<audio_splitter::split> audio_splitter::finish() {
  if (place_ != place::between || depth_ != 0) refuse(codec_errc::not_json);
  if (mistake_) return tl::unexpected(*mistake_);
  return std::move(split_);
}

// Up to the next string, which begins, or the piece's end.
void audio_splitter::take_between(std::string_view& piece) {
  std::size_t at = 0;
  for (; at < piece.size() && !mistake_; ++at) {
    const char c = piece[at];
    if (c == '"') break;
    if (c == '{' || c == '[') open(c == '{');
    if (c == '}' || c == ']') close();
    if (c == ':') expects_key_ = false;
    if (c == ',') expects_key_ = depth_ > 0 && is_object_[depth_ - 1];
  }
  const bool begins = at < piece.size() && !mistake_;
  keep(piece.substr(0, at + (begins ? 1 : 0)));
  piece.remove_prefix(at + (begins ? 1 : 0));
  if (begins) begin_string();
}

void audio_splitter::begin_string() {
  if (expects_key_) {
    place_ = place::key;
    key_.clear();
    return;
  }
  const bool is_audio = in_data_ && depth_ == 2 && key_ == "full_audio";
  place_ = is_audio ? place::audio : place::text;
  if (is_audio && std::exchange(split_.has_audio, true)) refuse(codec_errc::bad_payload);
}

void audio_splitter::open(bool is_object) {
  if (depth_ == max_depth) return refuse(codec_errc::too_many);
  if (depth_ == 1 && is_object && is_object_[0] && key_ == "data" && !was_in_data_) in_data_ = was_in_data_ = true;
  is_object_[depth_++] = is_object;
  expects_key_ = is_object;
}

void audio_splitter::close() {
  if (depth_ == 0) return refuse(codec_errc::not_json);
  if (--depth_ == 1) in_data_ = false;
  expects_key_ = false;
}

// A key or a text that is kept, up to its end or the piece's.
void audio_splitter::take_text(std::string_view& piece) {
  std::size_t end = 0;
  bool ended = false;
  while (end < piece.size() && !ended) {
    if (std::exchange(escaped_, false)) {  // whatever follows a backslash ends no string
      ++end;
      continue;
    }
    end = std::min(piece.find_first_of("\"\\", end), piece.size());
    if (end == piece.size()) break;
    escaped_ = piece[end] == '\\';
    ended = !escaped_;
    ++end;
  }
  keep(piece.substr(0, end));
  const auto characters = std::min(end - (ended ? 1 : 0), longest_key);
  if (place_ == place::key && key_.size() < longest_key) key_ += piece.substr(0, characters);
  piece.remove_prefix(end);
  if (ended) place_ = place::between;
}

void audio_splitter::take_audio(std::string_view& piece) {
  if (!escape_.empty()) return take_escape(piece);
  const auto end = std::min({piece.find_first_of("\"\\"), piece.size(), text_at_once});
  if (end > 0) {
    decode(piece.substr(0, end));
    return piece.remove_prefix(end);
  }
  if (piece.front() == '"') {
    end_audio();
  } else {
    escape_.push_back('\\');
  }
  piece.remove_prefix(1);
}

void audio_splitter::take_escape(std::string_view& piece) {
  escape_ += piece.front();
  piece.remove_prefix(1);
  if (!is_whole(escape_)) return;
  const auto character = character_of(escape_);
  escape_.clear();
  if (!character) return refuse(codec_errc::bad_payload);
  decode({&*character, 1});
}

void audio_splitter::end_audio() {
  if (!group_.empty()) return refuse(codec_errc::bad_payload);
  flush();
  keep("\"");
  place_ = place::between;
}

void audio_splitter::decode(std::string_view base64) {
  if (!group_.empty()) {
    const auto missing = std::min(4 - group_.size(), base64.size());
    group_ += base64.substr(0, missing);
    base64.remove_prefix(missing);
    if (group_.size() < 4) return;
    decode_whole(group_);
    group_.clear();
  }
  const auto whole = base64.size() / 4 * 4;
  decode_whole(base64.substr(0, whole));
  group_ = base64.substr(whole);
}

// Padding ends the text: what follows it is no Base64.
void audio_splitter::decode_whole(std::string_view groups) {
  if (groups.empty() || mistake_) return;
  if (sound_.size() + groups.size() / 4 * 3 > sound_at_once) flush();
  const auto before = sound_.size();
  if (padded_ || !append_decoded(groups, sound_)) return refuse(codec_errc::bad_payload);
  padded_ = groups.back() == '=';
  split_.audio_bytes += sound_.size() - before;
  if (split_.audio_bytes > most_.audio_bytes) refuse(codec_errc::too_long);
}

void audio_splitter::flush() {
  if (!sound_.empty() && !mistake_) sink_(sound_);
  sound_.clear();
}

void audio_splitter::keep(std::string_view text) {
  if (text.size() > most_.json_bytes - split_.json.size()) return refuse(codec_errc::too_long);
  split_.json += text;
}

}  // namespace tonris::model::elevenlabs
