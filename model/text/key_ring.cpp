#include "model/text/key_ring.hpp"

#include <algorithm>

#include "model/text/ascii.hpp"
#include "model/text/base64.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t longest_name = 16;
constexpr std::string_view must_be = "must be NAME:KEY, comma separated: a key is the Base64 of 32 bytes";

std::vector<std::uint8_t> bytes_in(std::string_view base64) {
  std::vector<std::uint8_t> bytes;
  if (!append_decoded(base64, bytes)) bytes.clear();
  return bytes;
}

}  // namespace

bool is_key_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= longest_name && std::all_of(text.begin(), text.end(), is_alnum);
}

tl::expected<key_ring, std::string_view> parse_key_ring(std::string_view text) {
  key_ring ring;
  for (bool more = true; more;) {
    const auto comma = text.find(',');
    more = comma != std::string_view::npos;
    const auto piece = trimmed(text.substr(0, comma));
    if (more) text.remove_prefix(comma + 1);
    const auto colon = std::min(piece.find(':'), piece.size());
    const auto name = piece.substr(0, colon);
    if (!is_key_name(name)) return tl::unexpected(must_be);
    const auto bytes = bytes_in(piece.substr(std::min(colon + 1, piece.size())));
    named_key key{std::string{name}, {}};
    if (bytes.size() != key.bytes.size()) return tl::unexpected(must_be);
    std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
    if (std::any_of(ring.begin(), ring.end(), [&](const auto& other) { return other.id == name; }))
      return tl::unexpected(std::string_view{"must name each key once"});
    if (ring.size() == max_ring_keys) return tl::unexpected(std::string_view{"must have at most 8 keys"});
    ring.push_back(key);
  }
  return ring;
}

}  // namespace tonris::model
