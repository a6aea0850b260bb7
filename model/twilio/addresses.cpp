#include <algorithm>
#include <optional>

#include "model/text/address.hpp"
#include "model/twilio/signature.hpp"

namespace tonris::model::twilio {

namespace {

/// "https://gw.example.com:8443" in its pieces.
struct origin_parts {
  std::string_view scheme, host, port;  ///< host with the brackets of an IPv6 address; port "" when none is written
  [[nodiscard]] bool secure() const noexcept { return scheme == "https"; }
  [[nodiscard]] std::string_view standard_port() const noexcept { return secure() ? "443" : "80"; }
};

std::optional<origin_parts> split_origin(std::string_view origin) noexcept {
  const auto read = read_address(origin);
  if (!read || (read->scheme != "https" && read->scheme != "http") || read->host.empty() || read->has_userinfo)
    return std::nullopt;
  return origin_parts{read->scheme, read->written_host, read->port_text};
}

/// What Twilio signs of the request's target: all but a fragment, which never travels.
std::string_view signed_target(std::string_view target) noexcept {
  return target.substr(0, target.find('#'));
}

std::string joined(std::string_view scheme, std::string_view host, std::string_view port, std::string_view target) {
  std::string out;
  out.reserve(scheme.size() + host.size() + port.size() + target.size() + 5);
  out.append(scheme).append("://").append(host);
  if (!port.empty()) out.append(":").append(port);
  return out.append(target);
}

class address_list {
 public:
  void add(std::string text) {
    if (std::find(list_.begin(), list_.end(), text) == list_.end()) list_.push_back(std::move(text));
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(list_); }

 private:
  std::vector<std::string> list_;
};

/// The address and the same with a slash, where a slash can be meant: not behind a query or another slash.
void add_both(address_list& to, std::string text, std::string_view target) {
  const bool bare = target.find('?') == std::string_view::npos && !target.ends_with('/');
  auto with_slash = text + '/';
  to.add(std::move(text));
  if (bare) to.add(std::move(with_slash));
}

}  // namespace

std::vector<std::string> webhook_candidates(std::string_view origin, std::string_view target) {
  const auto parts = split_origin(origin);
  if (!parts || !target.starts_with('/')) return {};
  const auto path = signed_target(target);
  const auto with_port =
      joined(parts->scheme, parts->host, parts->port.empty() ? parts->standard_port() : parts->port, path);
  const auto without_port = joined(parts->scheme, parts->host, {}, path);
  // Over https Twilio signs without the port, over http with the port that is written.
  const bool port_first = !parts->secure() && !parts->port.empty();
  address_list list;
  list.add(port_first ? with_port : without_port);
  list.add(port_first ? without_port : with_port);
  return list.take();
}

std::vector<std::string> stream_candidates(std::string_view origin, std::string_view target) {
  const auto parts = split_origin(origin);
  if (!parts || !target.starts_with('/')) return {};
  const auto path = signed_target(target);
  const std::string_view scheme = parts->secure() ? "wss" : "ws";
  const bool port_first = !parts->secure() && !parts->port.empty();
  const auto first_port = port_first ? parts->port : std::string_view{};
  const auto second_port = port_first ? std::string_view{} : parts->port;
  address_list list;
  add_both(list, joined(scheme, parts->host, first_port, path), path);
  add_both(list, joined(scheme, parts->host, second_port, path), path);
  list.add(joined(scheme, parts->host, parts->standard_port(), path));
  list.add(joined(parts->scheme, parts->host, first_port, path));
  list.add(joined(parts->scheme, parts->host, second_port, path));
  return list.take();
}

}  // namespace tonris::model::twilio
