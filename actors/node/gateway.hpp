#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "config/settings.hpp"
#include "net/service_manager.hpp"

namespace tonris::actors {

/// The whole gateway: loops, servers, actors, in the order they depend on each other, and down again in reverse.
/// One a process. Members from the thread that made it.
class gateway {
 public:
  /// Binds, reads the tenants, starts everything. An error is one line for the operator. Where a service manager has
  /// handed sockets over, connections come from those, not from HOST and PORT.
  static tl::expected<std::unique_ptr<gateway>, std::string> start(
      const config::settings& settings, std::vector<net::service_manager::handed_socket> handed = {});
  ~gateway();  ///< as `stop`
  gateway(const gateway&) = delete;
  gateway& operator=(const gateway&) = delete;

  /// SIGHUP: tenants file and certificate are read again; what cannot be read leaves the old in place and says so.
  void reload();

  /// Drains: /ready says 503, new calls are sent on to another node, live ones have settings.drain_timeout to end. What
  /// is left then is handed over: its stream is closed, so that Twilio's connect-action reaches another node, or the
  /// next life of this one, which goes on from the checkpoint. Then everything stops. Blocks until that is done;
  /// `meanwhile` is called every now and then as long as calls have time to end.
  void stop(std::function<void()> meanwhile = {});

  /// Do the loops turn, and does the control plane answer? Blocks until then, a second each at most.
  [[nodiscard]] bool alive();

  [[nodiscard]] std::uint16_t port() const noexcept;

 private:
  gateway();
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace tonris::actors
