#include "model/json/document.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model::json {
namespace {

constexpr std::size_t limit = 8 * 1024 * 1024;

TEST(JsonDocument, TakesOneObject) {
  const auto doc = parse_object(R"( {"a":"x","b":{"c":1},"d":null} )", limit);
  ASSERT_TRUE(doc);
  EXPECT_EQ(need_string(*doc, "a"), "x");
  EXPECT_EQ(need_string(*doc, "b").error(), codec_errc::bad_field);
  EXPECT_EQ(need_string(*doc, "z").error(), codec_errc::missing_field);
  EXPECT_EQ(maybe_string(*doc, "a"), "x");
  EXPECT_EQ(maybe_string(*doc, "d"), "");
  EXPECT_EQ(maybe_string(*doc, "z"), "");
  EXPECT_EQ(maybe_string(*doc, "b").error(), codec_errc::bad_field);
  EXPECT_TRUE(need_object(*doc, "b"));
  EXPECT_EQ(need_object(*doc, "a").error(), codec_errc::bad_field);
  EXPECT_EQ(need_object(*doc, "z").error(), codec_errc::missing_field);
  EXPECT_EQ(find(*find(*doc, "a"), "inside a string"), nullptr);
}

TEST(JsonDocument, KeepsZeroBytesThatWereWrittenAsEscapes) {
  const auto doc = parse_object(R"({"a":"x\u0000y"})", limit);
  ASSERT_TRUE(doc);
  EXPECT_EQ(need_string(*doc, "a")->size(), 3u);
}

struct row {
  std::string why, text;
};
class JsonDocumentRefuses : public testing::TestWithParam<row> {};
TEST_P(JsonDocumentRefuses, WhatIsNotOneObject) {
  const auto doc = parse_object(GetParam().text, limit);
  ASSERT_FALSE(doc);
  EXPECT_EQ(doc.error(), codec_errc::not_json);
}
INSTANTIATE_TEST_SUITE_P(Texts, JsonDocumentRefuses,
                         testing::Values(row{"Nothing", ""}, row{"List", "[]"}, row{"Word", "null"},
                                         row{"TrailingText", "{}x"}, row{"TwoObjects", "{}{}"},
                                         row{"ZeroAndMore", std::string("{}\0x", 4)},
                                         row{"NotUtf8", "{\"a\":\"\xff\"}"}, row{"HugeNumber", R"({"a":1e999})"},
                                         row{"Comment", "{}//"},
                                         row{"FiveMillionLists", "{\"a\":" + std::string(5'000'000, '[')}),
                         [](const auto& r) { return r.param.why; });

TEST(JsonDocument, LooksAtTheSizeFirst) {
  EXPECT_EQ(parse_object("{}   ", 4).error(), codec_errc::too_long);
  EXPECT_TRUE(parse_object("{}  ", 4));
}

}  // namespace
}  // namespace tonris::model::json
