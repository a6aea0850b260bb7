#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tonris::model {

/// How `tonrisctl doctor` shows that it knows a secret without sending it: "t=<unix seconds>,v0=<64 hex digits>" in
/// X-Tonris-Doctor. It goes through the public address, and so through proxies, which may write down what they pass on.
/// The secret is ADMIN_TOKEN, and, where there is none and the doctor does as Twilio does, the token that it signs
/// with.
inline constexpr std::string_view doctor_field = "X-Tonris-Doctor";
inline constexpr std::int64_t doctor_proof_seconds = 60;  ///< that old, or that far ahead, it may be

[[nodiscard]] std::string doctor_proof(std::string_view secret, std::int64_t unix_seconds);
/// In a time that tells nothing of the secret. Without one nobody proves anything.
[[nodiscard]] bool is_doctor(std::string_view secret, std::string_view proof, std::int64_t now_unix_seconds);

}  // namespace tonris::model
