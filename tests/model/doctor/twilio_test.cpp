#include "model/doctor/twilio.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "model/twilio/number_plan.hpp"
#include "tests/model/doctor/codes.hpp"

namespace tonris::model::doctor {
namespace {

using test::code_list, test::codes;

reach answer(unsigned status, std::string body) {
  reach out;
  out.is = reach::outcome::answered;
  out.status = status;
  out.body = std::move(body);
  return out;
}

TEST(TwilioAccount, IsJudgedByWhatTwilioSaysOfIt) {
  struct row {
    reach met;
    code_list finds;
  };
  for (const auto& [met, finds] : {
           row{answer(200, R"({"status":"active","type":"Full"})"), {"twilio_account_good"}},
           row{answer(200, R"({"status":"active","type":"Trial"})"), {"twilio_account_good", "twilio_account_trial"}},
           row{answer(200, R"({"status":"suspended","type":"Full"})"), {"twilio_account_suspended"}},
           row{answer(200, "<html>"), {"twilio_answers_oddly"}},
           row{answer(401, R"({"code":20003,"message":"Authenticate"})"), {"twilio_token_refused"}},
           row{answer(403, R"({"code":20008,"message":"Resource not accessible with Test Account Credentials"})"),
               {"twilio_test_credentials"}},
           row{answer(503, "<html>"), {"twilio_answers_oddly"}},
           row{reach{}, {"twilio_unreachable"}},
       })
    EXPECT_EQ(codes(judge(account_facts{"AC1", "api.twilio.com", met, {}})), finds);
}

TEST(TwilioAccount, TellsWhichOldTokenIsTakenNoMore) {
  const auto good = answer(200, R"({"status":"active","type":"Full"})"), bad = answer(401, "{}");
  const auto all = judge(account_facts{"AC1", "api.twilio.com", good, {good, bad}});
  ASSERT_EQ(codes(all), (code_list{"twilio_account_good", "twilio_old_token_refused"}));
  EXPECT_THAT(all[1].what, testing::HasSubstr("token 2 of TWILIO_AUTH_TOKEN"));
}

TEST(TwilioNumber, IsJudgedByWhereItsCallsGo) {
  const std::string origin = "https://gw.example.com";
  struct row {
    const char* name;
    std::function<void(twilio::call_handlers&)> change;
    code_list finds;
  };
  for (const auto& [name, change, finds] : {
           row{"as it is attached", [](auto&) {}, {"number_good"}},
           row{"nothing", [](auto& calls) { calls = {}; }, {"voice_url_missing"}},
           row{"application", [](auto& calls) { calls.application = "AP1"; }, {"application_overrides"}},
           row{"trunk", [](auto& calls) { calls.trunk = "TK1"; }, {"trunk_overrides"}},
           row{"imported",
               [](auto& calls) { calls.voice.url = "https://api.us.elevenlabs.io/twilio/inbound_call"; },
               {"number_at_elevenlabs"}},
           row{"http",
               [](auto& calls) { calls.voice.url = "http://gw.example.com/api/webhooks/twilio/elevenlabs"; },
               {"voice_url_differs"}},
           row{"slash",
               [](auto& calls) { calls.voice.url = "https://gw.example.com/api/webhooks/twilio/elevenlabs/"; },
               {"voice_url_differs"}},
           row{"another gateway",
               [](auto& calls) { calls.voice.url = "https://old.example.com/api/webhooks/twilio/elevenlabs"; },
               {"voice_url_differs"}},
           row{"somewhere",
               [](auto& calls) { calls.voice.url = "https://demo.twilio.com/welcome"; },
               {"voice_url_elsewhere"}},
           row{"no fallback", [](auto& calls) { calls.fallback = {}; }, {"fallback_url_missing"}},
           row{"another fallback",
               [](auto& calls) { calls.fallback.url = "https://handler.twilio.com/twiml/EH1"; },
               {"fallback_url_elsewhere"}},
           row{"no status", [](auto& calls) { calls.status = {}; }, {"status_callback_missing"}},
           row{"another status",
               [](auto& calls) { calls.status.url = "https://old.example.com/status"; },
               {"status_callback_elsewhere"}},
           row{"no retries",
               [](auto& calls) { calls.voice.url.erase(calls.voice.url.find('#')); },
               {"retries_missing"}},
       }) {
    number_facts facts{"salon-1", "+15551234567", number_facts::outcome::known, "", twilio::gateway_handlers(origin)};
    change(facts.calls);
    const auto all = judge(facts, origin);
    EXPECT_EQ(codes(all), finds) << name;
    EXPECT_THAT(all.at(0).what, testing::HasSubstr("+15551234567")) << name;
  }
}

TEST(TwilioNumber, IsFoundWhereItTakesNoCalls) {
  const std::string origin = "https://gw.example.com";
  number_facts facts{"salon-1", "+15551234567", number_facts::outcome::known, "", twilio::gateway_handlers(origin)};
  facts.takes_calls = false;
  EXPECT_EQ(codes(judge(facts, origin)), code_list{"number_without_voice"});
  facts.takes_calls = true;
  facts.is_fax = true;
  EXPECT_EQ(codes(judge(facts, origin)), code_list{"number_is_fax"});
}

TEST(TwilioNumber, ShowsNoSecretOfAnAddress) {
  number_facts facts{"salon-1", "+15551234567", number_facts::outcome::known, "", {}};
  facts.calls.voice.url = "https://user:pass@old.example.com/voice?token=abc";
  const auto all = judge(facts, "https://gw.example.com");
  ASSERT_EQ(codes(all), code_list{"voice_url_elsewhere"});
  EXPECT_THAT(all[0].what, testing::Not(testing::AnyOf(testing::HasSubstr("pass"), testing::HasSubstr("abc"))));
}

TEST(TwilioNumber, IsNamedWhereItIsNotKnown) {
  using outcome = number_facts::outcome;
  for (const auto& [is, finds] : {std::pair{outcome::unknown, "number_unknown"},
                                  {outcome::own_account, "own_account"},
                                  {outcome::not_told, "number_not_told"}})
    EXPECT_EQ(codes(judge(number_facts{"a", "+15551234567", is, "why", {}}, "https://gw.example.com")),
              code_list{finds});
}

}  // namespace
}  // namespace tonris::model::doctor
