#include "model/json/text.hpp"

#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

void append_escape(char c, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += digits[static_cast<unsigned char>(c) >> 4];
  out += digits[static_cast<unsigned char>(c) & 15];
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) {
      out += replacement;
    } else if (const char c = text.front(); length == 1 && (c == '"' || c == '\\' || (c >= 0 && c < 0x20))) {
      append_escape(c, out);
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

}  // namespace tonris::model
