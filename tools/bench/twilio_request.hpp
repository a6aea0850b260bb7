#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/bench/ids.hpp"

namespace tonris::bench {

/// Where the gateway is, as Twilio sees it, and the secret both share.
struct gateway_address {
  std::uint16_t port = 0;
  std::string origin;  ///< "http://127.0.0.1:PORT" or https
  std::string auth_token;
};

/// X-Twilio-Signature of a URL with its sorted fields appended as Twilio appends them.
[[nodiscard]] std::string twilio_signature(std::string_view auth_token, std::string_view signed_text);

/// The voice webhook of a call that comes in, as bytes of HTTP. With `genuine` false the signature is one of another
/// call: well-formed and wrong.
[[nodiscard]] std::string voice_webhook(const gateway_address& to, std::string_view call_sid, bool genuine = true,
                                        std::string_view called = called_number);

/// The upgrade request for a stream's URL as TwiML gave it.
[[nodiscard]] std::string stream_upgrade(const gateway_address& to, std::string_view stream_url);

/// The URL of the TwiML's <Stream>, unescaped; nothing when there is none.
[[nodiscard]] std::optional<std::string> stream_url_in(std::string_view twiml);

/// The TwiML's <Parameter>s as the JSON object that Twilio makes of them.
[[nodiscard]] std::string stream_parameters_in(std::string_view twiml);

inline constexpr std::string_view websocket_key = "AAECAwQFBgcICQoLDA0ODw==";

}  // namespace tonris::bench
