#pragma once

#include <caf/error.hpp>
#include <caf/sec.hpp>
#include <chrono>
#include <string>

#include "actors/store/tenant_rows.hpp"
#include "net/redis_link.hpp"

/// How the tenant store reads what Redis answers.
namespace tonris::actors::redis_answers {

/// For a change, or what takes as long.
inline constexpr std::chrono::milliseconds change_limit{1000};

inline caf::error away() {
  return caf::make_error(caf::sec::runtime_error, "the tenant store does not answer");
}

/// Null: Redis did not say yes, or the store ends.
inline const net::redis_reply* reply_in(const net::redis_answer* answer) {
  return answer && answer->outcome == net::redis_outcome::ok ? &answer->reply : nullptr;
}

inline bool is_lost(const net::redis_reply& reply) {
  return reply.items.size() == 1 && reply.text_at(0) == "lost";
}

inline stored_tenant row_of(const net::redis_reply& row) {
  return {{std::string{row.text_at(0)}}, std::string{row.text_at(1)}, std::string{row.text_at(2)}};
}

}  // namespace tonris::actors::redis_answers
