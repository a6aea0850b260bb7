#include "model/usage_report/unknown_bills.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <vector>

#include "model/call/record.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

const sys_seconds noon = sys_days{2026y / November / 20} + 12h;
const currency euros = *currency::parse("EUR");

tenant tenant_with(const char* id, const char* agent, std::optional<std::uint32_t> days_kept = {}) {
  tenant t;
  t.id = {id};
  t.agent = {agent};
  if (days_kept) t.retention.emplace().days = *days_kept;
  return t;
}
bill_owners owners_with(std::initializer_list<tenant> all) {
  bill_owners owners{{}, {"agent_default"}};
  for (const auto& one : all) owners.add(one);
  return owners;
}
twilio_listed_call call(const char* sid, const char* number, std::optional<money> cost, std::uint32_t seconds = 60,
                        const char* parent = "") {
  return {{sid}, {parent}, number, cost, seconds, noon};
}
elevenlabs::listed_conversation conversation(const char* id, const char* agent, std::int64_t seconds = 60) {
  return {{id}, {agent}, noon, seconds};
}

TEST(KnownIds, AreCallsTheirLegsAndTheirConversations) {
  call_record record;
  record.call = {"CA1"};
  record.legs.emplace_back().call = {"CA2"};
  record.conversations.emplace_back().id = {"conv_1"};
  record.reports.emplace_back().conversation = {"conv_2"};
  known_ids known;
  EXPECT_TRUE(known.add_record(to_json(record)));
  for (const auto* id : {"CA1", "CA2", "conv_1", "conv_2"}) EXPECT_TRUE(known.has(id)) << id;
  for (const auto* id : {"CA3", "", "conv_"}) EXPECT_FALSE(known.has(id)) << id;
  EXPECT_TRUE(known.has(call("CA1", "", {})));
  EXPECT_TRUE(known.has(call("CA7", "", {}, 1, "CA1"))) << "a leg that nobody told us of, of a call of ours";
  EXPECT_FALSE(known.has(call("CA7", "", {}, 1, "CA6")));
}

/// What another node of a newer version has written: no record to this one, and whose ids are there all the same.
TEST(KnownIds, AreReadWhereNoRecordCanBe) {
  struct row {
    const char* json;
    bool has_call;
    std::vector<const char*> known;
  };
  for (const auto& [json, has_call, ids] : std::initializer_list<row>{
           {R"({"callSid":"CA1","state":"teleported","startedAt":7})", true, {"CA1"}},
           {R"({"callSid":"CA1","legs":[{"callSid":"CA2"},{"callSid":9},7,null,{}],"conversations":{"a":1}})",
            true,
            {"CA1", "CA2"}},
           {R"({"callSid":"CA1","conversations":[{"conversationId":"conv_1","startedAt":{}}],)"
            R"("vendorReports":[[],{"conversationId":"conv_2"}]})",
            true,
            {"CA1", "conv_1", "conv_2"}},
           {R"({"callSid":{"twilio":"CA9"},"legs":[{"callSid":"CA2"}]})", false, {"CA2"}},
           {R"({"callSid":"","conversations":[{"conversationId":"conv_1"}]})", false, {"conv_1"}},
           {R"({"callSid":null})", false, {}},
           {R"(["CA9"])", false, {}},
           {R"({"callSid":"CA9")", false, {}},
           {"", false, {}}}) {
    SCOPED_TRACE(json);
    EXPECT_FALSE(parse_call_record(json)) << "else there is nothing to be seen here";
    known_ids known;
    EXPECT_EQ(known.add_record(json), has_call);
    for (const auto* id : {"CA1", "CA2", "CA9", "conv_1", "conv_2", ""})
      EXPECT_EQ(known.has(id), std::ranges::count(ids, std::string_view{id}) > 0) << id;
  }
}

TEST(UnknownBills, AreNoneOnceARecordOfThemOrOfTheirCallIsThere) {
  const auto owners = owners_with({});
  const auto bills = unknown_at_twilio({call("CA1", "+1", {}), call("CA2", "+1", {}, 60, "CA1"), call("CA3", "+1", {})},
                                       owners, {}, rate_card::standard());
  known_ids known;
  EXPECT_TRUE(known.add_record(R"({"callSid":"CA1"})"));
  ASSERT_EQ(bills.size(), 3u);
  EXPECT_TRUE(known.has(bills[0]));
  EXPECT_TRUE(known.has(bills[1])) << "a leg of it";
  EXPECT_FALSE(known.has(bills[2]));
}

