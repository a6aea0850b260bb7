#pragma once

#include <string_view>

namespace tonris::model::twiml {

/// The locale that Twilio's `<Say language>` has for a language tag ("pt-br" -> "pt-BR", "zh" -> "cmn-CN"): its own
/// list, that of the official SDK, and nothing else, since a pair of voice and language that Twilio does not know fails
/// the verb. What it lacks falls back to what stands before it ("de-CH" -> "de-DE"); "" where no locale fits.
[[nodiscard]] std::string_view say_locale(std::string_view language_tag) noexcept;

}  // namespace tonris::model::twiml
