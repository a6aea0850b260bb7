#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "net/http.hpp"

namespace tonris::actors {

/// On which version of a resource a request insists (RFC 9110 13.1).
struct precondition {
  bool only_new = false;     ///< If-None-Match: *
  std::string if_match{};    ///< the ETag without its quotes, "*" for any that is there; "": none is named
  std::string known_etag{};  ///< If-None-Match: what the client has already
};
/// An error: the words for a client that sent something else, several ETags or a weak one in If-Match, say.
[[nodiscard]] tl::expected<precondition, std::string_view> precondition_of(const net::http_fields& fields);

/// As ETag carries it.
[[nodiscard]] std::string quoted_etag(std::string_view etag);

}  // namespace tonris::actors
