#include "model/tenant/tenant.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/tenant/rules.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;

const std::string whole_tenant = R"({
  "id": "salon-1", "name": "Test Salon", "status": "suspended", "businessType": "salon",
  "twilioPhoneNumber": "+1 (555) 123-4567",
  "settings": {
    "numbers": [{"number": "+1 555 123 4568", "language": "es", "agentId": "agent_es"}, {"number": "+15551234569"}],
    "elevenLabsAgentId": "agent_abc",
    "agents": [{"agentId": "agent_abc", "weight": 80}, {"agentId": "agent_new", "weight": 20, "variant": "b"}],
    "backupAgents": ["agent_simple", "agent_last"],
    "greeting": "Hello", "resumeGreeting": "Here again", "prompt": "You answer the phone.\nBe kind.",
    "language": "en", "voiceId": "voice_1",
    "dynamicVariables": {"parking": "behind the house", "seats": 4, "price": 2.5, "open_now": true},
    "businessHours": {"timezone": "America/New_York", "monday": {"open": "09:00", "close": "17:00"},
                      "tuesday": [{"open": "09:00", "close": "12:00"}, {"open": "13:00", "close": "17:00"}],
                      "saturday": {"open": "20:00", "close": "02:00"},
                      "holidays": [{"date": "2026-12-25"},
                                   {"date": "2026-12-24", "hours": {"open": "09:00", "close": "12:00"}}],
                      "closed": {"action": "transfer", "transferTo": "+1 555 765 4322"}},
    "fallback": {"say": "Sorry.", "transferTo": "+15557654321", "voicemail": true},
    "limits": {"maxConcurrentCalls": 10, "callsPerMinute": 30, "maxCallSeconds": 1800, "minutesPerMonth": 2000,
               "costPerMonth": 500.25, "callerCalls": {"calls": 5, "seconds": 600}, "reservedCalls": 2, "burst": true,
               "whenUnknown": "refuse", "overflow": {"action": "wait", "seconds": 60}},
    "rehearsal": {"failure": "slowVendor", "afterSeconds": 3, "callers": ["+1 555 000 3333", "+15550003333"]},
    "blockedCallers": ["+15550001111", "+1 555 000 1111", "+15550002222"],
    "callerRules": [
      {"name": "vip", "callers": ["+1 555 765 4321", "+1900*", "withheld"], "action": "agent", "agentId": "agent_vip"},
      {"name": "boss", "callers": ["+15550009999"], "action": "transfer", "transferTo": "+15557654323"}],
    "sentences": {"language": "en-US", "voice": "Polly.Joanna", "closed": "We are closed.", "wait": "One moment."},
    "record": true,
    "tools": {"get_services": {"static": {"items": [1, "two"]}},
              "book_appointment": {"url": "https://example.com/book?x=1", "timeoutMs": 2500},
              "cancel": {"url": "http://10.0.0.7:8080/cancel", "unavailable": "Our calendar is down."},
              "hours": {"builtin": "business_hours", "unavailable": "Ask again."}},
    "transfer": {"numbers": ["+1 555 765 4321", "+15557654321"], "prefixes": ["+1", "+45", "+1"],
                 "perCallerPerDay": 5, "warm": true, "whisper": "A customer of yours.", "ringSeconds": 25,
                 "noAnswer": "voicemail"},
    "webhooks": [{"name": "crm", "url": "https://crm.example.com/calls", "events": ["call.ended", "limit.reached"]}],
    "warmStart": true, "deadAir": {"sound": "ticks", "afterMs": 2000}, "maskDigits": true, "legacySignature": true,
    "retention": {"days": 90, "transcriptDays": 7, "audioDays": 14},
    "experiment": {"outcome": "completed", "stopLosing": true, "since": "2026-11-22T10:00Z"},
    "recording": {"allowed": true, "channels": "dual"}},
  "secrets": {"webhooks": {"crm": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}})";

std::string with_settings(const std::string& settings) {
  return R"({"id":"a","name":"A","twilioPhoneNumber":"+15551234567","settings":{)" + settings + "}}";
}

