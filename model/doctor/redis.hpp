#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "model/doctor/finding.hpp"

namespace tonris::model::doctor {

/// What the Redis of REDIS_URL tells of itself.
struct redis_facts {
  std::string host;  ///< "" where Sentinels know it
  bool is_secure = false, has_password = false;
  std::string failure;  ///< why no gateway would use it; "": it would
  std::string info;     ///< what INFO answers
  std::string fsync;    ///< appendfsync; "" where its user may not ask
  bool has_lost_tenants = false;
  std::int64_t records = 0, record_bytes = 0;  ///< of ended calls, in their stream; what they take of its memory
  std::chrono::milliseconds took{0};           ///< an answer
  std::chrono::milliseconds clock_off{0};      ///< its clock against ours
};
[[nodiscard]] findings judge(const redis_facts& facts);

}  // namespace tonris::model::doctor
