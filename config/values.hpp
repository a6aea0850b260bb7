#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::config::values {

/// The shapes of setting values, as pure functions.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);  ///< by comma, trimmed, empty ones left out
[[nodiscard]] std::optional<std::uint32_t> whole(std::string_view text, std::uint32_t least, std::uint32_t most);

/// "https://gw.example.com[:port]" in lower case, without a trailing slash. `mistake` is the rest of "must …".
struct origin {
  std::string text;
  std::string_view mistake;  ///< "" when good
};
/// http is for loopback hosts only (model::is_loopback); user name, path, query and fragment are refused.
[[nodiscard]] origin parse_origin(std::string_view text);

/// As an origin, but http is for any host, and a path may follow, as it is written: where a collector takes OTLP.
[[nodiscard]] origin parse_endpoint(std::string_view text);
/// "0.25": 0 to 1.
[[nodiscard]] std::optional<double> share(std::string_view text);

[[nodiscard]] bool is_host_name(std::string_view text);  ///< a DNS name without '_', which Twilio refuses
[[nodiscard]] bool is_ip_address(std::string_view text);
[[nodiscard]] bool is_plain_word(std::string_view text);  ///< printable ASCII without blanks: fits into a header
[[nodiscard]] bool is_readable_file(const std::string& path);

}  // namespace tonris::config::values
