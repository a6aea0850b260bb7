#include "tools/bench/call_run.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <random>
#include <vector>

#include "tools/bench/agent_side.hpp"
#include "tools/bench/caller.hpp"
#include "tools/bench/noise.hpp"
#include "tools/bench/process_stats.hpp"
#include "tools/bench/watchers.hpp"

namespace tonris::bench {
namespace {

constexpr nanos frame_period = 20 * one_ms;
constexpr nanos quiet_period = 5 * one_s;
constexpr nanos connect_patience = 10 * one_s;
constexpr nanos farewell_patience = 5 * one_s;
constexpr nanos straggling = one_s / 4;  // for what was sent in a window that is over
constexpr std::uint32_t spare_calls = 100;

nanos seconds(double s) {
  return static_cast<nanos>(s * one_s);
}

/// Of the thread that sends and takes frames: the watchers have one of their own.
nanos own_cpu() {
  return on_clock(CLOCK_THREAD_CPUTIME_ID);
}

/// Readings at one end of the window.
struct reading {
  process_usage target;
  nanos own = 0;
  std::uint64_t arrivals = 0;
};

/// One window of measuring, with what went on beside the calls.
struct window {
  bool is_watched = false;
  reading before, after;
  window_times times;
  process_memory memory;
  std::uint64_t watched_events = 0, watched_bytes = 0;
};

class call_run {
 public:
  call_run(const bench_setup& setup, target_kind kind, const call_plan& plan)
      : setup_(setup),
        kind_(kind),
        plan_(plan),
        frames_(plan.calls),
        sids_((std::uint64_t{std::random_device{}()} << 32) | std::random_device{}()),
        agent_(events_, frames_, faults_, sids_,
               {plan.calls, setup.server, std::string{bench_api_key}, kind == target_kind::relay, plan.quiet,
                plan.lines > 0 ? seconds(1 / plan.lines) : 0}),
        callers_around_{events_, frames_, faults_, sids_, {}, setup.client, kind == target_kind::gateway} {}

  outcome<std::vector<run_report>> run() {
    if (const auto listening = agent_.listen(); !listening) return failed(listening.error());
    auto started = start_target(setup_, kind_, agent_.port(), plan_.calls + spare_calls, events_);
    if (!started) return failed(started.error());
    target_ = std::move(*started);
    callers_around_.target = target_->address;
    for (std::uint32_t call = 0; call < plan_.calls; ++call) {
      callers_.push_back(std::make_unique<caller>(callers_around_, call));
    }
    idle_memory_ = memory_of(target_->process.pid());
    cadence_.emplace(std::size_t{plan_.calls} * 2, plan_.quiet ? quiet_period : frame_period, plan_.phases, now());
    place_calls();
    const auto up = static_cast<std::uint32_t>(std::ranges::count_if(callers_, [](auto& c) { return c->talking(); }));
    if (up == 0) return none_up();
    measure_all();
    const auto still_up = std::ranges::count_if(callers_, [](auto& c) { return c->talking(); });
    farewell();
    std::vector<run_report> reports;
    for (const auto& one : windows_) {
      reports.push_back(report(one, up));
      reports.back().figures.set("calls_up_at_end", static_cast<double>(still_up));
    }
    return reports;
  }

 private:
  /// Serves sockets and schedule until `until`, or until `enough` says so.
  template <class Enough>
  void serve(nanos until, Enough enough) {
    for (nanos time = now(); time < until && !enough(); time = now()) {
      send_due(time);
      if (noise_) noise_->send_due(time);
      agent_.sweep();
      const nanos noisy = noise_ ? noise_->next_due() : until;
      events_.wait(std::min({until, cadence_->next_due(), noisy, now() + 10 * one_ms}));
    }
  }
  void serve(nanos until) {
    serve(until, [] { return false; });
  }

  // At most 64 frames between two looks at the sockets: being late must not make us deaf as well.
  void send_due(nanos time) {
    for (int burst = 0; burst < 64; ++burst) {
      const auto slot = cadence_->take(time);
      if (!slot) return;
      if (silent_) continue;
      // The agent's frame of a call is due half a period after its caller's.
      const auto half = plan_.phases == phasing::spread ? plan_.calls / 2 : 0;
      const auto call = static_cast<std::uint32_t>(slot->flow / 2);
      if (slot->flow % 2 == 0) {
        if (callers_[call]->talking()) callers_[call]->send_frame(slot->due);
      } else {
        agent_.send_frame((call + half) % plan_.calls, slot->due);
      }
    }
  }

  void place_calls() {
    const nanos began = now();
    for (std::uint32_t call = 0; call < plan_.calls; ++call) {
      serve(began + seconds(call / plan_.ramp));
      callers_[call]->begin();
    }
    serve(now() + connect_patience, [this] { return all_decided(); });
    for (std::uint32_t call = 0; call < plan_.calls; ++call) {
      const auto& one = *callers_[call];
      if (!one.talking() && !one.over()) faults_.add("a call did not come up in time");
      if (one.talking() && !agent_.talking(call)) faults_.add("a call had a stream in time but no conversation");
    }
    serve(now() + seconds(plan_.settle));
  }

