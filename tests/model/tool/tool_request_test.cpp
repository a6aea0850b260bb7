#include "model/tool/tool_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

template <class T>
T decoded_as(std::string_view json) {
  return std::get<T>(elevenlabs::decode(json).value());
}

TEST(ToolRequest, IsTheSameWhicheverMessageBringsIt) {
  const auto call = decoded_as<elevenlabs::client_tool_call>(
      R"({"type":"client_tool_call","client_tool_call":{"tool_name":"note","tool_call_id":"a1",)"
      R"("parameters":{"text":"x"},"event_id":5,"expects_response":true}})");
  const auto request = decoded_as<elevenlabs::agent_tool_request>(
      R"({"type":"agent_tool_request","agent_tool_request":{"tool_name":"note","tool_call_id":"a1",)"
      R"("tool_type":"client","event_id":5,"parameters":{"text":"x"}}})");
  EXPECT_EQ(to_tool_request(call), (tool_request{"a1", "note", R"({"text":"x"})", true, false}));
  EXPECT_EQ(to_tool_request(request), to_tool_request(call));
}

TEST(ToolRequest, IsAnAnnouncementWithoutParameters) {
  for (const auto* parameters : {"", R"(,"parameters":null)", R"(,"parameters":"none")"}) {
    const auto request = decoded_as<elevenlabs::agent_tool_request>(
        R"({"type":"agent_tool_request","agent_tool_request":{"tool_name":"hold","tool_call_id":"a1",)"
        R"("tool_type":"client","event_id":5)" +
        std::string{parameters} + "}}");
    EXPECT_EQ(to_tool_request(request), (tool_request{"a1", "hold", "{}", true, true})) << parameters;
  }
}

TEST(ToolRequest, IsNoneWhereTheVendorRunsTheTool) {
  for (const auto* type : {"system", "webhook", "mcp", ""})
    EXPECT_FALSE(to_tool_request(elevenlabs::agent_tool_request{"end_call", "b2", type, 6})) << type;
}

TEST(ToolRequest, KeepsThatNobodyWaitsForAnAnswer) {
  const auto call = decoded_as<elevenlabs::client_tool_call>(
      R"({"type":"client_tool_call","client_tool_call":{"tool_name":"note","tool_call_id":"a1",)"
      R"("expects_response":false}})");
  EXPECT_FALSE(to_tool_request(call).wants_answer);
  EXPECT_EQ(to_tool_request(call).parameters, "{}");
}

}  // namespace
}  // namespace tonris::model
