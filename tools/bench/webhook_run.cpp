#include "tools/bench/webhook_run.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "tools/bench/agent_side.hpp"
#include "tools/bench/process_stats.hpp"

namespace tonris::bench {
namespace {

constexpr std::uint32_t enough_calls = 100'000;
constexpr std::size_t max_backlog = 1'000'000;

struct reading {
  process_usage target;
  nanos own = 0;
  std::uint64_t accepted = 0, refused = 0;
};

class webhook_run {
 public:
  webhook_run(const bench_setup& setup, const webhook_plan& plan)
      : setup_(setup),
        plan_(plan),
        frames_(0),
        sids_((std::uint64_t{std::random_device{}()} << 32) | std::random_device{}()),
        agent_(events_, frames_, faults_, sids_, {0, setup.server, std::string{bench_api_key}, false, true}) {}

  outcome<run_report> run() {
    if (const auto listening = agent_.listen(); !listening) return failed(listening.error());
    auto started = start_target(setup_, target_kind::gateway, agent_.port(), enough_calls, events_);
    if (!started) return failed(started.error());
    target_ = std::move(*started);
    idle_memory_ = memory_of(target_->process.pid());
    for (std::uint32_t i = 0; i < plan_.connections; ++i) clients_.push_back(std::make_unique<client>(*this));
    for (auto& one : clients_) one->dial();
    next_due_ = now();
    serve(now() + static_cast<nanos>(plan_.warm_up * one_s));
    before_ = read();
    window_from_ = now();
    serve(window_from_ + static_cast<nanos>(plan_.seconds * one_s));
    window_to_ = now();
    after_ = read();
    busy_memory_ = memory_of(target_->process.pid());
    if (const auto how = target_->process.ended()) faults_.add("the gateway ended while measured: " + *how);
    for (auto& one : clients_) {
      if (one->waiting_since() < now() - 2 * one_s) faults_.add("a connection or an answer did not come within 2 s");
      one->close();
    }
    target_->process.stop(5 * one_s);
    return report();
  }

 private:
  /// One keep-alive connection with at most one request under way.
  class client final : public connection_user {
   public:
    explicit client(webhook_run& run) : run_(run) {}

    void dial() {
      if (link_) link_->close();
      run_.events_.bury(std::move(link_));
      http_ = {};
      waiting_since_ = now();
      link_ = std::make_unique<connection>(run_.events_, *this);
      if (!link_->dial(run_.target_->address.port, run_.setup_.client))
        run_.faults_.add("a connection cannot be opened");
    }
    void close() {
      if (link_) link_->close();
    }
    /// Since when the connection or an answer is awaited; far in the future when none is.
    [[nodiscard]] nanos waiting_since() const noexcept { return waiting_since_; }
    void ask(nanos due) {
      due_ = due;
      waiting_since_ = now();
      link_->write(
          voice_webhook(run_.target_->address, run_.sids_.call_sid(run_.next_call_++), !run_.plan_.bad_signature));
    }

   private:
    void on_open() override { be_ready(); }
    void on_data(std::span<char> bytes) override {
      http_.feed(bytes);
      const auto answer = http_.next();
      if (http_.bad()) {
        run_.faults_.add("an answer is not HTTP");
        return dial();
      }
      if (!answer) return;
      run_.on_answer(*answer, due_);
      if (answer->header("connection").value_or("") == "close") return dial();
      be_ready();
    }
    void on_closed(std::string_view why) override {
      run_.faults_.add("connection: " + std::string{why});
      std::erase(run_.idle_, this);
      if (run_.faults_.all().size() < 50 && ++failures_ < 100) dial();
    }

    void be_ready() {
      waiting_since_ = std::numeric_limits<nanos>::max();
      run_.ready(*this);
    }

    webhook_run& run_;
    std::unique_ptr<connection> link_;
    http_reader http_;
    nanos due_ = 0;
    nanos waiting_since_ = std::numeric_limits<nanos>::max();
    unsigned failures_ = 0;
  };

  /// The client is free for a request: closed loop, the next one at once; open loop, one that is due.
  void ready(client& one) {
    if (plan_.rate <= 0) return one.ask(now());
    if (backlog_.empty()) {
      idle_.push_back(&one);
      return;
    }
    one.ask(backlog_.front());
    backlog_.pop_front();
  }

