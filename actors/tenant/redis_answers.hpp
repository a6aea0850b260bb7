#pragma once

#include <caf/error.hpp>
#include <caf/sec.hpp>
#include <chrono>
#include <string>

/// What both parts of the shared tenant store say where Redis says nothing.
namespace tonris::actors::redis_answers {

/// For a change, or what takes as long.
inline constexpr std::chrono::milliseconds change_limit{1000};

inline caf::error away() {
  return caf::make_error(caf::sec::runtime_error, "the tenant store does not answer");
}

}  // namespace tonris::actors::redis_answers
