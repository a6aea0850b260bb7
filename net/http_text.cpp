#include "net/http_text.hpp"

#include <algorithm>
#include <boost/beast/http/status.hpp>

#include "model/text/trimmed.hpp"

namespace tonris::net {
namespace {

constexpr bool is_token_char(char c) noexcept {
  return model::is_alnum(c) || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

constexpr bool is_value_char(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

bool list_holds(std::string_view list, std::string_view token) noexcept {
  while (true) {
    const auto comma = list.find(',');
    if (same_text(model::trimmed(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_value(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), is_value_char);
}

bool is_field(std::string_view name, std::string_view value) noexcept {
  return is_token(name) && is_field_value(value);
}

bool lists(const http_fields& fields, std::string_view name, std::string_view token) noexcept {
  return std::any_of(fields.all().begin(), fields.all().end(), [&](const auto& field) {
    return same_text(field.first, name) && list_holds(field.second, token);
  });
}

bool has_no_body(unsigned status) noexcept {
  return status == 204 || status == 304;
}

std::string_view reason_phrase(unsigned status) noexcept {
  const auto phrase = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  if (phrase.empty() || phrase.front() == '<') return {};  // "<unknown-status>"
  return {phrase.data(), phrase.size()};
}

}  // namespace tonris::net
