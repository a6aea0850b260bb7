#include "tools/sim/elevenlabs/agent_speaker.hpp"

#include <algorithm>

#include "model/audio/converter.hpp"
#include "tools/sim/elevenlabs/agent_messages.hpp"
#include "tools/sim/wire/wav.hpp"

namespace tonris::sim {

using clock = std::chrono::steady_clock;

std::vector<std::uint8_t> speech_folder::speech(const std::string& sound, const conversation_facts&) {
  if (const auto known = read_.find(sound); known != read_.end()) return known->second;
  auto ulaw = read_wav(folder_ + "/" + sound);
  if (!ulaw) mistakes_.push_back(ulaw.error());
  return read_.emplace(sound, ulaw ? std::move(*ulaw) : std::vector<std::uint8_t>{}).first->second;
}

agent_speaker::agent_speaker(net::loop& on, const agent_behaviour& behaviour, model::audio_format format, sender send)
    : behaviour_(behaviour), format_(format), send_(std::move(send)), timer_(on) {}

void agent_speaker::say(const std::vector<std::uint8_t>& ulaw, std::int64_t event_id, std::function<void()> sent) {
  chunks_.clear();
  cut_into_chunks(converted(ulaw));
  event_id_ = event_id;
  sent_ = std::move(sent);
  lasts_ = std::chrono::milliseconds{ulaw.size() / 8};
  began_ = next_due_ = clock::now();
  timer_.after(std::chrono::milliseconds{0}, [this] { send_due(); });
}

std::vector<std::string> agent_speaker::cut(std::size_t stragglers) {
  timer_.cancel();
  sent_ = nullptr;
  std::vector<std::string> out;
  for (; out.size() < stragglers; ++messages_) {
    if (chunks_.empty() && last_chunk_.empty()) break;
    out.push_back(message_of(chunks_.empty() ? last_chunk_ : chunks_.front()));
    if (!chunks_.empty()) chunks_.pop_front();
  }
  chunks_.clear();
  lasts_ = {};
  return out;
}

bool agent_speaker::playing() const {
  return !chunks_.empty() || clock::now() < began_ + lasts_;
}

double agent_speaker::heard() const {
  if (lasts_.count() == 0) return 1;
  const std::chrono::duration<double, std::milli> passed = clock::now() - began_;
  return std::clamp(passed.count() / static_cast<double>(lasts_.count()), 0.0, 1.0);
}

std::vector<std::uint8_t> agent_speaker::converted(const std::vector<std::uint8_t>& ulaw) const {
  if (format_ == model::audio_format::ulaw_8000) return ulaw;
  std::vector<std::uint8_t> out;
  model::audio_converter convert{model::audio_format::ulaw_8000, format_};
  convert.convert(ulaw, out);
  convert.flush(out);
  return out;
}

void agent_speaker::cut_into_chunks(const std::vector<std::uint8_t>& bytes) {
  const auto usual = model::bytes_of_ms(format_, 250);
  for (std::size_t at = 0; at < bytes.size();) {
    const auto& sizes = behaviour_.chunk_bytes;
    const auto wanted = sizes.empty() ? usual : sizes[next_size_++ % sizes.size()];
    const auto size = std::min(wanted, bytes.size() - at);
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    chunks_.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
    at += size;
  }
}

std::string agent_speaker::message_of(const std::vector<std::uint8_t>& chunk) {
  say::audio_extras extras;
  extras.alignment = behaviour_.alignment;
  extras.unknown_fields = behaviour_.odd_events && messages_ % 3 == 1;
  extras.pad_to = messages_ == 0 ? behaviour_.padded_message_bytes : 0;
  return say::audio(chunk, event_id_, extras);
}

void agent_speaker::send_due() {
  while (!chunks_.empty() && next_due_ <= clock::now()) {
    last_chunk_ = std::move(chunks_.front());
    chunks_.pop_front();
    const auto per_second = static_cast<double>(model::bytes_of_ms(format_, 1000));
    const std::chrono::duration<double> real{static_cast<double>(last_chunk_.size()) / per_second};
    next_due_ += std::chrono::duration_cast<clock::duration>(real / behaviour_.pace);
    send_(message_of(last_chunk_));
    ++messages_;
  }
  if (!chunks_.empty()) {
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next_due_ - clock::now());
    return timer_.after(std::max(wait, std::chrono::milliseconds{0}), [this] { send_due(); });
  }
  if (const auto sent = std::exchange(sent_, nullptr)) sent();
}

}  // namespace tonris::sim
