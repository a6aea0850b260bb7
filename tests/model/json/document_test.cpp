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

/// RapidJSON reads what is not its own then, and takes the process down.
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
