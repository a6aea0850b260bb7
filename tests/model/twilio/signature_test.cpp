#include "model/twilio/signature.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::model::twilio {
namespace {

using strings = std::vector<std::string>;

constexpr std::string_view token = "0123456789abcdef0123456789abcdef";
constexpr std::string_view voice = "https://gw.example.com/twilio/voice";
constexpr std::string_view first_call = "CA00000000000000000000000000000001";
constexpr std::string_view v2_body =
    "AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01&CallSid=CA00000000000000000000000000000001"
    "&CallStatus=ringing&Called=%2B15550100002&Caller=%2B15550100001&CallerName=O%27Brien+%26+S%C3%B6hne"
    "&Direction=inbound&From=%2B15550100001&FromCity=&StirVerstat=TN-Validation-Passed-A&To=%2B15550100002";

form v2_fields() {
  return parse_form(v2_body).value();
}
form with_call(form more) {
  more.emplace_back("CallSid", first_call);
  return more;
}

struct vector_row {
  std::string why;
  std::string_view key;
  std::string url;
  form fields;
  std::string_view expected;
};

class TwilioSignatureVectors : public testing::TestWithParam<vector_row> {};

TEST_P(TwilioSignatureVectors, AreMetToTheLetter) {
  const auto& r = GetParam();
  EXPECT_EQ(signature(r.key, r.url, r.fields), r.expected);
  const strings tokens = {std::string(r.key)}, candidates = {"https://other.example.com/", r.url};
  const auto match = verify(tokens, candidates, r.fields, r.expected);
  EXPECT_TRUE(match.ok);
  EXPECT_EQ(match.candidate, 1u);
}

TEST_P(TwilioSignatureVectors, FailWithAnotherKeyOrOneChangedCharacter) {
  const auto& r = GetParam();
  const strings candidates = {r.url};
  EXPECT_FALSE(verify(strings{"another"}, candidates, r.fields, r.expected).ok);
  for (std::size_t at = 0; at < r.expected.size(); ++at) {
    std::string wrong(r.expected);
    wrong[at] = wrong[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify(strings{std::string(r.key)}, candidates, r.fields, wrong).ok) << at;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Vectors, TwilioSignatureVectors,
    testing::Values(
        vector_row{"V1",
                   "12345",
                   "https://example.com/myapp.php?foo=1&bar=2",
                   {{"CallSid", "CA1234567890ABCDE"},
                    {"Caller", "+14158675310"},
                    {"Digits", "1234"},
                    {"From", "+14158675310"},
                    {"To", "+18005551212"}},
                   "L/OH5YylLD5NRKLltdqwSvS0BnU="},
        vector_row{"V2", token, std::string(voice), v2_fields(), "B+rg4eRKPLcrv9pqMu7pMM1XdWQ="},
        vector_row{"V3a", token, "https://gw.example.com:443/twilio/voice", v2_fields(),
                   "3qgRt84HgqeOMGuG86BVSP0FANE="},
        vector_row{"V3b", token, "https://gw.example.com:8443/twilio/voice", v2_fields(),
                   "KXf52NcX7kBPeg4zNb2CyWC2uwo="},
        vector_row{"V4",
                   token,
                   std::string(voice) + "?AccountSid=AC00000000000000000000000000000001&CallSid=" +
                       std::string(first_call) + "&From=%2B15550100001&To=%2B15550100002",
                   {},
                   "BscEr79DszdPi1OKsWk17b2i+Uk="},
        vector_row{"V5", token, std::string(voice),
                   with_call({{"To", "+15550100003"}, {"To", "+15550100002"}, {"To", "+15550100003"}}),
                   "UtHtepRkihm/oTrml/3ZeYtY88E="},
        vector_row{"V5AsASet", token, std::string(voice), with_call({{"To", "+15550100002"}, {"To", "+15550100003"}}),
                   "UtHtepRkihm/oTrml/3ZeYtY88E="},
        vector_row{"V6",
                   token,
                   "https://gw.example.com/twilio/"
                   "events?bodySHA256=ee77fd247356c63eab194c8c6c50b7d509868733dac4bf8eef9815b812475b29",
                   {},
                   "jd/eDgvErAC3UpJe5MvmJ6nYr8s="},
        vector_row{"V7a", token, "wss://gw.example.com/twilio/media", {}, "XbuEIyqfcj7N6LuncPZwBi5k3OI="},
        vector_row{"V7b", token, "wss://gw.example.com/twilio/media/", {}, "3WOChzT7xOuqSQPWtgWioHafx+o="},
        vector_row{"V7c", token, "https://gw.example.com/twilio/media", {}, "R1GVrTSOg+9lJTeSC4KAm6UTTSs="},
        vector_row{"V7d", token, "wss://gw.example.com:443/twilio/media", {}, "aRgUStiV0RdF4YNQ5EgMLNFyU/A="},
        vector_row{
            "V8", token, std::string(voice), {{"b", "2"}, {"B", "1"}, {"a", "3"}}, "yIGN/BXwp8kmBHDwhrSOZfAb4II="},
        vector_row{"V9", token, std::string(voice), with_call({{"CallerName", " JANE DOE "}}),
                   "L2nKzoq0MBowAvQ/ev1WFNJ8BSg="},
        vector_row{"V10", token, "https://gw.example.com/twilio/voice?tenant=acme%20inc&x='q'", with_call({}),
                   "V+wWs73eCDaiww1utky6Z2sVJcs="},
        vector_row{"Handshake", token, "wss://gw.example.com/twilio/media/4f1c9b", {}, "WIGjnwlntcyOS/XzJV7HmqV3ZrM="}),
    [](const auto& r) { return r.param.why; });

/// What Twilio's own SDK accepts, with the lists we make of the configured origin.
bool accepts(std::string_view origin, std::string_view signed_url) {
  const auto fields = v2_fields();
  return verify(strings{std::string(token)}, webhook_candidates(origin, "/twilio/voice"), fields,
                signature(token, signed_url, fields))
      .ok;
}

TEST(TwilioSignature, AcceptsWhatTheSdkAccepts) {
  EXPECT_TRUE(accepts("https://gw.example.com:8443", "https://gw.example.com/twilio/voice"));
  EXPECT_TRUE(accepts("https://gw.example.com:8443", "https://gw.example.com:8443/twilio/voice"));
  EXPECT_TRUE(accepts("https://gw.example.com", "https://gw.example.com:443/twilio/voice"));
  EXPECT_TRUE(accepts("https://gw.example.com:443", "https://gw.example.com/twilio/voice"));
  EXPECT_TRUE(accepts("http://127.0.0.1:3000", "http://127.0.0.1:3000/twilio/voice"));
}

TEST(TwilioSignature, RejectsAPortHostSchemeOrPathThatIsNotConfigured) {
  EXPECT_FALSE(accepts("https://gw.example.com", "https://gw.example.com:8443/twilio/voice"));
  EXPECT_FALSE(accepts("https://gw.example.com", "https://other.example.com/twilio/voice"));
  EXPECT_FALSE(accepts("https://gw.example.com", "http://gw.example.com/twilio/voice"));
  EXPECT_FALSE(accepts("https://gw.example.com", "https://gw.example.com/twilio/voice/"));
  EXPECT_FALSE(accepts("https://gw.example.com", "https://gw.example.com/twilio/voice?x=1"));
}

TEST(TwilioSignature, ListsWebhookAddressesMostLikelyFirst) {
  using testing::ElementsAre;
  EXPECT_THAT(webhook_candidates("https://h", "/a?b=%20"), ElementsAre("https://h/a?b=%20", "https://h:443/a?b=%20"));
  EXPECT_THAT(webhook_candidates("https://h:443", "/a"), ElementsAre("https://h/a", "https://h:443/a"));
  EXPECT_THAT(webhook_candidates("https://h:8443", "/a"), ElementsAre("https://h/a", "https://h:8443/a"));
  EXPECT_THAT(webhook_candidates("http://h", "/a"), ElementsAre("http://h/a", "http://h:80/a"));
  EXPECT_THAT(webhook_candidates("http://h:3000", "/a"), ElementsAre("http://h:3000/a", "http://h/a"));
  EXPECT_THAT(webhook_candidates("http://[::1]:3000", "/a"), ElementsAre("http://[::1]:3000/a", "http://[::1]/a"));
  EXPECT_THAT(webhook_candidates("https://[::1]", "/a"), ElementsAre("https://[::1]/a", "https://[::1]:443/a"));
  EXPECT_THAT(webhook_candidates("https://h/", "/a"), ElementsAre("https://h/a", "https://h:443/a"));
}

TEST(TwilioSignature, ListsStreamAddressesMostLikelyFirst) {
  using testing::ElementsAre;
  EXPECT_THAT(stream_candidates("https://h", "/m/1"),
              ElementsAre("wss://h/m/1", "wss://h/m/1/", "wss://h:443/m/1", "https://h/m/1"));
  EXPECT_THAT(stream_candidates("https://h:8443", "/m/1"),
              ElementsAre("wss://h/m/1", "wss://h/m/1/", "wss://h:8443/m/1", "wss://h:8443/m/1/", "wss://h:443/m/1",
                          "https://h/m/1", "https://h:8443/m/1"));
  EXPECT_THAT(stream_candidates("http://127.0.0.1:3000", "/m"),
              ElementsAre("ws://127.0.0.1:3000/m", "ws://127.0.0.1:3000/m/", "ws://127.0.0.1/m", "ws://127.0.0.1/m/",
                          "ws://127.0.0.1:80/m", "http://127.0.0.1:3000/m", "http://127.0.0.1/m"));
  EXPECT_THAT(stream_candidates("https://h", "/m/"), ElementsAre("wss://h/m/", "wss://h:443/m/", "https://h/m/"));
  EXPECT_THAT(stream_candidates("https://h", "/m?x=1"),
              ElementsAre("wss://h/m?x=1", "wss://h:443/m?x=1", "https://h/m?x=1"));
}

TEST(TwilioSignature, NeverPutsAFragmentIntoAnAddress) {
  for (const auto& list : {webhook_candidates("https://h", "/a?b#rc=2"), stream_candidates("https://h", "/a#rc=2")})
    for (const auto& address : list) EXPECT_EQ(address.find('#'), std::string::npos) << address;
}

TEST(TwilioSignature, HasNoAddressForAnOriginOrTargetThatIsNone) {
  for (const auto* origin : {"", "h", "https://", "https://:443", "ftp://h", "wss://h"}) {
    EXPECT_TRUE(webhook_candidates(origin, "/a").empty()) << origin;
    EXPECT_TRUE(stream_candidates(origin, "/a").empty()) << origin;
  }
  for (const auto* target : {"", "a", "*", "https://h/a", "@evil.example.com/"}) {
    EXPECT_TRUE(webhook_candidates("https://h", target).empty()) << target;
    EXPECT_TRUE(stream_candidates("https://h", target).empty()) << target;
  }
}

TEST(TwilioSignature, SaysWhichTokenAndWhichAddressMatched) {
  const strings tokens = {"", "old", std::string(token)}, candidates = {"wss://h/m", "wss://h/m/", "wss://h:443/m"};
  const auto match = verify(tokens, candidates, {}, signature(token, "wss://h:443/m", {}));
  EXPECT_TRUE(match.ok);
  EXPECT_EQ(match.token, 2u);
  EXPECT_EQ(match.candidate, 2u);
}

TEST(TwilioSignature, NeverMatchesWithoutATokenOrAnAddress) {
  const strings address = {"https://h/a"};
  EXPECT_FALSE(verify({}, address, {}, signature("", "https://h/a", {})).ok);
  EXPECT_FALSE(verify(strings{""}, address, {}, signature("", "https://h/a", {})).ok);
  EXPECT_FALSE(verify(strings{std::string(token)}, {}, {}, signature(token, "https://h/a", {})).ok);
}

TEST(TwilioSignature, NeverMatchesAHeaderOfAnotherShape) {
  const strings tokens = {std::string(token)}, address = {"https://h/a"};
  const auto good = signature(token, "https://h/a", {});
  for (const std::string& given :
       {std::string(), good.substr(0, 27), good + "=", " " + good, std::string(28, '\0'), std::string(100'000, 'A')})
    EXPECT_FALSE(verify(tokens, address, {}, given).ok);
  EXPECT_TRUE(verify(tokens, address, {}, good).ok);
}

TEST(TwilioSignature, TakesAnEmptyKeyWithoutAnotherOnesState) {
  EXPECT_EQ(signature("", "https://h/a", {}), signature(std::string_view("\0", 1), "https://h/a", {}));
  EXPECT_NE(signature("", "https://h/a", {}), signature("k", "https://h/a", {}));
}

constexpr std::string_view event_body =
    R"({"CallSid":"CA00000000000000000000000000000001","StreamEvent":"stream-started"})";
constexpr std::string_view event_hash = "ee77fd247356c63eab194c8c6c50b7d509868733dac4bf8eef9815b812475b29";

TEST(TwilioBodyHash, MatchesTheRawBody) {
  EXPECT_TRUE(body_hash_matches("/twilio/events?bodySHA256=" + std::string(event_hash), event_body));
  EXPECT_TRUE(body_hash_matches("/e?a=1&bodySHA256=" + std::string(event_hash) + "&b=2", event_body));
}

TEST(TwilioBodyHash, RefusesEverythingElse) {
  std::string upper(event_hash);
  upper[0] = 'E';
  EXPECT_FALSE(body_hash_matches("/e?bodySHA256=" + upper, event_body));
  EXPECT_FALSE(body_hash_matches("/e?bodySHA256=" + std::string(event_hash), std::string(event_body) + " "));
  EXPECT_FALSE(body_hash_matches("/e?xbodySHA256=" + std::string(event_hash), event_body));
  EXPECT_FALSE(body_hash_matches("/bodySHA256=" + std::string(event_hash), event_body));
  EXPECT_FALSE(body_hash_matches("/e#?bodySHA256=" + std::string(event_hash), event_body));
  EXPECT_FALSE(body_hash_matches("/e?bodySHA256=&bodySHA256=" + std::string(event_hash), event_body));
  EXPECT_FALSE(body_hash_matches("/e?bodySHA256", event_body));
  EXPECT_FALSE(body_hash_matches("/e?", event_body));
  EXPECT_FALSE(body_hash_matches("", ""));
}

}  // namespace
}  // namespace tonris::model::twilio
