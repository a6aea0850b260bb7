#include "actors/node/listening.hpp"

#include <cstdint>
#include <utility>

namespace tonris::actors {

namespace {

tl::expected<net::listening_socket, std::string> listen_on(const std::string& host, std::uint16_t port,
                                                           const std::string& settings) {
  auto socket = net::listening_socket::bind(host, port);
  if (!socket)
    return tl::unexpected("cannot listen on " + host + ":" + std::to_string(port) + settings + ": " +
                          socket.error().detail);
  return std::move(*socket);
}

}  // namespace

tl::expected<listening_sockets, std::string> open_sockets(const config::settings& settings,
                                                          std::vector<net::service_manager::handed_socket> handed) {
  listening_sockets open;
  for (auto& one : handed) (one.name == "admin" ? open.operators : open.twilio).push_back(std::move(one.socket));
  open.stay = !open.twilio.empty();
  if (open.operators.empty() && settings.admin_port != 0) {
    auto own = listen_on(settings.admin_host, settings.admin_port, " (ADMIN_HOST, ADMIN_PORT)");
    if (!own) return tl::unexpected(std::move(own.error()));
    open.operators.push_back(std::move(*own));
  }
  if (open.twilio.empty()) {
    auto own = listen_on(settings.host, settings.port, "");
    if (!own) return tl::unexpected(std::move(own.error()));
    open.twilio.push_back(std::move(*own));
  }
  return open;
}

}  // namespace tonris::actors
