#include "model/access/doctor_proof.hpp"

#include <charconv>
#include <cstdlib>
#include <span>

#include "model/text/hex.hpp"
#include "model/text/hmac.hpp"
#include "model/text/secrets.hpp"

namespace tonris::model {

std::string doctor_proof(std::string_view secret, std::int64_t unix_seconds) {
  const auto time = std::to_string(unix_seconds);
  running_hmac_sha256 mac{secret};
  mac.update("tonris doctor\n" + time);
  return "t=" + time + ",v0=" + to_hex(mac.finish());
}

bool is_doctor(std::string_view secret, std::string_view proof, std::int64_t now_unix_seconds) {
  constexpr std::string_view beginning = "t=";
  constexpr std::size_t longest = 100;
  if (secret.empty() || proof.size() > longest || !proof.starts_with(beginning)) return false;
  std::int64_t time = 0;
  const auto* const first = proof.data() + beginning.size();
  if (std::from_chars(first, proof.data() + proof.size(), time).ec != std::errc{}) return false;
  if (time < now_unix_seconds - doctor_proof_seconds || time > now_unix_seconds + doctor_proof_seconds) return false;
  return equal_secret(proof, doctor_proof(secret, time));
}

}  // namespace tonris::model