TEST(UnknownAtTwilio, IsTheNumbersTenants) {
  auto owners = owners_with({tenant_with("salon", "agent_1")});
  owners.has_number("+1", {"salon"});
  const money dollar{1'000'000, us_dollars};
  const auto rows = rows_of(unknown_at_twilio({call("CA1", "+1", dollar), call("CA2", "+1", {}, 30),
                                               call("CA3", "+2", dollar), call("CA4", "+9", dollar, 5, "CA1")},
                                              owners, {}, rate_card::standard()));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0], (drift_row{{""}, us_dollars, 0, 0, 0, {}, {1, 1'000'000, {{"CA3"}}, 60}}));
  EXPECT_EQ(rows[1], (drift_row{{"salon"}, us_dollars, 0, 0, 0, {}, {3, 2'000'000, {{"CA1"}, {"CA2"}, {"CA4"}}, 95}}))
      << "a leg goes with its call, and what is not rated has its seconds";
  EXPECT_EQ(calls_only_theirs(rows), 4u);
  EXPECT_FALSE(rows[1].is_flagged()) << "it is no drift of what both know";
}

TEST(UnknownAtTwilio, IsElseTheAccountsHolders) {
  auto owners = owners_with({});
  owners.has_number("+1", {"salon"});
  const auto rows = rows_of(
      unknown_at_twilio({call("CA1", "+1", {}), call("CA2", "+2", {})}, owners, {"shop"}, rate_card::standard()));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].tenant.value, "salon");
  EXPECT_EQ(rows[1].tenant.value, "shop");
}

TEST(UnknownAtTwilio, StandsInDollarsWhereThereIsARate) {
  const auto owners = owners_with({});
  const std::vector<twilio_listed_call> calls{call("CA1", "", money{1'000'000, euros})};
  EXPECT_EQ(rows_of(unknown_at_twilio(calls, owners, {}, rate_card::standard())).at(0).in, euros);
  const auto rates = *rate_card::parse(R"({"rates":[{"from":"2025-01-01","twilioPerMinute":0.0085,)"
                                       R"("mediaStreamPerMinute":0.004,"elevenLabsPerMinute":0.1,)"
                                       R"("outboundPerMinute":0.014,"recordingPerMinute":0.0025,)"
                                       R"("exchange":{"EUR":1.25},"source":"a test"}]})");
  const auto rows = rows_of(unknown_at_twilio(calls, owners, {}, rates));
  EXPECT_EQ(rows.at(0).in, us_dollars);
  EXPECT_EQ(rows.at(0).only_theirs.amount, 1'250'000);
}

TEST(UnknownAtElevenLabs, IsTheTenantsWhoAloneHasTheAgentAndCostsItsSeconds) {
  const auto owners = owners_with(
      {tenant_with("a", "agent_a"), tenant_with("b", "agent_b"), tenant_with("c", "agent_b"), tenant_with("d", "")});
  const auto rates = rate_card::standard();
  const auto rows =
      rows_of(unknown_at_elevenlabs({conversation("conv_1", "agent_a", 90), conversation("conv_2", "agent_b"),
                                     conversation("conv_3", "agent_x"), conversation("conv_4", "agent_default")},
                                    owners, {}, rates));
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].tenant.value, "");
  EXPECT_EQ(rows[0].only_theirs.calls, (std::vector<call_sid>{{"conv_2"}, {"conv_3"}})) << "of several, and nobody's";
  EXPECT_EQ(rows[1].tenant.value, "a");
  EXPECT_EQ(rows[1].only_theirs.seconds, 90);
  EXPECT_EQ(rows[1].only_theirs.amount, rates.at(noon).elevenlabs_per_minute * 3 / 2);
  EXPECT_EQ(rows[2].tenant.value, "d") << "who names no agent has the gateway's";
  EXPECT_EQ(unknown_at_elevenlabs({conversation("conv_1", "agent_x")}, owners, {"b"}, rates).at(0).line.tenant.value,
            "b")
      << "by his own key";
}

/// Records that are gone before the bills come are in no list of unknown calls.
TEST(UnknownBills, SayNothingOfATenantWhoseRecordsGoAtOnce) {
  auto owners = owners_with(
      {tenant_with("quick", "agent_q", 4), tenant_with("slow", "agent_s", 5), tenant_with("shares", "agent_q")});
  owners.has_number("+1", {"quick"});
  owners.has_number("+2", {"slow"});
  const auto rates = rate_card::standard();
  const auto calls = unknown_at_twilio({call("CA1", "+1", {}), call("CA2", "+2", {})}, owners, {}, rates);
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0].line.tenant.value, "slow");
  const auto talks =
      unknown_at_elevenlabs({conversation("conv_1", "agent_q"), conversation("conv_2", "agent_s")}, owners, {}, rates);
  ASSERT_EQ(talks.size(), 1u) << "whose it was of the two that have that agent nobody knows";
  EXPECT_EQ(talks[0].line.tenant.value, "slow");
  EXPECT_TRUE(unknown_at_elevenlabs({conversation("conv_1", "agent_x")}, owners, {"quick"}, rates).empty());
}

}  // namespace
}  // namespace tonris::model
