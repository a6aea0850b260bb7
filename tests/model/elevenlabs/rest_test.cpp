#include "model/elevenlabs/rest.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model::elevenlabs {
namespace {

TEST(SignedUrlTarget, NamesTheAgent) {
  EXPECT_EQ(signed_url_target({"agent_demo"}), "/v1/convai/conversation/get-signed-url?agent_id=agent_demo");
}

TEST(SignedUrlTarget, EncodesWhatWouldChangeTheRequest) {
  EXPECT_EQ(signed_url_target({"a b&c=d/\r\n\xC3\xBC%~-._"}),
            "/v1/convai/conversation/get-signed-url?agent_id=a%20b%26c%3Dd%2F%0D%0A%C3%BC%25~-._");
}

TEST(SignedUrl, IsTakenVerbatim) {
  const auto url = decode_signed_url(
      R"({"signed_url":"wss://api.elevenlabs.io/v1/convai/conversation?agent_id=agent_demo&conversation_signature=cvtkn_EXAMPLE0123456789"})");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->url,
            "wss://api.elevenlabs.io/v1/convai/conversation?agent_id=agent_demo&conversation_signature=cvtkn_"
            "EXAMPLE0123456789");
  EXPECT_TRUE(url->conversation.empty());
}

TEST(SignedUrl, BringsTheConversationWhenNamed) {
  const auto url = decode_signed_url(R"({"conversation_id":"conv_1","x":[{}],"signed_url":"ws://127.0.0.1:1\/c"})");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->url, "ws://127.0.0.1:1/c");
  EXPECT_EQ(url->conversation.value, "conv_1");
}

TEST(SignedUrl, IgnoresAConversationOfAnotherType) {
  for (const auto* const id : {"null", "7", "{}"}) {
    const auto url = decode_signed_url(R"({"signed_url":"wss://h/","conversation_id":)" + std::string(id) + "}");
    ASSERT_TRUE(url) << id;
    EXPECT_TRUE(url->conversation.empty()) << id;
  }
}

struct refusal_row {
  std::string why, body;
  codec_errc expected;
};

class SignedUrlRefuses : public testing::TestWithParam<refusal_row> {};
INSTANTIATE_TEST_SUITE_P(
    Bodies, SignedUrlRefuses,
    testing::Values(
        refusal_row{"Nothing", "", codec_errc::not_json}, refusal_row{"Html", "<html></html>", codec_errc::not_json},
        refusal_row{"AList", "[]", codec_errc::not_json}, refusal_row{"AText", "\"wss://h/\"", codec_errc::not_json},
        refusal_row{"TwoObjects", R"({"signed_url":"wss://h/"}{})", codec_errc::not_json},
        refusal_row{"HalfAnObject", R"({"signed_url":"wss://h/")", codec_errc::not_json},
        refusal_row{"BadUtf8", "{\"signed_url\":\"wss://h/\xFF\"}", codec_errc::not_json},
        refusal_row{"SomethingAfterZero", std::string(R"({"signed_url":"wss://h/"})") + '\0' + "x",
                    codec_errc::not_json},
        refusal_row{"EmptyObject", "{}", codec_errc::missing_field},
        refusal_row{"Null", R"({"signed_url":null})", codec_errc::missing_field},
        refusal_row{"Number", R"({"signed_url":1})", codec_errc::bad_field},
        refusal_row{"Empty", R"({"signed_url":""})", codec_errc::bad_field},
        refusal_row{"Https", R"({"signed_url":"https://h/"})", codec_errc::bad_field},
        refusal_row{"LineBreak", R"({"signed_url":"wss://h/\r\nX: y"})", codec_errc::bad_field},
        refusal_row{"Space", R"({"signed_url":"wss://h/ HTTP/1.1"})", codec_errc::bad_field},
        refusal_row{"NotAscii", R"({"signed_url":"wss://h/ü"})", codec_errc::bad_field},
        refusal_row{"LongUrl", R"({"signed_url":"wss://)" + std::string(9000, 'h') + "\"}", codec_errc::bad_field},
        refusal_row{"Deep", R"({"signed_url":)" + std::string(100, '[') + std::string(100, ']') + "}",
                    codec_errc::too_many},
        refusal_row{"Long", std::string(65 * 1024, ' '), codec_errc::too_long}),
    [](const auto& r) { return r.param.why; });

TEST_P(SignedUrlRefuses, WithItsReason) {
  const auto url = decode_signed_url(GetParam().body);
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error(), GetParam().expected);
}

TEST(AgentTarget, EncodesWhatWouldChangeTheRequest) {
  EXPECT_EQ(agent_target({"agent_demo"}), "/v1/convai/agents/agent_demo");
  EXPECT_EQ(agent_target({"../x?y=1\r\n"}), "/v1/convai/agents/..%2Fx%3Fy%3D1%0D%0A");
}

TEST(ConversationTarget, EncodesWhatWouldChangeTheRequest) {
  EXPECT_EQ(conversation_target({"conv_1"}), "/v1/convai/conversations/conv_1");
  EXPECT_EQ(conversation_target({"a/../b"}), "/v1/convai/conversations/a%2F..%2Fb");
}

std::string overrides(const std::string& first_message) {
  return R"({"platform_settings":{"overrides":{"conversation_config_override":{"agent":{"first_message":)" +
         first_message + "}}}}}";
}
std::string events(const std::string& list) {
  return R"({"conversation_config":{"conversation":{"client_events":)" + list + "}}}";
}

struct policy_row {
  std::string why, body;
  bool may_override, sends_transcripts;
};

class AgentPolicy : public testing::TestWithParam<policy_row> {};
INSTANTIATE_TEST_SUITE_P(
    Settings, AgentPolicy,
    testing::Values(
        policy_row{"Nothing", "{}", false, true}, policy_row{"Allowed", overrides("true"), true, true},
        policy_row{"Forbidden", overrides("false"), false, true}, policy_row{"Unsaid", overrides("null"), false, true},
        policy_row{"NullOnTheWay", R"({"platform_settings":{"overrides":null},"conversation_config":null})", false,
                   true},
        policy_row{"NoEventList", events("null"), false, true},
        policy_row{"EmptyEventList", events("[]"), false, false},
        policy_row{"Transcripts", events(R"(["audio","user_transcript"])"), false, true},
        policy_row{"NoTranscripts", events(R"(["audio","interruption","tentative_user_transcript"])"), false, false},
        policy_row{"OddEvents", events(R"([1,null,{},["user_transcript"]])"), false, false},
        policy_row{
            "Whole",
            R"({"agent_id":"agent_demo","conversation_config":{"agent":{"first_message":"Hi"},"conversation":{"client_events":["user_transcript"],"text_only":false}},"platform_settings":{"overrides":{"conversation_config_override":{"agent":{"first_message":true,"prompt":{"prompt":false}}},"custom_llm_extra_body":false}}})",
            true, true}),
    [](const auto& r) { return r.param.why; });

TEST_P(AgentPolicy, IsRead) {
  const auto policy = decode_agent_policy(GetParam().body);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->may_override_first_message, GetParam().may_override);
  EXPECT_EQ(policy->sends_transcripts, GetParam().sends_transcripts);
}

class AgentPolicyRefuses : public testing::TestWithParam<refusal_row> {};
INSTANTIATE_TEST_SUITE_P(
    Bodies, AgentPolicyRefuses,
    testing::Values(refusal_row{"NoJson", "", codec_errc::not_json}, refusal_row{"List", "[]", codec_errc::not_json},
                    refusal_row{"FlagAsText", overrides("\"true\""), codec_errc::bad_field},
                    refusal_row{"FlagAsObject", overrides("{}"), codec_errc::bad_field},
                    refusal_row{"NoObjectOnTheWay", R"({"platform_settings":[]})", codec_errc::bad_field},
                    refusal_row{"EventsAsText", events("\"audio\""), codec_errc::bad_field},
                    refusal_row{"ConversationAsNumber", R"({"conversation_config":{"conversation":7}})",
                                codec_errc::bad_field},
                    refusal_row{"Deep", overrides(std::string(100, '[') + std::string(100, ']')), codec_errc::too_many},
                    refusal_row{"Many", events("[" + std::string(100'000, ',') + "]"), codec_errc::too_many},
                    refusal_row{"Long", std::string(4 * 1024 * 1024 + 1, ' '), codec_errc::too_long}),
    [](const auto& r) { return r.param.why; });

TEST_P(AgentPolicyRefuses, WithItsReason) {
  const auto policy = decode_agent_policy(GetParam().body);
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error(), GetParam().expected);
}

TEST(AgentPolicyOf, ALargeAgentIsRead) {
  const auto prompt =
      R"({"conversation_config":{"agent":{"prompt":{"prompt":")" + std::string(4'000'000, 'p') + "\"}}}}";
  EXPECT_TRUE(decode_agent_policy(prompt));
}

struct error_row {
  std::string why, body, code, message;
};

class RestError : public testing::TestWithParam<error_row> {};
INSTANTIATE_TEST_SUITE_P(
    Shapes, RestError,
    testing::Values(
        error_row{
            "New",
            R"({"detail":{"type":"authentication_error","code":"invalid_api_key","message":"The API key is not valid.","status":"old_name","request_id":"req_demo","param":null}})",
            "invalid_api_key", "The API key is not valid."},
        error_row{"Legacy", R"({"detail":{"status":"agent_not_found","message":"Agent does not exist."}})",
                  "agent_not_found", "Agent does not exist."},
        error_row{"List", R"({"detail":[{"loc":["body","agent_id"],"msg":"Field required","type":"missing"}]})",
                  "missing", "Field required"},
        error_row{"Text", R"({"detail":"Not Found"})", "", "Not Found"}, error_row{"Empty", "", "", ""},
        error_row{"Html", "<html>502</html>", "", ""}, error_row{"NoDetail", R"({"message":"x"})", "", ""},
        error_row{"NumberDetail", R"({"detail":3})", "", ""}, error_row{"NullDetail", R"({"detail":null})", "", ""},
        error_row{"EmptyList", R"({"detail":[]})", "", ""}, error_row{"ListOfTexts", R"({"detail":["x"]})", "", ""},
        error_row{"WrongTypes", R"({"detail":{"code":1,"status":[],"message":{}}})", "", ""},
        error_row{"NullCode", R"({"detail":{"code":null,"status":"busy","message":null}})", "busy", ""},
        error_row{"CodeIsNoWord", R"({"detail":{"code":"two words\n","message":"m"}})", "", "m"},
        error_row{"LongCode", R"({"detail":{"code":")" + std::string(65, 'c') + R"("}})", "", ""},
        error_row{"Lines", R"({"detail":"a\r\nb\u0000c\u007fd"})", "", "a  b c d"},
        error_row{"LongMessage", R"({"detail":")" + std::string(299, 'm') + "\xC3\xBC\"}", "", std::string(299, 'm')},
        error_row{"HugeBody", R"({"detail":")" + std::string(100'000, 'm') + "\"}", "", ""}),
    [](const auto& r) { return r.param.why; });

TEST_P(RestError, IsRead) {
  const auto error = decode_error(GetParam().body);
  EXPECT_EQ(error.code, GetParam().code);
  EXPECT_EQ(error.message, GetParam().message);
}

struct status_row {
  unsigned status;
  std::string code;
  vendor_refusal expected;
};

TEST(Classify, FollowsTheTableOfErrors) {
  using enum vendor_refusal;
  for (const auto& [status, code, expected] : {
           status_row{400, "invalid_request", rejected},
           status_row{401, "invalid_api_key", auth},
           status_row{401, "missing_permissions", auth},
           status_row{401, "", auth},
           status_row{401, "quota_exceeded", payment},
           status_row{402, "", payment},
           status_row{402, "insufficient_credits", payment},
           status_row{403, "", auth},
           status_row{404, "", not_found},
           status_row{404, "agent_not_found", not_found},
           status_row{400, "agent_not_found", not_found},
           status_row{408, "", server},
           status_row{409, "", rejected},
           status_row{422, "missing", rejected},
           status_row{425, "", busy},
           status_row{429, "", busy},
           status_row{429, "rate_limit_exceeded", busy},
           status_row{429, "concurrent_limit_exceeded", busy},
           status_row{400, "system_busy", busy},
           status_row{401, "too_many_concurrent_requests", busy},
           status_row{500, "", server},
           status_row{503, "system_busy", server},
           status_row{599, "", server},
           status_row{200, "", server},
           status_row{302, "", server},
           status_row{0, "", server},
       })
    EXPECT_EQ(classify(status, {code, ""}), expected) << status << code;
}

}  // namespace
}  // namespace tonris::model::elevenlabs
