#include "model/json/text.hpp"

#include <algorithm>
#include <cstdint>

#include "model/text/hex.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

/// Stands in a JSON string as it is, and is ASCII.
constexpr bool is_plain(char c) noexcept {
  return c >= 0x20 && c != '"' && c != '\\';
}

void append_escape(char c, std::string& out) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  append_hex(static_cast<std::uint8_t>(c), out);
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_plain) - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto length = utf8_length(text);
    if (length == 0) {
      out += utf8_replacement;
    } else if (length == 1) {
      append_escape(text.front(), out);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

}  // namespace tonris::model
