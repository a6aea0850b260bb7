#include "model/call/briefing.hpp"

#include <cstdio>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using testing::Contains;
using testing::Key;
using testing::Not;

call_sid sid(unsigned n) {
  char text[35];
  std::snprintf(text, sizeof text, "CA%032x", n * 2654435761U);
  return {text};
}

tenant salon() {
  tenant t;
  t.id.value = "salon-1";
  t.name = "Test Salon";
  t.phone_number = "+15551234567";
  return t;
}

call_facts facts() {
  return {sid(1), {"agent_a"}, "+15557654321", "+15551234567", "Ann", "ringing"};
}

std::string text_of(const elevenlabs::initiation& data, const std::string& name) {
  const auto found = data.dynamic_variables.find(name);
  if (found == data.dynamic_variables.end()) return "(missing)";
  const auto* text = std::get_if<std::string>(&found->second);
  return text == nullptr ? "(no text)" : *text;
}

TEST(Initiation, SendsEveryNameAnAgentMayUse) {
  const auto data = make_initiation(salon(), facts());
  for (const auto* name : {"tenant_id",       "tenant_name",  "name",           "business_name",
                           "agent_id",        "call_sid",     "caller_number",  "called_number",
                           "caller_name",     "call_status",  "contact_email",  "contact_phone",
                           "ai_greeting",     "ai_tone",      "business_hours", "business_hours_summary",
                           "address_street",  "address_city", "address_state",  "address_zip",
                           "address_country", "address",      "plan_type",      "tenant_status",
                           "conversation_id"}) {
    EXPECT_THAT(data.dynamic_variables, Contains(Key(name)));
  }
  EXPECT_EQ(text_of(data, "tenant_id"), "salon-1");
  EXPECT_EQ(text_of(data, "business_name"), "Test Salon");
  EXPECT_EQ(text_of(data, "agent_id"), "agent_a");
  EXPECT_EQ(text_of(data, "call_sid"), sid(1).value);
  EXPECT_EQ(text_of(data, "caller_number"), "+15557654321");
  EXPECT_EQ(text_of(data, "called_number"), "+15551234567");
  EXPECT_EQ(text_of(data, "caller_name"), "Ann");
  EXPECT_EQ(text_of(data, "call_status"), "ringing");
  EXPECT_EQ(text_of(data, "tenant_status"), "active");
  EXPECT_EQ(text_of(data, "ai_greeting"), "Hello, thank you for calling Test Salon. How can I help you today?");
  EXPECT_EQ(text_of(data, "contact_email"), "");
  EXPECT_EQ(text_of(data, "business_hours"), "");
  EXPECT_EQ(text_of(data, "conversation_id"), "");
}

TEST(Initiation, OfAnUnknownNumberHasEveryNameAndOverridesNothing) {
  auto of_call = facts();
  of_call.conversation.value = "conv_1";
  const auto known = make_initiation(salon(), of_call), unknown = make_unknown_initiation(of_call);
  for (const auto& [name, value] : known.dynamic_variables) EXPECT_THAT(unknown.dynamic_variables, Contains(Key(name)));
  for (const auto* name : {"tenant_id", "tenant_name", "tenant_status"}) EXPECT_EQ(text_of(unknown, name), "") << name;
  EXPECT_EQ(text_of(unknown, "business_name"), "Our Business");
  EXPECT_EQ(text_of(unknown, "caller_number"), "+15557654321");
  EXPECT_EQ(text_of(unknown, "conversation_id"), "conv_1");
  EXPECT_FALSE(unknown.first_message || unknown.language || unknown.prompt || unknown.voice_id);
  std::string reply;
  elevenlabs::append_initiation(unknown, reply);
  EXPECT_TRUE(reply.starts_with(R"({"type":"conversation_initiation_client_data","dynamic_variables":{)")) << reply;
}

TEST(Initiation, IsTheSameForTheWebhookAsForTheSocket) {
  elevenlabs::initiation_request request;
  request.call = sid(1);
  request.agent.value = "agent_a";
  request.caller = "tel:+15557654321";
  request.called = "+1 (555) 123-4567";
  auto of_socket = facts();
  of_socket.caller_name.clear();
  EXPECT_EQ(make_initiation(salon(), facts_of(request)).dynamic_variables,
            make_initiation(salon(), of_socket).dynamic_variables);
  EXPECT_EQ(make_initiation(salon(), facts_of(request)).user_id, "+15557654321");
}

TEST(Initiation, OfACallerWhoIsNotNamedSaysSo) {
  const auto of_nobody = facts_of({});
  EXPECT_EQ(of_nobody.from, "anonymous");
  EXPECT_EQ(of_nobody.to, "");
}

TEST(Initiation, OverridesOnlyWhatTheTenantSet) {
  auto t = salon();
  auto data = make_initiation(t, facts());
  EXPECT_FALSE(data.first_message || data.language || data.prompt || data.voice_id);
  t.greeting = "Hello";
  t.voice_id = "voice";
  data = make_initiation(t, facts());
  EXPECT_EQ(data.first_message, "Hello");
  EXPECT_EQ(data.voice_id, "voice");
  EXPECT_FALSE(data.language || data.prompt);
}

TEST(Initiation, NeverSilencesAnAgentWhoHasNotGreetedYet) {
  auto t = salon();
  t.greeting = "";
  EXPECT_EQ(make_initiation(t, facts()).first_message, std::nullopt);
}

