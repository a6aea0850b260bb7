#pragma once

#include <atomic>
#include <caf/actor_system.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

#include <tl/expected.hpp>

#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/import.hpp"
#include "actors/web/node_report.hpp"
#include "model/tenant/list.hpp"

namespace tonris::actors {

/// TENANTS_FILE, on its way into the tenant store. What the file says is counted and told to the operator, each mistake
/// with its place. Blocks, but for `read_once_open`; one caller at a time is served.
class file_tenants {
 public:
  file_tenants(std::string file, metrics& counters);
  ~file_tenants() { stop(); }
  file_tenants(const file_tenants&) = delete;
  file_tenants& operator=(const file_tenants&) = delete;

  /// At start: into a store that may have them already. An error, one line for the operator: there is no file, no list
  /// in it, or no store.
  [[nodiscard]] tl::expected<void, std::string> read(caf::actor_system& system, const tenants_destination& to);

  /// Later on. Who has a mistake now is served as before; where the file or the store cannot be used everybody is,
  /// which the log says.
  void read_again(caf::actor_system& system, const tenants_destination& to);

  /// As read_again, once the store answers, which is asked each second, and then until the file was brought in: by a
  /// thread of its own, until `stop`. Whoever reads the file meanwhile and brings it in has done it.
  void read_once_open(caf::actor_system& system, tenants_destination to,
                      std::chrono::milliseconds retry = std::chrono::seconds{5});
  void stop();  ///< before the system ends

  [[nodiscard]] std::size_t served() const noexcept { return served_; }  ///< of the file, since it was read
  /// What GET /ready says, and beside it how many tenants of the file have a mistake: the node serves the others.
  [[nodiscard]] readiness beside(readiness now) const;

 private:
  [[nodiscard]] tl::expected<void, std::string> bring_in(caf::actor_system& system, const tenants_destination& to,
                                                         bool again);

  const std::string file_;
  metrics& counters_;
  std::mutex reading_;  ///< one at a time
  std::atomic<std::size_t> served_{0}, mistaken_{0};
  std::atomic<bool> is_brought_in_{false};
  std::mutex stop_lock_;
  std::condition_variable stop_told_;
  bool stops_ = false;
  std::thread waits_for_store_;
};

/// Does it answer?
[[nodiscard]] bool is_open(caf::actor_system& system, const tenant_store& store);

}  // namespace tonris::actors
