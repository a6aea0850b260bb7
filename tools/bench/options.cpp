#include "tools/bench/options.hpp"

#include <map>
#include <sstream>

#include <CLI/CLI.hpp>

namespace tonris::bench {
namespace {

constexpr const char* about =
    "Plays callers (Twilio) and the agent side (ElevenLabs) around a gateway that it starts itself, and measures the\n"
    "gateway between them. With --relay the same load goes through the bare relay too, round by round, and the report\n"
    "ends with the ratios: they hold on noisy machines, absolute times do not.";

constexpr const char* examples =
    "What is measured:\n"
    "  added latency   from the moment a frame was due (a stall of ours or theirs counts for every frame it holds up)\n"
    "                  and from the moment it was really sent, each way; every frame carries its call, number and "
    "times\n"
    "  loss            frames lost, reordered, doubled, damaged, or heard in another call\n"
    "  CPU per frame   user and system time of the target's process by frames forwarded, both ways\n"
    "  memory          growth of the target's process from no call to all calls, by calls\n"
    "  set-up          webhook sent to first agent audio at the caller, less what the agent side took itself\n"
    "  the bench       how late it sent, its own CPU; it says when itself was the bottleneck\n"
    "\n"
    "Examples:\n"
    "  tonris-bench calls --gateway build/release/bin/tonris --calls 200 --seconds 10\n"
    "  tonris-bench calls --gateway build/release/bin/tonris --relay build/release/bin/tonris-relay --calls 500 "
    "--rounds 3\n"
    "  tonris-bench calls --gateway build/release/bin/tonris --calls 500 --lines 0.25 --watchers 200 --pairs 20\n"
    "  tonris-bench calls --relay build/release/bin/tonris-relay --calls 200 --tls        (the floor alone)\n"
    "  tonris-bench idle --gateway build/release/bin/tonris --calls 1000 --tls\n"
    "  tonris-bench capacity --gateway build/release/bin/tonris --from 400 --step 50 --json capacity.json\n"
    "  tonris-bench webhooks --gateway build/release/bin/tonris --connections 64\n"
    "  tonris-bench webhooks --gateway build/release/bin/tonris --rate 5000\n"
    "  tonris-bench webhooks --gateway build/release/bin/tonris --bad-signature\n"
    "\n"
    "Exit status: 0 measured and clean, 1 measured with faults (loss, a call that failed, a wrong answer), 2 not "
    "measured.";

void add_common(CLI::App& app, options& into) {
  app.add_option("--gateway", into.gateway, "The gateway's program, started for each run");
  app.add_flag("--tls", into.tls, "TLS on both legs, with a throw-away authority");
  app.add_option("--gateway-core", into.gateway_core, "Core for the target; -1 pins nothing")
      ->check(CLI::Range(-1, 1023))
      ->capture_default_str();
  app.add_option("--bench-core", into.bench_core, "Core for the bench itself; -1 pins nothing")
      ->check(CLI::Range(-1, 1023))
      ->capture_default_str();
  app.add_option("--rounds", into.rounds, "How often to measure; least, middle and greatest are told")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--json", into.json, "Write the report to this file as JSON");
}

void add_calls(CLI::App& app, options& into) {
  static const std::map<std::string, phasing> phases{{"spread", phasing::spread}, {"burst", phasing::burst}};
  app.add_option("--relay", into.relay, "The relay's program: measured in turn with the gateway, or alone");
  app.add_option("--seconds", into.calls.seconds, "Length of the measured window")
      ->check(CLI::Range(0.5, 3600.0))
      ->capture_default_str();
  app.add_option("--settle", into.calls.settle, "Seconds from the last call's start to the window")
      ->check(CLI::Range(0.0, 60.0))
      ->capture_default_str();
  app.add_option("--ramp", into.calls.ramp, "Calls started a second")
      ->check(CLI::Range(1.0, 10000.0))
      ->capture_default_str();
  app.add_option("--phase", into.calls.phases, "Frames evenly over the 20 ms (spread) or all at once (burst)")
      ->transform(CLI::CheckedTransformer(phases, CLI::ignore_case))
      ->default_str("spread");
  app.add_option("--lines", into.calls.lines, "Lines of transcript a second and call that the agent side tells")
      ->check(CLI::Range(0.0, 50.0))
      ->capture_default_str();
  app.add_option("--noise", into.calls.noise,
                 "Webhooks a second, during the window, for a tenant that may have five calls at once")
      ->check(CLI::Range(0.0, 10000.0))
      ->capture_default_str();
}

void add_webhooks(CLI::App& app, options& into) {
  app.add_option("--connections", into.webhooks.connections, "Keep-alive connections, one request under way on each")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--seconds", into.webhooks.seconds, "Length of the measured window")
      ->check(CLI::Range(0.5, 3600.0))
      ->capture_default_str();
  app.add_option("--rate", into.webhooks.rate,
                 "Requests a second on a fixed schedule; 0: the next when one is answered")
      ->check(CLI::Range(0.0, 200000.0))
      ->capture_default_str();
  app.add_flag("--bad-signature", into.webhooks.bad_signature, "Sign wrongly: every request is to be refused");
}

void add_count(CLI::App& app, const char* name, const char* meaning, std::uint32_t& into) {
  app.add_option(name, into, meaning)->check(CLI::Range(1, 20000))->capture_default_str();
}

}  // namespace

tl::expected<options, leave_with> read_options(int argc, const char* const* argv) {
  options into;
  CLI::App app{about, "tonris-bench"};
  app.footer(examples);
  app.require_subcommand(1);
  auto* calls = app.add_subcommand("calls", "Talking calls: latency, loss, CPU per frame, memory, set-up");
  auto* idle = app.add_subcommand("idle", "Connected but quiet calls (a frame every 5 s): memory and CPU");
  auto* capacity = app.add_subcommand("capacity", "More and more calls until p99 exceeds 20 ms or a frame is lost");
  auto* webhooks = app.add_subcommand("webhooks", "Signed voice webhooks a second");
  for (auto* one : {calls, idle, capacity, webhooks}) add_common(*one, into);
  for (auto* one : {calls, idle, capacity}) add_calls(*one, into);
  add_count(*calls, "--calls", "Calls at once", into.calls.calls);
  add_count(*calls, "--watchers", "Clients that watch all calls: windows without them and with them, of the same calls",
            into.calls.watchers);
  calls
      ->add_option(
          "--data-dir", into.data_dir,
          "The gateway's DATA_DIR, with a store in it whose records are due to go: from a minute after the start")
      ->check(CLI::ExistingDirectory);
  calls->add_option("--pairs", into.calls.pairs, "Such windows a round")
      ->check(CLI::Range(1, 200))
      ->capture_default_str()
      ->needs("--watchers");
  calls->add_flag("!--watch-on-loop", into.admin_door,
                  "They come by PORT, on the calls' own loop, instead of by ADMIN_PORT");
  add_count(*idle, "--calls", "Calls at once", into.calls.calls);
  add_count(*capacity, "--from", "Calls of the first step", into.calls.calls);
  add_count(*capacity, "--step", "Calls more at each step", into.step);
  add_count(*capacity, "--to", "Calls of the last step", into.to);
  add_webhooks(*webhooks, into);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out, mistakes;
    const bool asked = app.exit(e, out, mistakes) == 0;
    return tl::unexpected(leave_with{asked ? 0 : 2, asked ? out.str() : mistakes.str()});
  }
  into.what = *idle ? mode::idle : *capacity ? mode::capacity : *webhooks ? mode::webhooks : mode::calls;
  into.calls.quiet = into.what == mode::idle;
  if (into.gateway.empty() && into.relay.empty()) {
    const char* needed = into.what == mode::webhooks ? "--gateway is needed" : "--gateway, --relay or both are needed";
    return tl::unexpected(leave_with{2, std::string{needed} + "\n"});
  }
  return into;
}

}  // namespace tonris::bench
