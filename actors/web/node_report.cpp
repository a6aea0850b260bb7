#include "actors/web/node_report.hpp"

#include <utility>

#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"

namespace tonris::actors {

namespace {

net::http_response answer_of(const readiness& now) {
  switch (now.is) {
    case readiness::state::ready:
      if (now.why.empty()) return json_answer(R"({"status":"ready"})");
      return json_answer(R"({"status":"ready","notice":")" + now.why + R"("})");
    case readiness::state::degraded: return json_answer(R"({"status":"degraded","because":")" + now.why + R"("})");
    case readiness::state::not_ready: return error_answer(error_code::not_ready, now.why);
  }
  return error_answer(error_code::not_ready, {});
}

}  // namespace

node_reporter::behavior_type node_report(node_reporter::stateful_pointer<node_report_state> self,
                                         node_report_state::config settings) {
  return self->state.make_behavior(std::move(settings));
}

node_reporter::behavior_type node_report_state::make_behavior(config settings) {
  config_ = std::move(settings);
  guard(self, *config_.counters);
  return {[this](const report_wanted& wanted) { wanted.to->respond(answer(wanted.of)); }};
}

net::http_response node_report_state::answer(report_wanted::subject of) {
  switch (of) {
    case report_wanted::subject::health: return json_answer(R"({"status":"ok"})");
    case report_wanted::subject::ready: return answer_of(config_.ready());
    case report_wanted::subject::metrics:
      return net::make_response(200, "text/plain; version=0.0.4; charset=utf-8", figures());
  }
  return error_answer(error_code::internal_error, {});
}

const std::string& node_report_state::figures() {
  const auto now = self->clock().now();
  if (!gathered_ || now - *gathered_ >= figures_last) {
    config_.gather();
    figures_ = config_.counters->render();
    gathered_ = now;
  }
  return figures_;
}

}  // namespace tonris::actors