  void issue_due(nanos time) {
    if (plan_.rate <= 0) return;
    const auto period = static_cast<nanos>(one_s / plan_.rate);
    for (; next_due_ <= time; next_due_ += period) {
      if (in_window(next_due_)) lag_.record(time - next_due_);
      if (!idle_.empty()) {
        idle_.back()->ask(next_due_);
        idle_.pop_back();
      } else if (backlog_.size() < max_backlog) {
        backlog_.push_back(next_due_);
      } else {
        faults_.add("a request was given up: a million were waiting");
      }
    }
  }

  void serve(nanos until) {
    for (nanos time = now(); time < until; time = now()) {
      issue_due(time);
      agent_.sweep();
      const nanos wake = plan_.rate > 0 ? next_due_ : until;
      events_.wait(std::min({until, wake, time + 10 * one_ms}));
    }
  }

  void on_answer(const http_message& answer, nanos due) {
    const bool stream = answer.body.find("<Stream ") != std::string_view::npos;
    if (answer.status() == 403) {
      ++refused_;
    } else if (answer.status() == 200 && stream) {
      ++accepted_;
    } else {
      faults_.add("answered " + std::to_string(answer.status()) + (answer.status() == 200 ? " without a stream" : ""));
      return;
    }
    if ((answer.status() == 403) != plan_.bad_signature) {
      return faults_.add(plan_.bad_signature ? "a wrong signature was accepted" : "a right signature was refused");
    }
    if (in_window(due)) times_.record(now() - due);
  }

  [[nodiscard]] bool in_window(nanos due) const noexcept { return due >= window_from_ && due < window_to_; }

  [[nodiscard]] reading read() const {
    return {usage_of(target_->process.pid()), on_clock(CLOCK_PROCESS_CPUTIME_ID), accepted_, refused_};
  }

  run_report report() {
    run_report r;
    r.target = "gateway";
    const auto wall = static_cast<double>(after_.target.at - before_.target.at);
    const auto accepted = static_cast<double>(after_.accepted - before_.accepted);
    const auto refused = static_cast<double>(after_.refused - before_.refused);
    const auto cpu = static_cast<double>(after_.target.cpu - before_.target.cpu);
    r.figures.set("accepted_per_s", accepted * one_s / wall);
    r.figures.set("refused_per_s", refused * one_s / wall);
    r.figures.set_times("answer", times_);
    r.figures.set("target_cpu_percent", 100 * cpu / wall);
    if (accepted + refused > 0) r.figures.set("cpu_per_request_us", cpu / one_us / (accepted + refused));
    r.figures.set("signed_urls_fetched", static_cast<double>(agent_.signed_urls()));
    r.figures.set("memory_idle_rss_kib", static_cast<double>(idle_memory_.rss_kib));
    r.figures.set("memory_end_rss_kib", static_cast<double>(busy_memory_.rss_kib));
    report_ourselves(r, wall);
    r.faults = faults_.all();
    if (!faults_.none()) r.last_words = target_->process.last_words();
    return r;
  }

  void report_ourselves(run_report& r, double wall) const {
    const double own = 100.0 * static_cast<double>(after_.own - before_.own) / wall;
    if (plan_.rate > 0) r.figures.set_times("bench_send_lag", lag_);
    r.figures.set("bench_cpu_percent", own);
    r.figures.set("load_average", load_average());
    const bool bottleneck = own > 90 || lag_.percentile(99) > 2 * one_ms;
    r.figures.set("bench_was_bottleneck", bottleneck ? 1 : 0);
    if (bottleneck) r.notes.emplace_back("the bench itself was the bottleneck: the gateway could do more");
  }

  const bench_setup& setup_;
  webhook_plan plan_;
  poller events_;
  traffic frames_;
  problems faults_;
  sid_book sids_;
  agent_side agent_;
  std::unique_ptr<target> target_;
  std::vector<std::unique_ptr<client>> clients_;
  std::vector<client*> idle_;
  std::deque<nanos> backlog_;  ///< due times of requests that no connection was free for
  std::uint64_t next_call_ = 0, accepted_ = 0, refused_ = 0;
  nanos next_due_ = 0;
  nanos window_from_ = std::numeric_limits<nanos>::max(), window_to_ = std::numeric_limits<nanos>::max();
  histogram times_, lag_;
  reading before_, after_;
  process_memory idle_memory_, busy_memory_;
};

}  // namespace

outcome<run_report> run_webhooks(const bench_setup& setup, const webhook_plan& plan) {
  return std::make_unique<webhook_run>(setup, plan)->run();
}

}  // namespace tonris::bench
