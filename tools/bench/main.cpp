#include <sys/prctl.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "net/descriptors.hpp"
#include "tools/bench/options.hpp"
#include "tools/bench/process_stats.hpp"
#include "tools/bench/report.hpp"

namespace {

using namespace tonris::bench;

constexpr int not_measured = 2;

/// More than the deadline of a frame, or anything lost: a step that does not hold.
bool holds(const run_report& run) {
  return clean(run) && run.figures.get("latency_p99_ms").value_or(0) <= 20;
}

void say(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

int refuse(const std::string& why) {
  std::fprintf(stderr, "tonris-bench: %s\n", why.c_str());
  return not_measured;
}

void prepare_process() {
  tonris::net::raise_descriptor_limit();
  prctl(PR_SET_TIMERSLACK, 1UL);  // frames are due to the microsecond, not to the usual 50
  std::signal(SIGPIPE, SIG_IGN);
}

std::vector<target_kind> targets_of(const options& asked) {
  std::vector<target_kind> targets;
  if (!asked.gateway.empty()) targets.push_back(target_kind::gateway);
  if (!asked.relay.empty() && asked.what != mode::webhooks) targets.push_back(target_kind::relay);
  return targets;
}

outcome<bench_setup> set_up(const options& asked, const std::string& folder) {
  bench_setup setup;
  setup.gateway = asked.gateway;
  setup.relay = asked.relay;
  setup.gateway_core = asked.gateway_core;
  setup.tls = asked.tls;
  setup.admin_door = asked.admin_door;
  setup.data_dir = asked.data_dir;
  setup.folder = folder;
  if (!asked.tls) return setup;
  auto made = make_certificates(folder);
  if (!made) return failed(made.error());
  setup.certificates = *made;
  std::string error;
  setup.server = tls_server_side(made->certificate, made->key, error);
  if (setup.server) setup.client = tls_client_side(made->authority, error);
  if (!setup.client) return failed(error);
  return setup;
}

outcome<std::vector<run_report>> measure(const options& asked, const bench_setup& setup, target_kind kind,
                                         const call_plan& calls) {
  if (asked.what != mode::webhooks) return run_calls(setup, kind, calls);
  auto run = run_webhooks(setup, asked.webhooks);
  if (!run) return failed(run.error());
  return std::vector{std::move(*run)};
}

/// Round by round, the targets in turn. Each pair of windows is a round.
outcome<std::vector<run_report>> measure_rounds(const options& asked, const bench_setup& setup) {
  std::vector<run_report> all;
  for (unsigned round = 0; round < asked.rounds; ++round) {
    for (const auto kind : targets_of(asked)) {
      const auto runs = measure(asked, setup, kind, asked.calls);
      if (!runs) return failed(runs.error());
      for (std::size_t i = 0; i < runs->size(); ++i) {
        all.push_back((*runs)[i]);
        all.back().round = round * asked.calls.pairs + static_cast<unsigned>(i / 2) + 1;
        say(describe_run(all.back()));
      }
    }
  }
  return all;
}

/// For one target, steps until one does not hold, and says where that was.
outcome<std::uint32_t> climb(const options& asked, const bench_setup& setup, target_kind kind, unsigned round,
                             std::vector<run_report>& runs) {
  std::uint32_t last_good = 0;
  call_plan plan = asked.calls;
  for (; plan.calls <= asked.to; plan.calls += asked.step) {
    const auto measured = measure(asked, setup, kind, plan);
    if (!measured) return failed(measured.error());
    auto& run = runs.emplace_back(measured->front());
    run.round = round;
    say(describe_run(run));
    const bool good = holds(run);
    const bool ours = run.figures.get("bench_was_bottleneck").value_or(0) > 0;
    if (good) {
      last_good = plan.calls;
      continue;
    }
    say(std::string{to_string(kind)} + ": " + std::to_string(plan.calls) + " calls do not hold" +
        (ours ? ", but the bench itself was the bottleneck\n" : "\n"));
    break;
  }
  return last_good;
}

outcome<std::vector<run_report>> measure_capacity(const options& asked, const bench_setup& setup) {
  std::vector<run_report> runs;
  std::string verdicts;
  for (unsigned round = 1; round <= asked.rounds; ++round) {
    for (const auto kind : targets_of(asked)) {
      const auto good = climb(asked, setup, kind, round, runs);
      if (!good) return failed(good.error());
      verdicts += "round " + std::to_string(round) + ", " + std::string{to_string(kind)} + ": " +
                  std::to_string(*good) + " calls with p99 of at most 20 ms and nothing lost" +
                  (*good == 0 ? " (not even the first step held)\n" : "\n");
    }
  }
  say(verdicts);
  return runs;
}

std::string title_of(int argc, char** argv) {
  std::string title = "tonris-bench";
  for (int i = 1; i < argc; ++i) title += std::string{" "} + argv[i];
  return title;
}

int run(const options& asked, const std::string& title) {
  const auto folder = temporary_folder::make();
  if (!folder) return refuse(folder.error());
  const auto setup = set_up(asked, folder->path());
  if (!setup) return refuse(setup.error());
  if (const auto pinned = pin_to(asked.bench_core); !pinned) return refuse(pinned.error());
  say(title + "\nload average " + std::to_string(load_average()) + "\n");
  const auto runs = asked.what == mode::capacity ? measure_capacity(asked, *setup) : measure_rounds(asked, *setup);
  if (!runs) return refuse(runs.error());
  say(describe_summary(*runs));
  if (!asked.json.empty()) {
    std::ofstream file{asked.json};
    file << to_json(title, *runs);
    if (!file.flush()) return refuse("cannot write " + asked.json);
  }
  if (asked.what == mode::capacity) return 0;  // steps are climbed until one fails
  return std::ranges::all_of(*runs, clean) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto asked = read_options(argc, argv);
  if (!asked) {
    std::fputs(asked.error().text.c_str(), asked.error().status == 0 ? stdout : stderr);
    return asked.error().status;
  }
  prepare_process();
  return run(*asked, title_of(argc, argv));
}
