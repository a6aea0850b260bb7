#include "model/twilio/number.hpp"

#include <gtest/gtest.h>

namespace tonris::model::twilio {
namespace {

TEST(NumbersTarget, EncodesTheNumber) {
  EXPECT_EQ(numbers_target({"AC1"}, "+15550100002"),
            "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json?PhoneNumber=%2B15550100002");
  EXPECT_EQ(number_target({"AC1"}, "PN/1"), "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers/PN%2F1.json");
}

TEST(FormBody, EncodesWhatWouldChangeIt) {
  EXPECT_EQ(form_body({{"VoiceUrl", "https://a.example/x?a=b&c#rc=5"}, {"TrunkSid", ""}}),
            "VoiceUrl=https%3A%2F%2Fa.example%2Fx%3Fa%3Db%26c%23rc%3D5&TrunkSid=");
}

TEST(BasicAuthorization, IsTheAccountAndItsToken) {
  EXPECT_EQ(basic_authorization({"AC1"}, "secret"), "Basic QUMxOnNlY3JldA==");
}

TEST(NumberPage, HasItsNumbersAndWhereTheNextIs) {
  const auto page = decode_number_page(R"({"incoming_phone_numbers":[
      {"sid":"PN1","phone_number":"+15550100002","voice_url":"https://a.example/","voice_method":"GET",
       "voice_fallback_url":null,"voice_fallback_method":"POST","status_callback":"","status_callback_method":"POST",
       "voice_application_sid":"AP1","trunk_sid":null,"capabilities":{"voice":true}}],
      "next_page_uri":"/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json?Page=1","page":0})");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->numbers.size(), 1U);
  const auto& one = page->numbers[0];
  EXPECT_EQ(one.sid, "PN1");
  EXPECT_EQ(one.number, "+15550100002");
  EXPECT_EQ(one.calls.voice, (call_handler{"https://a.example/", "GET"}));
  EXPECT_EQ(one.calls.fallback, (call_handler{"", "POST"}));
  EXPECT_EQ(one.calls.application, "AP1");
  EXPECT_EQ(one.calls.trunk, "");
  EXPECT_TRUE(one.takes_calls);
  EXPECT_FALSE(one.is_fax);
  EXPECT_EQ(page->next, "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json?Page=1");
}

TEST(NumberPage, SaysWhichNumbersTakeNoCalls) {
  const auto read = [](const std::string& more) {
    return decode_number(R"({"sid":"PN1","phone_number":"+15550100002")" + more + "}").value();
  };
  EXPECT_FALSE(read(R"(,"capabilities":{"voice":false,"sms":true})").takes_calls);
  EXPECT_TRUE(read(R"(,"capabilities":{"sms":true})").takes_calls) << "what is not said is not known to be wrong";
  EXPECT_TRUE(read(R"(,"capabilities":{"voice":null})").takes_calls);
  EXPECT_TRUE(read(R"(,"voice_receive_mode":"fax")").is_fax);
  EXPECT_FALSE(read(R"(,"voice_receive_mode":null)").is_fax);
}

TEST(NumberPage, IsRefusedWhereItIsNone) {
  for (const auto* const body :
       {"", "<html>", "[]", "{}", R"({"incoming_phone_numbers":{}})", R"({"incoming_phone_numbers":[1]})",
        R"({"incoming_phone_numbers":[{"sid":"PN1"}]})", R"({"incoming_phone_numbers":[{"phone_number":"+1"}]})",
        R"({"incoming_phone_numbers":[],"next_page_uri":"https://evil.example/"})",
        R"({"incoming_phone_numbers":[],"next_page_uri":"/2010-04-01/Accounts/AC1/x y"})",
        R"({"incoming_phone_numbers":[{"sid":"PN1","phone_number":"+1","voice_url":7}]})"})
    EXPECT_FALSE(decode_number_page(body)) << body;
}

TEST(RestError, IsReadWhereItCanBe) {
  const auto error = decode_rest_error(R"({"code":20404,"message":"not\nfound","status":404})");
  EXPECT_EQ(error.code, 20404);
  EXPECT_EQ(error.message, "not found");
  for (const auto* const body : {"", "<html>", "{}", R"({"code":"x","message":7})", R"({"code":-1})"}) {
    EXPECT_EQ(decode_rest_error(body).code, 0) << body;
    EXPECT_EQ(decode_rest_error(body).message, "") << body;
  }
  EXPECT_EQ(decode_rest_error(R"({"message":")" + std::string(1000, 'x') + R"("})").message.size(), 300U);
}

TEST(TwilioRest, RefusesOnlyByTwiliosOwnWord) {
  struct row {
    unsigned status;
    const char* body;
    bool is;
  };
  const auto* const code = R"({"code":21211,"message":"Invalid"})";
  for (const auto& [status, body, is] :
       {row{400, code, true}, row{401, code, true}, row{404, code, true}, row{499, code, true},
        row{400, "<html>", false}, row{403, "", false}, row{400, R"({"message":"no"})", false}, row{408, code, false},
        row{429, code, false}, row{500, code, false}, row{200, code, false}, row{0, code, false}})
    EXPECT_EQ(is_refusal(status, body), is) << status << body;
}

}  // namespace
}  // namespace tonris::model::twilio
