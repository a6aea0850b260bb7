#include "model/call/vendor_close.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using el = elevenlabs::failure;

struct row {
  std::string name;
  unsigned code;
  std::string reason;
  std::optional<el> frame;
  bool finished;
  end_reason means;
};

class VendorClose : public testing::TestWithParam<row> {};

TEST_P(VendorClose, IsUnderstood) {
  const auto& r = GetParam();
  const auto meaning = meaning_of_close(r.code, r.reason, r.frame);
  EXPECT_EQ(meaning.finished, r.finished);
  EXPECT_EQ(meaning.reason, r.means) << to_string(meaning.reason);
  EXPECT_LE(meaning.detail.size(), 200u);
}

INSTANTIATE_TEST_SUITE_P(
    Field, VendorClose,
    testing::Values(
        row{"AgentEnded", 1000, "", {}, true, end_reason::agent_ended},
        row{"MaximumDurationToday", 1000, "Conversation exceeded maximum duration", {}, true, end_reason::agent_ended},
        row{"MaximumDurationIn2024", 1011, "exceeded maximum duration", {}, true, end_reason::agent_ended},
        row{"MaximumDurationFrame", 1000, "", el{1000, "max_duration_exceeded", "", ""}, true, end_reason::agent_ended},
        row{"Quota", 1002, "This request exceeds your quota limit.", {}, false, end_reason::agent_out_of_credit},
        row{"QuotaAsFlatFrame", 1000, "",
            el{0, "", "received 1002 (protocol error) This request exceeds your quota limit.", ""}, false,
            end_reason::agent_out_of_credit},
        row{"Misconfigured", 1002, "The agent appears to be misconfigured", {}, false, end_reason::agent_refused},
        row{"MissingVariables",
            1008,
            "Missing required dynamic variables in first message: {'x'}",
            {},
            false,
            end_reason::agent_refused},
        row{"ForbiddenOverride",
            1008,
            "Override for field 'first_message' is not allowed",
            {},
            false,
            end_reason::agent_refused},
        row{"ErrorFrameBeforeAPlainClose", 1000, "", el{1008, "override_error", "not allowed", ""}, false,
            end_reason::agent_refused},
        row{"DailyLimit", 1008, "The agent exceeded its daily call limit", {}, false, end_reason::agent_refused},
        row{"Concurrency", 3008, "too many concurrent", {}, false, end_reason::agent_busy},
        row{"StaleBranch", 3000, "Request error", {}, false, end_reason::agent_refused},
        row{"ServerFault", 1011, "", {}, false, end_reason::agent_lost},
        row{"NoStatus", 1005, "", {}, false, end_reason::agent_lost},
        row{"LongReason", 1008, std::string(5000, 'x'), {}, false, end_reason::agent_refused}),
    [](const auto& row) { return row.param.name; });

TEST(VendorClose, KeepsTheVendorsOwnWords) {
  EXPECT_EQ(meaning_of_close(1008, "The agent exceeded its daily call limit", {}).detail,
            "The agent exceeded its daily call limit");
}

struct following {
  std::string name;
  elevenlabs::message message;
  bool forgives;
};
class LastError : public testing::TestWithParam<following> {};
TEST_P(LastError, IsForgottenWhenTheConversationGoesOn) {
  const last_error::time_point now{std::chrono::hours{1}};
  last_error error;
  error.came(el{1008, "override_error", "not allowed", ""}, now);
  error.came(GetParam().message, now);
  EXPECT_EQ(!error.fresh(now), GetParam().forgives);
}
INSTANTIATE_TEST_SUITE_P(Messages, LastError,
                         testing::Values(following{"Audio", elevenlabs::audio{}, true},
                                         following{"Interruption", elevenlabs::interruption{}, true},
                                         following{"WhatTheCallerSaid", elevenlabs::user_transcript{}, true},
                                         following{"AnAnswer", elevenlabs::agent_response{}, true},
                                         following{"ACorrection", elevenlabs::agent_response_correction{}, true},
                                         following{"AnAnswersEnd", elevenlabs::agent_response_complete{}, true},
                                         following{"AClientTool", elevenlabs::client_tool_call{}, true},
                                         following{"AToolsEnd", elevenlabs::agent_tool_response{}, true},
                                         following{"TheQueue", elevenlabs::queue_status{}, true},
                                         following{"APing", elevenlabs::ping{}, false},
                                         following{"AScore", elevenlabs::vad_score{}, false},
                                         following{"SomethingForChats", elevenlabs::other{}, false},
                                         following{"SomethingNew", elevenlabs::unknown{}, false}),
                         [](const auto& row) { return row.param.name; });

TEST(LastErrorFrame, CountsForTwoSeconds) {
  const last_error::time_point now{std::chrono::hours{1}};
  last_error error;
  EXPECT_FALSE(error.fresh(now));
  error.came(el{1008, "", "first", ""}, now);
  error.came(el{1011, "", "second", ""}, now);
  ASSERT_TRUE(error.fresh(now + last_error::counts_for));
  EXPECT_EQ(error.fresh(now)->code, 1011) << "the newest";
  EXPECT_FALSE(error.fresh(now + last_error::counts_for + std::chrono::milliseconds{1}));
  error.audio_came();
  EXPECT_FALSE(error.fresh(now));
}

TEST(NoMetadata, IsExplainedByWhatTheVendorNeverSays) {
  EXPECT_NE(why_no_metadata("da").find(R"(lack the language "da")"), std::string::npos);
  EXPECT_EQ(why_no_metadata(std::nullopt).find("language"), std::string::npos);
  EXPECT_LE(why_no_metadata(std::string(5'000, 'x')).size(), 200u);
}

TEST(VendorRefusal, OfTheSocketIsToldByItsStatus) {
  EXPECT_EQ(reason_of_refused_socket(0, true).first, end_reason::agent_timeout);
  EXPECT_EQ(reason_of_refused_socket(0, false).first, end_reason::agent_unreachable);
  EXPECT_EQ(reason_of_refused_socket(401, false).first, end_reason::agent_auth_failed);
  EXPECT_EQ(reason_of_refused_socket(404, false).first, end_reason::agent_not_found);
  EXPECT_EQ(reason_of_refused_socket(429, false).first, end_reason::agent_busy);
  EXPECT_EQ(reason_of_refused_socket(503, false).first, end_reason::agent_unreachable);
  EXPECT_EQ(reason_of_refused_socket(418, false).first, end_reason::agent_refused);
}

TEST(VendorRefusal, OfTheSignedUrlIsToldByStatusAndBody) {
  EXPECT_EQ(reason_of_refused_request(401, R"({"detail":{"status":"invalid_api_key"}})"),
            end_reason::agent_auth_failed);
  EXPECT_EQ(reason_of_refused_request(401, R"({"detail":{"status":"quota_exceeded"}})"),
            end_reason::agent_out_of_credit);
  EXPECT_EQ(reason_of_refused_request(404, R"({"detail":"Not Found"})"), end_reason::agent_not_found);
  EXPECT_EQ(reason_of_refused_request(422, ""), end_reason::agent_refused);
  EXPECT_EQ(reason_of_refused_request(429, ""), end_reason::agent_busy);
  EXPECT_EQ(reason_of_refused_request(500, "<html>"), end_reason::agent_unreachable);
}

}  // namespace
}  // namespace tonris::model