TEST(Tenant, ReadsEveryField) {
  const auto t = parse_tenant(whole_tenant);
  ASSERT_TRUE(t) << t.error().path << ' ' << t.error().message;
  EXPECT_EQ(t->id.value, "salon-1");
  EXPECT_EQ(t->name, "Test Salon");
  EXPECT_EQ(t->retention, (tenant::retention_type{90, 7, 14}));
  EXPECT_EQ(t->recording, (tenant::recording_type{true, true}));
  EXPECT_EQ(t->experiment, (tenant::experiment_type{tenant::experiment_type::outcome_type::completed, true,
                                                    parse_iso_time("2026-11-22T10:00:00.000Z")}));
  EXPECT_EQ(t->status, tenant::status_type::suspended);
  EXPECT_EQ(t->phone_number, "+15551234567");
  EXPECT_EQ(t->agent.value, "agent_abc");
  EXPECT_THAT(t->agents,
              ElementsAre(tenant::agent_choice{{"agent_abc"}, 80, ""}, tenant::agent_choice{{"agent_new"}, 20, "b"}));
  EXPECT_EQ(t->business_type, "salon");
  EXPECT_THAT(t->numbers, ElementsAre(tenant::number_choice{"+15551234568", "es", {"agent_es"}},
                                      tenant::number_choice{"+15551234569", std::nullopt, {}}));
  EXPECT_THAT(numbers_of(*t), ElementsAre("+15551234567", "+15551234568", "+15551234569"));
  EXPECT_THAT(t->backup_agents, ElementsAre(agent_id{"agent_simple"}, agent_id{"agent_last"}));
  EXPECT_THAT(
      t->caller_rules,
      ElementsAre(
          tenant::caller_rule{"vip", {"+15557654321", "+1900*", "withheld"}, tenant::action::agent, {"agent_vip"}, ""},
          tenant::caller_rule{"boss", {"+15550009999"}, tenant::action::transfer, {}, "+15557654323"}));
  EXPECT_EQ(t->sentences, (tenant::sentences_type{"en-US",
                                                  "Polly.Joanna",
                                                  {{tenant::sentence::closed, "We are closed."},
                                                   {tenant::sentence::wait, "One moment."}}}));
  EXPECT_EQ(t->greeting, "Hello");
  EXPECT_EQ(t->resume_greeting, "Here again");
  EXPECT_EQ(t->prompt, "You answer the phone.\nBe kind.");
  EXPECT_EQ(t->language, "en");
  EXPECT_EQ(t->voice_id, "voice_1");
  const std::map<std::string, tenant::variable> variables{
      {"parking", std::string{"behind the house"}}, {"seats", std::int64_t{4}}, {"price", 2.5}, {"open_now", true}};
  EXPECT_EQ(t->dynamic_variables, variables);
  ASSERT_TRUE(t->business_hours);
  EXPECT_EQ(t->business_hours->timezone, "America/New_York");
  EXPECT_EQ(t->business_hours->days.size(), 3U);
  EXPECT_THAT(t->business_hours->days.at("tuesday"),
              ElementsAre(tenant::opening{"09:00", "12:00"}, tenant::opening{"13:00", "17:00"}));
  EXPECT_THAT(t->business_hours->days.at("saturday"), ElementsAre(tenant::opening{"20:00", "02:00"}));
  EXPECT_THAT(t->business_hours->holidays,
              ElementsAre(tenant::holiday{"2026-12-25", {}}, tenant::holiday{"2026-12-24", {{"09:00", "12:00"}}}));
  EXPECT_EQ(t->business_hours->closed, (tenant::closed_type{tenant::action::transfer, "+15557654322", {}}));
  EXPECT_EQ(t->fallback, (tenant::fallback_type{"Sorry.", "+15557654321", true}));
  EXPECT_EQ(t->limits, (tenant::limits_type{10,
                                            30,
                                            1800,
                                            2000,
                                            500.25,
                                            tenant::caller_calls_type{5, 600},
                                            2,
                                            std::nullopt,
                                            true,
                                            tenant::when_unknown_type::refuse,
                                            {tenant::action::wait, "", {}, 60}}));
  ASSERT_TRUE(t->rehearsal);
  EXPECT_EQ(t->rehearsal->what, tenant::rehearsal_type::failure::slow_vendor);
  EXPECT_EQ(t->rehearsal->after_seconds, 3U);
  EXPECT_THAT(t->rehearsal->callers, ElementsAre("+15550003333"));
  EXPECT_THAT(t->blocked_callers, ElementsAre("+15550001111", "+15550002222"));
  EXPECT_TRUE(t->record);
  EXPECT_EQ(t->tools.at("get_services"), (tenant::tool{"", R"({"items":[1,"two"]})", 4000}));
  EXPECT_EQ(t->tools.at("book_appointment"), (tenant::tool{"https://example.com/book?x=1", "", 2500}));
  EXPECT_EQ(t->tools.at("cancel").timeout_ms, 4000U);
  EXPECT_EQ(t->tools.at("cancel").unavailable, "Our calendar is down.");
  using builtin = tenant::tool::builtin_type;
  EXPECT_EQ(t->tools.at("hours"), (tenant::tool{"", "", 4000, builtin::business_hours, "Ask again."}));
  using no_answer = tenant::transfer_type::no_answer_type;
  EXPECT_EQ(t->transfer,
            (tenant::transfer_type{
                {"+15557654321"}, {"+1", "+45"}, 5, true, "A customer of yours.", 25, no_answer::voicemail}));
  EXPECT_THAT(t->webhooks,
              ElementsAre(tenant::webhook{
                  "crm", "https://crm.example.com/calls", {tenant::event::call_ended, tenant::event::limit_reached}}));
  EXPECT_EQ(t->dead_air, (tenant::dead_air_type{tenant::dead_air_type::sound_type::ticks, 2000}));
  EXPECT_TRUE(t->warm_start && t->mask_digits && t->legacy_signature);
}

TEST(Tenant, PlacesCallsAsItsSettingsSay) {
  const auto t =
      parse_tenant(with_settings(R"("outbound":{"enabled":true,"allowed":["+1","+45","+1"],"perMinute":5,"perDay":50,)"
                                 R"("quietHours":{"from":"21:00","to":"24:00"},"machine":"continue"})"));
  ASSERT_TRUE(t) << t.error().path << ' ' << t.error().message;
  using outbound = tenant::outbound_type;
  EXPECT_EQ(
      t->outbound,
      (outbound{true, {"+1", "+45"}, 5, 50, outbound::quiet_type{"21:00", "24:00"}, outbound::machine_type::go_on}));
  EXPECT_EQ(parse_tenant(to_json(*t)).value(), *t);
  const auto shut = parse_tenant(with_settings(R"("outbound":{})"));
  ASSERT_TRUE(shut);
  EXPECT_EQ(shut->outbound, outbound{});
  EXPECT_FALSE(shut->outbound->enabled);
  EXPECT_EQ(parse_tenant(to_json(*shut)).value(), *shut);
}

