#include "model/text/percent.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

TEST(Percent, EncodesAllButTheUnreserved) {
  EXPECT_EQ(percent_encoded("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encoded(" +%/?&=\xC3\xBC\n"), "%20%2B%25%2F%3F%26%3D%C3%BC%0A");
  EXPECT_EQ(percent_encoded(std::string_view{"\0", 1}), "%00");
}

struct row {
  std::string why, text;
  std::optional<std::string> bytes, of_a_form;
};
class PercentDecoded : public testing::TestWithParam<row> {};

TEST_P(PercentDecoded, GivesTheBytesMeant) {
  EXPECT_EQ(percent_decoded(GetParam().text), GetParam().bytes);
  EXPECT_EQ(form_decoded(GetParam().text), GetParam().of_a_form);
  EXPECT_EQ(is_percent_encoded(GetParam().text), GetParam().bytes.has_value());
}

INSTANTIATE_TEST_SUITE_P(Texts, PercentDecoded,
                         testing::Values(row{"Nothing", "", "", ""}, row{"Plain", "a/b", "a/b", "a/b"},
                                         row{"Plus", "a+b", "a+b", "a b"}, row{"EncodedPlus", "%2B%2b", "++", "++"},
                                         row{"BothCases", "%c3%BC", "\xC3\xBC", "\xC3\xBC"},
                                         row{"Zero", "%00", std::string(1, '\0'), std::string(1, '\0')},
                                         row{"Once", "%2541", "%41", "%41"}, row{"Bare", "a%", {}, {}},
                                         row{"Half", "a%4", {}, {}}, row{"NoDigit", "%4g", {}, {}},
                                         row{"Sign", "%+1", {}, {}}, row{"LateMistake", "%41%zz", {}, {}}),
                         [](const auto& r) { return r.param.why; });

TEST(Percent, DecodesWhatItEncoded) {
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  EXPECT_EQ(percent_decoded(percent_encoded(bytes)), bytes);
  EXPECT_EQ(form_decoded(percent_encoded(bytes)), bytes);
}

}  // namespace
}  // namespace tonris::model
