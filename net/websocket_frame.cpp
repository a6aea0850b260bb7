#include "net/websocket_frame.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "model/text/utf8.hpp"

namespace tonris::net {
namespace {

constexpr std::size_t kept_bytes = 4096;  // memory that grew beyond is given back after use

constexpr std::uint8_t fin_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t mask_bit = 0x80;

frame_event refuse(errc why, std::uint16_t code) noexcept {
  return {frame_event::kind::broken, {}, code, why};
}
frame_event against_the_rules() noexcept {
  return refuse(errc::protocol_error, 1002);
}

std::uint8_t at(std::span<const char> bytes, std::size_t index) noexcept {
  return static_cast<std::uint8_t>(bytes[index]);
}

std::uint64_t big_endian(std::span<const char> bytes, std::size_t from, std::size_t count) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | at(bytes, from + i);
  return value;
}

bool is_control(opcode what) noexcept {
  return static_cast<std::uint8_t>(what) >= 8;
}

bool is_known(std::uint8_t code) noexcept {
  return code <= 2 || (code >= 8 && code <= 10);
}

void forget(std::string& used) {
  if (used.capacity() > kept_bytes)
    std::string{}.swap(used);
  else
    used.clear();
}

}  // namespace

void apply_mask(std::span<char> bytes, const mask_key& key) noexcept {
  std::uint64_t word_key = 0;
  char doubled[8];
  for (std::size_t i = 0; i < sizeof doubled; ++i) doubled[i] = key[i % 4];
  std::memcpy(&word_key, doubled, sizeof word_key);
  std::size_t done = 0;
  for (; done + 8 <= bytes.size(); done += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + done, sizeof word);
    word ^= word_key;
    std::memcpy(bytes.data() + done, &word, sizeof word);
  }
  for (; done < bytes.size(); ++done) bytes[done] = static_cast<char>(bytes[done] ^ key[done % 4]);
}

frame_header make_frame_header(opcode what, std::size_t payload_bytes, const std::optional<mask_key>& key) noexcept {
  frame_header out;
  const auto put = [&out](std::uint64_t value) { out.bytes[out.size++] = static_cast<char>(value & 0xFF); };
  const std::uint8_t masked = key ? mask_bit : 0;
  put(fin_bit | static_cast<std::uint8_t>(what));
  if (payload_bytes < 126) {
    put(masked | payload_bytes);
  } else if (payload_bytes <= 0xFFFF) {
    put(masked | 126U);
    put(payload_bytes >> 8);
    put(payload_bytes);
  } else {
    put(masked | 127U);
    for (int shift = 56; shift >= 0; shift -= 8) put(payload_bytes >> shift);
  }
  if (key)
    for (const char c : *key) out.bytes[out.size++] = c;
  return out;
}

