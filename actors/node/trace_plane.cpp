#include "actors/node/trace_plane.hpp"

#include <utility>

#include "net/name_resolver.hpp"
#include "net/run_on.hpp"

namespace tonris::actors {

namespace {

/// One batch at a time; nobody reads what the collector says to it.
net::http_client_limits limits_of_collector() {
  net::http_client_limits limits;
  limits.max_response_bytes = std::size_t{16} * 1024;
  limits.cut_long_answers = true;
  limits.max_connections_per_host = 1;
  limits.max_waiting = 1;
  return limits;
}

}  // namespace

trace_plane::trace_plane(caf::actor_system& system, std::shared_ptr<net::tls_client_context> tls,
                         trace_exporter::config told, node_part part)
    : loop_("traces", net::name_resolver::make(net::name_resolver::asking_the_system())), unit_(system, loop_) {
  loop_.start();
  net::run_on(loop_, [&] { client_ = net::http_client::make(loop_, tls, limits_of_collector()); });
  told.send = [this](const std::string& url, net::http_request&& request, std::chrono::milliseconds timeout,
                     auto done) { client_->request(url, std::move(request), timeout, std::move(done)); };
  telling_ = spawn_supervised<trace_telling>(system, std::move(part), [this, &system, told](const auto&) {
    return caf::actor_cast<trace_telling>(spawn_on<trace_exporter>(system, unit_, told));
  });
}

trace_plane::~trace_plane() {
  net::run_on(loop_, [this] { client_.reset(); });
  loop_.stop();
}

}  // namespace tonris::actors
