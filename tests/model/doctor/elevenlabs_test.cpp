#include "model/doctor/elevenlabs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/model/doctor/codes.hpp"

namespace tonris::model::doctor {
namespace {

using test::code_list, test::codes;

constexpr std::int64_t now = 1'700'000'000;
const std::string ours = "https://gw.example.com/api/webhooks/elevenlabs/post-call";

reach answer(unsigned status, std::string body) {
  reach out;
  out.is = reach::outcome::answered;
  out.status = status;
  out.body = std::move(body);
  return out;
}
std::string webhook(const std::string& url, const std::string& more = {}) {
  return R"({"webhooks":[{"name":"calls","webhook_url":")" + url + R"(","is_disabled":false)" + more + "}]}";
}

vendor_facts good() {
  vendor_facts facts;
  facts.host = "api.elevenlabs.io";
  facts.subscription =
      answer(200, R"({"tier":"pro","status":"active","character_count":5000,"character_limit":100000})");
  facts.webhooks = answer(200, webhook(ours));
  facts.phone_numbers = answer(200, "[]");
  facts.max_calls = 20;
  facts.post_call_url = ours;
  facts.now = now;
  facts.numbers = {{"+15551234567", "salon-1"}};
  return facts;
}

TEST(ElevenLabsAccount, IsJudgedByWhatItTells) {
  struct row {
    const char* name;
    std::function<void(vendor_facts&)> change;
    code_list finds;
  };
  const auto refused = answer(401, R"({"detail":{"code":"invalid_api_key","message":"no"}})");
  const auto may_not = answer(401, R"({"detail":{"status":"missing_permissions","message":"no"}})");
  for (const auto& [name, change, finds] : {
           row{"well", [](auto&) {}, {}},
           row{"away", [](auto& facts) { facts.subscription = {}; }, {"elevenlabs_unreachable"}},
           row{"key", [&](auto& facts) { facts.subscription = refused; }, {"elevenlabs_key_refused"}},
           row{"region",
               [&](auto& facts) {
                 facts.subscription = refused;
                 facts.taken_at = "api.eu.residency.elevenlabs.io";
               },
               {"elevenlabs_other_region"}},
           row{"a key for agents alone",
               [&](auto& facts) { facts.subscription = facts.webhooks = may_not; },
               {"elevenlabs_may_not", "elevenlabs_may_not"}},
           row{"overdue",
               [](auto& facts) { facts.subscription.body = R"({"tier":"pro","status":"past_due"})"; },
               {"subscription_inactive"}},
           row{"used up",
               [](auto& facts) {
                 facts.subscription.body =
                     R"({"tier":"pro","status":"active","character_count":100000,"character_limit":100000})";
               },
               {"credits_used_up"}},
           row{"used up, and charged",
               [](auto& facts) {
                 facts.subscription.body =
                     R"({"tier":"pro","status":"active","character_count":100000,"character_limit":100000,)"
                     R"("can_extend_character_limit":true})";
               },
               {"credits_run_out"}},
           row{"nearly",
               [](auto& facts) {
                 facts.subscription.body =
                     R"({"tier":"pro","status":"active","character_count":90000,"character_limit":100000})";
               },
               {"credits_run_out"}},
           row{"no number of calls", [](auto& facts) { facts.max_calls = 0; }, {"max_calls_unknown"}},
           row{"too many calls", [](auto& facts) { facts.max_calls = 21; }, {"max_calls_above_plan"}},
           row{"negotiated",
               [](auto& facts) {
                 facts.max_calls = 0;
                 facts.subscription.body = R"({"tier":"enterprise","status":"active"})";
               },
               {}},
           row{"no webhook",
               [](auto& facts) { facts.webhooks.body = R"({"webhooks":[]})"; },
               {"post_call_webhook_missing"}},
           row{"webhook of somebody else",
               [](auto& facts) { facts.webhooks.body = webhook("https://other.example/hook"); },
               {"post_call_webhook_missing"}},
           row{"webhook's path",
               [](auto& facts) { facts.webhooks.body = webhook("https://gw.example.com/hook?key=abc"); },
               {"post_call_webhook_differs"}},
           row{"off",
               [](auto& facts) { facts.webhooks.body = webhook(ours, R"(,"is_auto_disabled":true)"); },
               {"post_call_webhook_off"}},
           row{"fails",
               [](auto& facts) {
                 facts.webhooks.body = webhook(ours, R"(,"most_recent_failure_error_code":401,)"
                                                     R"("most_recent_failure_timestamp":1699996400)");
               },
               {"post_call_webhook_fails"}},
           row{"failed once",
               [](auto& facts) {
                 facts.webhooks.body = webhook(ours, R"(,"most_recent_failure_error_code":401,)"
                                                     R"("most_recent_failure_timestamp":1600000000)");
               },
               {}},
           row{"imported",
               [](auto& facts) { facts.phone_numbers.body = R"([{"phone_number":"+15551234567"},7])"; },
               {"number_imported"}},
           row{"no JSON", [](auto& facts) { facts.phone_numbers.body = "<html>"; }, {"elevenlabs_answers_oddly"}},
           row{"a fault", [](auto& facts) { facts.webhooks = answer(500, ""); }, {"elevenlabs_answers_oddly"}},
           row{"no answer", [](auto& facts) { facts.webhooks = {}; }, {"not_looked_at"}},
       }) {
    auto facts = good();
    change(facts);
    const auto all = judge(facts);
    auto found = codes(all);
    std::erase(found, "elevenlabs_good");
    EXPECT_EQ(found, finds) << name;
    for (const auto& one : all) EXPECT_THAT(one.what, testing::Not(testing::HasSubstr("abc"))) << name;
  }
}

constexpr auto two_webhooks =
    R"({"webhooks":[{"name":"crm","webhook_id":"wh_crm","webhook_url":"https://crm.example/hook?key=abc"},)"
    R"({"name":"calls","webhook_id":"wh_ours",)"
    R"("webhook_url":"https://gw.example.com/api/webhooks/elevenlabs/post-call"}]})";

std::string choice(const std::string& id, const std::string& more = {}) {
  return R"({"webhooks":{"post_call_webhook_id":)" + id + more + "}}";
}

TEST(ElevenLabsPostCalls, AreToldWhereTheWebhookIsChosen) {
  using agents = std::vector<post_call_facts::agent>;
  struct row {
    const char* name;
    std::function<void(post_call_facts&)> change;
    code_list finds;
  };
  const elevenlabs::post_call_choice own{"wh_ours", {}}, crm{"wh_crm", {}};
  for (const auto& [name, change, finds] : {
           row{"chosen", [](auto&) {}, {}},
           row{"chosen, by name",
               [](auto& f) { f.settings.body = choice("\"wh_ours\"", R"(,"events":["audio","transcript"])"); },
               {}},
           row{"none", [](auto& f) { f.settings.body = choice("null"); }, {"post_call_not_assigned"}},
           row{"nothing said", [](auto& f) { f.settings.body = "{}"; }, {"post_call_not_assigned"}},
           row{"another", [](auto& f) { f.settings.body = choice("\"wh_crm\""); }, {"post_call_assigned_elsewhere"}},
           row{"one that is gone",
               [](auto& f) { f.settings.body = choice("\"wh_old\""); },
               {"post_call_assigned_elsewhere"}},
           row{"audio alone",
               [](auto& f) { f.settings.body = choice("\"wh_ours\"", R"(,"events":["audio"])"); },
               {"post_call_without_transcript"}},
           row{"no event",
               [](auto& f) { f.settings.body = choice("\"wh_ours\"", R"(,"events":[])"); },
               {"post_call_without_transcript"}},
           row{"an agent's own leads here too",
               [&](auto& f) {
                 f.agents = agents{{"agent_a", own}};
               },
               {}},
           row{"an agent's own leads elsewhere",
               [&](auto& f) {
                 f.agents = agents{{"agent_a", {}}, {"agent_b", crm}};
               },
               {"agent_post_call_elsewhere"}},
           row{"an agent's own lacks the transcript",
               [&](auto& f) {
                 f.agents = agents{{"agent_a", {"wh_ours", std::vector<std::string>{"audio"}}}};
               },
               {"agent_post_call_without_transcript"}},
           row{"the workspace chose none, each agent ours",
               [&](auto& f) {
                 f.settings.body = choice("null");
                 f.agents = agents{{"agent_a", own}, {"agent_b", own}};
               },
               {}},
           row{"the workspace chose none, one agent ours",
               [&](auto& f) {
                 f.settings.body = choice("null");
                 f.agents = agents{{"agent_a", own}, {"agent_b", {}}};
               },
               {"post_call_not_assigned"}},
           row{"no webhook is ours, which is said elsewhere",
               [](auto& f) { f.webhooks.body = R"({"webhooks":[]})"; },
               {}},
           row{"not told", [](auto& f) { f.settings = {}; }, {"not_looked_at"}},
           row{"a fault", [](auto& f) { f.settings = answer(500, ""); }, {"elevenlabs_answers_oddly"}},
           row{"no JSON", [](auto& f) { f.settings.body = "<html>"; }, {"elevenlabs_answers_oddly"}},
           row{"webhooks not told", [](auto& f) { f.webhooks = answer(500, ""); }, {}},
       }) {
    post_call_facts facts{answer(200, two_webhooks), answer(200, choice("\"wh_ours\"")), ours, {}};
    change(facts);
    const auto all = judge(facts);
    EXPECT_EQ(codes(all), finds) << name;
    for (const auto& one : all) EXPECT_THAT(one.what + one.fix, testing::Not(testing::HasSubstr("abc"))) << name;
  }
}

TEST(ElevenLabsPostCalls, NameTheWebhookThatIsToldInstead) {
  const auto all = judge(post_call_facts{answer(200, two_webhooks), answer(200, choice("\"wh_crm\"")), ours, {}});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_THAT(all[0].what, testing::HasSubstr("the webhook crm, which leads to https://crm.example/hook"));
  EXPECT_THAT(all[0].fix, testing::HasSubstr("choose calls"));
}

TEST(ElevenLabsAccount, SaysSinceWhenItFails) {
  auto facts = good();
  facts.webhooks.body = webhook(
      ours, R"(,"most_recent_failure_error_code":401,"most_recent_failure_timestamp":)" + std::to_string(now - 7200));
  EXPECT_EQ(judge(facts).back().what, "the webhook calls failed last with 401, 2 h ago");
}

}  // namespace
}  // namespace tonris::model::doctor
