#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/elevenlabs/conversation.hpp"
#include "model/text/base64.hpp"
#include "model/twilio/stream.hpp"
#include "tools/sim/elevenlabs/strict.hpp"
#include "tools/sim/twilio/strict.hpp"

// The law: whatever the strict readers let pass, the gateway's own encoders can say, and it is read as the same.
namespace {

using namespace tonris;

const std::string sid = "MZ00000000000000000000000000000001";

void require(bool holds) {
  if (!holds) std::abort();
}

void said_again(const sim::outbound_media& media) {
  std::string text;
  model::twilio::append_media({sid}, model::to_base64(media.ulaw), text);
  const auto again = sim::check_outbound(text, sid);
  require(again && std::get<sim::outbound_media>(*again).ulaw == media.ulaw);
}

void said_again(const sim::outbound_mark& mark) {
  std::string text;
  model::twilio::append_mark({sid}, mark.name, text);
  const auto again = sim::check_outbound(text, sid);
  require(again && std::get<sim::outbound_mark>(*again).name == mark.name);
}

void said_again(const sim::outbound_clear&) {
  std::string text;
  model::twilio::append_clear({sid}, text);
  require(sim::check_outbound(text, sid).has_value());
}

void check_client(std::string_view text) {
  const auto checked = sim::check_client_message(text);
  if (!checked) return require(!checked.error().rule.empty());
  std::string again;
  if (const auto* audio = std::get_if<sim::client_audio>(&*checked)) {
    model::elevenlabs::append_user_audio(model::to_base64(audio->bytes), again);
    require(std::get<sim::client_audio>(*sim::check_client_message(again)).bytes == audio->bytes);
  }
  if (const auto* pong = std::get_if<sim::client_pong>(&*checked)) {
    model::elevenlabs::append_pong(pong->event_id, again);
    require(std::get<sim::client_pong>(*sim::check_client_message(again)).event_id == pong->event_id);
  }
  if (const auto* init = std::get_if<sim::client_initiation>(&*checked))
    require(!init->format_keys || sim::refusal_of(*init, {}).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(bytes, bytes + size);
  require(!sim::check_outbound(text, ""));
  if (const auto checked = sim::check_outbound(text, sid))
    std::visit([](const auto& message) { said_again(message); }, *checked);
  check_client(text);
  return 0;
}
