#include "model/twilio/say_locale.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model::twiml {
namespace {

struct row {
  std::string tag, locale;
};

TEST(SayLocale, IsTwiliosOwnForEachLanguageOfAnAgent) {
  for (const auto& [tag, locale] :
       {row{"da", "da-DK"}, row{"pt-br", "pt-BR"}, row{"pt", "pt-PT"}, row{"zh", "cmn-CN"}, row{"hi", "hi-IN"},
        row{"no", "nb-NO"}, row{"nl", "nl-NL"}, row{"cs", "cs-CZ"}, row{"ja", "ja-JP"}, row{"en", "en-US"},
        row{"en-gb", "en-GB"}, row{"ar", "arb"}, row{"fil", "fil-PH"}, row{"uk", "uk-UA"}, row{"zh-Hant", "cmn-TW"},
        row{"zh-TW", "cmn-TW"}, row{"zh-hk", "yue-HK"}, row{"es-MX", "es-MX"}, row{"ko", "ko-KR"}})
    EXPECT_EQ(say_locale(tag), locale) << tag;
}

TEST(SayLocale, FallsBackToTheLanguageOfARegionThatTwilioLacks) {
  for (const auto& [tag, locale] :
       {row{"de-ch", "de-DE"}, row{"es-AR", "es-ES"}, row{"zh-SG", "cmn-CN"}, row{"en-xx", "en-US"},
        row{"nb-NO", "nb-NO"}, row{"zh-Hant-MO", "cmn-TW"}, row{"en-GB-oxendict", "en-GB"}})
    EXPECT_EQ(say_locale(tag), locale) << tag;
}

TEST(SayLocale, IsNoneWhereTwilioHasNone) {
  for (const auto* tag : {"", "hr", "hr-HR", "sl", "lt", "et", "english", "-", "d", "\"><Hangup/>"})
    EXPECT_EQ(say_locale(tag), "") << tag;
}

}  // namespace
}  // namespace tonris::model::twiml
