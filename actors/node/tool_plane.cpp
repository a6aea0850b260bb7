#include "actors/node/tool_plane.hpp"

#include <chrono>
#include <utility>

#include "actors/notice/sender.hpp"
#include "actors/tool/forwarder.hpp"
#include "model/text/public_address.hpp"
#include "net/name_resolver.hpp"
#include "net/run_on.hpp"

namespace tonris::actors {

namespace {

net::http_client_limits limits_of(const model::allowed_hosts& allowed) {
  net::http_client_limits limits;
  limits.may_dial = [allowed](const std::string& host, const std::string& address, std::uint16_t port) {
    const auto ip = model::read_ip(address);
    return ip && model::may_dial(host, *ip, port, allowed);
  };
  return limits;
}

net::http_client_limits limits_of_tools(const model::allowed_hosts& allowed) {
  auto limits = limits_of(allowed);
  limits.max_response_bytes = tool_forwarder::most_answer_bytes;
  limits.max_connections_per_host = tool_forwarder::most_of_a_tenant;
  limits.max_waiting = tool_forwarder::most_at_once;
  return limits;
}

net::http_client_limits limits_of_notices(const model::allowed_hosts& allowed) {
  auto limits = limits_of(allowed);
  limits.max_response_bytes = notice_sender::most_answer_bytes;
  limits.cut_long_answers = true;
  limits.max_waiting = notice_sender::most_at_once;
  return limits;
}

/// By a client that is made, and gone, on its loop.
auto sending_by(const std::unique_ptr<net::http_client>& client) {
  return [&client](const std::string& url, net::http_request&& request, std::chrono::milliseconds timeout, auto done) {
    client->request(url, std::move(request), timeout, std::move(done));
  };
}

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

tool_plane::tool_plane(caf::actor_system& system, std::shared_ptr<net::tls_client_context> tls,
                       model::allowed_hosts allowed, metrics* counters, parts part)
    : loop_("tools", net::name_resolver::make(net::name_resolver::asking_the_system())), unit_(system, loop_) {
  loop_.start();
  net::run_on(loop_, [&] {
    asking_ = net::http_client::make(loop_, tls, limits_of_tools(allowed));
    telling_to_ = net::http_client::make(loop_, tls, limits_of_notices(allowed));
  });
  const tool_forwarder::config forwarder{sending_by(asking_), allowed, unix_now, counters, part.traced_share};
  forwarding_ =
      spawn_supervised<tool_forwarding>(system, std::move(part.forwarder), [this, &system, forwarder](const auto&) {
        return caf::actor_cast<tool_forwarding>(spawn_on<tool_forwarder>(system, unit_, forwarder));
      });
  const notice_sender::config sender{sending_by(telling_to_), std::move(allowed), unix_now, counters};
  telling_ = spawn_supervised<notice_sending>(system, std::move(part.sender), [this, &system, sender](const auto&) {
    return caf::actor_cast<notice_sending>(spawn_on<notice_sender>(system, unit_, sender));
  });
}

tool_plane::~tool_plane() {
  net::run_on(loop_, [this] {
    asking_.reset();
    telling_to_.reset();
  });
  loop_.stop();
}

}  // namespace tonris::actors
