#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/doctor/finding.hpp"

namespace tonris::model::doctor {

/// What a host shows of itself under TLS.
struct certificate_facts {
  enum class verdict : std::uint8_t {
    good,
    expired,
    not_yet,
    of_another,   ///< another name
    self_signed,  ///< the leaf, or the root of its chain, is nobody's that is known
    incomplete,   ///< what signed it was not sent along
    refused,      ///< for another reason
    unseen,       ///< there was none to look at
  };
  std::string host;
  verdict is = verdict::unseen;
  std::string detail;  ///< one line
  std::int64_t days_left = 0;
  std::size_t chain = 0;  ///< as many were sent
};
[[nodiscard]] findings judge(const certificate_facts& facts);

}  // namespace tonris::model::doctor
