#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tonris::model::doctor {

/// Where the gateway says what it received (POST, whoever proves that he knows ADMIN_TOKEN). Below /api/webhooks/,
/// since a proxy passes nothing else on; whatever begins with "/api/webhooks/doctor/" leads there, so that a path that
/// was changed on its way is told as well.
inline constexpr std::string_view echo_path = "/api/webhooks/doctor/echo";
/// A WebSocket on which the gateway sends everything back, for who has proved to be the doctor.
inline constexpr std::string_view echo_stream_path = "/media-stream/doctor";
/// More than a proxy lets through by itself (nginx: 1 MiB).
inline constexpr std::size_t max_echo_bytes = 1280UL * 1024;

/// A request as the gateway received it, at the end of its way through proxies. No header's value is in it that may be
/// a secret.
struct seen_request {
  std::string version;        ///< the gateway's
  std::string public_origin;  ///< its APP_BASE_URL
  std::string expected_url;   ///< what it would check a signature against
  std::string method, target, host, content_type;
  std::string forwarded_host, forwarded_proto;  ///< as they came
  std::string peer;                             ///< who connected
  bool peer_is_trusted = false;                 ///< it is in TRUSTED_PROXIES
  bool has_signature = false, signature_holds = false;
  bool has_callback_secret = false, has_callback_signature = false;  ///< ElevenLabs' fields
  std::size_t body_bytes = 0;
  std::string body_sha256;
  std::int64_t unix_ms = 0;  ///< its clock
  bool operator==(const seen_request&) const = default;
};
[[nodiscard]] std::string to_json(const seen_request& seen);
/// Nothing: that is no such answer.
[[nodiscard]] std::optional<seen_request> parse_seen_request(std::string_view json);

}  // namespace tonris::model::doctor
