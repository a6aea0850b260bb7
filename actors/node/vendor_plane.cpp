#include "actors/node/vendor_plane.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "net/run_on.hpp"

namespace tonris::actors {

namespace {

auto sending_with(net::http_client& client) {
  return [&client](const std::string& url, net::http_request&& request, std::chrono::milliseconds timeout, auto done) {
    client.request(url, std::move(request), timeout, std::move(done));
  };
}

}  // namespace

vendor_plane::vendor_plane(caf::actor_system& system, std::shared_ptr<net::tls_client_context> tls, config settings)
    : unit_(system, loop_) {
  loop_.start();
  net::run_on(loop_, [&] {
    client_ = net::http_client::make(loop_, tls);
    net::http_client_limits once;
    once.reuse_connections = false;
    once_client_ = net::http_client::make(loop_, tls, once);
  });
  settings.elevenlabs.get = sending_with(*client_);
  settings.twilio.send = sending_with(*client_);
  settings.twilio.send_once = sending_with(*once_client_);
  elevenlabs_ = spawn_supervised<vendor_api>(
      system, std::move(settings.elevenlabs_part),
      [this, &system, how = settings.elevenlabs](const auto&) { return spawn_on<vendor_client>(system, unit_, how); });
  twilio_ = spawn_supervised<twilio_rest>(
      system, std::move(settings.twilio_part),
      [this, &system, how = settings.twilio](const auto&) { return spawn_on<twilio_client>(system, unit_, how); });
}

vendor_plane::~vendor_plane() {
  net::run_on(loop_, [this] {
    client_.reset();
    once_client_.reset();
  });
  loop_.stop();
}

}  // namespace tonris::actors
