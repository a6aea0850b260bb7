#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/store/database.hpp"
#include "model/finding/call_cursor.hpp"
#include "net/sqlite.hpp"

/// What the units of the database share; for nobody else.
namespace tonris::actors::database_rows {

inline constexpr const char* select_checkpoint = "SELECT json FROM checkpoints WHERE call_sid = ?";
inline constexpr const char* select_record = "SELECT json FROM records WHERE call_sid = ?";
inline constexpr const char* select_own_record = "SELECT json FROM records WHERE call_sid = ? AND node = ''";

[[nodiscard]] inline std::int64_t in_ms(call_database::time at) {
  return std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

/// The least in the list of those that started then or later.
[[nodiscard]] inline std::int64_t least_row_at(call_database::time at) {
  return model::least_number_at(in_ms(at));
}

/// The one text that belongs to a call; "" where there is none.
[[nodiscard]] net::sqlite::result<std::string> text_of(net::sqlite::database& db, const char* sql,
                                                       const model::call_sid& call);

/// Of a row's columns from the second on: call, tenant, node, rev, JSON, when it has changed.
inline void read_record(const net::sqlite::statement& rows, call_database::outgoing& into) {
  into.call.value = rows.text(1);
  into.tenant = rows.text(2);
  into.node = rows.text(3);
  into.rev = rows.integer(4);
  into.json = rows.text(5);
  into.changed_ms = rows.integer(6);
}

/// The calls that rows of one column name.
[[nodiscard]] net::sqlite::result<std::vector<model::call_sid>> calls_in(net::sqlite::statement& rows);

/// What is kept of a call, a table each; of the outbox what is no deletion.
inline constexpr const char* drop_record = "DELETE FROM records WHERE call_sid = ?";
inline constexpr const char* drop_unlisted = "DELETE FROM unlisted WHERE call_sid = ?";
inline constexpr const char* drop_unsent = "DELETE FROM outbox WHERE call_sid = ? AND gone = 0";
inline constexpr const char* drop_held = "DELETE FROM held WHERE call_sid = ?";
inline constexpr const char* drop_events = "DELETE FROM events WHERE call_sid = ?";
inline constexpr const char* drop_checkpoint = "DELETE FROM checkpoints WHERE call_sid = ?";

/// Runs a statement whose one value is a call.
[[nodiscard]] net::sqlite::result<void> run_for(net::sqlite::database& db, const char* sql,
                                                const model::call_sid& call);

/// Words are deleted: they are in the index until it is merged.
[[nodiscard]] net::sqlite::result<void> note_unmerged(net::sqlite::database& db);

/// A record has come in place of `before` (null: of none that can be read), or has learned something. Its day has
/// changed where its bill has.
[[nodiscard]] net::sqlite::result<void> note_change(net::sqlite::database& db, const model::call_record* before,
                                                    const model::call_record& now);

/// Since when it waits until Twilio has deleted what it keeps of theirs; who waits already does so since then.
[[nodiscard]] net::sqlite::result<void> note_waiting(net::sqlite::database& db,
                                                     const std::vector<model::call_sid>& calls,
                                                     call_database::time since);
inline constexpr const char* drop_waiting = "DELETE FROM waiting WHERE call_sid = ?";
/// Of the next few that wait those are left out that are not due, since their tenant wants them for longer: the time
/// that they have waited does not count when they are due again. How many there were.
[[nodiscard]] net::sqlite::result<std::int64_t> drop_early_waits(net::sqlite::database& db, call_database::time as_of,
                                                                 std::string& seen_upto);

/// A call's record goes because of its age, or what was said in it does: it is counted, if it is this node's, and what
/// Redis may have of it waits to be taken out there, on a node that shares its records or has (database_aged.cpp).
inline constexpr const char* count_aged_record =
    "INSERT INTO aged_out SELECT 0, tenant, 1, 0 FROM records WHERE call_sid = ? AND node = ''"
    " ON CONFLICT (told, tenant) DO UPDATE SET records = records + 1";
inline constexpr const char* count_aged_words =
    "INSERT INTO aged_out SELECT 0, tenant, 0, 1 FROM records WHERE call_sid = ? AND node = ''"
    " ON CONFLICT (told, tenant) DO UPDATE SET transcripts = transcripts + 1";
/// By the node whose call it is, before the record goes: another's clock may be ahead, or its copy older.
inline constexpr const char* note_aged =
    "INSERT OR REPLACE INTO shared_too_long (call_sid) SELECT call_sid FROM records"
    " WHERE call_sid = ? AND node = '' AND EXISTS (SELECT 1 FROM node)";

/// All that is kept of a call, but for its checkpoint.
[[nodiscard]] net::sqlite::result<void> erase_record(net::sqlite::database& db, const model::call_sid& call);

}  // namespace tonris::actors::database_rows
