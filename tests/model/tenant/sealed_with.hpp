#pragma once

#include <cstdint>
#include <string>

#include "model/access/derived_keys.hpp"
#include "model/access/field_seal.hpp"
#include "model/text/key_ring.hpp"

namespace tonris::model::test {

/// Two keys as SECRETS_KEY names them, and what seals with a ring of such.
inline const std::string first = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
inline const std::string second = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

inline field_seal with(const std::string& ring) {
  return field_seal{derive(parse_key_ring(ring).value())};
}
/// Another one each time.
inline aead_nonce fresh() {
  static std::uint8_t count = 0;
  return {++count};
}

}  // namespace tonris::model::test
