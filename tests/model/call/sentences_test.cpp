#include "model/call/sentences.hpp"

#include <array>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "model/call/sentences_text.hpp"
#include "model/json/lookup.hpp"
#include "model/twilio/say_locale.hpp"

namespace tonris::model {
namespace {

constexpr std::array languages{"en", "es", "fr", "de", "pt", "it", "nl", "da", "sv", "nb", "pl", "ja"};

TEST(OurSentences, AreThereInTwelveLanguages) {
  std::set<std::string_view> texts;
  for (const auto* language : languages)
    for (std::size_t i = 0; i < tenant::sentence_count; ++i) {
      const auto text = our_sentence(language, static_cast<tenant::sentence>(i));
      EXPECT_FALSE(text.empty()) << language << ' ' << i;
      EXPECT_TRUE(texts.insert(text).second) << language << ": " << text;
    }
}

TEST(OurSentences, HaveInTheFileNothingElseAndALocaleThatTwilioHas) {
  rapidjson::Document file;
  file.Parse(sentences_json.data(), sentences_json.size());
  ASSERT_TRUE(file.IsObject());
  EXPECT_EQ(file.MemberCount(), languages.size());
  for (const auto& language : file.GetObject()) {
    EXPECT_EQ(language.value.MemberCount(), tenant::sentence_count + 2);
    const auto locale = field_reader{language.value}.text("locale");
    EXPECT_EQ(twiml::say_locale(text_of(language.name)), locale);
    EXPECT_TRUE(field_reader{language.value}.text("voice").starts_with("Polly."));
  }
}

TEST(OurSentences, AreFoundByTagsOfTheirLanguage) {
  const auto closed = tenant::sentence::closed;
  EXPECT_EQ(our_sentence("pt-BR", closed), our_sentence("pt", closed));
  EXPECT_EQ(our_sentence("EN-gb", closed), our_sentence("en", closed));
  EXPECT_EQ(our_sentence("no", closed), our_sentence("nb", closed));
  EXPECT_EQ(our_sentence("fi", closed), "");
  EXPECT_EQ(our_sentence("", closed), "");
}

tenant salon() {
  tenant t;
  t.phone_number = "+15551234567";
  return t;
}

TEST(SentenceFor, NobodyIsEnglishInTwiliosDefaultVoice) {
  EXPECT_EQ(sentence_for(nullptr, tenant::sentence::not_in_service, "+15551234567"),
            (spoken_sentence{"We are sorry, this number is not in service. Goodbye.", "", ""}));
}

TEST(SentenceFor, ATenantIsInTheLanguageOfTheNumberThatWasCalled) {
  auto t = salon();
  const auto closed = [&](std::string_view called) { return sentence_for(&t, tenant::sentence::closed, called); };
  const auto words = [](std::string_view language) {
    return std::string{our_sentence(language, tenant::sentence::closed)};
  };
  EXPECT_EQ(closed("+15551234567"), (spoken_sentence{words("en"), "", ""})) << "nobody has set one";
  t.language = "de";
  t.numbers = {{"+15551234568", "fr", {}}};
  EXPECT_EQ(closed("+15551234567"), (spoken_sentence{words("de"), "de", "Polly.Vicki"}));
  EXPECT_EQ(closed("+15551234568"), (spoken_sentence{words("fr"), "fr", "Polly.Lea"}));
  t.sentences.language = "it";
  EXPECT_EQ(closed("+15551234568"), (spoken_sentence{words("it"), "it", "Polly.Bianca"}));
}

TEST(SentenceFor, ATenantTakesNoVoiceOfAnotherLocale) {
  auto t = salon();
  t.language = "pt-BR";
  const auto said = sentence_for(&t, tenant::sentence::busy, t.phone_number);
  EXPECT_EQ(said.text, our_sentence("pt", tenant::sentence::busy));
  EXPECT_EQ(said.language, "pt-BR");
  EXPECT_EQ(said.voice, "") << "ours is Portugal's";
  t.sentences.voice = "Polly.Camila";
  EXPECT_EQ(sentence_for(&t, tenant::sentence::busy, t.phone_number).voice, "Polly.Camila");
}

TEST(SentenceFor, ATenantWhoseLanguageWeDoNotHaveIsEnglishAsASpeakerOfEnglishSaysIt) {
  auto t = salon();
  t.language = "fi";
  t.sentences.voice = "Polly.Suvi";
  EXPECT_EQ(sentence_for(&t, tenant::sentence::busy, t.phone_number),
            (spoken_sentence{std::string{our_sentence("en", tenant::sentence::busy)}, "en-US", "Polly.Joanna"}));
}

TEST(SentenceFor, ATenantIsInHisOwnWordsFirst) {
  auto t = salon();
  t.language = "de";
  t.sentences = {"en-US", "Polly.Matthew", {{tenant::sentence::closed, "We open at nine."}}};
  EXPECT_EQ(sentence_for(&t, tenant::sentence::closed, t.phone_number),
            (spoken_sentence{"We open at nine.", "en-US", "Polly.Matthew"}));
}

}  // namespace
}  // namespace tonris::model
