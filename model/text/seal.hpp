#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/aead.hpp"

namespace tonris::model {

/// Makes a text fit to lie on a disk that others may read one day: AES-256-GCM, under keys derived from secrets that do
/// not lie there. Immutable; any thread.
class text_seal {
 public:
  using nonce = aead_nonce;

  /// The first secret seals, each opens: they rotate. None: nothing can be sealed.
  explicit text_seal(const std::vector<std::string>& secrets);

  /// Base64; "" where it cannot be done. `fresh` is random, and good once.
  [[nodiscard]] std::string seal(std::string_view text, const nonce& fresh) const;
  /// Nothing: none of the secrets sealed it, or it was changed since.
  [[nodiscard]] std::optional<std::string> open(std::string_view sealed) const;

 private:
  std::vector<aead_key> keys_;
};

}  // namespace tonris::model