TEST(Tenant, HasATransferOfModestMeansWhereHeSaysNoMore) {
  const auto t = parse_tenant(with_settings(R"("transfer":{"prefixes":["+45"]},"deadAir":{"sound":"soft"})"));
  ASSERT_TRUE(t) << t.error().path << ' ' << t.error().message;
  tenant::transfer_type expected;
  expected.prefixes = {"+45"};
  EXPECT_EQ(t->transfer, expected);
  EXPECT_EQ(t->dead_air, tenant::dead_air_type{});
  EXPECT_EQ(parse_tenant(to_json(*t)).value(), *t);
}

TEST(Tenant, NamesEachBuiltInToolAndEachEvent) {
  for (const std::string name : {"business_hours", "business_profile", "caller_history", "call_context"}) {
    const auto t = parse_tenant(with_settings(R"("tools":{"x":{"builtin":")" + name + "\"}}"));
    ASSERT_TRUE(t) << name;
    EXPECT_EQ(to_string(t->tools.at("x").builtin), name);
  }
  for (const std::string name : {"call.started", "call.ended", "voicemail.received", "transfer.failed", "limit.reached",
                                 "call.troubled", "experiment.stopped"}) {
    const auto what = tenant_rules::event_of(name);
    ASSERT_TRUE(what) << name;
    EXPECT_EQ(to_string(*what), name);
  }
}

TEST(Tenant, NeedsNoMoreThanIdNameAndNumber) {
  const auto t = parse_tenant(R"({"id":"a","name":"A","twilioPhoneNumber":"+15551234567"})");
  ASSERT_TRUE(t);
  tenant expected;
  expected.id.value = "a";
  expected.name = "A";
  expected.phone_number = "+15551234567";
  EXPECT_EQ(*t, expected);
}

TEST(Tenant, RehearsesEachFailureByItsName) {
  using enum tenant::rehearsal_type::failure;
  for (const auto failure :
       {agent_drop, slow_vendor, garbage_frame, caller_drop, agent_crash, caller_crash, call_crash, agent_silent}) {
    const auto t = parse_tenant(with_settings(R"("rehearsal":{"failure":")" + std::string{to_string(failure)} +
                                              R"(","callers":["+15550003333"]})"));
    ASSERT_TRUE(t) << to_string(failure) << t.error().message;
    EXPECT_EQ(t->rehearsal, (tenant::rehearsal_type{failure, 10, {"+15550003333"}}));
    EXPECT_EQ(parse_tenant(to_json(*t)).value(), *t);
  }
}

TEST(Tenant, IsTheSameAfterBeingWritten) {
  for (const auto& json :
       {whole_tenant, with_settings(""), with_settings(R"("greeting":"","agents":[])"),
        with_settings(
            R"("dynamicVariables":{"big":4503599627370495.5,"whole":5.0,"small":-0.001,"text":"\"\\\u0041"})")}) {
    const auto t = parse_tenant(json);
    ASSERT_TRUE(t) << json;
    auto again = parse_tenant(to_json(*t));
    ASSERT_TRUE(again) << to_json(*t) << again.error().path << again.error().message;
    keep_former(again->secrets, t->secrets);
    EXPECT_EQ(*again, *t);
  }
}

TEST(Tenant, KeepsWholeNumbersToTheLastDigit) {
  for (const std::string digits : {"9007199254740993", "-9007199254740993", "9223372036854775807",
                                   "-9223372036854775808", "1234567890123456", "0"}) {
    const auto t = parse_tenant(with_settings(R"("dynamicVariables":{"n":)" + digits + "}"));
    ASSERT_TRUE(t) << digits << t.error().message;
    EXPECT_EQ(t->dynamic_variables.at("n"), tenant::variable{std::stoll(digits)});
    EXPECT_THAT(to_json(*t), HasSubstr("\"n\":" + digits + "}"));
    EXPECT_EQ(parse_tenant(to_json(*t)).value(), *t);
  }
}

TEST(Tenant, IsWrittenInTheOrderOfTheManual) {
  const auto t = parse_tenant(with_settings(R"("limits":{"costPerMonth":500},"record":true,"language":"en")"));
  ASSERT_TRUE(t);
  EXPECT_EQ(to_json(*t), R"({"id":"a","name":"A","status":"active","twilioPhoneNumber":"+15551234567",)"
                         R"("settings":{"language":"en","limits":{"costPerMonth":500},"record":true}})");
}

