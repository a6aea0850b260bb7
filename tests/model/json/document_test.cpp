#include <gtest/gtest.h>

#include <string>

#include "model/json/fields.hpp"

namespace tonris::model {
namespace {

struct parsed {
  bool done = false;
  std::string why;
  rapidjson::Document document;
};

parsed parse(const std::string& json) {
  parsed p;
  json_mistakes mistakes;
  p.done = parse_document(json, 100'000, p.document, mistakes);
  if (!mistakes.empty()) p.why = mistakes.front().message;
  return p;
}

TEST(Document, ReadsNumbersExactly) {
  EXPECT_EQ(parse("[0.1]").document[0].GetDouble(), 0.1);
  EXPECT_EQ(parse("[9007199254740993.0e-3]").document[0].GetDouble(), 9007199254740.993);
  EXPECT_TRUE(parse("[0." + std::string(90, '0') + "4]").done);
}

/// RapidJSON reads beside its table of powers then, and takes the process down.
TEST(Document, HasNoExponentOfMoreThanTwoDigits) {
  for (const auto& number : {std::string{"1.23456789012345e-337"}, "0." + std::string(60, '0') + "1e-300",
                             std::string(90, '9') + "e308", std::string{"1E+100"}, std::string{"1e000000001"}}) {
    const auto p = parse("[" + number + "]");
    EXPECT_FALSE(p.done) << number;
    EXPECT_EQ(p.why, "must have no number with an exponent of more than 2 digits");
  }
  EXPECT_EQ(parse("[1e99]").document[0].GetDouble(), 1e99);
  EXPECT_EQ(parse("[" + std::string(90, '9') + "e-99]").document[0].GetDouble(), 1e-9);
  EXPECT_EQ(parse("[0." + std::string(80, '0') + "1234567890123e-99]").document[0].GetDouble(), 1.234567890123e-180);
  EXPECT_TRUE(parse("[true,false,\"1e500\",1e99,12]").done);
}

TEST(Document, HasNoNumberOfMoreThanAHundredCharacters) {
  for (const std::size_t zeros : {99u, 330u, 500u, 778u, 50'000u})
    for (const auto* end : {"4", "4e5", "4e-5"}) {
      const auto p = parse("{\"n\":0." + std::string(zeros, '0') + end + "}");
      EXPECT_FALSE(p.done) << zeros;
      EXPECT_EQ(p.why, "must have no number of more than 100 characters");
    }
  EXPECT_FALSE(parse("[" + std::string(400, '1') + "]").done);
  EXPECT_FALSE(parse("[-" + std::string(101, '1')).done);
  EXPECT_TRUE(parse("[\"" + std::string(400, '1') + "\"]").done) << "a text is none";
}

}  // namespace
}  // namespace tonris::model
