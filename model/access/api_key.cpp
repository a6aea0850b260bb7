#include "model/access/api_key.hpp"

#include <algorithm>

#include "model/json/writer.hpp"
#include "model/text/ascii.hpp"
#include "model/text/base64.hpp"
#include "model/text/crc32.hpp"
#include "model/text/hex.hpp"
#include "model/text/hmac.hpp"
#include "model/text/iso_time.hpp"
#include "model/text/secrets.hpp"

namespace tonris::model {

namespace {

constexpr std::string_view prefix = "tnr_";
constexpr std::size_t id_digits = 12, secret_characters = 43, sum_digits = 8;
constexpr std::size_t id_at = prefix.size(), secret_at = id_at + id_digits + 1;
constexpr std::size_t summed = secret_at + secret_characters, key_characters = summed + 1 + sum_digits;

std::string sum_of(std::string_view text) {
  const auto sum = crc32(text);
  std::string digits;
  for (int shift = 24; shift >= 0; shift -= 8) append_hex(static_cast<std::uint8_t>(sum >> shift), digits);
  return digits;
}

bool is_lower_hex(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return hex_digits.find(c) != std::string_view::npos; });
}

std::string day_of(std::chrono::sys_days day) {
  constexpr std::size_t characters = 10;  // "2026-11-22"
  return iso_time(day).substr(0, characters);
}

}  // namespace

std::string make_api_key(const api_key_seed& random) {
  std::string key{prefix};
  key.append(to_hex(random.id)).append("_").append(to_base64url(random.secret));
  return key.append("_").append(sum_of(std::string_view{key}.substr(0, summed)));
}

std::optional<std::string_view> api_key_id(std::string_view text) noexcept {
  if (text.size() != key_characters || !text.starts_with(prefix)) return std::nullopt;
  const auto id = text.substr(id_at, id_digits), sum = text.substr(summed + 1);
  const auto secret = text.substr(secret_at, secret_characters);
  const auto fits = [](char c) { return is_alnum(c) || c == '-' || c == '_'; };
  if (!is_lower_hex(id) || text[secret_at - 1] != '_' || text[summed] != '_' || !is_lower_hex(sum) ||
      !std::all_of(secret.begin(), secret.end(), fits))
    return std::nullopt;
  const auto right = crc32(text.substr(0, summed));
  std::uint32_t given = 0;
  for (const char c : sum) given = given << 4U | *hex_value(c);
  if (given != right) return std::nullopt;
  return id;
}

std::string to_json(const kept_api_key& key) {
  std::string json;
  json_writer out{json};
  out.open_object();
  out.member("keyId", key.id);
  out.member("name", key.name);
  out.open_list("scopes");
  for (std::size_t i = 0; i < scope_count; ++i)
    if (const auto one = static_cast<scope>(i); key.granted.has(one)) out.value(to_string(one));
  out.close_list();
  out.member("createdAt", iso_time(key.created));
  if (key.last_used) out.member("lastUsed", day_of(*key.last_used));
  out.member("madeWith", key.made_with);
  out.close_object();
  return json;
}

void api_key_digests::put_digest(std::string_view text, kept_api_key& of) const {
  if (keys_.empty()) return;
  of.made_with = keys_.front().id;
  of.digest = to_hex(hmac_sha256(keys_.front().api_keys, text));
}

bool api_key_digests::fits(std::string_view text, const kept_api_key* kept) const {
  static const std::string nobodys(2 * sizeof(sha256_bytes), '0');
  if (keys_.empty()) return false;
  const auto made_with = std::find_if(keys_.begin(), keys_.end(),
                                      [&](const auto& one) { return kept != nullptr && one.id == kept->made_with; });
  const bool known = made_with != keys_.end();
  const auto& key = known ? *made_with : keys_.front();
  const auto digest = to_hex(hmac_sha256(key.api_keys, text));
  return equal_secret(digest, known ? kept->digest : nobodys) && known;
}

}  // namespace tonris::model
