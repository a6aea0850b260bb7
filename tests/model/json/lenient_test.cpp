#include "model/json/lenient.hpp"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "model/json/lookup.hpp"

namespace tonris::model {
namespace {

rapidjson::Document parsed(std::string_view json) {
  rapidjson::Document document;
  EXPECT_TRUE(parse_object(json, {.bytes = 1024}, document));
  return document;
}

struct whole_row {
  std::string why, json;
  std::optional<std::int64_t> whole;
};
class LenientWhole : public testing::TestWithParam<whole_row> {};
INSTANTIATE_TEST_SUITE_P(
    Forms, LenientWhole,
    testing::Values(whole_row{"Number", "12", 12}, whole_row{"Negative", "-12", -12}, whole_row{"Text", R"("12")", 12},
                    whole_row{"WithAPoint", "12.0", 12}, whole_row{"WithAnExponent", "1.2e1", 12},
                    whole_row{"Fraction", "12.5", {}}, whole_row{"Huge", "1e300", {}},
                    whole_row{"BeyondSixtyFourBits", "18446744073709551615", {}}, whole_row{"Words", R"("twelve")", {}},
                    whole_row{"TextAndMore", R"("12s")", {}}, whole_row{"EmptyText", R"("")", {}},
                    whole_row{"Null", "null", {}}, whole_row{"Flag", "true", {}}, whole_row{"List", "[12]", {}}),
    [](const auto& row) { return row.param.why; });

TEST_P(LenientWhole, IsReadInEachOfItsForms) {
  const auto document = parsed(R"({"a":)" + GetParam().json + "}");
  EXPECT_EQ(lenient_object{&document}.whole("a"), GetParam().whole);
}

TEST(LenientObject, FindsNothingWhereNothingIs) {
  const auto document = parsed(R"({"a":[1],"b":null,"c":"text"})");
  const lenient_object root{&document};
  for (const auto& nowhere :
       {root.object("a"), root.object("b"), root.object("x").object("y"), lenient_object{nullptr}}) {
    EXPECT_FALSE(nowhere.exists());
    EXPECT_EQ(nowhere.text("z"), "");
    EXPECT_EQ(nowhere.list("z"), nullptr);
    EXPECT_EQ(nowhere.json("z"), "");
    EXPECT_FALSE(nowhere.number("z") || nowhere.flag("z") || nowhere.whole("z"));
  }
}

TEST(LenientObject, TakesAnotherTypeForAbsent) {
  const auto document = parsed(R"({"a":1,"b":"x","c":true})");
  const lenient_object root{&document};
  EXPECT_EQ(root.text("a"), "");
  EXPECT_FALSE(root.number("b") || root.flag("a") || root.number("c"));
  EXPECT_EQ(root.number("a"), 1.0);
  EXPECT_EQ(root.flag("c"), true);
  EXPECT_EQ(root.json("c"), "true");
}

TEST(LenientObject, TakesOnlyShortPrintableTokens) {
  const auto document = parsed(R"({"a":"conv_1","b":"con\nv","c":"c\u00f8nv","d":"123456789"})");
  const lenient_object root{&document};
  EXPECT_EQ(root.token("a"), "conv_1");
  EXPECT_EQ(root.token("b"), "");
  EXPECT_EQ(root.token("c"), "");
  EXPECT_EQ(root.token("d", 8), "");
  EXPECT_EQ(root.token("d", 9), "123456789");
}

}  // namespace
}  // namespace tonris::model
