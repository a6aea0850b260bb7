#include "model/json/lookup.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace tonris::model {
namespace {

std::optional<codec_errc> refusal(std::string_view text, const json_limits& limits) {
  rapidjson::Document document;
  const auto parsed = parse_object(text, limits, document);
  if (parsed) return std::nullopt;
  return parsed.error();
}

std::string nested(int depth) {
  return R"({"a":)" + std::string(static_cast<std::size_t>(depth - 1), '[') +
         std::string(static_cast<std::size_t>(depth - 1), ']') + "}";
}

TEST(JsonLookupParse, TakesOneObject) {
  for (const auto* const text :
       {"{}", " { } \n", R"({"a":1,"b":[{},[]],"c":"}]\\\""})", "{\"\xC3\xBC\":\"\xE2\x82\xAC\"}"})
    EXPECT_EQ(refusal(text, {.bytes = 100}), std::nullopt) << text;
}

TEST(JsonLookupParse, RefusesWhatIsNotOneObject) {
  for (const std::string& text :
       {std::string(), std::string(" "), std::string("[]"), std::string("null"), std::string("{"), std::string("{}{}"),
        std::string("{} x"), std::string("{\"a\":\"open"), std::string("{\"a\":\"half\\"), std::string("{\"\xFF\":1}"),
        std::string("{\"a\":1e999}"), std::string("{}//"), std::string("{}\0", 3), std::string("{}\0x", 4),
        std::string("\0{}", 3)})
    EXPECT_EQ(refusal(text, {.bytes = 100}), codec_errc::not_json) << text;
  EXPECT_EQ(refusal(std::string_view(), {.bytes = 100}), codec_errc::not_json);
}

TEST(JsonLookupParse, LooksAtTheSizeFirst) {
  EXPECT_EQ(refusal("{}    ", {.bytes = 6}), std::nullopt);
  EXPECT_EQ(refusal("{}     ", {.bytes = 6}), codec_errc::too_long);
  EXPECT_EQ(refusal("garbage", {.bytes = 6}), codec_errc::too_long);
}

