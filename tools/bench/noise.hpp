#pragma once

#include <cstdint>
#include <memory>

#include "tools/bench/clock.hpp"
#include "tools/bench/connection.hpp"
#include "tools/bench/http.hpp"
#include "tools/bench/ids.hpp"
#include "tools/bench/poller.hpp"
#include "tools/bench/problems.hpp"
#include "tools/bench/tls_channel.hpp"
#include "tools/bench/twilio_request.hpp"

namespace tonris::bench {

/// Callers of another tenant, who is far beyond its limits: signed voice webhooks for its number on a fixed schedule,
/// by one kept connection. Nearly all are refused.
class noise final : private connection_user {
 public:
  noise(poller& events, problems& faults, const sid_book& sids, const gateway_address& to, const tls_context& tls,
        double a_second);
  ~noise();
  noise(const noise&) = delete;
  noise& operator=(const noise&) = delete;

  void begin(nanos from);
  void send_due(nanos time);
  void end();
  [[nodiscard]] nanos next_due() const noexcept { return next_due_; }
  [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }

 private:
  void on_open() override { is_open_ = true; }
  void on_data(std::span<char> bytes) override;
  void on_closed(std::string_view why) override;

  poller& events_;
  problems& faults_;
  const sid_book& sids_;
  const gateway_address to_;
  const tls_context& tls_;
  const nanos period_;
  std::unique_ptr<connection> link_;
  http_reader http_;
  nanos next_due_;
  bool is_open_ = false;
  std::uint64_t sent_ = 0, taken_ = 0, refused_ = 0;
};

}  // namespace tonris::bench
