#include "net/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace tonris::net::service_manager {

result<std::vector<handed_socket>> take_sockets() {
  char** names = nullptr;
  const int count = sd_listen_fds_with_names(1, &names);
  if (count < 0)
    return tl::make_unexpected(error{errc::bad_url, std::string{"LISTEN_FDS: "} + std::strerror(-count), 0});
  std::vector<handed_socket> sockets;
  std::optional<error> refused;
  for (int i = 0; i < count; ++i) {
    std::string name{names[i]};
    std::free(names[i]);
    auto socket = listening_socket::adopt(SD_LISTEN_FDS_START + i);
    if (socket)
      sockets.push_back({std::move(name), std::move(*socket)});
    else
      refused = std::move(socket.error());
  }
  std::free(static_cast<void*>(names));
  if (refused) return tl::unexpected{std::move(*refused)};
  return sockets;
}

// A manager that does not listen is no reason to stop: nothing is done about a failure.
void tell_ready() {
  sd_notify(0, "READY=1");
}
void tell_stopping() {
  sd_notify(0, "STOPPING=1");
}
void tell_alive() {
  sd_notify(0, "WATCHDOG=1");
}

std::optional<std::chrono::microseconds> watchdog_period() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::microseconds{microseconds};
}

}  // namespace tonris::net::service_manager
