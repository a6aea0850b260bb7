/// What calls are looked for by: the call database's list (call_list.hpp).
#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/store/call_list.hpp"
#include "actors/store/call_search.hpp"
#include "actors/store/condition.hpp"
#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"
#include "model/finding/call_cursor.hpp"
#include "model/text/enum_name.hpp"

namespace tonris::actors {

namespace {

using namespace database_rows;
namespace sqlite = net::sqlite;
using call_search::side;

}  // namespace

call_database::result<std::vector<call_database::listed_call>> call_database::find(const model::call_query& query,
                                                                                   bool of_this_node) {
  if (query.live.value_or(false)) return std::vector<listed_call>{};
  if (query.reason && query.by && who(*query.reason) != *query.by) return std::vector<listed_call>{};
  if (!query.number) return find_by(query, std::nullopt, of_this_node);
  auto found = find_by(query, false, of_this_node);
  if (!found) return found;
  auto called = find_by(query, true, of_this_node);
  if (!called) return called;
  found->insert(found->end(), std::make_move_iterator(called->begin()), std::make_move_iterator(called->end()));
  std::sort(found->begin(), found->end(), [](const auto& a, const auto& b) { return a.row > b.row; });
  const auto same = [](const auto& a, const auto& b) { return a.row == b.row; };
  found->erase(std::unique(found->begin(), found->end(), same), found->end());
  if (found->size() > query.limit) found->resize(query.limit);
  return found;
}

call_database::result<std::vector<call_database::listed_call>> call_database::find_by(
    const model::call_query& query, std::optional<bool> number_is_called, bool of_this_node) {
  std::optional<side> of;
  if (number_is_called) of = *number_is_called ? side::called : side::caller;
  auto wanted = call_search::search_for(db_, query, of);
  if (!wanted) return tl::unexpected(wanted.error());
  if (of_this_node) wanted->where.add("records.node = ''");
  auto rows = db_.prepare("SELECT calls.id, records.json, calls.call_sid FROM " + wanted->from +
                          " CROSS JOIN records ON records.call_sid = calls.call_sid" + wanted->where.sql() +
                          " ORDER BY " + wanted->row + " DESC LIMIT " + std::to_string(query.limit));
  if (!rows) return tl::unexpected(rows.error());
  wanted->where.bind_to(*rows);
  std::vector<listed_call> found;
  auto row = rows->step();
  for (; row && *row; row = rows->step())
    found.push_back({rows->integer(0), std::string{rows->text(1)}, {std::string{rows->text(2)}}});
  if (!row) return tl::unexpected(row.error());
  return found;
}

call_database::result<std::vector<std::string>> call_database::records_of(const model::tenant_id& tenant,
                                                                          const std::string& caller, std::size_t most) {
  model::call_query query;
  query.tenant = tenant;
  query.number = model::wanted_number{caller, false};
  query.limit = most;
  const auto found = find_by(query, false, false);
  if (!found) return tl::unexpected(found.error());
  std::vector<std::string> records;
  for (const auto& one : *found) records.push_back(one.json);
  return records;
}

call_database::result<call_database::usage_part> call_database::usage_of(const usage_wanted& wanted) {
  condition where;
  // SQLite begins at one bound and goes by the others: so there is one.
  where.and_number("id >= ?", std::max(least_row_at(wanted.from), wanted.behind + 1));
  where.and_number("id < ?", least_row_at(wanted.to));
  if (wanted.tenant) where.and_is("tenant", wanted.tenant->value);
  auto rows = db_.prepare(
      "SELECT id, tenant, agent, variant, reason, refused, seconds, microdollars, success, unconverted"
      " FROM calls" +
      where.sql() + " ORDER BY id LIMIT " + std::to_string(wanted.most));
  if (!rows) return tl::unexpected(rows.error());
  where.bind_to(*rows);
  usage_part part;
  auto row = rows->step();
  for (; row && *row; row = rows->step()) {
    part.last = rows->integer(0);
    auto& one = part.rows.emplace_back();
    one.whose = {{std::string{rows->text(1)}},
                 time{std::chrono::milliseconds{model::started_ms_of(part.last)}},
                 {std::string{rows->text(2)}},
                 std::string{rows->text(3)}};
    one.used.outcome = model::find_named<model::end_reason>(rows->text(4), model::end_reason_count);
    one.used.refused = rows->integer(5) != 0;
    one.used.seconds = rows->integer(6);
    one.used.cost = rows->integer(7);
    one.used.unconverted = rows->integer(9) != 0;
    if (const auto success = rows->integer(8); success >= 0) one.success = success == 1;
  }
  if (!row) return tl::unexpected(row.error());
  if (part.rows.size() < wanted.most) part.last = 0;
  return part;
}

namespace {

struct old_record {
  model::call_sid call;
  std::string tenant, json;
  call_database::time started;
};

sqlite::result<std::vector<old_record>> some_unlisted(sqlite::database& db, std::int64_t most) {
  auto rows = db.prepare(
      "SELECT unlisted.call_sid, tenant, json, started_at FROM unlisted LEFT JOIN records USING (call_sid) LIMIT ?");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, most);
  std::vector<old_record> some;
  auto row = rows->step();
  for (; row && *row; row = rows->step())
    some.push_back({{std::string{rows->text(0)}},
                    std::string{rows->text(1)},
                    std::string{rows->text(2)},
                    call_database::time{std::chrono::milliseconds{rows->integer(3)}}});
  if (!row) return tl::unexpected(row.error());
  return some;
}

sqlite::result<void> list(sqlite::database& db, const old_record& one) {
  if (one.json.empty()) return {};  // it has gone meanwhile
  const auto record = model::parse_call_record(one.json);
  return record ? call_list::put(db, *record) : call_list::put_unreadable(db, one.call, one.tenant, one.started);
}

}  // namespace

/// Records of a version that had no list yet.
call_database::result<bool> call_database::list_some(std::int64_t most) {
  const auto some = some_unlisted(db_, most);
  if (!some) return tl::unexpected(some.error());
  if (some->empty()) return false;
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto listed = db_.prepare("DELETE FROM unlisted WHERE call_sid = ?");
  if (!listed) return tl::unexpected(listed.error());
  for (const auto& one : *some) {
    auto done = list(db_, one);
    if (done) done = listed->bind(1, one.call.value).run();
    if (!done) return tl::unexpected(done.error());
  }
  if (auto kept = all->commit(); !kept) return tl::unexpected(kept.error());
  return true;
}

}  // namespace tonris::actors
