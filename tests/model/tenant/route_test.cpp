#include "model/tenant/route.hpp"

#include <chrono>
#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using kind = call_route::kind;
using testing::ElementsAre;
using testing::HasSubstr;

tenant salon() {
  tenant t;
  t.id.value = "salon-1";
  t.phone_number = "+15551234567";
  return t;
}

route_facts facts() {
  route_facts f;
  f.called = "+15551234567";
  f.caller = "+15557654321";
  f.call.value = "CA00000000000000000000000000000001";
  f.at = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours{15};  // a Tuesday
  f.secret = {1, 2, 3};
  f.default_agent.value = "default";
  return f;
}

TEST(Route, TakesTheFirstAgentThatSomebodyNames) {
  const business_types types{{{"salon", {"for_salons"}}}};
  auto t = salon();
  auto f = facts();
  f.default_agent = {};
  EXPECT_EQ(decide_route(t, f).rule, route_rule::no_agent);
  EXPECT_EQ(decide_route(t, f).what, kind::say);
  const auto answers = [&](std::string_view agent, route_rule rule) {
    const auto route = decide_route(t, f);
    EXPECT_EQ(route.what, kind::agent);
    EXPECT_EQ(route.agent.value, agent);
    EXPECT_EQ(route.rule, rule);
    EXPECT_FALSE(route.why.empty());
  };
  f.default_agent.value = "default";
  answers("default", route_rule::default_agent);
  f.by_business = &types;
  answers("default", route_rule::default_agent);
  t.business_type = " Salon ";
  answers("for_salons", route_rule::business_type);
  t.agent.value = "own";
  answers("own", route_rule::agent);
  t.agents = {{{"never"}, 0}};
  answers("own", route_rule::agent);
  t.agents = {{{"listed"}, 1}};
  answers("listed", route_rule::agents);
  t.numbers = {{"+15551234568", "es", {"spanish"}}};
  answers("listed", route_rule::agents);
  f.called = "+15551234568";
  answers("spanish", route_rule::number);
}

TEST(Route, SaysWhereTheDefaultTenantStandsIn) {
  auto t = salon();
  auto f = facts();
  f.called = "+15550109999";
  f.is_stand_in = true;
  const auto chooses = [&](std::string_view agent) {
    const auto route = decide_route(t, f);
    EXPECT_EQ(route.agent.value, agent);
    EXPECT_EQ(route.rule, route_rule::default_tenant);
    EXPECT_THAT(route.why, HasSubstr("nobody has the number, so the default tenant answers: "));
  };
  chooses("default");
  t.agent.value = "own";
  chooses("own");
  t.agents = {{{"listed"}, 1}};
  chooses("listed");
  // Its other rules hold as for its own numbers, and are called by their names.
  t.blocked_callers = {f.caller};
  EXPECT_EQ(decide_route(t, f).rule, route_rule::blocked_caller);
  t.status = tenant::status_type::suspended;
  EXPECT_EQ(decide_route(t, f).rule, route_rule::not_active);
}

TEST(Route, SpeaksTheLanguageOfTheNumberThatWasCalled) {
  auto t = salon();
  t.language = "en";
  t.numbers = {{"+15551234568", "es", {}}, {"+525512345678", "de", {}}, {"+15551234569", std::nullopt, {}}};
  EXPECT_EQ(language_at(t, "+15551234567"), "en");
  EXPECT_EQ(language_at(t, "+15551234568"), "es");
  EXPECT_EQ(language_at(t, "+5215512345678"), "de") << "another form of the number";
  EXPECT_EQ(language_at(t, "+15551234569"), "en");
  auto f = facts();
  f.called = "+15551234568";
  EXPECT_EQ(decide_route(t, f).language, "es");
}

TEST(Route, RefusesWhatIsNotActive) {
  auto t = salon();
  for (const auto status :
       {tenant::status_type::pending, tenant::status_type::suspended, tenant::status_type::cancelled}) {
    t.status = status;
    const auto route = decide_route(t, facts());
    EXPECT_EQ(route.what, kind::say);
    EXPECT_EQ(route.rule, route_rule::not_active);
    EXPECT_EQ(route.why, "the tenant is " + std::string{to_string(status)});
  }
}

TEST(Route, TurnsBlockedCallersAwayBeforeAnyRule) {
  auto t = salon();
  t.blocked_callers = {"+15557654321"};
  t.caller_rules = {{"vip", {"+15557654321"}, tenant::action::agent, {"best"}, {}}};
  const auto route = decide_route(t, facts());
  EXPECT_EQ(route.what, kind::block);
  EXPECT_EQ(route.rule, route_rule::blocked_caller);
}

