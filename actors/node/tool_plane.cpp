#include "actors/node/tool_plane.hpp"

#include <chrono>
#include <utility>

#include "actors/tool/forwarder.hpp"
#include "model/text/public_address.hpp"
#include "net/name_resolver.hpp"
#include "net/run_on.hpp"

namespace tonris::actors {

namespace {

net::http_client_limits limits_of(model::allowed_hosts allowed) {
  net::http_client_limits limits;
  limits.max_response_bytes = tool_forwarder::most_answer_bytes;
  limits.max_connections_per_host = tool_forwarder::most_of_a_tenant;
  limits.max_waiting = tool_forwarder::most_at_once;
  limits.may_dial = [allowed = std::move(allowed)](const std::string& host, const std::string& address,
                                                   std::uint16_t port) {
    const auto ip = model::read_ip(address);
    return ip && model::may_dial(host, *ip, port, allowed);
  };
  return limits;
}

}  // namespace

tool_plane::tool_plane(caf::actor_system& system, std::shared_ptr<net::tls_client_context> tls,
                       model::allowed_hosts allowed, metrics* counters, node_part part)
    : loop_("tools", net::name_resolver::make(net::name_resolver::asking_the_system())), unit_(system, loop_) {
  loop_.start();
  net::run_on(loop_, [&] { client_ = net::http_client::make(loop_, std::move(tls), limits_of(allowed)); });
  tool_forwarder::config forwarder;
  forwarder.send = [this](const std::string& url, net::http_request&& request, std::chrono::milliseconds timeout,
                          auto done) { client_->request(url, std::move(request), timeout, std::move(done)); };
  forwarder.allowed = std::move(allowed);
  forwarder.unix_now = [] {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  forwarder.counters = counters;
  forwarding_ = spawn_supervised<tool_forwarding>(system, std::move(part), [this, &system, forwarder](const auto&) {
    return caf::actor_cast<tool_forwarding>(spawn_on<tool_forwarder>(system, unit_, forwarder));
  });
}

tool_plane::~tool_plane() {
  net::run_on(loop_, [this] { client_.reset(); });
  loop_.stop();
}

}  // namespace tonris::actors
