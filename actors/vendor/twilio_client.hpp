#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "actors/runtime/loop_bound.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/vendor/metrics.hpp"
#include "actors/vendor/twilio_messages.hpp"
#include "net/error.hpp"
#include "net/http.hpp"

namespace tonris::actors {

// --- to itself
struct twilio_came {
  using travels = in_process;
  std::uint64_t request = 0;
  const net::result<net::http_response>* response = nullptr;
};
struct twilio_try_again {
  using travels = in_process;
  std::uint64_t request = 0;
};
using twilio_client_door = twilio_rest::extend<caf::reacts_to<twilio_came>, caf::reacts_to<twilio_try_again>>;

/// Twilio's REST API over kept connections. What Twilio turns away for being too much at once (429) was not done, and
/// is asked again: after what `Retry-After` says, else after a pause that grows, within `patience`. Nothing else is: an
/// answer that is lost leaves it to whoever asked to find out what was done.
/// Loop-bound.
class twilio_client final : public loop_bound_actor<twilio_client_door::base> {
 public:
  static constexpr std::chrono::seconds answer_limit{5};  ///< name, connection and answer, of one try
  static constexpr std::chrono::seconds patience{8};      ///< after which no further try begins
  static constexpr unsigned most_tries = 4;
  static constexpr std::size_t most_at_once = 100;  ///< beyond: no answer, at once

  using http_request =
      std::function<void(const std::string& url, net::http_request request, std::chrono::milliseconds timeout,
                         std::function<void(net::result<net::http_response>)> done)>;
  struct config {
    std::string base_url;
    http_request send;       ///< net::http_client::request of this loop; tests put a fake here
    http_request send_once;  ///< … of one that reuses no connection; null: `once` is not sent
    std::function<std::uint32_t()> random;
    metrics* counters = nullptr;
  };

  twilio_client(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.twilio_client"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  struct open_request {
    ask_twilio wanted;
    caf::typed_response_promise<twilio_answer> to;
    caf::actor_clock::time_point began, last_try;
    unsigned tries = 0;
  };

  caf::result<twilio_answer> on(const ask_twilio& wanted);
  void send_request(std::uint64_t request, open_request& one);
  void came(std::uint64_t request, const net::result<net::http_response>& response);
  void count(vendor_metrics::request result) const { config_.counters->of<vendor_metrics>().twilio(result); }
  [[nodiscard]] std::chrono::milliseconds wait_for(const net::http_response& turned_away, unsigned tries) const;

  // given
  config config_;
  // state
  std::uint64_t last_request_ = 0;
  std::map<std::uint64_t, open_request> open_;
  std::shared_ptr<twilio_client*> alive_;  // what a late callback of the HTTP client finds instead of us
};

}  // namespace tonris::actors
