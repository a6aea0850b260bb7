#include "model/twilio/say_locale.hpp"

#include <algorithm>
#include <array>

#include "model/text/ascii.hpp"

namespace tonris::model::twiml {

namespace {

struct row {
  std::string_view tag;  ///< lower case: a language, or a language and a region or script
  std::string_view locale;
};

constexpr std::array rows{
    row{"af", "af-ZA"},       row{"am", "am-ET"},      row{"ar", "arb"},      row{"ar-ae", "ar-AE"},
    row{"bg", "bg-BG"},       row{"bn", "bn-IN"},      row{"ca", "ca-ES"},    row{"cs", "cs-CZ"},
    row{"cy", "cy-GB"},       row{"da", "da-DK"},      row{"de", "de-DE"},    row{"de-at", "de-AT"},
    row{"el", "el-GR"},       row{"en", "en-US"},      row{"en-au", "en-AU"}, row{"en-ca", "en-CA"},
    row{"en-gb", "en-GB"},    row{"en-ie", "en-IE"},   row{"en-in", "en-IN"}, row{"en-nz", "en-NZ"},
    row{"en-uk", "en-GB"},    row{"en-za", "en-ZA"},   row{"es", "es-ES"},    row{"es-mx", "es-MX"},
    row{"es-us", "es-US"},    row{"fi", "fi-FI"},      row{"fil", "fil-PH"},  row{"tl", "fil-PH"},
    row{"fr", "fr-FR"},       row{"fr-be", "fr-BE"},   row{"fr-ca", "fr-CA"}, row{"gu", "gu-IN"},
    row{"he", "he-IL"},       row{"hi", "hi-IN"},      row{"hu", "hu-HU"},    row{"id", "id-ID"},
    row{"is", "is-IS"},       row{"it", "it-IT"},      row{"ja", "ja-JP"},    row{"kn", "kn-IN"},
    row{"ko", "ko-KR"},       row{"lv", "lv-LV"},      row{"ml", "ml-IN"},    row{"mr", "mr-IN"},
    row{"ms", "ms-MY"},       row{"nb", "nb-NO"},      row{"no", "nb-NO"},    row{"nl", "nl-NL"},
    row{"nl-be", "nl-BE"},    row{"pa", "pa-IN"},      row{"pl", "pl-PL"},    row{"pt", "pt-PT"},
    row{"pt-br", "pt-BR"},    row{"ro", "ro-RO"},      row{"ru", "ru-RU"},    row{"sk", "sk-SK"},
    row{"sr", "sr-RS"},       row{"sv", "sv-SE"},      row{"ta", "ta-IN"},    row{"te", "te-IN"},
    row{"th", "th-TH"},       row{"tr", "tr-TR"},      row{"uk", "uk-UA"},    row{"vi", "vi-VN"},
    row{"cmn", "cmn-CN"},     row{"cmn-tw", "cmn-TW"}, row{"zh", "cmn-CN"},   row{"zh-tw", "cmn-TW"},
    row{"zh-hant", "cmn-TW"}, row{"zh-hk", "yue-HK"},  row{"yue", "yue-HK"},
};

std::string_view find(std::string_view tag) noexcept {
  const auto is_tag = [&](const row& r) { return same_text(r.tag, tag); };
  const auto found = std::find_if(rows.begin(), rows.end(), is_tag);
  return found == rows.end() ? std::string_view{} : found->locale;
}

}  // namespace

std::string_view say_locale(std::string_view language_tag) noexcept {
  for (auto tag = language_tag;; tag = tag.substr(0, tag.rfind('-'))) {
    const auto locale = find(tag);
    if (!locale.empty() || tag.find('-') == std::string_view::npos) return locale;
  }
}

}  // namespace tonris::model::twiml
