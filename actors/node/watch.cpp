#include "actors/node/watch.hpp"

#include <string>
#include <utility>

#include "actors/telemetry/log.hpp"
#include "net/caught.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds given_up_period{60};

}  // namespace

void connection_watch::look(const net::http_server_stats& so_far, time now) {
  if (std::exchange(failed_told_, so_far.failed_accepts) != so_far.failed_accepts)
    log::error("Connections wait that cannot be accepted: {descriptors}", {{"descriptors", descriptors()}});
  if (so_far.given_up == given_up_told_ || now < given_up_told_at_ + given_up_period) return;
  log::warn("Idle connections were given up for others: {givenUp}; {descriptors}",
            {{"givenUp", so_far.given_up - given_up_told_}, {"descriptors", descriptors()}});
  given_up_told_ = so_far.given_up;
  given_up_told_at_ = now;
}

std::string connection_watch::descriptors() const {
  return std::to_string(open_descriptors_()) + " descriptors are open, the limit is " +
         std::to_string(descriptor_limit_);
}

void exception_watch::look() {
  const auto caught = net::exceptions_caught();
  if (std::exchange(told_, caught.count) == caught.count) return;
  log::error("An exception outside actors ended a connection ({exceptions} since the start): {last}",
             {{"exceptions", caught.count}, {"last", caught.last}});
}

}  // namespace tonris::actors
