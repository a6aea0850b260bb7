#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/call/call_store.hpp"
#include "actors/call/live_board.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/trace/messages.hpp"
#include "actors/trace/metrics.hpp"
#include "model/tracing/call_trace.hpp"
#include "model/tracing/otlp.hpp"
#include "net/error.hpp"
#include "net/http.hpp"

namespace tonris::actors {

// --- to itself
struct traces_answered {
  using travels = in_process;
  const net::result<net::http_response>* response = nullptr;
};
struct traces_again {
  using travels = in_process;
};
using trace_exporter_door = trace_telling::extend<caf::reacts_to<traces_answered>, caf::reacts_to<traces_again>>;

/// Tells an OpenTelemetry collector of each call that has ended, as one trace (model/tracing/call_trace.hpp), OTLP/HTTP
/// in JSON. It looks at the board of live calls once a second, reads ended calls from the store a little after their
/// end, a few at a time, and sends what it has in batches, one at a time; a batch that is not taken is sent once more.
/// No call knows of it: whatever the collector does, what waits here is bounded, and what is beyond is dropped and
/// counted. A call that comes back after its end is told again, under the same ids.
/// Loop-bound, on a loop where no call lives.
class trace_exporter final : public loop_bound_actor<trace_exporter_door::base> {
 public:
  static constexpr std::chrono::seconds look_pause{1};
  static constexpr std::chrono::seconds until_written{2};  ///< from a call's end until its record is read
  static constexpr std::size_t most_waiting = 2000;        ///< ended calls
  static constexpr std::size_t most_a_look = 50;           ///< of them are read: the store has calls to write down
  static constexpr std::size_t most_in_batch = 50, most_spans_in_batch = 2000;
  static constexpr std::chrono::seconds answer_limit{10};  ///< name, connection and answer
  static constexpr std::chrono::seconds retry_pause{5};

  using http_request =
      std::function<void(const std::string& url, net::http_request request, std::chrono::milliseconds timeout,
                         std::function<void(net::result<net::http_response>)> done)>;
  struct config {
    std::string url;   ///< where traces are sent
    double share = 1;  ///< of all calls, 0 to 1
    http_request send;
    std::shared_ptr<const live_board> board;
    call_store store;
    model::trace_resource resource;
    metrics* counters = nullptr;
  };

  trace_exporter(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.trace_exporter"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  struct ended_call {
    model::call_sid call;
    caf::actor_clock::time_point since;
  };

  // ended calls
  void look();
  void take(const model::call_sid& call);
  void read_next();
  void read_events(model::call_record record);
  void read(bool is_told);
  [[nodiscard]] bool has_room() const noexcept;

  // the collector
  void send_what_there_is();
  void post();
  void came(const net::result<net::http_response>& response);
  void be_troubled(std::string_view why);
  void be_well();

  [[nodiscard]] const trace_metrics& counted() const { return config_.counters->of<trace_metrics>(); }
  void lose(trace_metrics::loss why, std::size_t traces = 1) const { counted().dropped.of(why)(traces); }
  void show_waiting() const;

  // given
  const config config_;
  // state
  std::uint64_t seen_ = 0;  // the newest happening
  std::deque<ended_call> waiting_;
  std::size_t may_read_ = 0;  // until the next look
  bool reading_ = false;
  std::vector<model::call_trace> batch_;  // being filled
  std::size_t spans_ = 0;                 // in it
  std::string body_;                      // being sent; "": nothing
  std::size_t sending_ = 0;               // traces in it
  bool is_second_try_ = false;
  bool troubled_ = false;
  std::shared_ptr<trace_exporter*> alive_;  // what a late callback of the HTTP client finds instead of us
};

}  // namespace tonris::actors
