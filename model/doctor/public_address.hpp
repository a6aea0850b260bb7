#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "model/doctor/finding.hpp"
#include "model/doctor/reach.hpp"
#include "model/doctor/seen_request.hpp"

namespace tonris::model::doctor {

/// A request as the doctor sent it.
struct sent_request {
  std::string method, target, content_type;
  std::size_t body_bytes = 0;
  std::string body_sha256;
};

/// What came of going the way that Twilio and ElevenLabs go.
struct public_facts {
  std::string origin;             ///< APP_BASE_URL
  bool meets_simulators = false;  ///< Twilio's API is on this machine as well
  bool sent_callback_headers = true;
  std::string echo_not_sent;  ///< why not; "": it was
  sent_request sent;          ///< the echo's
  reach echo;                 ///< of it; its body, where that is the gateway's, is `seen`
  std::optional<seen_request> seen;
  std::chrono::milliseconds took{0};
  /// What is sent only where the echo came through. Nothing: it was not sent.
  std::size_t large_bytes = 0;
  std::optional<reach> large;           ///< a body above what proxies let through by themselves
  std::optional<reach> webhook;         ///< a signed status callback of no call
  std::optional<reach> with_secret;     ///< what ElevenLabs asks before a conversation, with the secret shown
  std::optional<reach> with_signature;  ///< the same, signed
};
[[nodiscard]] findings judge(const public_facts& facts);

/// How an address differs from the one that is wanted, in words ("its scheme is http, not https"); "": it does not.
/// What follows '#' is nobody's business.
[[nodiscard]] std::string difference(std::string_view url, std::string_view wanted);

/// How far a WebSocket came on which the gateway sends everything back.
struct echo_facts {
  enum class step : std::uint8_t {
    opening,
    short_message,
    long_message,
    holding,                  ///< nothing was said for a while, and a message behind that
    done,                     ///< nothing broke
  } reached = step::opening;  ///< what was under way when it ended
  std::string why;            ///< it ended before it was done
  bool changed = false;       ///< something else came back
  std::size_t bytes = 0;      ///< of the message that was under way
  std::chrono::milliseconds held{0};
};

/// What came of opening a stream there as Twilio does, with a ticket that nobody gave out.
struct stream_facts {
  reach plain;  ///< asked without an upgrade: the gateway itself says "upgrade_required"
  enum class upgrade : std::uint8_t { not_tried, answered, failed, opened } is = upgrade::not_tried;
  unsigned status = 0;  ///< the gateway's own is 404: it does not know the ticket
  std::string why;      ///< of failed
  // where the opening came through
  std::string echo_not_tried{};            ///< why not; "": it was
  std::optional<echo_facts> echo{};        ///< pinged while nothing is said
  std::optional<echo_facts> in_silence{};  ///< with --long: left alone for longer than proxies wait by themselves
};
[[nodiscard]] findings judge(const stream_facts& facts);

}  // namespace tonris::model::doctor
