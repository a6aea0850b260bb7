#include "model/doctor/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/doctor/codes.hpp"

namespace tonris::model::doctor {
namespace {

using test::code_list, test::codes;

gateway_facts with(unsigned status, std::string body, std::string metrics = {}) {
  gateway_facts facts;
  facts.name = "The gateway at http://127.0.0.1:3000";
  facts.ready.is = reach::outcome::answered;
  facts.ready.status = status;
  facts.ready.body = std::move(body);
  facts.metrics = std::move(metrics);
  return facts;
}
const std::string ready = R"({"status":"ready"})";

TEST(GatewayThatRuns, IsJudgedByItsReadiness) {
  EXPECT_EQ(codes(judge(with(200, ready))), code_list{"gateway_well"});
  const auto degraded = judge(with(200, R"({"status":"degraded","because":"the tenant store is away"})"));
  ASSERT_EQ(codes(degraded), code_list{"gateway_degraded"});
  EXPECT_THAT(degraded[0].what, testing::EndsWith("is degraded: the tenant store is away"));
  const auto stopping = judge(with(503, R"({"error":{"code":"not_ready","message":"it is stopping"}})"));
  ASSERT_EQ(codes(stopping), code_list{"gateway_not_ready"});
  EXPECT_THAT(stopping[0].what, testing::EndsWith("it is stopping"));
  gateway_facts down;
  EXPECT_EQ(codes(judge(down)), code_list{"gateway_down"});
  down.not_asked = "ADMIN_TOKEN is not set";
  EXPECT_EQ(codes(judge(down)), code_list{"gateway_not_asked"});
  auto refused = with(200, ready);
  refused.refuses_token = true;
  EXPECT_EQ(codes(judge(refused)), (code_list{"gateway_well", "gateway_refuses_token"}));
}

TEST(GatewayThatRuns, IsJudgedByWhatItCounts) {
  struct row {
    const char *metrics, *finds;
  };
  for (const auto& [metrics, finds] : {
           row{"tonris_callbacks_all_refused 1", "callbacks_all_refused"},
           row{"tonris_callbacks_of_nobody 3", "callbacks_of_nobody"},
           row{"tonris_callbacks_waiting 3", "callbacks_waiting"},
           row{R"(tonris_tenants{state="refused"} 2)", "tenants_not_served"},
           row{"x 1\ntonris_tenants_reload_successful 0", "tenants_file_not_read"},
           row{R"(tonris_http_refused_total{endpoint="voice",reason="bad_signature"} 2)", "webhook_signatures_refused"},
           row{R"(tonris_http_refused_total{endpoint="voice",reason="wrong_account"} 2)", "other_accounts_refused"},
           row{R"(tonris_http_connection_errors_total{reason="accept"} 2)", "no_descriptors"},
           row{R"(tonris_actor_crashes_total{actor="x"} 1)", "actors_crashed"},
           row{"tonris_store_failures_total 1", "store_failed"},
           row{"tonris_records_missed_total 1", "records_missed"},
           row{R"(tonris_records_unshared_total{reason="too_large"} 1)", "records_unshared"},
           row{"tonris_records_unread_seconds 61", "records_not_read"},
           row{"tonris_records_behind_seconds 301.5", "records_not_sent"},
           row{R"(tonris_signature_token_total{account="gateway",token="1"} 5)", "older_token_signs"},
           row{R"(tonris_stream_signature_candidate_total{candidate="2"} 5)", "stream_signed_otherwise"},
       })
    EXPECT_EQ(codes(judge(with(200, ready, std::string{metrics} + "\n"))), (code_list{"gateway_well", finds}));
  EXPECT_EQ(codes(judge(with(200, ready,
                             "tonris_callbacks_all_refused 0\ntonris_callbacks_of_nobody 0\n"
                             "tonris_records_unread_seconds 60\ntonris_records_behind_seconds 300\n"
                             "tonris_tenants_reload_successful 1\ntonris_tenants{state=\"served\"} 9\n"
                             "tonris_signature_token_total{account=\"gateway\",token=\"0\"} 7\n"))),
            code_list{"gateway_well"});
}

TEST(GatewayThatRuns, ReadsNoFileThatItWasNotTold) {
  auto facts = with(200, ready, "x 1\ntonris_tenants_reload_successful 0\n");
  facts.has_tenants_file = false;
  EXPECT_EQ(codes(judge(facts)), code_list{"gateway_well"});
}

TEST(Metrics, AreAddedUp) {
  const std::string text = "# HELP a b\na{x=\"1\",y=\"2\"} 3\na{x=\"2\",y=\"2\"} 4.5\nab 100\na 1\nb{x=\"1\"} 50\n";
  EXPECT_DOUBLE_EQ(sum_in(text, "a"), 8.5);
  EXPECT_DOUBLE_EQ(sum_in(text, "a", "x=\"1\""), 3);
  EXPECT_DOUBLE_EQ(sum_in(text, "c"), 0);
  EXPECT_DOUBLE_EQ(sum_in("", "a"), 0);
}

}  // namespace
}  // namespace tonris::model::doctor
