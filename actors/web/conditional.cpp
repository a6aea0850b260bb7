#include "actors/web/conditional.hpp"

#include <algorithm>

#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::actors {

namespace {

/// "" where it is none of ours.
std::string_view unquoted(std::string_view text) {
  constexpr std::size_t longest = 128;
  if (text.size() < 3 || text.size() > longest || text.front() != '"' || text.back() != '"') return {};
  text = text.substr(1, text.size() - 2);
  const auto plain = [](char c) { return model::is_alnum(c) || c == '-'; };
  return std::all_of(text.begin(), text.end(), plain) ? text : std::string_view{};
}

}  // namespace

tl::expected<precondition, std::string_view> precondition_of(const net::http_fields& fields) {
  precondition found;
  if (const auto match = model::trimmed(fields.get("If-Match")); !match.empty()) {
    found.if_match = match == "*" ? match : unquoted(match);
    if (found.if_match.empty())
      return tl::unexpected(std::string_view{"If-Match must be * or one ETag, in quotes, as it was given"});
  }
  if (auto none = model::trimmed(fields.get("If-None-Match")); none == "*") {
    if (!found.if_match.empty())
      return tl::unexpected(std::string_view{"If-Match and If-None-Match: * cannot both be so"});
    found.only_new = true;
  } else {
    if (none.starts_with("W/")) none.remove_prefix(2);  // for a copy that is known a weak one is as good
    found.known_etag = unquoted(none);
  }
  return found;
}

std::string quoted_etag(std::string_view etag) {
  std::string quoted{'"'};
  quoted.append(etag) += '"';
  return quoted;
}

}  // namespace tonris::actors
