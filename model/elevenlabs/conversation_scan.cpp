#include <limits>

#include "model/elevenlabs/conversation.hpp"
#include "model/json/scan.hpp"

namespace tonris::model::elevenlabs {
namespace {

// Beside its payload an audio message is small. `decode` refuses more values than this, so a text with more bytes than
// this beside its payload is left to it.
constexpr std::size_t max_bytes_beside_payload = 64 * 1024;

constexpr std::uint64_t max_event_id = std::numeric_limits<std::int64_t>::max();

/// One walk over a message that may be audio. A key used twice is a "no": which one counts is `decode`'s to say.
class audio_walk {
 public:
  explicit audio_walk(std::string_view text) noexcept : scan_(text) {}

  [[nodiscard]] std::optional<audio_view> run() noexcept {
    const bool whole = scan_.object([this](std::string_view key) noexcept { return root_member(key); });
    if (!whole || !scan_.at_end() || !typed_ || !payload_ || !event_id_) return std::nullopt;
    return audio_view{*payload_, static_cast<std::int64_t>(*event_id_)};
  }

 private:
  bool root_member(std::string_view key) noexcept {
    if (key == "type") return take_type();
    if (key == "audio_event") return take_event();
    return scan_.skip_value();
  }

  bool take_type() noexcept {
    if (typed_) return false;
    typed_ = true;
    return scan_.plain_string() == "audio";
  }

  bool take_event() noexcept {
    if (payload_) return false;  // the first one had a payload, or the walk would have ended
    return scan_.object([this](std::string_view key) noexcept { return event_member(key); }) && payload_;
  }

  bool event_member(std::string_view key) noexcept {
    if (key == "audio_base_64") {
      if (payload_) return false;
      payload_ = scan_.base64_string();
      return payload_.has_value();
    }
    if (key == "event_id") {
      if (event_id_) return false;
      event_id_ = scan_.whole_number();
      return event_id_ && *event_id_ <= max_event_id;
    }
    return scan_.skip_value();
  }

  json_scan scan_;
  bool typed_ = false;
  std::optional<std::string_view> payload_;
  std::optional<std::uint64_t> event_id_;
};

}  // namespace

std::optional<audio_view> find_audio(std::string_view text) noexcept {
  if (text.size() > max_inbound_message_bytes) return std::nullopt;
  const auto found = audio_walk(text).run();
  if (found && text.size() - found->payload.size() > max_bytes_beside_payload) return std::nullopt;
  return found;
}

}  // namespace tonris::model::elevenlabs
