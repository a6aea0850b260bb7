#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tonris::bench {

/// What Twilio says on a media stream, byte for byte as it does. Each function replaces `out`.
class twilio_script {
 public:
  twilio_script(std::string call_sid, std::string stream_sid);
  void connected(std::string& out) const;
  /// `parameters` is the JSON object of the stream's <Parameter>s.
  void start(std::string& out, std::string_view parameters);
  /// `timestamp` in ms since the stream began.
  void media(std::string& out, std::int64_t timestamp, std::string_view payload);
  void mark(std::string& out, std::string_view name);
  void stop(std::string& out);

 private:
  std::string call_, stream_;
  std::uint64_t sequence_ = 0, chunk_ = 0;
};

/// What ElevenLabs says in a conversation. Each function replaces `out`.
namespace agent_script {
void signed_url(std::string& out, std::string_view origin, std::uint64_t number);
void metadata(std::string& out, std::uint64_t conversation);
void audio(std::string& out, std::uint64_t event, std::string_view payload);
void ping(std::string& out, std::uint64_t event);
void user_transcript(std::string& out, std::uint64_t event);
}  // namespace agent_script

/// Finds the value of a string member anywhere in a JSON text; no escapes, no structure. Messages of one kind have it
/// at one place, which is tried first.
class member_finder {
 public:
  /// `name` with its quotes and colon: "\"payload\":\"".
  explicit constexpr member_finder(std::string_view name) : name_(name) {}
  /// Empty data() when there is none.
  [[nodiscard]] std::string_view in(std::string_view text) noexcept;

 private:
  std::string_view name_;
  std::size_t last_ = 0;
};

}  // namespace tonris::bench
