#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model::twilio {

/// Twilio Media Streams messages, both ways (docs/protocols/twilio.md#media-streams). Every function is total: no input
/// crashes, throws or allocates beyond a small multiple of its size.
inline constexpr std::size_t max_inbound_message_bytes = 64 * 1024;

// --- Twilio to us

struct connected {
  std::string protocol, version;
};
struct start {  ///< of `parameters` what is no text is left out
  model::account_sid account;
  model::call_sid call;
  model::stream_sid stream;
  std::string encoding;  ///< "audio/x-mulaw"
  int sample_rate = 0;   ///< 8000
  int channels = 0;      ///< 1
  std::map<std::string, std::string> parameters;
  [[nodiscard]] bool mulaw_8000_mono() const noexcept;
};
struct media {
  std::string payload;          ///< Base64 mu-law
  std::uint64_t sequence = 0;   ///< counts all messages after `connected`, from 1
  std::uint64_t chunk = 0;      ///< counts media, from 1
  std::uint64_t timestamp = 0;  ///< ms since the stream's start
  bool inbound = true;
  bool odd = false;  ///< a counter could not be read: it counts as absent, the audio is the caller's all the same
};
struct dtmf {
  char digit = 0;  ///< 0-9 * # A-D
};
struct mark {
  std::string name;
};
struct stop {
  model::call_sid call;  ///< "" when it does not say, or cannot be read: the stream is over all the same
  bool odd = false;
};
struct unknown {
  std::string event;  ///< ignored, but counted
};
using message = std::variant<connected, start, media, dtmf, mark, stop, unknown>;

/// Whole document, any key order, unknown keys ignored. Counters may be strings (as documented) or numbers.
[[nodiscard]] decoded<message> decode(std::string_view text);

/// A `media` message of the caller seen without building a document. Views into the text.
struct media_view {
  std::string_view payload;    ///< Base64, as it came (no escapes in it); not validated beyond the alphabet
  std::uint64_t sequence = 0;  ///< 0 when absent
  std::uint64_t chunk = 0;
  std::uint64_t timestamp = 0;
};
/// The fast path: nothing when the text is not plainly a well-formed inbound `media` message (then ask `decode`). It
/// never says yes to a text for which `decode` says something else; a test compares the two on random messages.
[[nodiscard]] std::optional<media_view> find_media(std::string_view text) noexcept;

// --- us to Twilio (byte-exact: a missing or extra key is 31951)

/// {"event":"media","streamSid":"MZ…","media":{"payload":"…"}}: the text before and after the payload, so that a
/// payload passes through uncopied. Made once a stream.
struct media_frame {
  std::string before, after;
};
[[nodiscard]] media_frame make_media_frame(const model::stream_sid& stream);
void append_media(const model::stream_sid& stream, std::string_view base64_payload, std::string& out);
void append_mark(const model::stream_sid& stream, std::string_view name, std::string& out);
void append_clear(const model::stream_sid& stream, std::string& out);

}  // namespace tonris::model::twilio
