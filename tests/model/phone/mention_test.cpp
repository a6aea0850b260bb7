#include "model/phone/mention.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

struct text_with {
  std::string number, text;
};

TEST(PhoneMention, IsSeenInEveryFormThatAMachineWrites) {
  for (const auto& [number, text] :
       {text_with{"+4790000012", "+4790000012"}, text_with{"+4790000012", R"({"user_id":"+4790000012"})"},
        text_with{"+4790000012", R"({"user_id":"\u002b4790000012"})"}, text_with{"+4790000012", "4790000012."},
        text_with{"+4790000012", "from 004790000012 today"}, text_with{"+4790000012", "sip:+4790000012@host"},
        text_with{"+4790000012", "900000124790000012, but +4790000012"},
        text_with{"+5215512345678", R"("+525512345678")"}, text_with{"+525512345678", R"("+5215512345678")"},
        text_with{"sip:alice@x.com", R"({"user_id":"sip:alice@x.com"})"},
        text_with{"sip:alice@x.com", "to sip:alice@x.com."}, text_with{"sip:alice@x.com", "sip:alice@x.com:5060"},
        text_with{"sip:alice@x.com", "<sip:alice@x.com;user=phone>"},
        text_with{"client:ann", "client:anna, client:ann"}})
    EXPECT_TRUE(is_mentioned(number, text)) << number << " in " << text;
}

TEST(PhoneMention, IsNoPartOfALongerNumberNorAnothers) {
  for (const auto& [number, text] :
       {text_with{"+4790000012", ""}, text_with{"+4790000012", "+47900000123"}, text_with{"+4790000012", "14790000012"},
        text_with{"+4790000012", "90000012"}, text_with{"+4790000012", "+4791000012"},
        text_with{"+4790000012", "12345678904790000012"}, text_with{"+4790000012", "000012"},
        text_with{"sip:alice@x.com", "sip:anna@x.com"}, text_with{"sip:anna@example.co", "sip:anna@example.com"},
        text_with{"sip:anna@example.co", "sip:anna@example.co.uk"}, text_with{"client:ann", "client:anna"},
        text_with{"", "anything"}})
    EXPECT_FALSE(is_mentioned(number, text)) << number << " in " << text;
}

TEST(PhoneMention, LooksForAddressesThatSaySomething) {
  for (const auto* text : {"sip:anna@example.com", "client:anna", "tel:1"}) EXPECT_TRUE(is_address(text)) << text;
  for (const auto* text : {"", ":", ":x", "tel:", "a b:c", "anna@example.com"}) EXPECT_FALSE(is_address(text)) << text;
}

}  // namespace
}  // namespace tonris::model
