#pragma once

#include <string>
#include <string_view>

namespace tonris::model {

/// For a terminal, whatever is in it: control characters become blanks.
inline void append_one_line(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
}

}  // namespace tonris::model
