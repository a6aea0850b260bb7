#pragma once

#include <string>
#include <string_view>

namespace tonris::sim {

/// What Twilio makes of addresses. They are taken apart by model::read_address, as everywhere: what may stand in one is
/// RFC 3986's to say, not ours.
[[nodiscard]] std::string origin_of(std::string_view url);  ///< "https://host:port"; "" when it is no address

/// `reference` as seen from the document at `base`: absolute, from the root, or beside the document.
[[nodiscard]] std::string resolve(std::string_view base, std::string_view reference);

/// What Twilio signs for a webhook: no fragment, no userinfo, and over https no port
/// (docs/protocols/twilio.md#the-signed-address).
[[nodiscard]] std::string as_signed(std::string_view url);

}  // namespace tonris::sim