bool is_sendable_close_code(std::uint16_t code) noexcept {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

close_payload make_close_payload(std::uint16_t code, std::string_view reason) noexcept {
  close_payload out;
  if (code == 1005) return out;
  if (!is_sendable_close_code(code)) code = 1000;
  out.bytes[0] = static_cast<char>(code >> 8);
  out.bytes[1] = static_cast<char>(code & 0xFF);
  reason = model::utf8_prefix(reason, max_control_payload - 2);
  if (!model::is_utf8(reason)) reason = {};
  std::copy(reason.begin(), reason.end(), out.bytes.begin() + 2);
  out.size = 2 + reason.size();
  return out;
}

void frame_decoder::feed(std::span<char> bytes) {
  if (over_) return;
  if (in_.empty()) {
    in_ = bytes;
    return;
  }
  keep_rest();
  kept_.append(bytes.data(), bytes.size());
  in_ = kept_;
}

void frame_decoder::keep_rest() {
  if (in_.empty() || (in_.data() >= kept_.data() && in_.data() < kept_.data() + kept_.size())) {
    const auto used = in_.empty() ? kept_.size() : static_cast<std::size_t>(in_.data() - kept_.data());
    kept_.erase(0, used);
  } else {
    kept_.assign(in_.data(), in_.size());
  }
  in_ = kept_;
}

/// What was given out by the last call is not needed any more.
void frame_decoder::drop_used() {
  if (std::exchange(carried_used_, false)) forget(carried_);
  if (std::exchange(message_used_, false)) forget(message_);
  if (in_.empty() && !kept_.empty()) forget(kept_);
}

frame_event frame_decoder::next() {
  drop_used();
  while (!over_) {
    frame_event event;
    if (!carried_.empty()) {
      const auto found = complete_carried();
      if (!found) break;
      event = *found;
    } else {
      if (in_.empty()) break;
      frame_event bad;
      const auto found = read_header(in_, bad);
      if (bad.what == frame_event::kind::broken) return fail(bad);
      if (!found || found->payload > in_.size() - found->size) {
        carried_.assign(in_.data(), in_.size());
        in_ = {};
        break;
      }
      const auto frame = in_.first(found->size + static_cast<std::size_t>(found->payload));
      in_ = in_.subspan(frame.size());
      event = take_frame(*found, frame);
    }
    if (event.what == frame_event::kind::broken) return fail(event);
    if (event.what != frame_event::kind::need_more) return event;
    drop_used();  // a fragment that only made the message grow
  }
  if (over_) in_ = {};
  return {};
}

/// Moves just what the cut frame lacks from the input. No event: the input is used up first.
std::optional<frame_event> frame_decoder::complete_carried() {
  const auto move = [this](std::size_t wanted) {
    const auto count = std::min(wanted, in_.size());
    carried_.append(in_.data(), count);
    in_ = in_.subspan(count);
    return count == wanted;
  };
  frame_event bad;
  auto found = read_header(carried_, bad);
  while (!found) {
    if (bad.what == frame_event::kind::broken) return bad;
    if (!move(1)) return std::nullopt;
    found = read_header(carried_, bad);
  }
  const auto total = found->size + static_cast<std::size_t>(found->payload);
  if (!move(total - carried_.size())) return std::nullopt;
  carried_used_ = true;
  return take_frame(*found, carried_);
}

/// No header and nothing bad: more bytes are needed.
std::optional<frame_decoder::header> frame_decoder::read_header(std::span<const char> bytes,
                                                                frame_event& bad) const noexcept {
  if (bytes.size() < 2) return std::nullopt;
  const auto first = at(bytes, 0);
  const auto second = at(bytes, 1);
  header found{(first & fin_bit) != 0, static_cast<opcode>(first & 0x0F), 2, second & 0x7FU};
  if ((first & reserved_bits) != 0 || !is_known(first & 0x0F) || ((second & mask_bit) != 0) != masked_) {
    bad = against_the_rules();
    return std::nullopt;
  }
  if (is_control(found.what) && (!found.fin || found.payload > max_control_payload)) {
    bad = against_the_rules();
    return std::nullopt;
  }
  const std::size_t extended = found.payload == 126 ? 2 : found.payload == 127 ? 8 : 0;
  if (bytes.size() < 2 + extended) return std::nullopt;
  if (extended != 0) {
    found.payload = big_endian(bytes, 2, extended);
    const bool minimal = extended == 2 ? found.payload >= 126 : found.payload > 0xFFFF;
    if (!minimal || (found.payload >> 63) != 0) {
      bad = against_the_rules();
      return std::nullopt;
    }
  }
  found.size = 2 + extended + (masked_ ? sizeof(mask_key) : 0);
  if (!check(found, bad) || bytes.size() < found.size) return std::nullopt;
  return found;
}

/// What a header says, against what came before it and against the limit.
bool frame_decoder::check(const header& found, frame_event& bad) const noexcept {
  if (is_control(found.what)) return true;
  if ((found.what == opcode::continuation) != in_message_)
    bad = against_the_rules();
  else if (found.what == opcode::binary)
    bad = refuse(errc::not_text, 1003);
  else if (found.payload > max_message_bytes_ || message_.size() > max_message_bytes_ - found.payload)
    bad = refuse(errc::too_big, 1009);
  return bad.what != frame_event::kind::broken;
}

frame_event frame_decoder::take_frame(const header& found, std::span<char> frame) {
  const auto payload = frame.subspan(found.size);
  if (masked_) {
    mask_key key;
    std::copy_n(frame.data() + found.size - key.size(), key.size(), key.begin());
    apply_mask(payload, key);
  }
  const std::string_view view{payload.data(), payload.size()};
  switch (found.what) {
    case opcode::continuation:
    case opcode::text:
    case opcode::binary: return take_data(found, view);
    case opcode::close: return take_close(view);
    case opcode::ping: return {frame_event::kind::ping, view, 0, {}};
    case opcode::pong: return {frame_event::kind::pong, view, 0, {}};
  }
  return against_the_rules();
}

frame_event frame_decoder::take_data(const header& found, std::string_view payload) {
  if (found.fin && !in_message_) return whole_message(payload);
  message_.append(payload);
  in_message_ = !found.fin;
  if (in_message_) return {};
  message_used_ = true;
  return whole_message(message_);
}

frame_event frame_decoder::whole_message(std::string_view text) {
  if (!model::is_utf8(text)) return refuse(errc::bad_utf8, 1007);
  return {frame_event::kind::text, text, 0, {}};
}

frame_event frame_decoder::take_close(std::string_view payload) {
  over_ = true;
  if (payload.empty()) return {frame_event::kind::close, {}, 1005, {}};
  if (payload.size() == 1) return against_the_rules();
  const auto code = static_cast<std::uint16_t>(big_endian(payload, 0, 2));
  if (!is_sendable_close_code(code)) return against_the_rules();
  if (!model::is_utf8(payload.substr(2))) return refuse(errc::bad_utf8, 1007);
  return {frame_event::kind::close, payload.substr(2), code, {}};
}

frame_event frame_decoder::fail(const frame_event& bad) {
  over_ = true;
  in_ = {};
  return bad;
}

}  // namespace tonris::net