struct refused_setting {
  std::string why, settings, path, message;
};
class TenantRefuses : public testing::TestWithParam<refused_setting> {};
TEST_P(TenantRefuses, ASettingWithItsPathAndReason) {
  const auto t = parse_tenant(with_settings(GetParam().settings));
  ASSERT_FALSE(t);
  EXPECT_EQ(t.error().path, "settings." + GetParam().path);
  EXPECT_THAT(t.error().message, HasSubstr(GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    Settings, TenantRefuses,
    testing::Values(
        refused_setting{"UnknownKey", R"("colour":"red")", "colour", "is not a known key"},
        refused_setting{"UnknownKeyDeepInside", R"("agents":[{"agentId":"a","wait":1}])", "agents[0].wait",
                        "is not a known key"},
        refused_setting{"KeyTwice", R"("record":true,"record":false)", "record", "is there twice"},
        refused_setting{"NullForText", R"("greeting":null)", "greeting", "must be a text"},
        refused_setting{"AgentWithSpaces", R"("elevenLabsAgentId":"a b")", "elevenLabsAgentId", "agent id"},
        refused_setting{"EmptyAgent", R"("elevenLabsAgentId":"")", "elevenLabsAgentId", "must not be empty"},
        refused_setting{"AgentsNoList", R"("agents":{})", "agents", "must be a list"},
        refused_setting{"AgentNoObject", R"("agents":["agent_a"])", "agents[0]", "must be an object"},
        refused_setting{"AgentMissing", R"("agents":[{"weight":1}])", "agents[0].agentId", "is missing"},
        refused_setting{"WeightNegative", R"("agents":[{"agentId":"a"},{"agentId":"b","weight":-1}])",
                        "agents[1].weight", "must be a whole number from 0 to 1000"},
        refused_setting{"WeightTooBig", R"("agents":[{"agentId":"a","weight":1001}])", "agents[0].weight", "0 to 1000"},
        refused_setting{"WeightFraction", R"("agents":[{"agentId":"a","weight":1.5}])", "agents[0].weight", "whole"},
        refused_setting{"WeightText", R"("agents":[{"agentId":"a","weight":"1"}])", "agents[0].weight", "whole"},
        refused_setting{"NoWeightAtAll", R"("agents":[{"agentId":"a","weight":0}])", "agents", "above 0"},
        refused_setting{"AgentTwice", R"("agents":[{"agentId":"a"},{"agentId":"a"}])", "agents[1].agentId", "twice"},
        refused_setting{"GreetingTooLong", "\"greeting\":\"" + std::string(2001, 'x') + '"', "greeting",
                        "at most 2000"},
        refused_setting{"GreetingWithControl", R"("greeting":"a\u0000b")", "greeting", "control"},
        refused_setting{"LanguageInCapitals", R"("language":"English")", "language", "language tag"},
        refused_setting{"BlankPrompt", R"("prompt":"  ")", "prompt", "must be"},
        refused_setting{"VoiceWithSlash", R"("voiceId":"../x")", "voiceId", "voice id"},
        refused_setting{"VariableObject", R"("dynamicVariables":{"a":{}})", "dynamicVariables.a", "must be a text"},
        refused_setting{"VariableNameWithSpace", R"("dynamicVariables":{"a b":1})", "dynamicVariables.a b", "named"},
        refused_setting{"VariableNameEmpty", R"("dynamicVariables":{"":1})", "dynamicVariables.\"\"", "empty"},
        refused_setting{"VariableOfTheVendor", R"("dynamicVariables":{"system__time":"1"})",
                        "dynamicVariables.system__time", "must not begin with system__"},
        refused_setting{"VariableOfTheGateway", R"("dynamicVariables":{"call_sid":"1"})", "dynamicVariables.call_sid",
                        "is set by the gateway"},
        refused_setting{"VariableBeyond64Bits", R"("dynamicVariables":{"n":9223372036854775808})", "dynamicVariables.n",
                        "at most 64 bits"},
        refused_setting{"VariableFarBeyond64Bits", R"("dynamicVariables":{"n":-123456789012345678901234567890})",
                        "dynamicVariables.n", "at most 64 bits"},
        refused_setting{"HoursWithoutTimezone", R"("businessHours":{})", "businessHours.timezone", "is missing"},
        refused_setting{"HoursOddTimezone", R"("businessHours":{"timezone":"../etc"})", "businessHours.timezone",
                        "IANA"},
        refused_setting{"HoursUnknownDay", R"("businessHours":{"timezone":"UTC","moonday":{}})",
                        "businessHours.moonday", "is not a known key"},
        refused_setting{"HoursHalfADay", R"("businessHours":{"timezone":"UTC","friday":{"open":"09:00"}})",
                        "businessHours.friday.close", "is missing"},
        refused_setting{"HoursNoTime", R"("businessHours":{"timezone":"UTC","friday":{"open":"9","close":"17:00"}})",
                        "businessHours.friday.open", "a time from"},
        refused_setting{"HoursPastTheDay",
                        R"("businessHours":{"timezone":"UTC","friday":{"open":"09:00","close":"25:00"}})",
                        "businessHours.friday.close", "a time from"},
        refused_setting{"HoursPastTheHour",
                        R"("businessHours":{"timezone":"UTC","friday":{"open":"09:60","close":"17:00"}})",
                        "businessHours.friday.open", "a time from"},
        refused_setting{"HoursOfNothing",
                        R"("businessHours":{"timezone":"UTC","friday":{"open":"09:00","close":"09:00"}})",
                        "businessHours.friday.close", "differ"},
        refused_setting{"FallbackToAWord", R"("fallback":{"transferTo":"anonymous"})", "fallback.transferTo", "E.164"},
        refused_setting{"FallbackFlagAsText", R"("fallback":{"voicemail":"yes"})", "fallback.voicemail",
                        "true or false"},
        refused_setting{"LimitOfZeroCalls", R"("limits":{"maxConcurrentCalls":0})", "limits.maxConcurrentCalls",
                        "1 to"},
        refused_setting{"LimitBeyondIntegers", R"("limits":{"minutesPerMonth":99999999999})", "limits.minutesPerMonth",
                        "whole number"},
        refused_setting{"LimitNegativeCost", R"("limits":{"costPerMonth":-1})", "limits.costPerMonth",
                        "must be a number from 0 to"},
        refused_setting{"RehearsalOfNothing", R"("rehearsal":{"callers":["+15550003333"]})", "rehearsal.failure",
                        "is missing"},
        refused_setting{
            "RehearsalUnknown", R"("rehearsal":{"failure":"fire","callers":["+15550003333"]})", "rehearsal.failure",
            "must be agentDrop, slowVendor, garbageFrame, callerDrop, agentCrash, callerCrash, callCrash or "
            "agentSilent"},
        refused_setting{"RehearsalForEverybody", R"("rehearsal":{"failure":"agentDrop"})", "rehearsal.callers",
                        "at least one"},
        refused_setting{"RehearsalForNobody", R"("rehearsal":{"failure":"agentDrop","callers":[]})",
                        "rehearsal.callers", "at least one"},
        refused_setting{"RehearsalForAWord", R"("rehearsal":{"failure":"agentDrop","callers":["anonymous"]})",
                        "rehearsal.callers[0]", "E.164"},
        refused_setting{"RehearsalForMany",
                        R"("rehearsal":{"failure":"agentDrop","callers":["+15550003333")" +
                            [] {
                              std::string more;
                              for (int n = 10; n < 30; ++n) more += ",\"+155500033" + std::to_string(n) + '"';
                              return more;
                            }() +
                            "]}",
                        "rehearsal.callers", "at most 20"},
        refused_setting{"RehearsalTooLate",
                        R"("rehearsal":{"failure":"agentDrop","afterSeconds":601,"callers":["+15550003333"]})",
                        "rehearsal.afterSeconds", "0 to 600"},
        refused_setting{"RehearsalUnknownKey",
                        R"("rehearsal":{"failure":"agentDrop","when":1,"callers":["+15550003333"]})", "rehearsal.when",
                        "is not a known key"},
        refused_setting{"BlockedWord", R"("blockedCallers":["+15550001111","anonymous"])", "blockedCallers[1]",
                        "E.164"},
        refused_setting{"RecordAsNumber", R"("record":1)", "record", "true or false"},
        refused_setting{"NumberTwice", R"("numbers":[{"number":"+15551234568"},{"number":"+1 555 123 4567"}])",
                        "numbers[1].number", "of this tenant already"},
        refused_setting{"NumberMissing", R"("numbers":[{}])", "numbers[0].number", "is missing"},
        refused_setting{"VariantTwice", R"("agents":[{"agentId":"a","variant":"x"},{"agentId":"b","variant":"x"}])",
                        "agents[1].variant", "twice"},
        refused_setting{"BackupTwice", R"("backupAgents":["a","a"])", "backupAgents[1]", "twice"},
        refused_setting{"SpanOfNothing",
                        R"("businessHours":{"timezone":"UTC","friday":[{"open":"09:00","close":"09:00"}]})",
                        "businessHours.friday[0].close", "differ"},
        refused_setting{"NoSuchDate", R"("businessHours":{"timezone":"UTC","holidays":[{"date":"2026-02-29"}]})",
                        "businessHours.holidays[0].date", "a date, such as"},
        refused_setting{
            "DateTwice",
            R"("businessHours":{"timezone":"UTC","holidays":[{"date":"2026-12-25"},{"date":"2026-12-25"}]})",
            "businessHours.holidays[1].date", "twice"},
        refused_setting{"ClosedWaiting", R"("businessHours":{"timezone":"UTC","closed":{"action":"wait"}})",
                        "businessHours.closed.action", "say, transfer, voicemail or agent"},
        refused_setting{"ClosedWithoutNumber", R"("businessHours":{"timezone":"UTC","closed":{"action":"transfer"}})",
                        "businessHours.closed.transferTo", "is missing"},
        refused_setting{"ClosedWithANumberTooMany",
                        R"("businessHours":{"timezone":"UTC","closed":{"action":"say","transferTo":"+15557654321"}})",
                        "businessHours.closed.transferTo", "is for action transfer"},
        refused_setting{"OverflowTooPatient", R"("limits":{"overflow":{"action":"wait","seconds":121}})",
                        "limits.overflow.seconds", "1 to 120"},
        refused_setting{"OverflowSecondsOfNothing", R"("limits":{"overflow":{"action":"say","seconds":1}})",
                        "limits.overflow.seconds", "is for action wait"},
        refused_setting{"RuleTwice",
                        R"("callerRules":[{"name":"a","callers":["withheld"],"action":"block"},)"
                        R"({"name":"a","callers":["withheld"],"action":"block"}])",
                        "callerRules[1].name", "twice"},
        refused_setting{"RuleForAWord", R"("callerRules":[{"name":"a","callers":["hidden"],"action":"block"}])",
                        "callerRules[0].callers[0]", "or withheld"},
        refused_setting{"SentenceOfNobodysNumber", R"("sentences":{"notInService":"x"})", "sentences.notInService",
                        "is not a known key"},
        refused_setting{"SentenceOfNoKind", R"("sentences":{"hello":"x"})", "sentences.hello", "is not a known key"},
        refused_setting{"ToolOfNothing", R"("tools":{"x":{}})", "tools.x", "either url, static or builtin"},
        refused_setting{"ToolOfBoth", R"("tools":{"x":{"url":"https://a.example","static":{}}})", "tools.x",
                        "either url, static or builtin"},
        refused_setting{"ToolStaticList", R"("tools":{"x":{"static":[]}})", "tools.x.static", "must be an object"},
        refused_setting{"ToolStaticTimeout", R"("tools":{"x":{"static":{},"timeoutMs":500}})", "tools.x.timeoutMs",
                        "with a url"},
        refused_setting{"ToolUnknownBuiltIn", R"("tools":{"x":{"builtin":"weather"}})", "tools.x.builtin",
                        "must be business_hours, business_profile"},
        refused_setting{"ToolBuiltInTimeout", R"("tools":{"x":{"builtin":"call_context","timeoutMs":500}})",
                        "tools.x.timeoutMs", "with a url"},
        refused_setting{"ToolBuiltInWithUrl", R"("tools":{"x":{"builtin":"call_context","url":"https://a.example"}})",
                        "tools.x", "either url, static or builtin"},
        refused_setting{"ToolUnavailableStatic", R"("tools":{"x":{"static":{},"unavailable":"x"}})",
                        "tools.x.unavailable", "with a url or builtin"},
        refused_setting{"ToolUnavailableBlank", R"("tools":{"x":{"url":"https://a.example","unavailable":" "}})",
                        "tools.x.unavailable", "a sentence"},
        refused_setting{"OutboundToNobody", R"("outbound":{"enabled":true})", "outbound.allowed", "such as +1"},
        refused_setting{"OutboundToAWord", R"("outbound":{"allowed":["all"]})", "outbound.allowed[0]", "beginning"},
        refused_setting{"OutboundTooOften", R"("outbound":{"perMinute":61})", "outbound.perMinute", "from 1 to 60"},
        refused_setting{"OutboundQuietWithoutEnd", R"("outbound":{"quietHours":{"from":"21:00"}})",
                        "outbound.quietHours.to", "is missing"},
        refused_setting{"OutboundQuietForNothing", R"("outbound":{"quietHours":{"from":"21:00","to":"21:00"}})",
                        "outbound.quietHours.to", "must differ"},
        refused_setting{"OutboundMachine", R"("outbound":{"machine":"beep"})", "outbound.machine", "hang-up"},
        refused_setting{"TransferToNobody", R"("transfer":{})", "transfer", "numbers or prefixes"},
        refused_setting{"TransferToNone", R"("transfer":{"numbers":[],"prefixes":[]})", "transfer",
                        "numbers or prefixes"},
        refused_setting{"TransferToAWord", R"("transfer":{"numbers":["+15557654321","desk"]})", "transfer.numbers[1]",
                        "E.164"},
        refused_setting{"TransferPrefixWithoutPlus", R"("transfer":{"prefixes":["45"]})", "transfer.prefixes[0]",
                        "the beginning"},
        refused_setting{"TransferPrefixOfAll", R"("transfer":{"prefixes":["+"]})", "transfer.prefixes[0]",
                        "the beginning"},
        refused_setting{"TransferPrefixWithAsterisk", R"("transfer":{"prefixes":["+1*"]})", "transfer.prefixes[0]",
                        "the beginning"},
        refused_setting{"TransferNever", R"("transfer":{"prefixes":["+1"],"perCallerPerDay":0})",
                        "transfer.perCallerPerDay", "1 to 1000"},
        refused_setting{"TransferRingsTooLong", R"("transfer":{"prefixes":["+1"],"ringSeconds":61})",
                        "transfer.ringSeconds", "5 to 60"},
        refused_setting{"TransferWhisperCold", R"("transfer":{"prefixes":["+1"],"whisper":"Hello"})",
                        "transfer.whisper", "warm"},
        refused_setting{"TransferNoAnswer", R"("transfer":{"prefixes":["+1"],"noAnswer":"hang up"})",
                        "transfer.noAnswer", "agent or voicemail"},
        refused_setting{"TransferUnknownKey", R"("transfer":{"prefixes":["+1"],"cold":true})", "transfer.cold",
                        "is not a known key"},
        refused_setting{"WebhookUnsigned",
                        R"("webhooks":[{"name":"a","url":"https://a.example","events":["call.ended"]}])",
                        "webhooks[0].name", "secrets.webhooks"},
        refused_setting{"WebhookNameless", R"("webhooks":[{"url":"https://a.example","events":["call.ended"]}])",
                        "webhooks[0].name", "is missing"},
        refused_setting{"WebhookNowhere", R"("webhooks":[{"name":"a","events":["call.ended"]}])", "webhooks[0].url",
                        "is missing"},
        refused_setting{"WebhookFile", R"("webhooks":[{"name":"a","url":"file:///x","events":["call.ended"]}])",
                        "webhooks[0].url", "address"},
        refused_setting{"WebhookOfNothing", R"("webhooks":[{"name":"a","url":"https://a.example","events":[]}])",
                        "webhooks[0].events", "at least one"},
        refused_setting{"WebhookUnknownEvent",
                        R"("webhooks":[{"name":"a","url":"https://a.example","events":["call.ringing"]}])",
                        "webhooks[0].events[0]", "must be call.started"},
        refused_setting{"WebhookEventTwice",
                        R"("webhooks":[{"name":"a","url":"https://a.example","events":["call.ended","call.ended"]}])",
                        "webhooks[0].events[1]", "twice"},
        refused_setting{"WebhooksTooMany", R"("webhooks":[{},{},{},{},{},{}])", "webhooks", "at most 5"},
        refused_setting{"WarmStartAsText", R"("warmStart":"yes")", "warmStart", "true or false"},
        refused_setting{"DeadAirSilent", R"("deadAir":{})", "deadAir.sound", "is missing"},
        refused_setting{"DeadAirLoud", R"("deadAir":{"sound":"siren"})", "deadAir.sound", "soft or ticks"},
        refused_setting{"DeadAirHasty", R"("deadAir":{"sound":"soft","afterMs":499})", "deadAir.afterMs",
                        "500 to 10000"},
        refused_setting{"RetentionOfNothing", R"("retention":{"days":0})", "retention.days", "1 to 3650"},
        refused_setting{"RetentionOfWordsWithoutARecord", R"("retention":{"days":7,"transcriptDays":8})",
                        "retention.transcriptDays", "at most days"},
        refused_setting{"RetentionOfAudioWithoutARecord", R"("retention":{"days":7,"audioDays":7})",
                        "retention.audioDays", "less than days"},
        refused_setting{"ExperimentOfNothing", R"("agents":[{"agentId":"a"},{"agentId":"b"}],"experiment":{})",
                        "experiment.outcome", "is missing"},
        refused_setting{"ExperimentByTaste",
                        R"("agents":[{"agentId":"a"},{"agentId":"b"}],"experiment":{"outcome":"taste"})",
                        "experiment.outcome", "must be success or completed"},
        refused_setting{"ExperimentWithOneAgent", R"("agents":[{"agentId":"a"}],"experiment":{"outcome":"success"})",
                        "experiment", "at least two agents"},
        refused_setting{
            "ExperimentSinceYesterday",
            R"("agents":[{"agentId":"a"},{"agentId":"b"}],"experiment":{"outcome":"success","since":"yesterday"})",
            "experiment.since", "a time in UTC"},
        refused_setting{
            "ExperimentStoppedByText",
            R"("agents":[{"agentId":"a"},{"agentId":"b"}],"experiment":{"outcome":"success","stopLosing":"yes"})",
            "experiment.stopLosing", "true or false"},
        refused_setting{"RecordingAsFlag", R"("recording":true)", "recording", "must be an object"},
        refused_setting{"RecordingInStereo", R"("recording":{"allowed":true,"channels":"stereo"})",
                        "recording.channels", "mono or dual"},
        refused_setting{"MaskDigitsAsNumber", R"("maskDigits":1)", "maskDigits", "true or false"},
        refused_setting{"LegacySignatureAsText", R"("legacySignature":"no")", "legacySignature", "true or false"},
        refused_setting{"ToolName", R"("tools":{"a/b":{"static":{}}})", "tools.a/b", "named"},
        refused_setting{"ToolFile", R"("tools":{"x":{"url":"file:///etc/passwd"}})", "tools.x.url", "address"},
        refused_setting{"ToolWithoutHost", R"("tools":{"x":{"url":"https:///path"}})", "tools.x.url", "address"},
        refused_setting{"ToolWithPassword", R"("tools":{"x":{"url":"https://u:p@a.example/"}})", "tools.x.url",
                        "address"},
        refused_setting{"ToolTooPatient", R"("tools":{"x":{"url":"https://a.example","timeoutMs":60000}})",
                        "tools.x.timeoutMs", "100 to 20000"}),
    [](const auto& row) { return row.param.why; });

struct refused_document {
  std::string why, json, path, message;
};
class TenantDocument : public testing::TestWithParam<refused_document> {};
TEST_P(TenantDocument, IsRefusedWithAReason) {
  const auto t = parse_tenant(GetParam().json);
  ASSERT_FALSE(t);
  EXPECT_EQ(t.error().path, GetParam().path);
  EXPECT_THAT(t.error().message, HasSubstr(GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    Wire, TenantDocument,
    testing::Values(
        refused_document{"Empty", "", "", "is not JSON"}, refused_document{"List", "[]", "", "must be an object"},
        refused_document{"Half", R"({"id":)", "", "(byte 6)"},
        refused_document{"TrailingText", R"({"id":"a"} x)", "", "is not JSON"},
        refused_document{"NotUtf8", "{\"id\":\"\xff\"}", "", "is not JSON"},
        refused_document{"HugeNumber", R"({"id":1e999})", "", "exponent of more than 2 digits"},
        refused_document{"DeepLists", std::string(500'000, '['), "", "nest"},
        refused_document{
            "DeepInsideAnAnswer",
            with_settings(R"("tools":{"x":{"static":{"a":)" + std::string(100, '[') + std::string(100, ']') + "}}}"),
            "", "nest"},
        refused_document{"TooBig", std::string(1024 * 1024 + 1, ' '), "", "at most 1048576 bytes"},
        refused_document{"NoId", R"({"name":"A","twilioPhoneNumber":"+15551234567"})", "id", "is missing"},
        refused_document{"IdWithSlash", R"({"id":"a/b","name":"A","twilioPhoneNumber":"+15551234567"})", "id",
                         "letters"},
        refused_document{"IdTooLong",
                         R"({"id":")" + std::string(65, 'a') + R"(","name":"A","twilioPhoneNumber":"+15551234567"})",
                         "id", "at most 64"},
        refused_document{"NoName", R"({"id":"a","twilioPhoneNumber":"+15551234567"})", "name", "is missing"},
        refused_document{"NoNumber", R"({"id":"a","name":"A"})", "twilioPhoneNumber", "is missing"},
        refused_document{"ShortNumber", R"({"id":"a","name":"A","twilioPhoneNumber":"555"})", "twilioPhoneNumber",
                         "E.164"},
        refused_document{"UnknownStatus", R"({"id":"a","name":"A","twilioPhoneNumber":"+15551234567","status":"on"})",
                         "status", "pending, active, suspended or cancelled"},
        refused_document{"SettingsNoObject",
                         R"({"id":"a","name":"A","twilioPhoneNumber":"+15551234567","settings":[]})", "settings",
                         "must be an object"},
        refused_document{"OddKey",
                         "{\"id\":\"a\",\"name\":\"A\",\"twilioPhoneNumber\":\"+15551234567\",\"\\n" +
                             std::string(100, 'k') + "\":1}",
                         "?" + std::string(63, 'k'), "is not a known key"}),
    [](const auto& row) { return row.param.why; });

TEST(Tenant, IsAskedForAZoneThatExists) {
  const auto exists = [](std::string_view zone) { return zone == "Europe/Copenhagen"; };
  EXPECT_TRUE(parse_tenant(with_settings(R"("businessHours":{"timezone":"Europe/Copenhagen"})"), exists));
  const auto nowhere = parse_tenant(with_settings(R"("businessHours":{"timezone":"Europe/Kopenhagen"})"), exists);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().path, "settings.businessHours.timezone");
  EXPECT_THAT(nowhere.error().message, HasSubstr("time zone database"));
}

TEST(Tenant, TakesEachGoodAddressOfATool) {
  for (const auto* url :
       {"https://a.example", "https://crm.example.com:8443/x?y=1&z=%20", "http://10.0.0.7:8080/cancel",
        "http://[::1]:80/", "https://my_service/", "https://xn--bcher-kva.example/"})
    EXPECT_TRUE(parse_tenant(with_settings(R"("tools":{"x":{"url":")" + std::string{url} + "\"}}"))) << url;
}

TEST(Tenant, RefusesAddressesOfToolsThatCannotBe) {
  for (const auto* url :
       {"https://a..example/", "https://-a.example/", "https://a.example:0/", "https://a.example:65536/",
        "https://a.example:x/", "https://a.example:/", "https://999.1.1.1/", "https://1.2.3/", "https://[::g]/",
        "https://[::1/", "https://a%20b/", "https://a.example/%zz", "https://a.example/%2", "https://.example/",
        "https://a,b.example/"}) {
    const auto t = parse_tenant(with_settings(R"("tools":{"x":{"url":")" + std::string{url} + "\"}}"));
    ASSERT_FALSE(t) << url;
    EXPECT_EQ(t.error().path, "settings.tools.x.url");
  }
}

TEST(Tenant, TellsWhichOfItsKeysThisVersionDoesNotActOn) {
  EXPECT_EQ(tenant_rules::not_acted_on(
                parse_tenant(with_settings(R"("limits":{"maxCallSeconds":60},"record":false)")).value()),
            "");
  EXPECT_EQ(tenant_rules::not_acted_on(parse_tenant(whole_tenant).value()), "settings.record");
}

TEST(Tenant, IsRefusedWithAllItsMistakesAtOnce) {
  const auto t = parse_tenant(R"({"id":"a","name":"","status":"on","twilioPhoneNumber":"+15551234567","settings":)"
                              R"({"agents":[{"agentId":"a","weight":-1}],"colour":"red"}})");
  ASSERT_FALSE(t);
  std::vector<std::string> paths;
  for (const auto& mistake : t.error().mistakes) paths.push_back(mistake.path);
  EXPECT_THAT(paths, ElementsAre("name", "status", "settings.agents[0].weight", "settings.colour"));
  EXPECT_EQ(t.error().path, "name");
  EXPECT_EQ(t.error().message, t.error().mistakes.front().message);
}

TEST(Tenant, HasAnyOfFourStates) {
  using enum tenant::status_type;
  for (const auto status : {pending, active, suspended, cancelled}) {
    const auto t = parse_tenant(R"({"id":"a","name":"A","twilioPhoneNumber":"+15551234567","status":")" +
                                std::string{to_string(status)} + "\"}");
    ASSERT_TRUE(t);
    EXPECT_EQ(t->status, status);
  }
}

TEST(Tenant, DoesNotRepeatANumberOrAnAddressInAMessage) {
  for (const auto& json : {with_settings(R"("blockedCallers":["+1555123456712345678"])"),
                           with_settings(R"("tools":{"x":{"url":"https://user:hunter2@a.example/"}})")}) {
    const auto t = parse_tenant(json);
    ASSERT_FALSE(t);
    EXPECT_THAT(t.error().message, Not(HasSubstr("555123456712345678")));
    EXPECT_THAT(t.error().message, Not(HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace tonris::model
