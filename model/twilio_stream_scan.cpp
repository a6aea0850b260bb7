#include "model/json_scan.hpp"
#include "model/twilio_counter.hpp"
#include "model/twilio_stream.hpp"

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

struct message_keys {
  bool event = false, sequence = false, media = false;
};

}  // namespace

std::optional<media_view> find_media(std::string_view text) noexcept {
  if (text.size() > max_inbound_message_bytes) return std::nullopt;
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

}  // namespace tonris::model::twilio