TEST(Route, FollowsTheRuleForACallerWhenOpenAndWhenClosed) {
  auto t = salon();
  t.caller_rules = {{"vip", {"+15557654321"}, tenant::action::agent, {"best"}, {}},
                    {"boss", {"+15557654322"}, tenant::action::transfer, {}, "+15550009999"},
                    {"hidden", {"withheld"}, tenant::action::block, {}, {}}};
  t.business_hours = tenant::business_hours_type{"UTC", {}, {}, {}};  // never open
  auto f = facts();
  auto route = decide_route(t, f);
  EXPECT_EQ(route.what, kind::agent);
  EXPECT_EQ(route.agent.value, "best");
  EXPECT_EQ(route.rule, route_rule::caller_rule);
  EXPECT_EQ(route.rule_name, "vip");
  EXPECT_EQ(route.why, "caller rule vip");
  f.caller = "+15557654322";
  route = decide_route(t, f);
  EXPECT_EQ(route.what, kind::transfer);
  EXPECT_EQ(route.transfer_to, "+15550009999");
  f.caller = "anonymous";
  EXPECT_EQ(decide_route(t, f).what, kind::block);
  f.caller = "+15557654323";
  EXPECT_EQ(decide_route(t, f).rule, route_rule::closed);
}

TEST(Route, DoesOutsideBusinessHoursWhatTheTenantHasSet) {
  auto t = salon();
  t.business_hours = tenant::business_hours_type{"UTC", {{"tuesday", {{"09:00", "14:00"}}}}, {}, {}};
  EXPECT_EQ(decide_route(t, facts()).what, kind::say);
  EXPECT_EQ(decide_route(t, facts()).rule, route_rule::closed);
  EXPECT_EQ(decide_route(t, facts()).why, "it is Tuesday 15:00 in UTC, open 09:00-14:00");
  t.business_hours->closed = {tenant::action::voicemail, {}, {}};
  EXPECT_EQ(decide_route(t, facts()).what, kind::voicemail);
  t.business_hours->closed = {tenant::action::transfer, "+15550009999", {}};
  EXPECT_EQ(decide_route(t, facts()).transfer_to, "+15550009999");
  t.business_hours->closed = {tenant::action::agent, {}, {"night"}};
  EXPECT_EQ(decide_route(t, facts()).what, kind::agent);
  EXPECT_EQ(decide_route(t, facts()).agent.value, "night");
  EXPECT_EQ(decide_route(t, facts()).rule, route_rule::closed);
  t.business_hours->days["tuesday"].push_back({"14:30", "16:00"});
  EXPECT_EQ(decide_route(t, facts()).agent.value, "default");
}

TEST(Route, KeepsACallersAgentAndDrawsForWithheldOnesByCall) {
  auto t = salon();
  t.agents = {{{"a"}, 50, "old"}, {{"b"}, 50, "new"}};
  auto f = facts();
  const auto first = decide_route(t, f);
  EXPECT_EQ(first.variant, first.agent.value == "a" ? "old" : "new");
  std::set<std::string> agents;
  for (int n = 0; n < 100; ++n) {
    f.call.value = "CA" + std::to_string(n);
    EXPECT_EQ(decide_route(t, f).agent, first.agent) << "the caller's agent is not the call's";
  }
  f.caller = "anonymous";
  for (int n = 0; n < 100; ++n) {
    f.call.value = "CA" + std::to_string(n);
    const auto once = decide_route(t, f).agent;
    EXPECT_EQ(decide_route(t, f).agent, once) << "a retry of the webhook finds the same one";
    agents.insert(once.value);
  }
  EXPECT_THAT(agents, ElementsAre("a", "b"));
}

TEST(Route, DrawsAnewForEachTenantAndTheSameForBothFormsOfANumber) {
  auto t = salon(), other = salon();
  other.id.value = "salon-2";
  t.agents = other.agents = {{{"a"}, 50}, {{"b"}, 50}};
  int same = 0;
  auto f = facts();
  for (int n = 0; n < 1'000; ++n) {
    f.caller = "+1555" + std::to_string(1'000'000 + n);
    same += decide_route(t, f).agent == decide_route(other, f).agent ? 1 : 0;
  }
  EXPECT_NEAR(same, 500, 80);
  auto g = f;
  for (int n = 0; n < 20; ++n) {
    f.caller = "+5255123456" + std::to_string(10 + n);
    g.caller = "+52155123456" + std::to_string(10 + n);
    EXPECT_EQ(decide_route(t, f).agent, decide_route(t, g).agent);
  }
}

