#include "model/json/scan.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <random>
#include <string>
#include <vector>

namespace tonris::model {
namespace {

bool skips(std::string_view text) {
  json_scan scan(text);
  return scan.skip_value() && scan.at_end();
}

bool rapidjson_takes(std::string_view text) {
  rapidjson::Document doc;
  doc.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  return !doc.HasParseError();
}

struct row {
  std::string why, text;
};

class JsonScanTakes : public testing::TestWithParam<row> {};
TEST_P(JsonScanTakes, WhatIsJson) {
  EXPECT_TRUE(skips(GetParam().text));
  EXPECT_TRUE(rapidjson_takes(GetParam().text));
}
INSTANTIATE_TEST_SUITE_P(Values, JsonScanTakes,
                         testing::Values(row{"Null", "null"}, row{"Words", " [true , false,null] "},
                                         row{"EmptyObject", "{ }"}, row{"EmptyList", "[\t]"},
                                         row{"Nested", R"({"a":[{"b":{"c":[1,2,[]]}}],"d":""})"},
                                         row{"Numbers", "[0,-0,-1.5,1e5,2E-7,3.25e+10,18446744073709551615]"},
                                         row{"Escapes", R"(["\"\\\/\b\f\n\r\t","\u00e9\u20ac","\ud83d\ude00"])"},
                                         row{"EscapedKey", R"({"\u0061":1})"},
                                         row{"Utf8", "[\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80\"]"},
                                         row{"LongString", '"' + std::string(1000, 'x') + '"'},
                                         row{"SixteenDeep", std::string(16, '[') + std::string(16, ']')}),
                         [](const auto& r) { return r.param.why; });

class JsonScanRefuses : public testing::TestWithParam<row> {};
TEST_P(JsonScanRefuses, WhatIsNot) {
  EXPECT_FALSE(skips(GetParam().text));
}
INSTANTIATE_TEST_SUITE_P(
    Texts, JsonScanRefuses,
    testing::Values(row{"Nothing", ""}, row{"Space", "  "}, row{"HalfWord", "nul"}, row{"WordAndMore", "nullx"},
                    row{"OpenString", "\"abc"}, row{"OpenStringAtAWord", "\"abcdefg"}, row{"OpenObject", "{"},
                    row{"OpenList", "[1"}, row{"TrailingComma", "[1,]"}, row{"TrailingObjectComma", R"({"a":1,})"},
                    row{"NoColon", R"({"a" 1})"}, row{"NoKey", "{1:2}"}, row{"NoValue", R"({"a":})"},
                    row{"LeadingZero", "01"}, row{"Plus", "+1"}, row{"OnlyMinus", "-"}, row{"NoFraction", "1."},
                    row{"NoInteger", ".5"}, row{"NoExponent", "1e"}, row{"HugeExponent", "1e999"},
                    row{"HugeNumber", std::string(400, '9')}, row{"Hex", "0x1"}, row{"NaN", "NaN"},
                    row{"BadEscape", R"("\x")"}, row{"HalfEscape", "\"\\"}, row{"HalfUnicode", R"("\u12")"},
                    row{"SignedUnicode", R"("\u+123")"}, row{"LoneHigh", R"("\ud83d")"}, row{"LoneLow", R"("\ude00")"},
                    row{"HighAndHigh", R"("\ud83d\ud83d")"}, row{"Control", "\"a\nb\""},
                    row{"Zero", std::string("\"a\0b\"", 5)}, row{"ZeroAfter", std::string("1\0", 2)},
                    row{"NotUtf8", "\"\xff\""}, row{"Surrogate", "\"\xed\xa0\x80\""}, row{"Overlong", "\"\xc0\xaf\""},
                    row{"CutUtf8", "\"\xe2\x82\""}, row{"TwoValues", "1 2"}, row{"Comment", "/**/1"},
                    row{"SeventeenDeep", std::string(17, '[') + std::string(17, ']')},
                    row{"FiveMillionDeep", std::string(5'000'000, '[')}),
    [](const auto& r) { return r.param.why; });

TEST(JsonScan, TakesOnlyWhatRapidJsonTakes) {
  const std::vector<std::string> pieces = {"{",
                                           "}",
                                           "[",
                                           "]",
                                           ",",
                                           ":",
                                           "\"a\"",
                                           "\"\\n\"",
                                           "1",
                                           "-0.5e3",
                                           "true",
                                           "null",
                                           " ",
                                           "\"\\u\"",
                                           "\"",
                                           "\\",
                                           "\xc3",
                                           "\xb6",
                                           "1e99",
                                           "0",
                                           ".",
                                           "e",
                                           "-",
                                           "\n",
                                           "\"k\":",
                                           "\"k\":1,",
                                           "\"\xc3\xb6\"",
                                           "\"\\ud83d\\ude00\""};
  std::mt19937 random(5);
  std::size_t taken = 0;
  for (int i = 0; i < 60'000; ++i) {
    const bool list = random() % 2 == 0;
    std::string text(1, list ? '[' : '{');
    for (auto n = random() % 7; n > 0; --n) text += pieces[random() % pieces.size()];
    text += list ? ']' : '}';
    if (!skips(text)) continue;
    ++taken;
    ASSERT_TRUE(rapidjson_takes(text)) << text;
  }
  EXPECT_GT(taken, 500u);
}

TEST(JsonScan, FindsTheEndOfAStringWhereverItLies) {
  for (std::size_t length = 0; length < 40; ++length) {
    const auto text = '"' + std::string(length, 'x') + '"';
    json_scan scan(text);
    const auto found = scan.plain_string();
    ASSERT_TRUE(found) << length;
    EXPECT_EQ(found->size(), length);
    EXPECT_TRUE(scan.at_end());
    for (std::size_t at = 0; at < length; ++at) {
      for (const char bad : {'\\', '\n', '\x1f', '\x80', '\xff', '\0'}) {
        auto spoiled = text;
        spoiled[1 + at] = bad;
        EXPECT_FALSE(json_scan(spoiled).plain_string()) << length << ' ' << at << ' ' << int{bad};
      }
    }
  }
}

TEST(JsonScan, TakesDeleteAndOtherPrintables) {
  std::string text = "\"";
  for (char c = 0x20; c < 0x7f; ++c)
    if (c != '"' && c != '\\') text += c;
  text += "\x7f\"";
  EXPECT_TRUE(json_scan(text).plain_string());
  EXPECT_TRUE(skips(text));
}

TEST(JsonScan, TakesBase64Only) {
  EXPECT_EQ(json_scan(R"( "Zm9v")").base64_string(), "Zm9v");
  EXPECT_EQ(json_scan(R"("")").base64_string(), "");
  EXPECT_FALSE(json_scan(R"("Zm9")").base64_string());
  EXPECT_FALSE(json_scan(R"("Zm9v)").base64_string());
  EXPECT_FALSE(json_scan(R"("Zm\/v")").base64_string());
  EXPECT_FALSE(json_scan("\"").base64_string());
  EXPECT_FALSE(json_scan("Zm9v").base64_string());
}

TEST(JsonScan, TakesWholeNumbersThatFit) {
  EXPECT_EQ(json_scan("0").whole_number(), 0u);
  EXPECT_EQ(json_scan(" 73,").whole_number(), 73u);
  EXPECT_EQ(json_scan("18446744073709551615").whole_number(), 18446744073709551615u);
  for (const auto* text : {"18446744073709551616", "01", "-1", "1.0", "1e2", "", "x", "\"1\""})
    EXPECT_FALSE(json_scan(text).whole_number()) << text;
}

TEST(JsonScan, WalksTheMembersOfAnObject) {
  json_scan scan(R"({ "a" : 1 , "b":{"c":[2]}, "a":"x" } tail)");
  std::string keys;
  EXPECT_TRUE(scan.object([&](std::string_view key) {
    keys += key;
    return scan.skip_value();
  }));
  EXPECT_EQ(keys, "aba");
  EXPECT_FALSE(scan.at_end());
  EXPECT_EQ(scan.peek(), 't');
}

TEST(JsonScan, StopsWhenAMemberSaysNo) {
  for (const auto* text :
       {R"({"a":1})", R"({"\u0061":1})", "{\"\xc3\xb6\":1}", R"({"a":1 "b":2})", R"({"a":1,})", R"([])"}) {
    json_scan scan(text);
    EXPECT_FALSE(scan.object([&](std::string_view key) {
      return key != "a" ? false : scan.skip_value() && text[5] != '1';
    })) << text;
  }
}

}  // namespace
}  // namespace tonris::model
