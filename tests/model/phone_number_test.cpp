#include "model/phone_number.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using testing::Eq;
using testing::Optional;

struct written_number {
  std::string why, text, region, e164;
};
class PhoneNumberReads : public testing::TestWithParam<written_number> {};
TEST_P(PhoneNumberReads, AsE164) {
  EXPECT_THAT(to_e164(GetParam().text, GetParam().region), Optional(Eq(GetParam().e164)));
}
INSTANTIATE_TEST_SUITE_P(People, PhoneNumberReads,
                         testing::Values(written_number{"AlreadyE164", "+15551234567", "", "+15551234567"},
                                         written_number{"WithSeparators", "+1 (555) 123-4567", "", "+15551234567"},
                                         written_number{"WithDots", "+1.555.123.4567", "", "+15551234567"},
                                         written_number{"WithSpacesAround", "  +4520123456\t", "", "+4520123456"},
                                         written_number{"NationalWithRegion", "(212) 555-0187", "US", "+12125550187"},
                                         written_number{"NationalWithTrunkPrefix", "030 901820", "DE", "+4930901820"},
                                         written_number{"RegionDoesNotMatterWithPlus", "+4520123456", "US",
                                                        "+4520123456"},
                                         written_number{"TwiliosTestNumber", "+15005550006", "", "+15005550006"}),
                         [](const auto& row) { return row.param.why; });

struct no_number {
  std::string why, text, region;
};
class PhoneNumberRefuses : public testing::TestWithParam<no_number> {};
TEST_P(PhoneNumberRefuses, WhatIsNoPossibleNumber) {
  EXPECT_EQ(to_e164(GetParam().text, GetParam().region), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(
    Wire, PhoneNumberRefuses,
    testing::Values(
        no_number{"Empty", "", "US"}, no_number{"Blanks", "   ", "US"}, no_number{"AnonymousWord", "anonymous", ""},
        no_number{"AnonymousDigits", "+266696687", ""}, no_number{"Client", "client:+15551234567", ""},
        no_number{"Sip", "sip:+15551234567@example.com", ""}, no_number{"Sentence", "call +15551234567", ""},
        no_number{"Vanity", "+1800FLOWERS", ""}, no_number{"Extension", "+15551234567 x5", ""},
        no_number{"NationalWithoutRegion", "5551234567", ""}, no_number{"UnknownRegion", "5551234567", "XX"},
        no_number{"UnknownCountry", "+999123456789", ""}, no_number{"TooShort", "+1555", ""},
        no_number{"TooLong", "+15551234567890123", ""}, no_number{"PlusInside", "1+5551234567", "US"},
        no_number{"JustAPlus", "+", ""}, no_number{"VeryLong", "+" + std::string(100'000, '1'), ""},
        no_number{"ZeroByte", std::string("+1555\0001234567", 13), ""}, no_number{"NotUtf8", "+1555\xff\xfe", ""}),
    [](const auto& row) { return row.param.why; });

TEST(PhoneNumber, KnowsE164ByItsShape) {
  for (const auto* yes : {"+15551234567", "+1234567", "+123456789012345"}) EXPECT_TRUE(is_e164(yes)) << yes;
  for (const auto* no : {"", "+", "+123456", "+1234567890123456", "+01234567", "15551234567", "+1555123456a",
                         "+1 5551234567", "++15551234567", "anonymous"}) {
    EXPECT_FALSE(is_e164(no)) << no;
  }
}

TEST(PhoneNumber, ShowsFiveCharactersAtMost) {
  EXPECT_EQ(redacted("+15551234567"), "+1555...");
  EXPECT_EQ(redacted("anonymous"), "anony...");
  EXPECT_EQ(redacted("+1"), "+1...");
  EXPECT_EQ(redacted(""), "...");
}

TEST(PhoneNumber, CannotBreakALogLineWhenRedacted) {
  EXPECT_EQ(redacted("\n\x1b[\xc3x+1555"), "??[?x...");
}

}  // namespace
}  // namespace tonris::model
