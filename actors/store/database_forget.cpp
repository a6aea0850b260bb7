/// What goes from the call database because somebody wants it gone.
#include <optional>
#include <string>
#include <vector>

#include "actors/store/call_list.hpp"
#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

namespace {

using namespace database_rows;
namespace sqlite = net::sqlite;

}  // namespace

sqlite::result<void> database_rows::erase_record(sqlite::database& db, const model::call_sid& call) {
  auto done = call_list::remove(db, call);
  for (const auto* sql : {drop_record, drop_unlisted, drop_unsent, drop_events, drop_held, drop_waiting})
    if (done) done = run_for(db, sql, call);
  return done;
}

call_database::result<std::vector<model::call_sid>> call_database::calls_with(
    const std::string& number, const std::optional<model::tenant_id>& tenant, std::size_t most) {
  auto rows = db_.prepare(
      "SELECT call_sid FROM calls WHERE caller = ?1 AND (?3 = '' OR tenant = ?3) UNION"
      " SELECT call_sid FROM calls WHERE called = ?1 AND (?3 = '' OR tenant = ?3) UNION"
      // An older version kept it with its parameters ("+4790000042;ext=5"): "<" is the character behind ";".
      " SELECT call_sid FROM calls WHERE caller >= ?4 || ';' AND caller < ?4 || '<' AND (?3 = '' OR tenant = ?3) UNION"
      " SELECT call_sid FROM (SELECT call_sid, CASE WHEN json_valid(json) THEN json ELSE '{}' END AS json"
      " FROM unlisted JOIN records USING (call_sid) WHERE (?3 = '' OR records.tenant = ?3)"
      " AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.call_sid = unlisted.call_sid))"
      " WHERE json_extract(json, '$.from') IN (?1, ?4) OR json_extract(json, '$.to') IN (?1, ?4)"
      " OR (json_extract(json, '$.from') >= ?4 || ';' AND json_extract(json, '$.from') < ?4 || '<') LIMIT ?2");
  if (!rows) return tl::unexpected(rows.error());
  const auto meeting = model::meeting_form(number);
  const auto whose = tenant ? tenant->value : std::string{};
  rows->bind(1, meeting).bind(2, static_cast<std::int64_t>(most)).bind(3, whose).bind(4, number);
  return calls_in(*rows);
}

call_database::result<void> call_database::forget(const std::vector<model::call_sid>& calls, time now) {
  if (calls.empty()) return {};
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto gone = db_.prepare("INSERT OR REPLACE INTO gone VALUES (?, ?)");
  if (!gone) return tl::unexpected(gone.error());
  const auto others_have_some = has_shared();
  if (!others_have_some) return tl::unexpected(others_have_some.error());
  for (const auto& call : calls) {
    auto done = erase_record(db_, call);
    if (done) done = run_for(db_, drop_checkpoint, call);
    if (done && *others_have_some) done = gone->bind(1, call.value).bind(2, in_ms(now)).run();
    if (done && *others_have_some) done = send_later(call, in_ms(now), true);
    if (!done) return done;
  }
  auto done = note_unmerged(db_);
  if (done) done = all->commit();
  if (done) words_are_gone();
  return done;
}

call_database::result<std::vector<model::conversation_id>> call_database::conversations_of(
    const std::vector<model::call_sid>& calls) {
  std::vector<model::conversation_id> all;
  for (const auto& call : calls) {
    const auto json = text_of(db_, select_record, call);
    if (!json) return tl::unexpected(json.error());
    const auto record = model::parse_call_record(*json);
    if (!record) continue;
    for (const auto& one : record->conversations) all.push_back(one.id);
    for (const auto& one : record->reports) all.push_back(one.conversation);
  }
  return all;
}

call_database::result<std::vector<model::call_sid>> call_database::unrecorded(
    const std::vector<model::call_sid>& calls) {
  std::vector<model::call_sid> all;
  for (const auto& call : calls) {
    auto rows = db_.prepare(
        "SELECT 1 FROM records WHERE call_sid = ?1 UNION ALL SELECT 1 FROM checkpoints WHERE call_sid = ?1");
    if (!rows) return tl::unexpected(rows.error());
    const auto is_there = rows->bind(1, call.value).step();
    if (!is_there) return tl::unexpected(is_there.error());
    if (!*is_there) all.push_back(call);
  }
  return all;
}

}  // namespace tonris::actors