  [[nodiscard]] bool all_decided() const {
    for (std::uint32_t call = 0; call < plan_.calls; ++call) {
      const bool up = callers_[call]->talking() && agent_.talking(call);
      if (!up && !callers_[call]->over()) return false;
    }
    return true;
  }

  [[nodiscard]] reading read() const { return {usage_of(target_->process.pid()), own_cpu(), frames_.arrivals()}; }

  /// A gateway's windows with watchers and without are pairs of the same calls, now one and now the other first: from a
  /// process to the next, and from a minute to the next, more changes than watchers do.
  void measure_all() {
    if (plan_.noise > 0 && kind_ == target_kind::gateway) {
      noise_.emplace(events_, faults_, sids_, target_->address, setup_.client, plan_.noise);
      noise_->begin(now());
      serve(now() + one_s);
    }
    const bool in_pairs = plan_.watchers > 0 && kind_ == target_kind::gateway;
    for (unsigned pair = 0; in_pairs && pair < plan_.pairs; ++pair) {
      measure(pair % 2 == 1);
      measure(pair % 2 == 0);
    }
    if (!in_pairs) measure(false);
    if (noise_) noise_->end();
    if (const auto how = target_->process.ended()) faults_.add("the target ended while measured: " + *how);
  }

  void measure(bool watched) {
    if (watched) begin_watching();
    auto& one = windows_.emplace_back();
    one.is_watched = watched;
    const auto events = watched ? watchers_->events() : 0, bytes = watched ? watchers_->bytes() : 0;
    one.before = read();
    const nanos from = now();
    frames_.open_window(from);
    serve(from + seconds(plan_.seconds));
    frames_.close_window(now());
    one.after = read();
    one.memory = memory_of(target_->process.pid());
    if (watched) {
      one.watched_events = watchers_->events() - events;
      one.watched_bytes = watchers_->bytes() - bytes;
      end_watching();
    }
    serve(now() + straggling);
    one.times = frames_.take_window();
  }

  void begin_watching() {
    watchers_.emplace(plan_.watchers, target_->api_port, setup_.client, bench_admin_token);
    serve(now() + connect_patience, [this] { return watchers_->all_watch(); });
    if (!watchers_->all_watch()) faults_.add("a watcher had no snapshot in time");
    serve(now() + one_s);
  }

  void end_watching() {
    const auto went_wrong = watchers_->end();
    for (const auto& [what, times] : went_wrong.all()) faults_.add(what, times);
    watchers_.reset();
  }

  /// Sends no more, lets what is under way arrive, hangs up, and waits for the conversations to be closed.
  void farewell() {
    silent_ = true;
    const auto arrived = [this] {
      return frames_.count(direction::to_agent).lost + frames_.count(direction::to_caller).lost == 0;
    };
    serve(now() + one_s, arrived);
    counts_[0] = frames_.count(direction::to_agent);
    counts_[1] = frames_.count(direction::to_caller);
    for (auto& one : callers_) one->hang_up();
    serve(now() + farewell_patience, [this] {
      return agent_.open_conversations() == 0 && std::ranges::all_of(callers_, [](auto& c) { return c->over(); });
    });
    faults_.add("a conversation was not closed within 5 s of the hang-up", agent_.open_conversations());
    const auto open = std::ranges::count_if(callers_, [](auto& c) { return !c->over(); });
    faults_.add("a stream was not closed within 5 s of its stop", static_cast<std::uint64_t>(open));
    target_->process.stop(5 * one_s);
  }

  outcome<std::vector<run_report>> none_up() {
    std::string why = "no call came up at the " + std::string{to_string(kind_)};
    for (const auto& [what, times] : faults_.all()) why += "\n    " + std::to_string(times) + " x " + what;
    target_->process.stop(5 * one_s);
    return failed(why + "\n" + target_->process.last_words());
  }

  run_report report(const window& of, std::uint32_t up) {
    run_report r;
    r.target = of.is_watched ? watched : to_string(kind_);
    r.calls = plan_.calls;
    r.figures.set("calls_up", up);
    if (!plan_.quiet) report_frames(r, of.times);
    if (noise_) {
      r.figures.set("noise_refused", static_cast<double>(noise_->refused()));
      r.figures.set("noise_taken", static_cast<double>(noise_->taken()));
    }
    if (of.is_watched) {
      r.figures.set("watchers", plan_.watchers);
      r.figures.set("watched_events", static_cast<double>(of.watched_events));
      r.figures.set("watched_kib", static_cast<double>(of.watched_bytes) / 1024);
    }
    report_cost(r, of, up);
    report_set_up(r.figures);
    report_ourselves(r, of);
    r.faults = faults_.all();
    if (!faults_.none()) r.last_words = target_->process.last_words();
    return r;
  }

