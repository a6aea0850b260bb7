#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// What the gateway says to callers by itself: the tenant's own words (`settings.sentences`), else ours, of
/// config/sentences.json, which is built in: en, es, fr, de, pt, it, nl, da, sv, nb, pl, ja.
struct spoken_sentence {
  std::string text;
  std::string language;  ///< a tag for twiml::say_locale; "": Twilio's default
  std::string voice;     ///< Twilio's name of one that speaks it; "": Twilio's default
  bool operator==(const spoken_sentence&) const = default;
};

/// In the language of the number that was called; in English where we have no words in that language, and in Twilio's
/// default voice where nobody has set a language. `t` may be null: nobody's number.
[[nodiscard]] spoken_sentence sentence_for(const tenant* t, tenant::sentence which, std::string_view called);

/// Ours in the language of a tag ("pt-br" -> Portuguese); "" where we have none.
[[nodiscard]] std::string_view our_sentence(std::string_view language_tag, tenant::sentence which) noexcept;

}  // namespace tonris::model
