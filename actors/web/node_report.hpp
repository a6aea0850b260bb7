#pragma once

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/runtime/message.hpp"
#include "actors/telemetry/metrics.hpp"
#include "net/http_server.hpp"

namespace tonris::actors {

/// What GET /ready says.
struct readiness {
  enum class state : std::uint8_t { ready, degraded, not_ready } is = state::ready;
  std::string why;  ///< "" when ready
};

struct report_wanted {
  using travels = in_process;
  enum class subject : std::uint8_t { health, ready, metrics } of = subject::health;
  std::shared_ptr<net::http_responder> to;
};

using node_reporter = caf::typed_actor<caf::reacts_to<report_wanted>>;

/// Answers GET /health, /ready and /metrics, off the loops: however often they are asked, no frame waits for it.
/// Ordinary actor, so that /health is the word of one. The figures are gathered and written at most once a second; who
/// asks meanwhile gets the same text.
struct node_report_state {
  struct config {
    std::function<readiness()> ready;
    std::function<void()> gather;  ///< brings the gauges up to date
    metrics* counters = nullptr;
  };
  static constexpr std::chrono::seconds figures_last{1};
  static inline const char* name = "tonris.node_report";

  explicit node_report_state(node_reporter::pointer actor) : self(actor) {}
  node_reporter::behavior_type make_behavior(config settings);

 private:
  [[nodiscard]] net::http_response answer(report_wanted::subject of);
  [[nodiscard]] const std::string& figures();

  // given
  node_reporter::pointer self;
  config config_;

  // state
  std::string figures_;
  std::optional<caf::actor_clock::time_point> gathered_;
};

node_reporter::behavior_type node_report(node_reporter::stateful_pointer<node_report_state> self,
                                         node_report_state::config settings);

}  // namespace tonris::actors
