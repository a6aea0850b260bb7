#include "model/phone/number.hpp"

#include <string>
#include <vector>

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
INSTANTIATE_TEST_SUITE_P(
    People, PhoneNumberReads,
    testing::Values(written_number{"AlreadyE164", "+15551234567", "", "+15551234567"},
                    written_number{"WithSeparators", "+1 (555) 123-4567", "", "+15551234567"},
                    written_number{"WithDots", "+1.555.123.4567", "", "+15551234567"},
                    written_number{"WithSpacesAround", "  +4520123456\t", "", "+4520123456"},
                    written_number{"NationalWithRegion", "(212) 555-0187", "US", "+12125550187"},
                    written_number{"NationalWithTrunkPrefix", "030 901820", "DE", "+4930901820"},
                    written_number{"RegionDoesNotMatterWithPlus", "+4520123456", "US", "+4520123456"},
                    written_number{"TwiliosTestNumber", "+15005550006", "", "+15005550006"},
                    written_number{"NationalPrefixInBrackets", "+44 (0)20 7946 0958", "", "+442079460958"},
                    written_number{"BeninsTenDigits", "+2290140123456", "", "+2290140123456"},
                    written_number{"BeninsTenDigitsAsPeopleWriteThem", "+229 01 40 12 34 56", "", "+2290140123456"},
                    written_number{"MexicosOldForm", "+5215512345678", "", "+5215512345678"},
                    written_number{"ACountryOfTomorrow", "+999123456789", "", "+999123456789"},
                    written_number{"NiuesSevenDigits", "+6834002", "", "+6834002"}),
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
        no_number{"SevenDigitsThatNobodyKnows", "+9991234", ""}, no_number{"TooShort", "+1555", ""},
        no_number{"CountryCodeZero", "+0123456789", ""}, no_number{"TooLong", "+15551234567890123", ""},
        no_number{"PlusInside", "1+5551234567", "US"}, no_number{"JustAPlus", "+", ""},
        no_number{"VeryLong", "+" + std::string(100'000, '1'), ""},
        no_number{"ZeroByte", std::string("+1555\0001234567", 13), ""}, no_number{"NotUtf8", "+1555\xff\xfe", ""}),
    [](const auto& row) { return row.param.why; });

TEST(PhoneNumber, KnowsE164ByItsShape) {
  for (const auto* yes : {"+15551234567", "+1234567", "+123456789012345"}) EXPECT_TRUE(is_e164(yes)) << yes;
  for (const auto* no : {"", "+", "+123456", "+1234567890123456", "+01234567", "15551234567", "+1555123456a",
                         "+1 5551234567", "++15551234567", "anonymous"}) {
    EXPECT_FALSE(is_e164(no)) << no;
  }
}

struct wire_address {
  std::string why, text, number;
};
class NumberInAnAddress : public testing::TestWithParam<wire_address> {};
TEST_P(NumberInAnAddress, IsFoundInEveryFormThatTwilioSends) {
  EXPECT_THAT(number_in(GetParam().text), Optional(Eq(GetParam().number)));
  EXPECT_EQ(caller_in(GetParam().text), GetParam().number);
}
INSTANTIATE_TEST_SUITE_P(
    Wire, NumberInAnAddress,
    testing::Values(wire_address{"Plain", "+15550100002", "+15550100002"},
                    wire_address{"Punctuation", " +1 (555) 010-0002 ", "+15550100002"},
                    wire_address{"WhatsApp", "whatsapp:+15550100002", "+15550100002"},
                    wire_address{"WhatsAppInCapitals", "WhatsApp: +1 555 010 0002", "+15550100002"},
                    wire_address{"Sip", "sip:+15550100002@acme.sip.us1.twilio.com;user=phone", "+15550100002"},
                    wire_address{"SipWithoutPlus", "sip:15550100002@acme.sip.us1.twilio.com", "+15550100002"},
                    wire_address{"SipEncodedPlus", "sip:%2B15550100002@acme.example.com:5061", "+15550100002"},
                    wire_address{"SipUserParameters", "sip:+15550100002;npdi;phone-context=x@host", "+15550100002"},
                    wire_address{"SipPassword", "sip:+15550100002:secret@host", "+15550100002"},
                    wire_address{"Sips", "SIPS:+15550100002@host", "+15550100002"},
                    wire_address{"Tel", "tel:+1-555-010-0002;ext=12", "+15550100002"},
                    wire_address{"TelWithoutPlus", "tel:4520123456", "+4520123456"},
                    wire_address{"Extension", "+15550100002;ext=5", "+15550100002"},
                    wire_address{"PhoneContext", "15550100002;phone-context=+1", "+15550100002"},
                    wire_address{"NoPlus", "15550100002", "+15550100002"},
                    wire_address{"BeninWithoutPlus", "sip:2290140123456@host", "+2290140123456"},
                    wire_address{"AsWritten", "+5215512345678", "+5215512345678"}),
    [](const auto& row) { return row.param.why; });

TEST(PhoneNumber, IsInNoNameAndNoWithheldCaller) {
  for (const std::string text :
       {"", "anonymous", "Restricted", "client:+15550100002", "client:alice", "sip:alice@example.com", "sip:1001@host",
        "sip:+15550100002", "sip:@host", "tel:", "whatsapp:", "+266696687", "266696687", "sip:+7378742833@host",
        "5551234567", "sip:5551234567@host", "call +15550100002", "sip:+1555010000%32@host"})
    EXPECT_EQ(number_in(text), std::nullopt) << text;
  EXPECT_EQ(number_in("sip:" + std::string(100'000, '1') + "@host"), std::nullopt);
}

TEST(PhoneNumber, LetsACallerWithoutOneKeepHisName) {
  EXPECT_EQ(caller_in("client:alice"), "client:alice");
  EXPECT_EQ(caller_in(" sip:alice@example.com"), "sip:alice@example.com");
  EXPECT_EQ(caller_in("5551234567"), "5551234567") << "a local number of nobody knows where";
  EXPECT_EQ(caller_in("1001;ext=5"), "1001;ext=5");
  for (const auto* nobody : {"", "  ", "anonymous", "+266696687", "86282452253", "sip:+2562533@host"})
    EXPECT_EQ(caller_in(nobody), "anonymous") << nobody;
}

TEST(PhoneNumber, MeetsItsOtherForm) {
  struct row {
    std::string a, b;
  };
  for (const auto& [a, b] : {row{"+5215512345678", "+525512345678"}, row{"+5491123456789", "+541123456789"},
                             row{"+22990123456", "+2290190123456"}, row{"+551187654321", "+5511987654321"},
                             row{"+4402079460958", "+442079460958"}, row{"+15550100002", "+15550100002"},
                             row{"+54296615123456", "+542966123456"}}) {
    EXPECT_TRUE(is_same_number(a, b)) << a;
    EXPECT_TRUE(is_same_number(b, a)) << b;
    EXPECT_EQ(meeting_form(meeting_form(a)), meeting_form(b));
    EXPECT_EQ(shared_end(a), shared_end(b));
  }
  for (const auto& [a, b] : {row{"+15550100002", "+15550100003"}, row{"+551132654321", "+5511932654321"},
                             row{"+22990123456", "+2290290123456"}, row{"+525512345678", "+5255123456789"}})
    EXPECT_FALSE(is_same_number(a, b)) << a << ' ' << b;
}

/// Whatever national prefix a country's metadata takes away or puts in: it stands before the last six digits.
TEST(PhoneNumber, KeepsItsEndInItsMeetingForm) {
  for (int country = 1; country < 1000; ++country) {
    for (const std::string national : {"0", "1", "8", "01", "06", "015", "0115", "9", "45", "8016", "201", "555"}) {
      for (const std::string end : {"234567", "5512345", "87654321", "601234567"}) {
        const auto number = "+" + std::to_string(country) + national + end;
        if (!is_e164(number)) continue;
        EXPECT_EQ(shared_end(meeting_form(number)), shared_end(number)) << number;
      }
    }
  }
}

TEST(PhoneNumber, IsFoundInAListInEitherForm) {
  const std::vector<std::string> listed{"+15550100001", "+5215512345678"};
  EXPECT_TRUE(is_listed(listed, "+525512345678"));
  EXPECT_TRUE(is_listed(listed, "+15550100001"));
  EXPECT_FALSE(is_listed(listed, "+15550100002"));
  EXPECT_FALSE(is_listed(listed, "anonymous"));
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
