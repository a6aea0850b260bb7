#include "model/text/base64.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

void require(bool law) {
  if (!law) std::abort();
}

/// Equal but for the unused bits in the last character before the padding.
bool same_but_for_unused_bits(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool last_before_padding = a[i] != '=' && i + 1 < a.size() && a[i + 1] == '=';
    if (a[i] != b[i] && !last_before_padding) return false;
  }
  return true;
}

}  // namespace

/// The laws: bytes come back from their text; the three readers agree on what is Base64; text comes back from its
/// bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::model;
  const auto text = to_base64({bytes, size});
  std::vector<std::uint8_t> back;
  require(append_decoded(text, back) && back == std::vector<std::uint8_t>(bytes, bytes + size));
  require(is_base64(text) && decoded_size(text) == size);

  const std::string_view given(reinterpret_cast<const char*>(bytes), size);
  back.clear();
  const bool taken = append_decoded(given, back);
  require(taken == is_base64(given) && (taken || back.empty()));
  if (taken) require(decoded_size(given) == back.size() && same_but_for_unused_bits(given, to_base64(back)));
  return 0;
}
