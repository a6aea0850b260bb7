#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/elevenlabs/signature.hpp"

namespace {

using namespace tonris::model::elevenlabs;

const std::string secret = "wsec_fuzz";
constexpr std::int64_t now = 1'700'000'000;

void require(bool law) {
  if (!law) std::abort();
}

signature_check verify(const std::string& with, std::string_view header, std::string_view body, std::int64_t at) {
  return verify_signature({&with, 1}, header, body, at).check;
}

// A header verifies only when the right signature of its body for one of its times stands in it.
void only_the_right_header_verifies(const std::string& header, std::string_view body) {
  if (verify(secret, header, body, now) != signature_check::ok) return;
  bool found = false;
  for (auto at = header.find("t="); at != std::string::npos; at = header.find("t=", at + 1)) {
    const auto right = sign(secret, std::strtoll(header.c_str() + at + 2, nullptr, 10), body);
    found = found || header.find(right.substr(right.find("v0="))) != std::string::npos;
  }
  require(found);
}

// What we sign verifies, but not for another body, secret or time.
void a_signature_is_for_one_body(std::string_view body) {
  const auto header = sign(secret, now, body);
  require(verify(secret, header, body, now) == signature_check::ok);
  require(verify(secret, header, std::string(body) + "x", now) == signature_check::mismatch);
  require(verify("other", header, body, now) == signature_check::mismatch);
  require(verify("", header, body, now) == signature_check::no_secret);
  require(verify(secret, header, body, now + max_signature_age_seconds + 1) == signature_check::too_old);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const auto header = text.substr(0, line);
  const auto body = line == std::string::npos ? std::string() : text.substr(line + 1);
  only_the_right_header_verifies(header, body);
  a_signature_is_for_one_body(text);
  return 0;
}
