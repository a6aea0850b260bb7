#include "model/elevenlabs/tool_answer.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace tonris::model::elevenlabs {
namespace {

const std::string sorry = R"({"error":"I cannot look that up right now."})";

struct answer_row {
  std::string why;
  unsigned status;
  std::string content_type, body, json;
  tool_outcome outcome = tool_outcome::answered;
};
class ToolAnswer : public testing::TestWithParam<answer_row> {};
using out = tool_outcome;
INSTANTIATE_TEST_SUITE_P(
    Responses, ToolAnswer,
    testing::Values(answer_row{"AnObject", 200, "application/json", R"({"a": 1})", R"({"a": 1})"},
                    answer_row{"AList", 201, "application/json; charset=utf-8", " [1,2]\n", "[1,2]"},
                    answer_row{"JsonBySuffix", 200, "Application/HAL+JSON", "{}", "{}"},
                    answer_row{"ANumber", 200, "application/json", "42", R"({"result":42})"},
                    answer_row{"AJsonText", 200, "application/json", R"("at nine")", R"({"result":"at nine"})"},
                    answer_row{"Null", 200, "application/json", "null", R"({"result":null})"},
                    answer_row{"Text", 200, "text/plain; charset=utf-8", "Open \"until\" 17:00\n",
                               R"({"result":"Open \"until\" 17:00"})"},
                    answer_row{"TextThatLooksLikeJson", 200, "text/plain", "{}", R"({"result":"{}"})"},
                    answer_row{"UnsaidJson", 200, "", R"({"a":1})", R"({"a":1})"},
                    answer_row{"UnsaidText", 200, "", "nine", R"({"result":"nine"})"},
                    answer_row{"Nothing", 204, "", "", R"({"result":"ok"})"},
                    answer_row{"AnEmptyPage", 200, "text/html", "", R"({"result":"ok"})"},
                    answer_row{"BrokenJson", 200, "application/json", R"({"a":)", sorry, out::unreadable},
                    answer_row{"TwoObjects", 200, "application/json", "{}{}", sorry, out::unreadable},
                    answer_row{"TwoValues", 200, "application/json", "1,2", sorry, out::unreadable},
                    answer_row{"ValueThatClosesTheList", 200, "application/json", "1],[2", sorry, out::unreadable},
                    answer_row{"JsonThatIsNoUtf8", 200, "application/json", "{\"a\":\"\xFF\"}", sorry, out::unreadable},
                    answer_row{"TooDeep", 200, "application/json", std::string(40, '[') + std::string(40, ']'), sorry,
                               out::unreadable},
                    answer_row{"TextThatIsNoUtf8", 200, "text/plain", "caf\xE9", sorry, out::unreadable},
                    answer_row{"APage", 200, "text/html", "<html></html>", sorry, out::wrong_type},
                    answer_row{"Bytes", 200, "application/octet-stream", "{}", sorry, out::wrong_type},
                    answer_row{"NotFound", 404, "application/json", R"({"a":1})", sorry, out::server_error},
                    answer_row{"Broken", 500, "text/plain", "stack trace", sorry, out::server_error},
                    answer_row{"Redirect", 302, "", "", sorry, out::server_error},
                    answer_row{"NoStatus", 0, "", "{}", sorry, out::server_error},
                    answer_row{"TheLargestJson", 200, "application/json",
                               "[\"" + std::string(max_tool_answer_bytes - 4, 'a') + "\"]",
                               "[\"" + std::string(max_tool_answer_bytes - 4, 'a') + "\"]"},
                    answer_row{"TooLarge", 200, "application/json", std::string(max_tool_answer_bytes + 1, ' '), sorry,
                               out::too_large},
                    answer_row{"TooLargeWithItsFrame", 200, "text/plain", std::string(max_tool_answer_bytes - 5, 'a'),
                               sorry, out::too_large},
                    answer_row{"TooLargeWithItsEscapes", 200, "text/plain", "a" + std::string(9000, '"') + "a", sorry,
                               out::too_large}),
    [](const auto& row) { return row.param.why; });

TEST_P(ToolAnswer, IsShortWellFormedJson) {
  const auto& row = GetParam();
  const auto answer = shape_tool_answer({row.status, row.content_type, row.body});
  EXPECT_EQ(answer.json, row.json);
  EXPECT_EQ(to_string(answer.outcome), to_string(row.outcome));
  EXPECT_LE(answer.json.size(), max_tool_answer_bytes);
}

TEST(ToolAnswer, ApologisesInTheTenantsWords) {
  const auto answer = shape_tool_answer({500, "", ""}, "Das weiß ich \"gerade\" nicht.");
  EXPECT_EQ(answer.json, R"({"error":"Das weiß ich \"gerade\" nicht."})");
  EXPECT_EQ(apologise(tool_outcome::timed_out).json, sorry);
  EXPECT_EQ(apologise(tool_outcome::timed_out).outcome, tool_outcome::timed_out);
}

TEST(ToolAnswer, CutsAnApologyBetweenCharacters) {
  std::string words = "a";
  for (int i = 0; i < 400; ++i) words += "ß";
  const auto json = apologise(tool_outcome::refused, words).json;
  EXPECT_EQ(json.size(), std::string{R"({"error":""})"}.size() + 499);
}

TEST(ToolOutcome, HasAWordForEach) {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(tool_outcome::bad_request); ++i)
    words.insert(to_string(static_cast<tool_outcome>(i)));
  EXPECT_EQ(words.size(), 10u);
  EXPECT_FALSE(words.contains(""));
}

}  // namespace
}  // namespace tonris::model::elevenlabs
