#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/listening_socket.hpp"

/// What a service manager (systemd, or another that speaks its protocol) and this process tell each other. Without one
/// nothing is handed over and nobody is told.
namespace tonris::net::service_manager {

struct handed_socket {
  std::string name;  ///< FileDescriptorName= of the socket unit; the unit's own name, or "unknown", where it has none
  listening_socket socket;
};

/// The sockets that were handed to this process (LISTEN_FDS, LISTEN_FDNAMES). They stay with the manager: connections
/// wait there while the process is away. Once, before the first thread: the environment forgets them.
[[nodiscard]] result<std::vector<handed_socket>> take_sockets();

void tell_ready();
void tell_stopping();
void tell_alive();  ///< within each `watchdog_period`, or the process is killed

/// How long this process may be silent (WatchdogSec=); nothing: as long as it likes. Asked once, at start.
[[nodiscard]] std::optional<std::chrono::microseconds> watchdog_period();

}  // namespace tonris::net::service_manager
