#include "actors/leg/agent_audio.hpp"

#include <algorithm>

#include "model/text/base64.hpp"

namespace tonris::actors {

using model::audio_format;

void agent_audio::open(audio_format input, audio_format output) {
  if (input != audio_format::ulaw_8000) to_agent_.emplace(audio_format::ulaw_8000, input);
  if (output != audio_format::ulaw_8000) to_caller_.emplace(output, audio_format::ulaw_8000);
}

void agent_audio::close() noexcept {
  to_agent_.reset();
  to_caller_.reset();
}

// --- from the agent

agent_audio::verdict agent_audio::admit(std::string_view payload, std::int64_t event_id) {
  if (!interruptions_.admits(event_id)) return verdict::late;
  if (payload.empty()) return verdict::empty;
  return voice_ == voice::heard ? verdict::good : admit_unusual(payload);
}

/// The first of it, and what a rehearsal keeps from the caller: a chunk of any other costs one look at which it is.
agent_audio::verdict agent_audio::admit_unusual(std::string_view payload) {
  if (voice_ == voice::fallen_silent) return verdict::unheard;
  voice_ = voice::heard;
  return is_audio(payload) ? verdict::good : verdict::no_audio;
}

bool agent_audio::is_audio(std::string_view payload) {
  bytes_.clear();
  return model::append_decoded(payload.substr(0, std::min<std::size_t>(payload.size(), 16)), bytes_) &&
         !model::looks_like_no_audio(bytes_);
}

std::optional<std::string_view> agent_audio::for_caller(std::string_view payload) {
  std::optional<std::string_view> ulaw = payload;
  if (to_caller_) ulaw = converted(payload, *to_caller_);
  if (ulaw && watch_.listening()) measure(*ulaw);
  return ulaw;
}

std::string_view agent_audio::rest_for_caller() {
  text_.clear();
  if (!to_caller_) return text_;
  converted_.clear();
  to_caller_->flush(converted_);
  model::append_base64(converted_, text_);
  return text_;
}

void agent_audio::interrupted(std::int64_t event_id) {
  watch_.interrupted();
  interruptions_.interrupted(event_id);
  if (to_caller_) to_caller_->reset();
}

void agent_audio::fall_silent() {
  voice_ = voice::fallen_silent;
  if (to_caller_) to_caller_->reset();
}

/// Four looks of 20 ms, spread over the chunk: is any of it to be heard?
void agent_audio::measure(std::string_view ulaw_payload) {
  constexpr std::size_t frame = 216, looks = 4;
  for (std::size_t i = 0; i < looks; ++i) {
    const auto look = ulaw_payload.substr(ulaw_payload.size() / looks * i / 4 * 4, frame);
    bytes_.clear();
    if (model::append_decoded(look, bytes_) && !bytes_.empty()) watch_.audio(model::level_dbm0(bytes_));
  }
}

// --- from the caller

std::optional<std::string_view> agent_audio::for_agent(std::string_view payload) {
  if (!to_agent_) return payload;
  return converted(payload, *to_agent_);
}

std::optional<std::string_view> agent_audio::converted(std::string_view payload, model::audio_converter& by) {
  bytes_.clear();
  if (!model::append_decoded(payload, bytes_)) return std::nullopt;
  converted_.clear();
  by.convert(bytes_, converted_);
  text_.clear();
  model::append_base64(converted_, text_);
  return text_;
}

}  // namespace tonris::actors
