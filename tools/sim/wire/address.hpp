#pragma once

#include <string>
#include <string_view>

namespace tonris::sim {

/// An address as a document writes it, taken apart far enough to judge and to sign it. Views into the text.
struct address_parts {
  std::string_view scheme, authority, host, target;  ///< target: path and query, the fragment cut off; may be ""
};
/// Nothing but empty views when `text` is not `scheme://authority…`.
[[nodiscard]] address_parts split_address(std::string_view text) noexcept;
[[nodiscard]] std::string origin_of(std::string_view url);  ///< "https://host:port"
[[nodiscard]] bool is_loopback(std::string_view host) noexcept;

/// `reference` as seen from the document at `base`: absolute, from the root, or beside the document.
[[nodiscard]] std::string resolve(std::string_view base, std::string_view reference);

/// What Twilio signs for a webhook: no fragment, no userinfo, and over https no port
/// (docs/protocols/twilio.md#the-signed-address).
[[nodiscard]] std::string as_signed(std::string_view url);

[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace tonris::sim
