#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "actors/notice/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/text/allowed_hosts.hpp"
#include "net/error.hpp"
#include "net/http.hpp"

namespace tonris::actors {

// --- to itself
struct notice_answered {
  using travels = in_process;
  std::uint64_t request = 0;
  const net::result<net::http_response>* response = nullptr;
};
using notice_sender_door = notice_sending::extend<caf::reacts_to<notice_answered>>;

/// Sends tenants' own servers what they are told, signed as Standard Webhooks are with the webhook's secret. One
/// attempt a question: when there is another is the keeper's. No address is called that is not public, unless
/// TOOL_ALLOWED_HOSTS names it (`send` looks at each just before it connects), redirects are not followed, and of an
/// answer only the head counts. Loop-bound, on the tools' loop.
class notice_sender final : public loop_bound_actor<notice_sender_door::base> {
 public:
  static constexpr std::size_t most_at_once = 256;
  static constexpr std::size_t most_answer_bytes = 4 * 1024;  ///< what is beyond is not read
  static constexpr std::chrono::seconds limit{10};            ///< from the name to the end of the answer

  using http_request =
      std::function<void(const std::string& url, net::http_request request, std::chrono::milliseconds timeout,
                         std::function<void(net::result<net::http_response>)> done)>;
  struct config {
    http_request send;  ///< net::http_client::request of this loop, which looks at addresses; tests put a fake here
    model::allowed_hosts allowed;
    std::function<std::int64_t()> unix_now;
    metrics* counters = nullptr;
  };

  notice_sender(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.notice_sender"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  caf::result<notice_sent> on(const send_notice& wanted);
  void came(std::uint64_t request, const net::result<net::http_response>& response);

  // given
  config config_;
  // state
  std::uint64_t last_request_ = 0;
  std::map<std::uint64_t, caf::typed_response_promise<notice_sent>> open_;
  std::shared_ptr<notice_sender*> alive_;  // what a late callback of the HTTP client finds instead of us
};

}  // namespace tonris::actors
