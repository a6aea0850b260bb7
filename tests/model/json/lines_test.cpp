#include "model/json/lines.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

std::size_t line_of(std::string_view json, const std::string& path) {
  return lines_of(json, {path}).at(path);
}

constexpr std::string_view text = R"([
  {"id": "a"},
  {
    "id": "b", "list": [1,
      2, {
        "deep": "x\ny"
      }],
    "odd.key": true
  }
])";

TEST(JsonLines, AreThoseWhereAValueBegins) {
  EXPECT_EQ(line_of(text, "[0]"), 2u);
  EXPECT_EQ(line_of(text, "[0].id"), 2u);
  EXPECT_EQ(line_of(text, "[1]"), 3u);
  EXPECT_EQ(line_of(text, "[1].list"), 4u);
  EXPECT_EQ(line_of(text, "[1].list[0]"), 4u);
  EXPECT_EQ(line_of(text, "[1].list[1]"), 5u);
  EXPECT_EQ(line_of(text, "[1].list[2].deep"), 6u);
  EXPECT_EQ(line_of(text, "[1].odd.key"), 8u);
}

TEST(JsonLines, AreThoseOfTheObjectThatLacksAValue) {
  EXPECT_EQ(line_of(text, "[1].name"), 3u);
  EXPECT_EQ(line_of(text, "[1].list[2].other.deeper"), 5u);
  EXPECT_EQ(line_of(text, "[7].id"), 1u);
  EXPECT_EQ(line_of("", "[0]"), 1u);
  EXPECT_EQ(line_of("[{\n", "[0].x"), 1u);
}

TEST(JsonLines, AreFoundTogether) {
  const auto lines = lines_of(text, {"[1].odd.key", "[0].id", "[1].list[1]"});
  EXPECT_EQ(lines.at("[0].id"), 2u);
  EXPECT_EQ(lines.at("[1].list[1]"), 5u);
  EXPECT_EQ(lines.at("[1].odd.key"), 8u);
}

TEST(JsonLines, AreCountedFromOne) {
  EXPECT_EQ(line_at("a\nb\nc", 0), 1u);
  EXPECT_EQ(line_at("a\nb\nc", 2), 2u);
  EXPECT_EQ(line_at("a\nb\nc", 99), 3u);
}

}  // namespace
}  // namespace tonris::model
