#include "model/text/ids.hpp"

#include <algorithm>

#include "model/text/hex.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t sid_length = 34;

}  // namespace

bool is_sid(std::string_view text, std::string_view prefix) noexcept {
  return text.size() == sid_length && prefix.size() == 2 && text.starts_with(prefix) &&
         std::all_of(text.begin() + 2, text.end(), is_hex_digit);
}

}  // namespace tonris::model
