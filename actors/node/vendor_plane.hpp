#pragma once

#include <caf/actor_system.hpp>
#include <memory>

#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/supervised.hpp"
#include "actors/vendor/client.hpp"
#include "actors/vendor/messages.hpp"
#include "actors/vendor/twilio_client.hpp"
#include "actors/vendor/twilio_messages.hpp"
#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"

namespace tonris::actors {

/// Where both vendors' REST APIs are asked: a loop beside the media's, so that no handshake and no report of a long
/// conversation is in a frame's way. Names it learns are all loops': a call's agent is at the host that signs.
class vendor_plane {
 public:
  /// What sends is the plane's own business.
  struct config {
    vendor_client::config elevenlabs;
    twilio_client::config twilio;
    node_part elevenlabs_part, twilio_part;
  };
  vendor_plane(caf::actor_system& system, std::shared_ptr<net::tls_client_context> tls, config settings);
  ~vendor_plane();  ///< no actor lives on it any more
  vendor_plane(const vendor_plane&) = delete;
  vendor_plane& operator=(const vendor_plane&) = delete;

  [[nodiscard]] const vendor_api& elevenlabs() const noexcept { return elevenlabs_; }
  [[nodiscard]] const twilio_rest& twilio() const noexcept { return twilio_; }

 private:
  net::loop loop_{"vendors"};
  io_loop unit_;
  std::unique_ptr<net::http_client> client_, once_client_;  ///< loop thread only; the second sends nothing twice
  vendor_api elevenlabs_;
  twilio_rest twilio_;
};

}  // namespace tonris::actors
