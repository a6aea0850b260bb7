#include "model/json/plain_values.hpp"

#include <string>

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

std::optional<plain_values> read(const std::string& json) {
  rapidjson::Document document;
  if (!parse_object(json, {.bytes = 1000}, document)) return std::nullopt;
  field_reader fields{document};
  auto values = read_values(fields, "values");
  if (fields.mistake()) return std::nullopt;
  return values;
}

TEST(PlainValues, ComeBackAsTheyWere) {
  const plain_values all{{"name", std::string{"A \"salon\""}},
                         {"price", 61.0},
                         {"regular", false},
                         {"visits", std::int64_t{9'007'199'254'740'993}}};
  std::string json;
  json_writer out{json};
  out.open_object();
  put_values(out, "values", all);
  put_values(out, "none", {});
  out.close_object();
  EXPECT_EQ(json, R"({"values":{"name":"A \"salon\"","price":61.0,"regular":false,"visits":9007199254740993}})");
  EXPECT_EQ(read(json), all);
}

TEST(PlainValues, AreNoListsAndNoObjects) {
  EXPECT_EQ(read("{}"), plain_values{});
  EXPECT_EQ(read(R"({"values":{"a":[]}})"), std::nullopt);
  EXPECT_EQ(read(R"({"values":{"a":{}}})"), std::nullopt);
  EXPECT_EQ(read(R"({"values":[]})"), std::nullopt);
}

}  // namespace
}  // namespace tonris::model
