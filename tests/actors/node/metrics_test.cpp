/// What GET /metrics shows, and what docs/operations.md says it shows.
#include "actors/node/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "actors/call/metrics.hpp"
#include "actors/runtime/metrics.hpp"
#include "actors/web/metrics.hpp"
#include "tests/places.hpp"

namespace tonris::actors::test {
namespace {

using labels = std::set<std::string>;
using families = std::map<std::string, labels>;

/// What a family shows before anything was counted under it is nothing, where nobody lists its labels' values.
std::string everything_shown() {
  metrics counters;
  declare_metrics(counters);
  counters.of<actor_metrics>().crashed("tonris.some_actor");
  counters.of<actor_metrics>().node_part_restarted("some_part");
  counters.of<actor_metrics>().unhandled_message("tonris.some_actor");
  counters.of<call_metrics>().fallback("sentence");
  counters.of<tenant_metrics>().call_started({"salon-1"}, "agent_1");
  counters.of<tenant_metrics>().call_refused({"salon-1"}, model::end_reason::tenant_busy);
  return counters.render();
}

/// Each family with its labels' names: `tonris_fallbacks_total{step="sentence"} 1`.
families shown() {
  families found;
  std::istringstream text{everything_shown()};
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with('#')) continue;
    auto& names = found[line.substr(0, line.find_first_of("{ "))];
    for (auto at = line.find_first_of("{"); at != std::string::npos; at = line.find("\",", at + 1)) {
      const auto begin = at + (line[at] == '{' ? 1 : 2);
      names.insert(line.substr(begin, line.find('=', begin) - begin));
    }
  }
  return found;
}

/// Each `tonris_name{label,label}` in the first cell of a row under "## Metrics".
families documented() {
  families found;
  std::ifstream text{tonris::test::source_dir() + "/docs/operations.md"};
  std::string line;
  while (std::getline(text, line) && line != "## Metrics") {
  }
  while (std::getline(text, line) && !line.starts_with("## ")) {
    if (!line.starts_with("| `tonris_")) continue;
    const auto cell = line.substr(0, line.find(" |"));
    for (auto at = cell.find("`tonris_"); at != std::string::npos; at = cell.find("`tonris_", at + 1)) {
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
  EXPECT_EQ(documented(), shown());
}

TEST(GatewayMetrics, AreCountedUnderTheirNamesByWhoeverCounts) {
  metrics counters;
  const auto& web = counters.of<web_metrics>();
  const auto& call = counters.of<call_metrics>();
  const auto& node = counters.of<node_metrics>();
  web.refused(web_metrics::endpoint::media_stream, web_metrics::refusal::used_ticket);
  web.request(web_metrics::endpoint::recording_status);
  web.signature_matched(web_metrics::endpoint::media_stream, 7, 0);
  web.signature_matched(web_metrics::endpoint::media_stream, 8, 1);
  web.signature_matched(web_metrics::endpoint::voice, 1, 9);
  call.call_refused(model::end_reason::internal_error);
  call.call_ended(model::end_reason::agent_lost, {2, 3, 4, 0, 0});
  call.call_resumed(call_metrics::resumption::hang_up);
  call.rehearsal(call_metrics::rehearsed::done);
  node.tenants_read(3, 1);
  node_metrics::connection_errors errors;
  errors.accept = 2;
  errors.internal = 1;
  node.set_connection_errors(errors);
  const auto text = counters.render();
  for (const auto* line : {
           R"(tonris_http_refused_total{endpoint="media_stream",reason="used_ticket"} 1)",
           R"(tonris_http_requests_total{endpoint="recording_status"} 1)",
           R"(tonris_stream_signature_candidate_total{candidate="7"} 1)",
           R"(tonris_stream_signature_candidate_total{candidate="1"} 0)",
           R"(tonris_signature_token_total{token="1"} 1)",
           R"(tonris_signature_token_total{token="4"} 1)",
           R"(tonris_calls_refused_total{by="gateway",reason="internal_error"} 1)",
           R"(tonris_calls_ended_total{by="network",reason="agent_lost"} 1)",
           R"(tonris_frames_total{direction="from_caller"} 2)",
           R"(tonris_frames_total{direction="to_caller"} 3)",
           R"(tonris_frames_total{direction="dropped"} 4)",
           R"(tonris_calls_resumed_total{after="hang_up"} 1)",
           R"(tonris_rehearsals_total{result="done"} 1)",
           R"(tonris_tenants{state="refused"} 1)",
           R"(tonris_tenants_reload_successful 0)",
           R"(tonris_http_connection_errors_total{reason="accept"} 2)",
           R"(tonris_http_connection_errors_total{reason="internal"} 1)",
       })
    EXPECT_THAT(text, testing::HasSubstr(std::string{line} + '\n'));
}

}  // namespace
}  // namespace tonris::actors::test
