/// What GET /metrics shows, and what docs/operations.md says it shows.
#include "actors/node/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "actors/call/metrics.hpp"
#include "actors/web/metrics.hpp"
#include "tests/actors/node/shown_metrics.hpp"
#include "tests/places.hpp"

namespace tonris::actors::test {
namespace {

/// Where a family's name begins in a cell of the manual.
std::size_t next_name(const std::string& cell, std::size_t from) {
  return std::min(cell.find("`tonris_", from), cell.find("`process_", from));
}

/// Each `tonris_name{label,label}` in the first cell of a row under "## Metrics".
families documented() {
  families found;
  std::ifstream text{tonris::test::source_dir() + "/docs/operations.md"};
  std::string line;
  while (std::getline(text, line) && line != "## Metrics") {
  }
  while (std::getline(text, line) && !line.starts_with("## ")) {
    if (next_name(line, 0) != 2) continue;
    const auto cell = line.substr(0, line.find(" |"));
    for (auto at = next_name(cell, 0); at != std::string::npos; at = next_name(cell, at + 1)) {
      const auto word = cell.substr(at + 1, cell.find('`', at + 1) - at - 1);
      auto& names = found[word.substr(0, word.find('{'))];
      std::istringstream list{word.find('{') == std::string::npos
                                  ? std::string{}
                                  : word.substr(word.find('{') + 1, word.find('}') - word.find('{') - 1)};
      for (std::string name; std::getline(list, name, ',');) names.insert(name);
    }
  }
  return found;
}

TEST(GatewayMetrics, AreThoseOfTheOperatorsTable) {
  EXPECT_EQ(documented(), families_in(everything_shown()));
}

TEST(GatewayMetrics, AreCountedUnderTheirNamesByWhoeverCounts) {
  metrics counters;
  const auto& web = counters.of<web_metrics>();
  const auto& call = counters.of<call_metrics>();
  const auto& node = counters.of<node_metrics>();
  web.refused(web_metrics::endpoint::media_stream, web_metrics::refusal::used_ticket);
  web.request(web_metrics::endpoint::recording_status);
  web.signature_matched(web_metrics::endpoint::media_stream, 7, web_metrics::account::gateway, 0);
  web.signature_matched(web_metrics::endpoint::media_stream, 8, web_metrics::account::tenant, 1);
  web.signature_matched(web_metrics::endpoint::voice, 1, web_metrics::account::unknown, 9);
  call.call_refused(model::end_reason::internal_error);
  model::call_record::media_counts media{2, 3, 4, 0, 0, {}};
  media.from_caller.gaps = 7;
  media.from_caller.lost = 5;
  model::call_record::media_counts counted;  // before its caller came back
  counted.from_caller.gaps = 1;
  call.call_ended(model::end_reason::agent_lost, media, counted);
  call.call_resumed(call_metrics::resumption::hang_up);
  call.rehearsal(call_metrics::rehearsed::done);
  node.tenants_read(3, 1);
  node_metrics::connection_errors errors;
  errors.accept = 2;
  errors.internal = 1;
  node.set_connection_errors(errors);
  node.may_have(500);
  node.part_is_degraded(node_trouble::tenants_store, true);
  node_metrics::figures now;
  now.legs = 4;
  now.loop_lag_seconds = 0.002;
  node.set(now);
  const auto text = counters.render();
  for (const auto* line : {
           R"(tonris_http_refused_total{endpoint="media_stream",reason="used_ticket"} 1)",
           R"(tonris_http_requests_total{endpoint="recording_status"} 1)",
           R"(tonris_stream_signature_candidate_total{candidate="7"} 1)",
           R"(tonris_stream_signature_candidate_total{candidate="1"} 0)",
           R"(tonris_signature_token_total{account="tenant",token="1"} 1)",
           R"(tonris_signature_token_total{account="gateway",token="4"} 1)",
           R"(tonris_calls_refused_total{by="gateway",reason="internal_error"} 1)",
           R"(tonris_calls_ended_total{by="network",reason="agent_lost"} 1)",
           R"(tonris_frames_total{direction="from_caller"} 2)",
           R"(tonris_frames_total{direction="to_caller"} 3)",
           R"(tonris_frames_total{direction="dropped"} 4)",
           "tonris_caller_gaps_total 6",
           R"(tonris_caller_frames_total{what="lost"} 5)",
           R"(tonris_calls_resumed_total{after="hang_up"} 1)",
           R"(tonris_rehearsals_total{result="done"} 1)",
           R"(tonris_tenants{state="refused"} 1)",
           R"(tonris_tenants_reload_successful 0)",
           R"(tonris_http_connection_errors_total{reason="accept"} 2)",
           R"(tonris_http_connection_errors_total{reason="internal"} 1)",
           "tonris_calls_capacity 500",
           "tonris_legs 4",
           "tonris_loop_lag_seconds 0.002",
           R"(tonris_part_degraded{part="tenant_store"} 1)",
           R"(tonris_part_degraded{part="call_store"} 0)",
       })
    EXPECT_THAT(text, testing::HasSubstr(std::string{line} + '\n'));
}

}  // namespace
}  // namespace tonris::actors::test