TEST(Route, NamesTheBackupAgentsElseTheOthersOfTheListAsNext) {
  auto t = salon();
  t.agents = {{{"a"}, 1000}, {{"b"}, 1}, {{"zero"}, 0}};
  const auto route = decide_route(t, facts());
  EXPECT_EQ(route.next.size(), 1U);
  EXPECT_NE(route.next.front(), route.agent);
  t.backup_agents = {{"x"}, {"a"}, {"y"}};
  t.agents = {{{"a"}, 1}};
  EXPECT_THAT(decide_route(t, facts()).next, ElementsAre(agent_id{"x"}, agent_id{"y"}));
  EXPECT_EQ(to_string(decide_route(t, facts())), "agent a, then x, then y");
}

TEST(Route, GoesStraightToTheNextAgentWhileOneFails) {
  auto t = salon();
  t.agent.value = "a";
  t.backup_agents = {{"b"}, {"c"}};
  auto f = facts();
  std::set<std::string> failing{"a"};
  f.may_serve = [&](const agent_id& agent) { return !failing.contains(agent.value); };
  auto route = decide_route(t, f);
  EXPECT_EQ(route.agent.value, "b");
  EXPECT_EQ(route.variant, "a") << "the one that was chosen";
  EXPECT_THAT(route.next, ElementsAre(agent_id{"c"}));
  EXPECT_EQ(route.rule, route_rule::agent);
  EXPECT_THAT(route.why, HasSubstr("a fails again and again"));
  failing = {"a", "b", "c"};
  route = decide_route(t, f);
  EXPECT_EQ(route.what, kind::say);
  EXPECT_EQ(route.rule, route_rule::agents_failing);
  EXPECT_TRUE(route.agent.empty());
  EXPECT_EQ(route.variant, "");
}

TEST(Route, LeavesACallToTheVariantThatWasDrawnWhileItsAgentFails) {
  auto t = salon();
  t.agents = {{{"a"}, 50, "old"}, {{"b"}, 50, "new"}};
  auto f = facts();
  f.may_serve = [](const agent_id& agent) { return agent.value != "b"; };
  std::set<std::string> variants;
  for (int n = 0; n < 100; ++n) {
    f.caller = "+1555" + std::to_string(1'000'000 + n);
    const auto route = decide_route(t, f);
    EXPECT_EQ(route.agent.value, "a");
    variants.insert(route.variant);
  }
  EXPECT_THAT(variants, ElementsAre("new", "old"));
}

TEST(Route, AsksNoAgentThatItDoesNotNeed) {
  auto t = salon();
  t.agent.value = "a";
  t.backup_agents = {{"b"}};
  auto f = facts();
  std::vector<std::string> asked;
  f.may_serve = [&](const agent_id& agent) {
    asked.push_back(agent.value);
    return true;
  };
  static_cast<void>(decide_route(t, f));
  EXPECT_THAT(asked, ElementsAre("a")) << "asking takes a half open breaker's one probe";
}

TEST(Route, HasAWordForEachRule) {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < route_rule_count; ++i) {
    const auto rule = static_cast<route_rule>(i);
    EXPECT_TRUE(words.insert(to_string(rule)).second);
    EXPECT_EQ(parse_route_rule(to_string(rule)), rule);
  }
  EXPECT_FALSE(parse_route_rule("caller"));
}

TEST(Route, SaysInWordsWhatItDoesWithoutAWholeNumber) {
  auto t = salon();
  t.caller_rules = {{"boss", {"+15557654321"}, tenant::action::transfer, {}, "+15550009999"}};
  EXPECT_EQ(to_string(decide_route(t, facts())), "transfer to +1555...");
}

TEST(BusinessTypes, AreReadFromAMapOfAgents) {
  const auto types = parse_business_types(R"({"salon": "agent_a", "Dental Practice": "agent_b"})");
  ASSERT_TRUE(types) << types.error().message;
  EXPECT_EQ(types->size(), 2U);
  EXPECT_EQ(types->agent_of("SALON").value, "agent_a");
  EXPECT_EQ(types->agent_of("dental practice").value, "agent_b");
  EXPECT_EQ(types->agent_of("garage").value, "");
  EXPECT_EQ(types->agent_of("").value, "");
}

TEST(BusinessTypes, AreRefusedWithTheirMistakes) {
  for (const auto* json :
       {"", "[]", R"({"salon": 1})", R"({"salon": "a b"})", R"({" ": "a"})", R"({"salon": "a", "Salon": "b"})"})
    EXPECT_FALSE(parse_business_types(json)) << json;
}

}  // namespace
}  // namespace tonris::model
