#include "net/websocket_handshake.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "model/text/ascii.hpp"
#include "model/text/base64.hpp"
#include "net/random_bytes.hpp"

namespace tonris::net {

std::string websocket_key() {
  std::array<unsigned char, 16> nonce{};
  fill_with_random(nonce);
  return model::to_base64(nonce);
}

bool is_websocket_key(std::string_view key) noexcept {
  return key.size() == 24 && key.ends_with("==") &&
         std::all_of(key.begin(), key.end() - 2, [](char c) { return model::is_alnum(c) || c == '+' || c == '/'; });
}

std::string websocket_accept(std::string_view key) {
  std::string joined{key};
  joined += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(joined.data()), joined.size(), digest.data());
  return model::to_base64(digest);
}

}  // namespace tonris::net
