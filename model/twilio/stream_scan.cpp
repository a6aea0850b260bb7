#include <cstring>

#include "model/json/scan.hpp"
#include "model/text/ids.hpp"
#include "model/twilio/counter.hpp"
#include "model/twilio/stream.hpp"

namespace tonris::model::twilio {

namespace {

/// A repeated key is a "no": which of the two counts is for the full decoder to say.
bool first_time(bool& seen) noexcept {
  if (seen) return false;
  return seen = true;
}

bool take_counter(json_scan& scan, std::uint64_t& to) noexcept {
  std::optional<std::uint64_t> value;
  if (scan.peek() == '"') {
    const auto text = scan.plain_string();
    if (text) value = parse_counter(*text);
  } else {
    value = scan.whole_number();
  }
  if (!value) return false;
  to = *value;
  return true;
}

struct media_keys {
  bool payload = false, track = false, chunk = false, timestamp = false;
};

bool take_media_object(json_scan& scan, media_view& to) noexcept {
  media_keys seen;
  const bool taken = scan.object([&](std::string_view key) noexcept {
    if (key == "payload") {
      const auto payload = scan.base64_string();
      if (!payload || !first_time(seen.payload)) return false;
      to.payload = *payload;
      return true;
    }
    if (key == "track") return first_time(seen.track) && scan.plain_string() == "inbound";
    if (key == "chunk") return first_time(seen.chunk) && take_counter(scan, to.chunk);
    if (key == "timestamp") return first_time(seen.timestamp) && take_counter(scan, to.timestamp);
    return scan.skip_value();
  });
  return taken && seen.payload;
}

/// The shape that Twilio writes today, matched as text: several times as fast as walking the object. Anything else,
/// down to one space more, is for the walk.
class usual_shape {
 public:
  explicit usual_shape(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool read(media_view& to) noexcept {
    return literal(R"({"event":"media","sequenceNumber":")") && counter(to.sequence) &&
           literal(R"(,"media":{"track":"inbound","chunk":")") && counter(to.chunk) && literal(R"(,"timestamp":")") &&
           counter(to.timestamp) && literal(R"(,"payload":)") && payload(to.payload) && stream_sid();
  }

 private:
  template <std::size_t Size>
  bool literal(const char (&text)[Size]) noexcept {
    constexpr auto length = Size - 1;
    if (rest_.size() < length || std::memcmp(rest_.data(), text, length) != 0) return false;
    rest_.remove_prefix(length);
    return true;
  }

  /// Digits and the closing quote; fewer of them than could overflow.
  bool counter(std::uint64_t& to) noexcept {
    constexpr std::size_t max_digits = 18;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < rest_.size() && i <= max_digits; ++i) {
      if (rest_[i] == '"') {
        to = value;
        rest_.remove_prefix(i + 1);
        return i > 0;
      }
      const auto digit = static_cast<unsigned char>(rest_[i] - '0');
      if (digit > 9) return false;
      value = value * 10 + digit;
    }
    return false;
  }

  bool payload(std::string_view& to) noexcept {
    json_scan scan(rest_);
    const auto found = rest_.starts_with('"') ? scan.base64_string() : std::nullopt;
    if (!found) return false;
    to = *found;
    rest_.remove_prefix(found->size() + 2);
    return true;
  }

  /// The end: no escape, no quote and nothing beyond letters and digits in the stream's name.
  bool stream_sid() noexcept {
    constexpr std::size_t sid_length = 34;
    if (!literal(R"(},"streamSid":")") || rest_.size() != sid_length + 2) return false;
    const bool named = is_sid(rest_.substr(0, sid_length), "MZ");
    rest_.remove_prefix(sid_length);
    return named && literal(R"("})");
  }

  std::string_view rest_;
};

struct message_keys {
  bool event = false, sequence = false, media = false;
};

/// Any other shape: keys in any order, unknown keys among them, whitespace, numbers as counters.
std::optional<media_view> walk(std::string_view text) noexcept {
  json_scan scan(text);
  media_view view;
  message_keys seen;
  const bool taken = scan.object([&](std::string_view key) noexcept {
    if (key == "event") return first_time(seen.event) && scan.plain_string() == "media";
    if (key == "sequenceNumber") return first_time(seen.sequence) && take_counter(scan, view.sequence);
    if (key == "media") return first_time(seen.media) && take_media_object(scan, view);
    return scan.skip_value();
  });
  if (!taken || !seen.event || !seen.media || !scan.at_end()) return std::nullopt;
  return view;
}

}  // namespace

std::optional<media_view> find_media(std::string_view text) noexcept {
  if (text.size() > max_inbound_message_bytes) return std::nullopt;
  media_view view;
  if (usual_shape(text).read(view)) return view;
  return walk(text);
}

}  // namespace tonris::model::twilio
