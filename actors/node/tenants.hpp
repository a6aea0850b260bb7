#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "actors/telemetry/metrics.hpp"
#include "model/tenant/list.hpp"

namespace tonris::actors {

/// The tenants of TENANTS_FILE as this node serves them. What the file says is counted and told to the operator, each
/// mistake with its place. `read` and `read_again` block, from the thread that made it; `served` from any thread.
class file_tenants {
 public:
  file_tenants(std::string file, metrics& counters) : file_(std::move(file)), counters_(counters) {}

  /// At start. An error, one line for the operator: there is no file, or no list in it.
  [[nodiscard]] tl::expected<void, std::string> read();

  /// Later on: a tenant with a mistake is served as before. Who is served from now on; nothing: they stay as they were,
  /// which the log says.
  [[nodiscard]] std::optional<std::vector<model::tenant>> read_again();

  [[nodiscard]] std::vector<model::tenant> served() const;

 private:
  const std::string file_;
  metrics& counters_;
  mutable std::mutex lock_;
  std::vector<model::tenant> served_;
};

}  // namespace tonris::actors
