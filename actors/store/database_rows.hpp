#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "actors/store/database.hpp"
#include "net/sqlite.hpp"

/// What the units of the database share; for nobody else.
namespace tonris::actors::database_rows {

inline constexpr const char* select_checkpoint = "SELECT json FROM checkpoints WHERE call_sid = ?";
inline constexpr const char* select_record = "SELECT json FROM records WHERE call_sid = ?";

[[nodiscard]] inline std::int64_t in_ms(call_database::time at) {
  return std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

/// The one text that belongs to a call; "" where there is none.
[[nodiscard]] net::sqlite::result<std::string> text_of(net::sqlite::database& db, const char* sql,
                                                       const model::call_sid& call);

}  // namespace tonris::actors::database_rows