  void report_frames(run_report& r, const window_times& times) const {
    constexpr const char* names[] = {"to_agent", "to_caller"};
    histogram both;
    for (const auto way : {direction::to_agent, direction::to_caller}) {
      const auto at = static_cast<std::size_t>(way);
      const std::string name = names[at];
      r.figures.set_times("latency_" + name, times.from_due[at]);
      r.figures.set_times("latency_" + name + "_from_send", times.from_sent[at]);
      both.merge(times.from_due[at]);
    }
    r.figures.set_times("latency", both);
    const auto sum = [this](auto member) { return static_cast<double>(counts_[0].*member + counts_[1].*member); };
    r.figures.set("frames_sent", sum(&way_count::sent));
    r.figures.set("frames_received", sum(&way_count::received));
    r.figures.set("frames_lost", sum(&way_count::lost));
    r.figures.set("frames_reordered", sum(&way_count::reordered));
    r.figures.set("frames_twice", sum(&way_count::twice));
    r.figures.set("frames_misdirected", sum(&way_count::misdirected));
    r.figures.set("frames_damaged", sum(&way_count::damaged));
    r.figures.set("frames_of_silence", sum(&way_count::silence));
    r.figures.set("frames_foreign", sum(&way_count::foreign));
  }

  void report_cost(run_report& r, const window& of, std::uint32_t up) const {
    const auto &before = of.before, &after = of.after;
    const auto wall = static_cast<double>(after.target.at - before.target.at);
    const auto cpu = static_cast<double>(after.target.cpu - before.target.cpu);
    const auto forwarded = static_cast<double>(after.arrivals - before.arrivals);
    r.figures.set("target_cpu_percent", 100 * cpu / wall);
    if (!plan_.quiet && forwarded > 0) {
      r.figures.set("cpu_per_frame_us", cpu / one_us / forwarded);
      r.figures.set("frames_per_second", forwarded * one_s / wall);
    }
    const auto a_second = [wall](std::uint64_t from, std::uint64_t to) {
      return to < from ? 0 : static_cast<double>(to - from) * one_s / wall;
    };
    r.figures.set("voluntary_switches_per_s", a_second(before.target.voluntary, after.target.voluntary));
    r.figures.set("involuntary_switches_per_s", a_second(before.target.involuntary, after.target.involuntary));
    const auto growth = [up](std::uint64_t idle, std::uint64_t busy) {
      return (static_cast<double>(busy) - static_cast<double>(idle)) / up;
    };
    r.figures.set("memory_per_call_pss_kib", growth(idle_memory_.pss_kib, of.memory.pss_kib));
    r.figures.set("memory_per_call_rss_kib", growth(idle_memory_.rss_kib, of.memory.rss_kib));
    r.figures.set("memory_idle_rss_kib", static_cast<double>(idle_memory_.rss_kib));
  }

  void report_set_up(sheet& figures) const {
    histogram set_up;
    for (std::uint32_t call = 0; call < plan_.calls; ++call) {
      const auto& one = *callers_[call];
      if (one.first_audio_at() == 0) continue;
      set_up.record(one.first_audio_at() - one.asked_at() - agent_.own_time(call));
    }
    if (set_up.count() > 0) figures.set_times("set_up", set_up);
    if (agent_.pong_times().count() > 0) figures.set_times("pong", agent_.pong_times());
  }

  void report_ourselves(run_report& r, const window& of) const {
    const double cpu = 100.0 * static_cast<double>(of.after.own - of.before.own) /
                       static_cast<double>(of.after.target.at - of.before.target.at);
    const double lag = static_cast<double>(of.times.send_lag.percentile(99)) / one_ms;
    r.figures.set_times("bench_send_lag", of.times.send_lag);
    r.figures.set("bench_cpu_percent", cpu);
    r.figures.set("load_average", load_average());
    const bool bottleneck = lag > 2 || cpu > 90;
    r.figures.set("bench_was_bottleneck", bottleneck ? 1 : 0);
    if (bottleneck) r.notes.push_back(describe_bottleneck(lag, cpu));
  }

  static std::string describe_bottleneck(double lag, double cpu) {
    std::array<char, 200> text;
    const char* why = cpu > 90 ? "it had no more CPU" : "it was kept from running: its core is not its own";
    std::snprintf(text.data(), text.size(),
                  "the bench itself was the bottleneck (send lag p99 %.1f ms, own CPU %.0f %%; %s): do not trust the "
                  "latencies",
                  lag, cpu, why);
    return text.data();
  }

  const bench_setup& setup_;
  target_kind kind_;
  call_plan plan_;
  poller events_;
  traffic frames_;
  problems faults_;
  sid_book sids_;
  agent_side agent_;
  caller_surroundings callers_around_;
  std::vector<std::unique_ptr<caller>> callers_;
  std::unique_ptr<target> target_;
  std::optional<cadence> cadence_;
  std::optional<noise> noise_;
  std::optional<watchers> watchers_;
  bool silent_ = false;
  std::vector<window> windows_;
  process_memory idle_memory_;
  way_count counts_[2];
};

}  // namespace

outcome<std::vector<run_report>> run_calls(const bench_setup& setup, target_kind kind, const call_plan& plan) {
  return std::make_unique<call_run>(setup, kind, plan)->run();
}

}  // namespace tonris::bench
