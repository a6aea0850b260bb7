#include "model/text/form.hpp"

#include <algorithm>

#include "model/text/ascii.hpp"
#include "model/text/percent.hpp"

namespace tonris::model {

decoded<form> parse_form(std::string_view text) {
  form fields;
  while (!text.empty()) {
    const auto piece = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(piece.size() + 1, text.size()));
    if (piece.empty()) continue;
    if (fields.size() == max_form_fields) return tl::unexpected(codec_errc::too_many);
    // What a browser or Twilio writes into a form is visible ASCII: everything else is encoded.
    if (!std::all_of(piece.begin(), piece.end(), is_visible)) return tl::unexpected(codec_errc::not_form);
    const auto equals = piece.find('=');
    auto name = form_decoded(piece.substr(0, equals));
    auto value = form_decoded(equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1));
    if (!name || !value) return tl::unexpected(codec_errc::not_form);
    fields.emplace_back(std::move(*name), std::move(*value));
  }
  return fields;
}

const std::string* find_field(const form& fields, std::string_view name) noexcept {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
  return found == fields.end() ? nullptr : &found->second;
}

std::string_view field(const form& fields, std::string_view name) noexcept {
  const auto* found = find_field(fields, name);
  return found == nullptr ? std::string_view{} : std::string_view(*found);
}

}  // namespace tonris::model
