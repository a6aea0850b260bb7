#pragma once

#include <caf/error.hpp>
#include <caf/sec.hpp>
#include <chrono>
#include <string>

#include "actors/runtime/redis_questions.hpp"
#include "actors/store/tenant_rows.hpp"

/// How the tenant store reads what Redis answers.
namespace tonris::actors::redis_answers {

/// For a change, or what takes as long.
inline constexpr std::chrono::milliseconds change_limit{1000};

inline caf::error away() {
  return caf::make_error(caf::sec::runtime_error, "the tenant store does not answer");
}

inline stored_tenant row_of(const net::redis_reply& row) {
  return {{std::string{row.text_at(0)}}, std::string{row.text_at(1)}, std::string{row.text_at(2)}};
}

}  // namespace tonris::actors::redis_answers
