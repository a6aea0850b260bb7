#include "model/json/text.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <random>

#include "model/text/utf8.hpp"

namespace tonris::model {
namespace {

std::string in_quotes(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  return out;
}

TEST(JsonText, EscapesWhatMustBeAndNothingElse) {
  EXPECT_EQ(in_quotes(""), R"("")");
  EXPECT_EQ(in_quotes("r3:12"), R"("r3:12")");
  EXPECT_EQ(in_quotes("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(in_quotes("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(in_quotes(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(in_quotes("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\"");
}

TEST(JsonText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(in_quotes("a\xff"
                      "b"),
            "\"a\xef\xbf\xbd"
            "b\"");
  EXPECT_EQ(in_quotes("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(JsonText, IsReadBackAsItWasFromAnyBytes) {
  std::mt19937 random(3);
  for (int i = 0; i < 5'000; ++i) {
    std::string text(random() % 20, '\0');
    bool valid = true;
    for (auto& c : text) c = static_cast<char>(random() % (i % 2 ? 128 : 256));
    for (std::string_view rest = text; valid && !rest.empty();) {
      const auto length = utf8_length(rest);
      valid = length > 0;
      rest.remove_prefix(length);
    }
    const auto json = in_quotes(text);
    rapidjson::Document doc;
    doc.Parse<rapidjson::kParseValidateEncodingFlag>(json.data(), json.size());
    ASSERT_TRUE(doc.IsString()) << json;
    EXPECT_TRUE(!valid || std::string_view(doc.GetString(), doc.GetStringLength()) == text) << json;
  }
}

}  // namespace
}  // namespace tonris::model
