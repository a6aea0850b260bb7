#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "config/settings.hpp"
#include "net/listening_socket.hpp"
#include "net/service_manager.hpp"

namespace tonris::actors {

/// Where connections come from: sockets that a service manager handed over, or our own.
struct listening_sockets {
  std::vector<net::listening_socket> twilio;     ///< one at least
  std::vector<net::listening_socket> operators;  ///< those named "admin", or ADMIN_PORT; none: they come by Twilio's
  bool stay = false;  ///< Twilio's were handed over: who knocks while this process is away waits there
};

/// An error is one line for the operator.
[[nodiscard]] tl::expected<listening_sockets, std::string> open_sockets(
    const config::settings& settings, std::vector<net::service_manager::handed_socket> handed);

}  // namespace tonris::actors
