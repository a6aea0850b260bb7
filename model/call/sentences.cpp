#include "model/call/sentences.hpp"

#include <array>
#include <map>

#include <rapidjson/document.h>

#include "model/call/sentences_text.hpp"
#include "model/json/lookup.hpp"
#include "model/tenant/route.hpp"
#include "model/text/ascii.hpp"
#include "model/twilio/say_locale.hpp"

namespace tonris::model {

namespace {

struct language_row {
  std::string locale, voice;
  std::array<std::string, tenant::sentence_count> texts;
};
using language_table = std::map<std::string, language_row, std::less<>>;

// A test reads the file whole, so that nothing can be missing here.
language_table read_table() {
  language_table table;
  rapidjson::Document document;
  document.Parse(sentences_json.data(), sentences_json.size());
  if (!document.IsObject()) return table;
  for (const auto& language : document.GetObject()) {
    auto& row = table[std::string{text_of(language.name)}];
    field_reader fields{language.value};
    row.locale = fields.text("locale");
    row.voice = fields.text("voice");
    for (std::size_t i = 0; i < row.texts.size(); ++i)
      row.texts[i] = fields.text(to_string(static_cast<tenant::sentence>(i)));
  }
  return table;
}

const language_table& table() {
  static const language_table read = read_table();
  return read;
}

const language_row* row_of(std::string_view tag) {
  auto primary = to_lower(tag.substr(0, tag.find('-')));
  if (primary == "no" || primary == "nn") primary = "nb";
  const auto found = table().find(primary);
  return found == table().end() ? nullptr : &found->second;
}

std::string language_of(const tenant& t, std::string_view called) {
  return t.sentences.language ? *t.sentences.language : language_at(t, called).value_or(std::string{});
}

}  // namespace

std::string_view our_sentence(std::string_view language_tag, tenant::sentence which) noexcept {
  const auto* row = row_of(language_tag);
  return row ? std::string_view{row->texts[static_cast<std::size_t>(which)]} : std::string_view{};
}

spoken_sentence sentence_for(const tenant* t, tenant::sentence which, std::string_view called) {
  const auto language = t ? language_of(*t, called) : std::string{};
  const auto voice = t ? t->sentences.voice.value_or(std::string{}) : std::string{};
  if (t)
    if (const auto own = t->sentences.texts.find(which); own != t->sentences.texts.end())
      return {own->second, language, voice};
  if (language.empty()) return {std::string{our_sentence("en", which)}, {}, {}};
  const auto* row = row_of(language);
  const auto& texts = row ? *row : *row_of("en");
  const auto text = texts.texts[static_cast<std::size_t>(which)];
  if (!row) return {text, texts.locale, texts.voice};
  if (!voice.empty()) return {text, language, voice};
  // A voice is of one locale: with another of the same language Twilio would fail the verb.
  return {text, language, twiml::say_locale(language) == row->locale ? row->voice : std::string{}};
}

}  // namespace tonris::model