struct resumed_row {
  std::string why;
  std::optional<std::string> greeting, resume_greeting;
  bool may_override;
  std::optional<std::string> first_message;
};
class ResumedInitiation : public testing::TestWithParam<resumed_row> {};
INSTANTIATE_TEST_SUITE_P(Greetings, ResumedInitiation,
                         testing::Values(resumed_row{"NothingSetAndNothingAllowed", {}, {}, false, {}},
                                         resumed_row{"NothingSetButAllowed", {}, {}, true, ""},
                                         resumed_row{"OwnGreetingSoItIsAllowed", "Hello", {}, false, ""},
                                         resumed_row{"OwnGreetingAndAllowed", "Hello", {}, true, ""},
                                         resumed_row{"EmptyGreetingAllowsNothing", "", {}, false, {}},
                                         resumed_row{"ResumeGreeting", {}, "Here again", false, "Here again"},
                                         resumed_row{"BothGreetings", "Hello", "Here again", true, "Here again"},
                                         resumed_row{"EmptyResumeGreeting", "Hello", "", false, ""},
                                         resumed_row{"EmptyResumeGreetingAllowed", {}, "", true, ""},
                                         resumed_row{"EmptyResumeGreetingNotAllowed", {}, "", false, {}}),
                         [](const auto& row) { return row.param.why; });

TEST_P(ResumedInitiation, DoesNotGreetAgainWhereThatIsAllowed) {
  auto t = salon();
  t.greeting = GetParam().greeting;
  t.resume_greeting = GetParam().resume_greeting;
  EXPECT_EQ(make_resumed_initiation(t, facts(), GetParam().may_override).first_message, GetParam().first_message);
}

TEST(Initiation, OfAResumedConversationIsElseTheSame) {
  auto t = salon();
  t.language = "da";
  t.dynamic_variables = {{"seats", 4.0}};
  auto resumed = make_resumed_initiation(t, facts(), true);
  const auto first = make_initiation(t, facts());
  EXPECT_EQ(resumed.dynamic_variables, first.dynamic_variables);
  EXPECT_EQ(resumed.user_id, first.user_id);
  EXPECT_EQ(resumed.language, "da");
  EXPECT_FALSE(resumed.prompt || resumed.voice_id);
}

TEST(Initiation, LetsTheTenantFillInWhatTheGatewayDoesNotKnow) {
  auto t = salon();
  t.dynamic_variables = {{"contact_email", std::string{"a@b.example"}}, {"seats", 4.0}, {"name", std::string{"Ann's"}}};
  const auto data = make_initiation(t, facts());
  EXPECT_EQ(text_of(data, "contact_email"), "a@b.example");
  EXPECT_EQ(text_of(data, "name"), "Ann's");
  EXPECT_EQ(data.dynamic_variables.at("seats"), elevenlabs::variable{4.0});
}

TEST(Initiation, LetsNoTenantPassForAnotherOrUseTheVendorsNames) {
  auto t = salon();
  for (const auto* name : {"tenant_id", "call_sid", "agent_id", "caller_number", "conversation_id", "system__time"}) {
    t.dynamic_variables[name] = std::string{"forged"};
  }
  const auto data = make_initiation(t, facts());
  EXPECT_EQ(text_of(data, "tenant_id"), "salon-1");
  EXPECT_EQ(text_of(data, "call_sid"), sid(1).value);
  EXPECT_EQ(text_of(data, "agent_id"), "agent_a");
  EXPECT_EQ(text_of(data, "caller_number"), "+15557654321");
  EXPECT_EQ(text_of(data, "conversation_id"), "");
  EXPECT_THAT(data.dynamic_variables, Not(Contains(Key("system__time"))));
}

TEST(Initiation, NamesTheCallerAsUserOnlyByARealNumber) {
  EXPECT_EQ(make_initiation(salon(), facts()).user_id, "+15557654321");
  auto hidden = facts();
  hidden.from = "anonymous";
  EXPECT_EQ(make_initiation(salon(), hidden).user_id, "");
  EXPECT_EQ(text_of(make_initiation(salon(), hidden), "caller_number"), "anonymous");
}

TEST(Initiation, TellsTheHoursAsJsonAndAsWords) {
  auto t = salon();
  t.business_hours = tenant::business_hours_type{
      "UTC",
      {{"monday", {{"09:00", "12:00"}, {"13:00", "17:00"}}}, {"sunday", {{"10:00", "24:00"}}}},
      {{"2026-12-24", {{"09:00", "12:00"}}}, {"2026-12-25", {}}},
      {tenant::action::transfer, "+15557654321", {}}};
  const auto data = make_initiation(t, facts());
  EXPECT_EQ(text_of(data, "business_hours"),
            R"({"timezone":"UTC",)"
            R"("monday":[{"open":"09:00","close":"12:00"},{"open":"13:00","close":"17:00"}],)"
            R"("sunday":{"open":"10:00","close":"24:00"},"holidays":[{"date":"2026-12-24",)"
            R"("hours":{"open":"09:00","close":"12:00"}},{"date":"2026-12-25"}]})")
      << "where the calls go is not its business";
  EXPECT_EQ(text_of(data, "business_hours_summary"),
            "Monday 09:00-12:00 and 13:00-17:00, Tuesday closed, Wednesday closed, Thursday closed, Friday closed, "
            "Saturday closed, "
            "Sunday 10:00-24:00, 2026-12-24 09:00-12:00, 2026-12-25 closed");
}

}  // namespace
}  // namespace tonris::model
