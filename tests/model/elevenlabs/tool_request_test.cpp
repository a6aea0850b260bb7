#include "model/elevenlabs/tool_request.hpp"

#include <string>

#include <gtest/gtest.h>

namespace tonris::model::elevenlabs {
namespace {

const std::string sid = "CA00000000000000000000000000000001";
const std::string json = "application/json", form = "application/x-www-form-urlencoded";

struct tool_row {
  std::string why, query, content_type, body, parameters;
  std::string call, conversation, tenant;
};
class ToolRequest : public testing::TestWithParam<tool_row> {};
INSTANTIATE_TEST_SUITE_P(
    Forms, ToolRequest,
    testing::Values(
        tool_row{"Query", "tenantId=salon-1&day=tuesday&name=J%C3%B8rgen+B", "", "",
                 R"({"day":"tuesday","name":"Jørgen B"})", "", "", "salon-1"},
        tool_row{"EmptyValues", "a=&b&=c&&", "", "", R"({"a":"","b":"","":"c"})", "", "", ""},
        tool_row{"FlatJson", "", json,
                 R"({"tenantId":"salon-1","call_sid":")" + sid +
                     R"(","conversation_id":"conv_1","count":2,"of":{"a":[1.50]}})",
                 R"({"count":2,"of":{"a":[1.5]}})", sid, "conv_1", "salon-1"},
        tool_row{"Form", "", form + "; charset=utf-8", "call_sid=" + sid + "&customerName=Ann%20B&count=2\r\n",
                 R"({"customerName":"Ann B","count":"2"})", sid, "", ""},
        tool_row{"Envelope", "", json,
                 R"({"tool_call_id":"t1","tool_name":"book","parameters":{"day":"tuesday","tenantId":"salon-1"},)"
                 R"("conversation_id":"conv_1"})",
                 R"({"day":"tuesday"})", "", "conv_1", "salon-1"},
        tool_row{"EnvelopeBeforeItsParameters", "", json,
                 R"({"tool_name":"book","parameters":{"conversation_id":"forged"},"conversation_id":"conv_1"})", "{}",
                 "", "conv_1", ""},
        tool_row{"ParametersAlone", "", json, R"({"parameters":{"a":1}})", R"({"parameters":{"a":1}})", "", "", ""},
        tool_row{"ToolNameAsParameter", "", json, R"({"tool_name":"hammer","parameters":"none"})",
                 R"({"tool_name":"hammer","parameters":"none"})", "", "", ""},
        tool_row{"BodyBeforeQuery", "day=monday&tenantId=other&hour=9", json,
                 R"({"day":"tuesday","tenantId":"salon-1"})", R"({"day":"tuesday","hour":"9"})", "", "", "salon-1"},
        tool_row{"TenantInTheQuery", "tenantId=salon-1", json, R"({"employeeId":"e1"})", R"({"employeeId":"e1"})", "",
                 "", "salon-1"},
        tool_row{"FirstOfDoubledNames", "a=1&a=2", "", "", R"({"a":"1"})", "", "", ""},
        tool_row{"CamelCase", "callSid=" + sid + "&conversationId=conv_1&tenant_id=salon-1", "", "", "{}", sid,
                 "conv_1", "salon-1"},
        tool_row{"OwnersOfAnotherType", "", json, R"({"tenantId":7,"call_sid":null,"conversation_id":{}})", "{}", "",
                 "", ""},
        tool_row{"NoCall", "call_sid=SCL_demo&a=1", "", "", R"({"a":"1"})", "", "", ""},
        tool_row{"OwnerThatIsNoToken", "tenantId=a%0Ab", "", "", "{}", "", "", ""},
        tool_row{"NoContentType", "", "", R"({"a":true})", R"({"a":true})", "", "", ""},
        tool_row{"JsonBySuffix", "", "application/problem+JSON", R"({"a":null})", R"({"a":null})", "", "", ""},
        tool_row{"NoBody", "", json, " \n", "{}", "", "", ""}, tool_row{"Nothing", "", "", "", "{}", "", "", ""},
        tool_row{"BytesThatAreNoUtf8", "a=%FF", "", "", "{\"a\":\"\xEF\xBF\xBD\"}", "", "", ""}),
    [](const auto& row) { return row.param.why; });

TEST_P(ToolRequest, IsReadInAnyForm) {
  const auto& row = GetParam();
  const auto request = parse_tool_request(row.query, row.content_type, row.body);
  ASSERT_TRUE(request) << to_string(request.error());
  EXPECT_EQ(request->parameters, row.parameters);
  EXPECT_EQ(request->call.value, row.call);
  EXPECT_EQ(request->conversation.value, row.conversation);
  EXPECT_EQ(request->tenant.value, row.tenant);
}

TEST(ToolRequest, OfAnEnvelopeNamesTheToolAndItsCall) {
  const auto request = parse_tool_request("", json, R"({"tool_call_id":"t1","tool_name":"book","parameters":{}})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->tool_name, "book");
  EXPECT_EQ(request->tool_call_id, "t1");
}

std::string many(int count) {
  std::string query;
  for (int i = 0; i < count; ++i) query += "p" + std::to_string(i) + "=1&";
  return query;
}

struct wrong_row {
  std::string why, query, content_type, body;
  codec_errc error;
};
class WrongToolRequest : public testing::TestWithParam<wrong_row> {};
INSTANTIATE_TEST_SUITE_P(
    Forms, WrongToolRequest,
    testing::Values(wrong_row{"NoJson", "", json, "day=tuesday", codec_errc::not_json},
                    wrong_row{"AList", "", json, "[1]", codec_errc::not_json},
                    wrong_row{"Cut", "", json, R"({"a":)", codec_errc::not_json},
                    wrong_row{"OtherContentType", "", "text/xml", "<a/>", codec_errc::not_json},
                    wrong_row{"BadEscapeInTheQuery", "a=%zz", "", "", codec_errc::not_form},
                    wrong_row{"BadEscapeInTheForm", "", form, "a=%4", codec_errc::not_form},
                    wrong_row{"TooDeep", "", json, R"({"a":)" + std::string(20, '[') + std::string(20, ']') + "}",
                              codec_errc::too_many},
                    wrong_row{"TooManyParameters", many(101), "", "", codec_errc::too_many},
                    wrong_row{"LongQuery", std::string(max_tool_query_bytes + 1, 'a'), "", "", codec_errc::too_long},
                    wrong_row{"LongBody", "", json, std::string(max_tool_body_bytes + 1, ' '), codec_errc::too_long}),
    [](const auto& row) { return row.param.why; });

TEST_P(WrongToolRequest, IsRefused) {
  const auto& row = GetParam();
  const auto request = parse_tool_request(row.query, row.content_type, row.body);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error(), row.error);
}

TEST(ToolRequest, MayHaveAHundredParameters) {
  EXPECT_TRUE(parse_tool_request(many(100), "", ""));
}

}  // namespace
}  // namespace tonris::model::elevenlabs
