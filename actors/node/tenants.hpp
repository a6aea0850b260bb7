#pragma once

#include <caf/actor_system.hpp>
#include <cstddef>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/import.hpp"
#include "model/tenant/list.hpp"

namespace tonris::actors {

/// TENANTS_FILE, on its way into the tenant store. What the file says is counted and told to the operator, each mistake
/// with its place. Blocks; from the thread that made it.
class file_tenants {
 public:
  file_tenants(std::string file, metrics& counters) : file_(std::move(file)), counters_(counters) {}

  /// At start: into a store that may have them already. An error, one line for the operator: there is no file, no list
  /// in it, or no store.
  [[nodiscard]] tl::expected<void, std::string> read(caf::actor_system& system, const tenants_destination& to);

  /// Later on. Who has a mistake now is served as before; where the file or the store cannot be used everybody is,
  /// which the log says.
  void read_again(caf::actor_system& system, const tenants_destination& to);

  [[nodiscard]] std::size_t served() const noexcept { return served_; }  ///< of the file, since it was read

 private:
  [[nodiscard]] tl::expected<void, std::string> bring_in(caf::actor_system& system, const tenants_destination& to,
                                                         bool again);

  const std::string file_;
  metrics& counters_;
  std::size_t served_ = 0;
};

}  // namespace tonris::actors
