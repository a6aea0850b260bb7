#include "model/tool/tool_result.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace tonris::model {
namespace {

rapidjson::Document sent(const tool_result& result, std::string_view id = "a1") {
  std::string json;
  append_tool_result(id, result, json);
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(json);
  EXPECT_FALSE(document.HasParseError()) << json;
  return document;
}

TEST(ToolResult, IsAlwaysAString) {
  for (const auto* text : {"done", R"({"transferred":true})", "[1,2]", "7", "true", "null", "\"q\"", "\xff\xfe"}) {
    const auto document = sent(done(text));
    EXPECT_STREQ(document["type"].GetString(), "client_tool_result");
    EXPECT_STREQ(document["tool_call_id"].GetString(), "a1");
    ASSERT_TRUE(document["result"].IsString()) << text;
    EXPECT_FALSE(document["is_error"].GetBool());
  }
  EXPECT_STREQ(sent(done(R"({"transferred":true})"))["result"].GetString(), R"({"transferred":true})");
}

TEST(ToolResult, SaysSomethingEvenWhenThereIsNothingToSay) {
  EXPECT_STREQ(sent(done(""))["result"].GetString(), "ok");
  EXPECT_STREQ(sent(refused(""))["result"].GetString(), "error");
  EXPECT_TRUE(sent(refused(""))["is_error"].GetBool());
}

TEST(ToolResult, IsCutAtItsBoundWithoutCuttingACharacter) {
  EXPECT_EQ(sent(done(std::string(max_result_bytes, 'x')))["result"].GetStringLength(), max_result_bytes);
  std::string long_one;
  while (long_one.size() <= max_result_bytes) long_one += "\u00e9";
  const std::string cut = sent(done("a" + long_one))["result"].GetString();
  EXPECT_LE(cut.size(), max_result_bytes);
  EXPECT_GT(cut.size(), max_result_bytes - 8);
  EXPECT_THAT(cut, testing::EndsWith("\u00e9\u2026"));
}

TEST(ToolResult, NamesAToolThatNobodyHas) {
  EXPECT_EQ(unknown_tool("dance"), refused("There is no tool named dance here."));
  EXPECT_LE(unknown_tool(std::string(1000, 'x')).text.size(), 100U);
  EXPECT_TRUE(late_tool().is_error && too_many_tools().is_error);
}

}  // namespace
}  // namespace tonris::model
