// The gateway. Without arguments it serves, with settings from flags, the environment and .env.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>

#include "actors/gateway.hpp"
#include "actors/log.hpp"
#include "config/settings.hpp"

int main(int argc, char** argv) {
  using namespace tonris;
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

  actors::log::start(settings->level, settings->format);
  auto gateway = actors::gateway::start(*settings);
  if (!gateway) {
    actors::log::stop();
    std::cerr << "tonris: " << gateway.error() << '\n';
    return 2;
  }
  for (int signal = 0; signal != SIGTERM && signal != SIGINT;) {
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == SIGHUP) (*gateway)->reload();
  }
  actors::log::info({"Stopping"});
  sigdelset(&signals, SIGHUP);
  for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, [](int) { _exit(0); });  // a second one ends at once
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*gateway)->stop();
  gateway->reset();
  actors::log::stop();
  return 0;
}
