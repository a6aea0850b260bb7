#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

struct evp_mac_ctx_st;

namespace tonris::model {

using sha256_bytes = std::array<std::uint8_t, 32>;

/// HMAC-SHA-256 (RFC 2104). Throws std::bad_alloc where there is no memory.
[[nodiscard]] sha256_bytes hmac_sha256(std::span<const std::uint8_t> key, std::string_view text);

/// The same of a text that comes in pieces, of which nothing is kept. Throws std::bad_alloc where there is no memory.
class running_hmac_sha256 {
 public:
  explicit running_hmac_sha256(std::string_view key);
  void update(std::string_view piece);
  /// Once; nothing may be fed afterwards.
  [[nodiscard]] sha256_bytes finish();

 private:
  struct free_context {
    void operator()(evp_mac_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_mac_ctx_st, free_context> context_;
};

}  // namespace tonris::model
