// The gateway. Without arguments it serves, with settings from flags, the environment and .env.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <optional>
#include <utility>

#include "actors/node/gateway.hpp"
#include "actors/telemetry/log.hpp"
#include "config/settings.hpp"
#include "net/service_manager.hpp"

namespace {

using namespace tonris;
namespace manager = net::service_manager;

/// Tells the service manager that the gateway is alive, twice as often as it wants to hear it.
class heartbeat {
 public:
  using clock = std::chrono::steady_clock;

  void beat(actors::gateway& of) {
    if (!period_ || clock::now() < due_) return;
    due_ = clock::now() + *period_ / 2;
    if (of.alive())
      manager::tell_alive();
    else
      actors::log::error("This process does not answer itself: its service manager is not told that it is alive");
  }

  /// The next signal, or 0 when it is time to beat.
  int await(const sigset_t& signals) const {
    if (!period_) {
      const int signal = sigwaitinfo(&signals, nullptr);
      return signal < 0 ? 0 : signal;
    }
    const auto left = std::max(std::chrono::nanoseconds{due_ - clock::now()}, std::chrono::nanoseconds{0});
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec wait{seconds.count(), (left - seconds).count()};
    const int signal = sigtimedwait(&signals, nullptr, &wait);
    return signal < 0 ? 0 : signal;
  }

 private:
  std::optional<std::chrono::microseconds> period_ = manager::watchdog_period();
  clock::time_point due_{};
};

int fail(const std::string& why) {
  actors::log::stop();
  std::cerr << "tonris: " << why << '\n';
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const auto settings = config::load(argc, argv);
  if (!settings) {
    (settings.error().status == 0 ? std::cout : std::cerr) << settings.error().text;
    return settings.error().status;
  }
  // Every thread inherits this mask: signals are taken by sigwait below, in this thread, and nowhere else.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  heartbeat heart;
  auto handed = manager::take_sockets();
  if (!handed) return fail("a socket that the service manager hands over cannot be used: " + handed.error().detail);
  actors::log::start(settings->level, settings->format);
  auto gateway = actors::gateway::start(*settings, std::move(*handed));
  if (!gateway) return fail(gateway.error());
  manager::tell_ready();
  for (int signal = 0; signal != SIGTERM && signal != SIGINT;) {
    heart.beat(**gateway);
    signal = heart.await(signals);
    if (signal == SIGHUP) (*gateway)->reload();
  }
  actors::log::info("Stopping");
  manager::tell_stopping();
  sigdelset(&signals, SIGHUP);
  for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, [](int) { _exit(0); });  // a second one ends at once
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*gateway)->stop([&] { heart.beat(**gateway); });
  gateway->reset();
  actors::log::stop();
  return 0;
}
