#include "tools/bench/messages.hpp"

#include <array>
#include <charconv>
#include <type_traits>
#include <utility>

#include "tools/bench/ids.hpp"

namespace tonris::bench {
namespace {

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

template <class... Parts>
void write(std::string& out, const Parts&... parts) {
  out.clear();
  const auto add = [&out](const auto& part) {
    if constexpr (std::is_integral_v<std::decay_t<decltype(part)>>) {
      append_number(out, static_cast<std::int64_t>(part));
    } else {
      out += part;
    }
  };
  (add(parts), ...);
}

}  // namespace

twilio_script::twilio_script(std::string call_sid, std::string stream_sid)
    : call_(std::move(call_sid)), stream_(std::move(stream_sid)) {}

void twilio_script::connected(std::string& out) const {
  out = R"({"event":"connected","protocol":"Call","version":"1.0.0"})";
}

void twilio_script::start(std::string& out, std::string_view parameters) {
  write(out, R"({"event":"start","sequenceNumber":")", ++sequence_, R"(","start":{"accountSid":")", account_sid,
        R"(","streamSid":")", stream_, R"(","callSid":")", call_,
        R"(","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},)",
        R"("customParameters":)", parameters, R"(},"streamSid":")", stream_, R"("})");
}

void twilio_script::media(std::string& out, std::int64_t timestamp, std::string_view payload) {
  write(out, R"({"event":"media","sequenceNumber":")", ++sequence_, R"(","media":{"track":"inbound","chunk":")",
        ++chunk_, R"(","timestamp":")", timestamp, R"(","payload":")", payload, R"("},"streamSid":")", stream_,
        R"("})");
}

void twilio_script::mark(std::string& out, std::string_view name) {
  write(out, R"({"event":"mark","sequenceNumber":")", ++sequence_, R"(","streamSid":")", stream_,
        R"(","mark":{"name":")", name, R"("}})");
}

void twilio_script::stop(std::string& out) {
  write(out, R"({"event":"stop","sequenceNumber":")", ++sequence_, R"(","stop":{"accountSid":")", account_sid,
        R"(","callSid":")", call_, R"("},"streamSid":")", stream_, R"("})");
}

void agent_script::signed_url(std::string& out, std::string_view origin, std::uint64_t number) {
  write(out, R"({"signed_url":")", origin, "/v1/convai/conversation?agent_id=", agent_id,
        "&conversation_signature=cvtkn_", number, R"("})");
}

void agent_script::metadata(std::string& out, std::uint64_t conversation) {
  write(out, R"({"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":)",
        R"({"conversation_id":"conv_bench)", conversation,
        R"(","agent_output_audio_format":"ulaw_8000","user_input_audio_format":"ulaw_8000"}})");
}

void agent_script::audio(std::string& out, std::uint64_t event, std::string_view payload) {
  write(out, R"({"type":"audio","audio_event":{"audio_base_64":")", payload, R"(","event_id":)", event, "}}");
}

void agent_script::ping(std::string& out, std::uint64_t event) {
  write(out, R"({"type":"ping","ping_event":{"event_id":)", event, R"(,"ping_ms":null}})");
}

void agent_script::user_transcript(std::string& out, std::uint64_t event) {
  write(out,
        R"({"type":"user_transcript","user_transcription_event":{"user_transcript":"Have you got a free place on )",
        R"(Tuesday afternoon, say at three?","event_id":)", event, "}}");
}

std::string_view member_finder::in(std::string_view text) noexcept {
  std::size_t at = last_;
  if (at > text.size() || text.substr(at, name_.size()) != name_) at = text.find(name_);
  if (at == std::string_view::npos) return {};
  last_ = at;
  const std::string_view value = text.substr(at + name_.size());
  return value.substr(0, value.find('"'));
}

}  // namespace tonris::bench
