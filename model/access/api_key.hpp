#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/access/derived_keys.hpp"
#include "model/access/scope.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// A tenant's key as he sends it: "tnr_<id, 12 hex digits>_<32 random bytes, Base64url>_<CRC-32, 8 hex digits>". The
/// prefix and the sum are for programs that look for secrets where none should be, and for typing errors.
struct api_key_seed {
  std::array<std::uint8_t, 6> id{};
  std::array<std::uint8_t, 32> secret{};
};
[[nodiscard]] std::string make_api_key(const api_key_seed& random);

/// The id of what looks like a key to the last digit; nothing else is worth a look into a store. A view into `text`.
[[nodiscard]] std::optional<std::string_view> api_key_id(std::string_view text) noexcept;

/// What is kept of a key: nothing that opens anything.
struct kept_api_key {
  std::string id;
  tenant_id tenant;
  std::string name;  ///< for people, 1 to 100 bytes
  scopes granted{};
  std::string made_with;  ///< the name of the key of SECRETS_KEY under which `digest` was made
  std::string digest;     ///< HMAC-SHA-256 of the key's text, 64 hex digits
  std::chrono::system_clock::time_point created{};
  std::optional<std::chrono::sys_days> last_used{};  ///< UTC
  bool operator==(const kept_api_key&) const = default;
};
inline constexpr std::size_t max_api_keys_of_a_tenant = 50;
inline constexpr std::size_t max_api_key_name_bytes = 100;

/// {"keyId","name","scopes",…}, without its digest.
[[nodiscard]] std::string to_json(const kept_api_key& key);

/// Makes and compares what is kept. 256 random bits need no slow hash, which would be a door for floods. Immutable; any
/// thread.
class api_key_digests {
 public:
  /// None: no key is made, and none fits.
  explicit api_key_digests(std::vector<derived_keys> keys) : keys_(std::move(keys)) {}

  [[nodiscard]] bool can_make() const noexcept { return !keys_.empty(); }
  /// Fills `made_with` and `digest` in, with the first key.
  void put_digest(std::string_view text, kept_api_key& of) const;
  /// Is that text the key that is kept? Takes as long where nothing is kept.
  [[nodiscard]] bool fits(std::string_view text, const kept_api_key* kept) const;

 private:
  std::vector<derived_keys> keys_;
};

}  // namespace tonris::model
