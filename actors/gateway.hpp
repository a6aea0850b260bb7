#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "config/settings.hpp"

namespace tonris::actors {

/// The whole gateway: loops, servers, actors, in the order they depend on each other, and down again in reverse.
/// One a process. Members from the thread that made it.
class gateway {
 public:
  /// Binds, reads the tenants, starts everything. An error is one line for the operator.
  static tl::expected<std::unique_ptr<gateway>, std::string> start(const config::settings& with);
  ~gateway();  ///< as `stop`
  gateway(const gateway&) = delete;
  gateway& operator=(const gateway&) = delete;

  /// SIGHUP: tenants file and certificate are read again; what cannot be read leaves the old in place and says so.
  void reload();

  /// Drains: /ready says 503, new calls are sent on to another node, live ones have settings.drain_timeout to end. What
  /// is left then is handed over: its stream is closed, so that Twilio's connect-action reaches another node, or the
  /// next life of this one, which goes on from the checkpoint. Then everything stops. Blocks until that is done.
  void stop();

  [[nodiscard]] std::uint16_t port() const noexcept;

 private:
  gateway();
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace tonris::actors
