#include "tools/bench/twilio_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/bench/messages.hpp"

namespace tonris::bench {
namespace {

using testing::HasSubstr;

constexpr std::string_view token = "0123456789abcdef0123456789abcdef";

TEST(BenchTwilioRequest, SignsTwiliosPublishedSample) {
  EXPECT_EQ(twilio_signature("12345",
                             "https://example.com/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDECaller+14158675310"
                             "Digits1234From+14158675310To+18005551212"),
            "L/OH5YylLD5NRKLltdqwSvS0BnU=");
}

TEST(BenchTwilioRequest, SignsAStreamByItsAddressAlone) {
  EXPECT_EQ(twilio_signature(token, "wss://gw.example.com/twilio/media"), "XbuEIyqfcj7N6LuncPZwBi5k3OI=");
  const gateway_address to{443, "https://gw.example.com", std::string{token}};
  const std::string request = stream_upgrade(to, "wss://gw.example.com/twilio/media");
  EXPECT_THAT(request, HasSubstr("GET /twilio/media HTTP/1.1\r\nHost: gw.example.com\r\n"));
  EXPECT_THAT(request, HasSubstr("X-Twilio-Signature: XbuEIyqfcj7N6LuncPZwBi5k3OI=\r\n"));
}

TEST(BenchTwilioRequest, SignsAWebhookOverItsDecodedFields) {
  const gateway_address to{80, "http://127.0.0.1:80", std::string{token}};
  const std::string request = voice_webhook(to, "CA1");
  const std::string expected =
      twilio_signature(token,
                       "http://127.0.0.1:80/api/webhooks/twilio/"
                       "elevenlabsAccountSidAC0000000000000000000000000000be0cApiVersion2010-04-01"
                       "CallSidCA1CallStatusringingCalled+15551234567Caller+15557654321CallerCityDirectioninboundFrom+"
                       "15557654321FromCity"
                       "FromCountryUSStirVerstatTN-Validation-Passed-ATo+15551234567ToCountryUS");
  EXPECT_THAT(request, HasSubstr("X-Twilio-Signature: " + expected + "\r\n"));
  EXPECT_THAT(request, HasSubstr("&CallSid=CA1&"));
  EXPECT_THAT(request, HasSubstr("&From=%2B15557654321&"));
  EXPECT_THAT(voice_webhook(to, "CA1", false), Not(HasSubstr(expected)));
}

TEST(BenchTwilioRequest, FindsTheStreamAndItsParameters) {
  const std::string_view twiml =
      R"(<?xml version="1.0"?><Response><Connect action="https://a/b?url=x"><Stream name="s" url="wss://h/p&amp;q">)"
      R"(<Parameter name="a" value="1 &quot;2&quot;"/><Parameter value="&lt;" name="b"/></Stream></Connect></Response>)";
  EXPECT_EQ(stream_url_in(twiml), "wss://h/p&q");
  EXPECT_EQ(stream_parameters_in(twiml), R"({"a":"1 \"2\"","b":"<"})");
}

TEST(BenchTwilioRequest, FindsNoStreamWhereThereIsNone) {
  EXPECT_EQ(stream_url_in("<Response><Say>url=\"x\"</Say></Response>"), std::nullopt);
  EXPECT_EQ(stream_url_in("<Response><Stream url=\"x"), std::nullopt);
  EXPECT_EQ(stream_parameters_in("<Response/>"), "{}");
}

TEST(BenchIds, NameTheCallInAText) {
  const sid_book book{0xfeed}, other{0xbeef};
  const std::string sid = book.call_sid(500);
  EXPECT_EQ(sid, "CA000000000000feed00000000000001f4");
  EXPECT_EQ(book.call_in("{\"call_sid\":\"" + sid + "\"}"), 500U);
  EXPECT_EQ(other.call_in(sid), std::nullopt);
  EXPECT_EQ(book.call_in(sid.substr(0, 33)), std::nullopt);
}

TEST(BenchMessages, CountAsTwilioCounts) {
  twilio_script script{"CA1", "MZ1"};
  std::string text;
  script.start(text, "{}");
  EXPECT_THAT(text, HasSubstr(R"("sequenceNumber":"1")"));
  script.media(text, 73, "//8=");
  EXPECT_EQ(text, R"({"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"73",)"
                  R"("payload":"//8="},"streamSid":"MZ1"})");
  script.mark(text, "m");
  EXPECT_EQ(text, R"({"event":"mark","sequenceNumber":"3","streamSid":"MZ1","mark":{"name":"m"}})");
  script.media(text, 93, "");
  EXPECT_THAT(text, HasSubstr(R"("sequenceNumber":"4","media":{"track":"inbound","chunk":"2")"));
}

TEST(BenchMessages, MemberIsFoundWhereverItIs) {
  member_finder finder{"\"payload\":\""};
  EXPECT_EQ(finder.in(R"({"media":{"payload":"abc"}})"), "abc");
  EXPECT_EQ(finder.in(R"({"payload":"de","x":1})"), "de");
  EXPECT_EQ(finder.in(R"({"media":{"payload":"abc"}})"), "abc");
  EXPECT_EQ(finder.in("{}").data(), nullptr);
}

}  // namespace
}  // namespace tonris::bench
