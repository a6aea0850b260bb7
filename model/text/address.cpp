#include "model/text/address.hpp"

#include <algorithm>
#include <charconv>

#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>

#include "model/text/ascii.hpp"
#include "model/text/hex.hpp"
#include "model/text/percent.hpp"

namespace tonris::model {

namespace {

namespace urls = boost::urls;

bool is_scheme(std::string_view text) noexcept {
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; });
}

/// What may stand in user information and in a registered name (RFC 3986 3.2.1, 3.2.2), and `also`.
bool is_registered(std::string_view text, char also) noexcept {
  constexpr std::string_view marks = "!$&'()*+,;=%";
  const auto may_stand = [&](char c) {
    return is_unreserved(c) || c == also || marks.find(c) != std::string_view::npos;
  };
  return std::all_of(text.begin(), text.end(), may_stand) && is_percent_encoded(text);
}

bool is_name(std::string_view host) noexcept {
  constexpr std::size_t longest = 253, longest_label = 63;
  if (host.size() > longest) return false;
  while (true) {
    const auto label = host.substr(0, host.find('.'));
    const bool has_letters_only =
        std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
    if (label.empty() || label.size() > longest_label || !has_letters_only) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    if (label.size() == host.size()) return true;
    host.remove_prefix(label.size() + 1);
  }
}

/// Resolvers take many a spelling for an IPv4 address ("127.1", "0x7f.0.0.1"), all with a number behind the last dot:
/// such a host is an address in four numbers or nothing, so that no name means an address.
bool ends_in_a_number(std::string_view host) noexcept {
  auto last = host.substr(host.rfind('.') + 1);
  if (!last.starts_with("0x") && !last.starts_with("0X")) return std::all_of(last.begin(), last.end(), is_digit);
  return std::all_of(last.begin() + 2, last.end(), is_hex_digit);
}

bool read_host(std::string_view written, address& to) noexcept {
  to.written_host = to.host = written;
  if (written.starts_with('[')) {
    to.host = written.substr(1, written.size() - 2);
    to.kind = kind_of_host(to.host);
    return to.kind == host_kind::ipv6;
  }
  to.kind = kind_of_host(written);
  return is_registered(written, '%');
}

bool read_port(std::string_view digits, address& to) noexcept {
  to.has_port = true;
  to.port_text = digits;
  std::from_chars(digits.data(), digits.data() + digits.size(), to.port);  // one that is too big leaves 0
  return std::all_of(digits.begin(), digits.end(), is_digit);
}

bool read_authority(address& to) noexcept {
  auto rest = to.authority;
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    to.has_userinfo = true;
    to.userinfo = rest.substr(0, at);
    if (!is_registered(to.userinfo, ':')) return false;
    rest.remove_prefix(at + 1);
  }
  const auto bracket = rest.starts_with('[') ? rest.find(']') : 0;
  if (bracket == std::string_view::npos) return false;
  const auto end = bracket == 0 ? std::min(rest.find(':'), rest.size()) : bracket + 1;
  if (!read_host(rest.substr(0, end), to)) return false;
  rest.remove_prefix(end);
  return rest.empty() || (rest.front() == ':' && read_port(rest.substr(1), to));
}

}  // namespace

// Boost 1.81 reads IP addresses well, authorities not: what it cannot read behind one it takes for a path ("h:80x"),
// of "127.0.0.1.example.com" it takes the half, and port 99999 is 34463 to it.
std::optional<address> read_address(std::string_view text) noexcept {
  const auto mark = text.find("://");
  if (mark == std::string_view::npos) return std::nullopt;
  const auto end = std::min(text.find_first_of("/?#", mark + 3), text.size());
  address out;
  out.scheme = text.substr(0, mark);
  out.authority = text.substr(mark + 3, end - (mark + 3));
  if (!is_scheme(out.scheme) || !read_authority(out)) return std::nullopt;
  const auto rest = text.substr(end);
  const auto hash = std::min(rest.find('#'), rest.size());
  out.target = rest.substr(0, hash);
  out.has_fragment = hash != rest.size();
  if (out.has_fragment) out.fragment = rest.substr(hash + 1);
  return out;
}

host_kind kind_of_host(std::string_view host) noexcept {
  if (host.find(':') != std::string_view::npos)
    return urls::parse_ipv6_address(host) ? host_kind::ipv6 : host_kind::unusable;
  if (ends_in_a_number(host)) return urls::parse_ipv4_address(host) ? host_kind::ipv4 : host_kind::unusable;
  return is_name(host) ? host_kind::name : host_kind::unusable;
}

bool is_loopback(std::string_view host) noexcept {
  switch (kind_of_host(host)) {
    case host_kind::name: return same_text(host, "localhost");
    case host_kind::ipv4: return urls::parse_ipv4_address(host)->is_loopback();
    case host_kind::ipv6: {
      const auto read = urls::parse_ipv6_address(host);
      const auto bytes = read->to_bytes();
      return read->is_loopback() || (read->is_v4_mapped() && bytes[12] == 127);
    }
    case host_kind::unusable: break;
  }
  return false;
}

}  // namespace tonris::model
