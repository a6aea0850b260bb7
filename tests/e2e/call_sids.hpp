#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace tonris::e2e {

/// A CallSid that says which of a test's calls it is.
[[nodiscard]] inline std::string sid_of(std::uint32_t id) {
  char text[35];
  std::snprintf(text, sizeof text, "CA%032x", id);
  return text;
}

[[nodiscard]] inline std::uint32_t id_of(const std::string& call_sid) {
  return static_cast<std::uint32_t>(std::stoul(call_sid.substr(26), nullptr, 16));
}

}  // namespace tonris::e2e
