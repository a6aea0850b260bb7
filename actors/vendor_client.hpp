#pragma once

#include <caf/actor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "actors/messages.hpp"
#include "actors/metrics.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "config/settings.hpp"
#include "net/error.hpp"
#include "net/http.hpp"

namespace tonris::actors {

inline constexpr std::chrono::milliseconds signed_url_limit{2000};  ///< name, connection and answer

/// ElevenLabs' REST interface, one a loop: fetches signed URLs over kept connections. Loop-bound.
/// fetch_signed_url -> signed_url_answer, always, within signed_url_limit.
class vendor_client final : public loop_bound {
 public:
  using http_get =
      std::function<void(const std::string& url, net::http_request request, std::chrono::milliseconds timeout,
                         std::function<void(net::result<net::http_response>)> done)>;
  struct config {
    std::string base_url;
    tonris::config::secret api_key;
    http_get get;  ///< net::http_client::request of this loop; tests put a fake here
    metrics* counters = nullptr;
  };

  vendor_client(caf::actor_config& actor, config with);
  [[nodiscard]] const char* name() const override { return "tonris.vendor_client"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  void answer(std::uint64_t request, const net::result<net::http_response>& response);

  config with_;
  std::uint64_t last_request_ = 0;
  std::map<std::uint64_t, caf::typed_response_promise<signed_url_answer>> waiting_;
  std::shared_ptr<vendor_client*> alive_;  // what a late callback of the HTTP client finds instead of us
};

}  // namespace tonris::actors
