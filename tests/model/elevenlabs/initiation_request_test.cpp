#include "model/elevenlabs/initiation_request.hpp"

#include <string>

#include <gtest/gtest.h>

namespace tonris::model::elevenlabs {
namespace {

const std::string call = "CA00000000000000000000000000000001";

struct request_row {
  std::string why, body;
  initiation_request expected;
};
bool operator==(const initiation_request& a, const initiation_request& b) {
  return a.type == b.type && a.caller == b.caller && a.called == b.called && a.call == b.call && a.agent == b.agent &&
         a.conversation == b.conversation && a.tenant == b.tenant;
}

initiation_request made(std::string type, std::string caller, std::string called, std::string sid, std::string agent,
                        std::string conversation, std::string tenant) {
  return {std::move(type),    std::move(caller),         std::move(called),  {std::move(sid)},
          {std::move(agent)}, {std::move(conversation)}, {std::move(tenant)}};
}

class InitiationRequest : public testing::TestWithParam<request_row> {};
INSTANTIATE_TEST_SUITE_P(
    Shapes, InitiationRequest,
    testing::Values(
        request_row{"TheVendors",
                    R"({"caller_id":"+4520123456","agent_id":"agent_demo","called_number":"+4570123456","call_sid":")" +
                        call + R"("})",
                    made("", "+4520123456", "+4570123456", call, "agent_demo", "", "")},
        request_row{
            "ThePredecessors",
            R"({"type":"conversation_initiation_client_data","conversation_id":"conv_1","agent_id":"agent_demo",)"
            R"("dynamic_variables":{"tenant_id":"salon-1","caller_number":"+4520123456","call_sid":")" +
                call + R"(","business_name":"Nordic Hair"}})",
            made("conversation_initiation_client_data", "+4520123456", "", call, "agent_demo", "conv_1", "salon-1")},
        request_row{
            "BothAtOnce",
            R"({"caller_id":"+4520123456","dynamic_variables":{"caller_number":"+1555","called_number":"+4570"}})",
            made("", "+4520123456", "+4570", "", "", "", "")},
        request_row{"UnknownFields", R"({"caller_id":"+45","a":{"b":[1,{}]},"dynamic_variables":{"x":1}})",
                    made("", "+45", "", "", "", "", "")},
        request_row{"OtherType", R"({"type":"ping","agent_id":"a"})", made("ping", "", "", "", "a", "", "")},
        request_row{"Nulls",
                    R"({"type":null,"caller_id":null,"agent_id":null,"called_number":null,"call_sid":null,)"
                    R"("conversation_id":null,"dynamic_variables":null})",
                    {}},
        request_row{"NullBesideAVariable", R"({"caller_id":null,"dynamic_variables":{"caller_number":"+45"}})",
                    made("", "+45", "", "", "", "", "")},
        request_row{
            "WrongTypes", R"({"caller_id":4520123456,"agent_id":{},"called_number":[],"dynamic_variables":[1]})", {}},
        request_row{"AnotherKindOfCall", R"({"call_sid":"SCL_demo"})", {}},
        request_row{"TooLong", R"({"agent_id":")" + std::string(257, 'a') + R"("})", {}},
        request_row{"Unprintable", R"({"agent_id":"a\r\nb","caller_id":"+45\u0000"})", {}},
        request_row{"Empty", "{}", {}}),
    [](const auto& row) { return row.param.why; });

TEST_P(InitiationRequest, IsReadInAnyShape) {
  const auto request = parse_initiation_request(GetParam().body);
  ASSERT_TRUE(request);
  EXPECT_TRUE(*request == GetParam().expected);
}

TEST(InitiationRequest, HasToBeJsonWithinBounds) {
  EXPECT_EQ(parse_initiation_request("").error(), codec_errc::not_json);
  EXPECT_EQ(parse_initiation_request("[]").error(), codec_errc::not_json);
  EXPECT_EQ(parse_initiation_request(R"({"agent_id":"a)").error(), codec_errc::not_json);
  EXPECT_EQ(parse_initiation_request(std::string(max_initiation_request_bytes + 1, ' ')).error(), codec_errc::too_long);
  EXPECT_EQ(parse_initiation_request(R"({"a":)" + std::string(40, '[') + std::string(40, ']') + "}").error(),
            codec_errc::too_many);
}

}  // namespace
}  // namespace tonris::model::elevenlabs
