#include "model/json/writer.hpp"

#include <gtest/gtest.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>

namespace tonris::model {
namespace {

template <class Write>
std::string written(Write write) {
  std::string text;
  json_writer out(text);
  write(out);
  return text;
}

TEST(JsonWriter, PutsCommasBetweenAndNowhereElse) {
  EXPECT_EQ(written([](json_writer& out) {
              out.open_object();
              out.close_object();
            }),
            "{}");
  EXPECT_EQ(written([](json_writer& out) {
              out.open_object();
              out.member("a", 1);
              out.open_list("b");
              out.close_list();
              out.open_object("c");
              out.open_list("d");
              out.value("x");
              out.open_object();
              out.close_object();
              out.open_list();
              out.value(true);
              out.close_list();
              out.value(nullptr);
              out.close_list();
              out.member("e", "");
              out.close_object();
              out.key("f");
              out.json(R"({"as":"it is"})");
              out.member("g", false);
              out.close_object();
            }),
            R"({"a":1,"b":[],"c":{"d":["x",{},[true],null],"e":""},"f":{"as":"it is"},"g":false})");
}

TEST(JsonWriter, WritesBehindWhatIsThere) {
  std::string text = "[1,";
  json_writer out(text);
  out.value(2);
  EXPECT_EQ(text, "[1,2");
}

TEST(JsonWriter, WritesEachTypeAsItself) {
  EXPECT_EQ(written([](json_writer& out) {
              out.open_object();
              out.member("text", "t");
              out.member("string", std::string("s"));
              out.member("view", std::string_view());
              out.member("yes", true);
              out.member("small", std::uint16_t{7});
              out.member("least", std::numeric_limits<std::int64_t>::min());
              out.member("most", std::numeric_limits<std::uint64_t>::max());
              out.member("whole", 61.0);
              out.member("part", 61.2);
              out.member("nothing", nullptr);
              out.member("there", std::optional<std::string>("o"));
              out.member("absent", std::optional<std::string>());
              out.member("counted", std::optional<std::uint32_t>(3));
              out.close_object();
            }),
            R"({"text":"t","string":"s","view":"","yes":true,"small":7,"least":-9223372036854775808,)"
            R"("most":18446744073709551615,"whole":61.0,"part":61.2,"nothing":null,"there":"o","counted":3})");
}

TEST(JsonWriter, IsJsonWhateverItIsGiven) {
  EXPECT_EQ(written([](json_writer& out) {
              out.open_list();
              out.value("\xFF\"\n");
              out.value(std::numeric_limits<double>::infinity());
              out.value(std::numeric_limits<double>::quiet_NaN());
              out.plain_number(-std::numeric_limits<double>::infinity());
              out.close_list();
            }),
            "[\"\xEF\xBF\xBD\\\"\\n\",null,null,null]");
}

TEST(JsonWriter, WritesPlainNumbersWithoutAPointWhileTheyAreExact) {
  const auto plain = [](double number) { return written([&](json_writer& out) { out.plain_number(number); }); };
  EXPECT_EQ(plain(5), "5");
  EXPECT_EQ(plain(-0.0), "0");
  EXPECT_EQ(plain(1e15), "1000000000000000");
  EXPECT_EQ(plain(9007199254740991), "9007199254740991");
  EXPECT_EQ(plain(9007199254740992), "9007199254740992.0");
  EXPECT_EQ(plain(1e300), "1e300");
  EXPECT_EQ(plain(-0.001), "-0.001");
}

// Stored records and the API's answers were written by RapidJSON's writer: the bytes stay.
TEST(JsonWriter, WritesNumbersAsRapidJsonDoes) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const auto bits = random();
    const auto number = i % 2 == 0 ? std::bit_cast<double>(bits) : static_cast<double>(bits % 100'000'000) / 1000;
    if (!std::isfinite(number)) continue;
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> theirs(buffer);
    theirs.StartArray();
    theirs.Double(number);
    theirs.Int64(static_cast<std::int64_t>(bits));
    theirs.EndArray();
    EXPECT_EQ(written([&](json_writer& out) {
                out.open_list();
                out.value(number);
                out.value(static_cast<std::int64_t>(bits));
                out.close_list();
              }),
              (std::string{buffer.GetString(), buffer.GetSize()}));
  }
}

}  // namespace
}  // namespace tonris::model
