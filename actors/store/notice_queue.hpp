#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "model/tenant/tenant.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// One event, for those of a tenant's webhooks that want to be told it.
struct tenant_notice {
  model::tenant_id tenant;
  std::vector<std::string> webhooks;  ///< their names
  model::tenant::event what{};
  model::call_sid call;  ///< those of one call go out in their order
  std::string subject;   ///< what it happened to: as model::webhook_message_id says
  std::string body;      ///< JSON, as model/webhook/event.hpp makes it
};

/// Where calls leave what their tenant is to be told, and never wait for it. Bounded: beyond `most` what comes is
/// dropped and counted. Any thread.
class notice_queue {
 public:
  static constexpr std::size_t most = 10'000;

  /// `wake` is called when something waits and nothing did before; any thread, must not block.
  void wake_with(std::function<void()> wake);
  void add(tenant_notice what);

  [[nodiscard]] std::vector<tenant_notice> take();  ///< all that waits; the next one wakes again
  /// What was taken and could not be written waits again, before what came meanwhile. Does not wake.
  void put_back(std::vector<tenant_notice> failed);
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  void keep_within_bound();

  mutable std::mutex lock_;
  std::function<void()> wake_;
  std::vector<tenant_notice> waiting_;
  std::uint64_t dropped_ = 0;
};

}  // namespace tonris::actors
