#include "model/text/utf8.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

/// The same question asked the slow way: decode each character and look at its value.
bool decodes(const std::uint8_t* at, const std::uint8_t* end) {
  while (at != end) {
    const std::size_t length = *at < 0x80 ? 1 : *at >> 5 == 6 ? 2 : *at >> 4 == 14 ? 3 : *at >> 3 == 30 ? 4 : 0;
    if (length == 0 || static_cast<std::size_t>(end - at) < length) return false;
    std::uint32_t value = length == 1 ? *at : *at & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
      if ((at[i] & 0xC0) != 0x80) return false;
      value = value << 6 | (at[i] & 0x3FU);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return false;
    at += length;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::model;
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const bool valid = is_utf8(text);
  if (valid != decodes(bytes, bytes + size)) std::abort();
  if (valid && size > 0 && !is_utf8(utf8_prefix(text, bytes[0] % size))) std::abort();
  return 0;
}
