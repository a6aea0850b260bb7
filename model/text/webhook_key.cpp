#include "model/text/webhook_key.hpp"

#include "model/text/base64.hpp"

namespace tonris::model {

std::optional<std::vector<std::uint8_t>> webhook_key(std::string_view secret) {
  constexpr std::string_view prefix = "whsec_";
  constexpr std::size_t least = 24, most = 64;
  if (!secret.starts_with(prefix)) return std::nullopt;
  std::vector<std::uint8_t> key;
  if (!append_decoded(secret.substr(prefix.size()), key) || key.size() < least || key.size() > most)
    return std::nullopt;
  return key;
}

bool is_webhook_key(std::string_view secret) {
  return webhook_key(secret).has_value();
}

}  // namespace tonris::model