TEST(JsonLookupParse, BoundsTheDepth) {
  EXPECT_EQ(refusal(nested(5), {.bytes = 1000, .depth = 5}), std::nullopt);
  EXPECT_EQ(refusal(nested(6), {.bytes = 1000, .depth = 5}), codec_errc::too_many);
  EXPECT_EQ(refusal(std::string(1'000'000, '['), {.bytes = 1'000'000}), codec_errc::too_many);
  EXPECT_EQ(refusal(R"({"a":"[[[[[[","b":"\"[[[[[["})", {.bytes = 1000, .depth = 1}), std::nullopt);
}

TEST(JsonLookupParse, BoundsTheValues) {
  EXPECT_EQ(refusal(R"({"a":[1,2]})", {.bytes = 1000, .values = 5}), std::nullopt);
  EXPECT_EQ(refusal(R"({"a":[1,2,3]})", {.bytes = 1000, .values = 5}), codec_errc::too_many);
  EXPECT_EQ(refusal(R"({"a":",,,,,,::::[[[["})", {.bytes = 1000, .values = 5}), std::nullopt);
}

TEST(JsonLookupParse, TakesAListWhereOneIsMeantAndNothingElse) {
  rapidjson::Document document;
  ASSERT_TRUE(parse_list(" [1,2] ", {.bytes = 100}, document));
  EXPECT_EQ(document.Size(), 2u);
  for (const auto* const text : {"{}", "1", "", "[", "[]]"})
    EXPECT_EQ(parse_list(text, {.bytes = 100}, document).error(), codec_errc::not_json) << text;
  EXPECT_EQ(parse_list("[1,2,3]", {.bytes = 6}, document).error(), codec_errc::too_long);
}

class FieldReader : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(parse_object(R"({"text":"t","empty":"","null":null,"int":7,"zero":0,"max":9223372036854775807,
                                 "over":9223372036854775808,"negative":-1,"double":1.5,"pointless":1.0,"yes":true,
                                 "object":{"x":1},"list":[],"twice":1,"twice":"no"})",
                             {.bytes = 1000}, document));
  }
  rapidjson::Document document;
};

TEST_F(FieldReader, ReadsWhatIsThere) {
  field_reader fields(document);
  EXPECT_EQ(fields.text("text"), "t");
  EXPECT_EQ(fields.text("empty"), "");
  EXPECT_EQ(fields.optional_text("text"), "t");
  EXPECT_EQ(fields.whole("int"), 7);
  EXPECT_EQ(fields.whole("zero"), 0);
  EXPECT_EQ(fields.whole("max"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(fields.whole("twice"), 1);
  EXPECT_EQ(fields.optional_whole("zero"), 0);
  EXPECT_EQ(fields.number("double"), 1.5);
  EXPECT_EQ(fields.number("int"), 7);
  EXPECT_TRUE(fields.optional_flag("yes", false));
  ASSERT_NE(fields.object("object"), nullptr);
  EXPECT_EQ(fields.object("object"), fields.optional_object("object"));
  EXPECT_EQ(fields.any("object"), fields.optional_object("object"));
  ASSERT_NE(fields.optional_list("list"), nullptr);
  EXPECT_EQ(fields.optional_integer("negative"), -1);
  EXPECT_EQ(fields.optional_integer("max"), std::numeric_limits<std::int64_t>::max());
  EXPECT_TRUE(fields.has("zero"));
  EXPECT_FALSE(fields.mistake());
}

TEST_F(FieldReader, TakesNullForAbsent) {
  for (const auto* const name : {"null", "nothing"}) {
    field_reader fields(document);
    EXPECT_EQ(fields.optional_text(name), "");
    EXPECT_EQ(fields.optional_whole(name), std::nullopt);
    EXPECT_TRUE(fields.optional_flag(name, true));
    EXPECT_FALSE(fields.optional_flag(name, false));
    EXPECT_EQ(fields.optional_object(name), nullptr);
    EXPECT_EQ(fields.optional_list(name), nullptr);
    EXPECT_EQ(fields.optional_integer(name), std::nullopt);
    EXPECT_FALSE(fields.has(name));
    EXPECT_FALSE(fields.mistake());
  }
}

template <class Read>
std::optional<codec_errc> mistake_of(const rapidjson::Value& object, Read&& read) {
  field_reader fields(object);
  read(fields);
  return fields.mistake();
}

TEST_F(FieldReader, MissesWhatIsRequired) {
  for (const auto* const name : {"null", "nothing"}) {
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.text(name); }), codec_errc::missing_field);
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.whole(name); }), codec_errc::missing_field);
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.number(name); }), codec_errc::missing_field);
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.object(name); }), codec_errc::missing_field);
  }
}

TEST_F(FieldReader, RefusesOtherTypes) {
  for (const auto* const name : {"int", "yes", "object", "list"}) {
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.text(name); }), codec_errc::bad_field) << name;
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.optional_text(name); }), codec_errc::bad_field) << name;
  }
  for (const auto* const name : {"text", "over", "negative", "double", "pointless", "yes", "object", "list"}) {
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.whole(name); }), codec_errc::bad_field) << name;
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.optional_whole(name); }), codec_errc::bad_field) << name;
  }
  for (const auto* const name : {"text", "yes", "object"})
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.number(name); }), codec_errc::bad_field) << name;
  for (const auto* const name : {"text", "int", "object"})
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.optional_flag(name, true); }), codec_errc::bad_field) << name;
  for (const auto* const name : {"text", "int", "list"})
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.optional_object(name); }), codec_errc::bad_field) << name;
  EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.object("list"); }), codec_errc::bad_field);
  for (const auto* const name : {"text", "int", "object"})
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.optional_list(name); }), codec_errc::bad_field) << name;
  for (const auto* const name : {"text", "over", "double", "pointless", "yes"})
    EXPECT_EQ(mistake_of(document, [&](auto& f) { (void)f.optional_integer(name); }), codec_errc::bad_field) << name;
}

TEST_F(FieldReader, KeepsTheFirstMistake) {
  field_reader fields(document);
  (void)fields.text("nothing");
  (void)fields.text("int");
  fields.refuse(codec_errc::bad_payload);
  EXPECT_EQ(fields.mistake(), codec_errc::missing_field);
}

}  // namespace
}  // namespace tonris::model
