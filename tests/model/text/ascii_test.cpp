#include "model/text/ascii.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "model/text/hex.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model {
namespace {

TEST(Ascii, KnowsNoOtherCharacters) {
  std::string letters, digits, visible, hex;
  for (int i = 0; i < 256; ++i) {
    const auto c = static_cast<char>(i);
    if (is_letter(c)) letters += c;
    if (is_digit(c)) digits += c;
    if (is_visible(c)) visible += c;
    if (is_hex_digit(c)) hex += c;
    EXPECT_EQ(is_alnum(c), is_letter(c) || is_digit(c));
  }
  EXPECT_EQ(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(digits, "0123456789");
  EXPECT_EQ(hex, "0123456789ABCDEFabcdef");
  EXPECT_EQ(visible.size(), 94U);
  EXPECT_EQ(visible.front(), '!');
  EXPECT_EQ(visible.back(), '~');
}

TEST(Ascii, ComparesWhateverTheCase) {
  EXPECT_EQ(to_lower("AZ@[az\xC3\x84"), "az@[az\xC3\x84");
  EXPECT_TRUE(same_text("Content-TYPE", "content-type"));
  EXPECT_FALSE(same_text("Content-Type", "Content-Typ"));
  EXPECT_FALSE(same_text("@", "`"));
  EXPECT_FALSE(same_text("[", "{"));
}

TEST(Hex, WritesLowerCaseAndReadsBoth) {
  EXPECT_EQ(to_hex(std::array<std::uint8_t, 3>{0x00, 0xAF, 0x5e}), "00af5e");
  EXPECT_EQ(to_hex({}), "");
  EXPECT_EQ(hex_value('f'), 15);
  EXPECT_EQ(hex_value('F'), 15);
  EXPECT_EQ(hex_value('g'), std::nullopt);
}

TEST(Trimmed, CutsBlanksTabsAndLineEnds) {
  EXPECT_EQ(trimmed(" \t\r\n a b \n"), "a b");
  EXPECT_EQ(trimmed(" \t\r\n "), "");
  EXPECT_EQ(trimmed(""), "");
}

}  // namespace
}  // namespace tonris::model
