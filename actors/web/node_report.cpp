#include "actors/web/node_report.hpp"

#include <utility>

#include "actors/runtime/guard.hpp"
#include "actors/web/answers.hpp"

namespace tonris::actors {

namespace {

net::http_response answer_of(const readiness& now) {
  switch (now.is) {
    case readiness::what::ready: return json(R"({"status":"ready"})");
    case readiness::what::degraded: return json(R"({"status":"degraded","because":")" + now.why + R"("})");
    case readiness::what::not_ready: return error_json(503, "not_ready", now.why);
  }
  return error_json(503, "not_ready", {});
}

}  // namespace

node_reporter::behavior_type node_report(node_reporter::stateful_pointer<node_report_state> self,
                                         node_report_state::config with) {
  return self->state.make_behavior(std::move(with));
}

node_reporter::behavior_type node_report_state::make_behavior(config with) {
  with_ = std::move(with);
  guard(self, *with_.counters);
  return {[this](const report_wanted& wanted) { wanted.to->respond(answer(wanted.is)); }};
}

net::http_response node_report_state::answer(report_wanted::what wanted) {
  switch (wanted) {
    case report_wanted::what::health: return json(R"({"status":"ok"})");
    case report_wanted::what::ready: return answer_of(with_.ready());
    case report_wanted::what::metrics:
      return net::make_response(200, "text/plain; version=0.0.4; charset=utf-8", figures());
  }
  return error_json(500, "internal_error", {});
}

const std::string& node_report_state::figures() {
  const auto now = self->clock().now();
  if (!gathered_ || now - *gathered_ >= figures_last) {
    with_.gather();
    figures_ = with_.counters->render();
    gathered_ = now;
  }
  return figures_;
}

}  // namespace tonris::actors
