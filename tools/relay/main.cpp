#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "net/descriptors.hpp"
#include "tools/relay/relay.hpp"

namespace {

using namespace tonris;

struct arguments {
  relay::plan plan;
  bool tls = false;
  std::string certificate, key;
};

void describe(CLI::App& app, arguments& into) {
  app.description(
      "The bare floor for tonris-bench: copies bytes between each connection it accepts and one to --upstream.\n"
      "One thread, one recv and one send a piece, nothing parsed, loopback only. Ends on SIGTERM or SIGINT.");
  app.add_option("--port", into.plan.port, "Port to listen on at 127.0.0.1; 0 takes a free one")->capture_default_str();
  app.add_option("--upstream", into.plan.upstream, "Port at 127.0.0.1 to connect to")
      ->required()
      ->check(CLI::Range(1, 65535));
  app.add_option("--max-connections", into.plan.max_pairs, "Connections at once; more are closed when accepted")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  auto* certificate = app.add_option("--cert", into.certificate, "PEM file with the certificate to serve with");
  auto* key = app.add_option("--key", into.key, "PEM file with its key");
  app.add_flag("--tls", into.tls, "TLS on both legs; the upstream is verified against SSL_CERT_FILE")
      ->needs(certificate)
      ->needs(key);
  app.footer("Example: tonris-relay --port 4000 --upstream 4001");
}

int stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC);
}

int refuse(const std::string& why) {
  std::fprintf(stderr, "tonris-relay: %s\n", why.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  arguments given;
  CLI::App app{"", "tonris-relay"};
  describe(app, given);
  CLI11_PARSE(app, argc, argv);
  if (given.tls) {
    std::string error;
    given.plan.server = bench::tls_server_side(given.certificate, given.key, error);
    if (given.plan.server) given.plan.client = bench::tls_client_side({}, error);
    if (!given.plan.client) return refuse(error);
  }
  tonris::net::raise_descriptor_limit();
  const int stop = stop_signals();
  auto made = relay::relay::listen(given.plan);
  if (!made) return refuse(made.error());
  std::printf("listening on 127.0.0.1:%u\n", (*made)->port());
  std::fflush(stdout);
  (*made)->run(stop);
  close(stop);
}
