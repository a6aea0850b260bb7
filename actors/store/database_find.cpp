/// What calls are looked for by: the call database's list (call_list.hpp).
#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>
#include <variant>

#include "actors/store/call_list.hpp"
#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"
#include "model/finding/full_text.hpp"
#include "model/phone/number.hpp"
#include "model/text/enum_name.hpp"

namespace tonris::actors {

namespace {

using namespace database_rows;
namespace sqlite = net::sqlite;

/// A part of all calls that an index has together: two comparisons of a column.
struct indexed_part {
  std::string first, second;  ///< what is compared, and how
  std::array<std::string, 2> values;
  bool has_first_alone = false;  ///< the index; the second is looked up

  /// `sign`: "+" keeps SQLite from using the index.
  [[nodiscard]] std::string where(const std::string& sign) const { return sign + first + " AND " + sign + second; }
};

indexed_part beginning_with(const std::string& column, const std::string& text) {
  return {column + " >= ?", column + " < ?", {text, text + "\x7F"}};
}

indexed_part ending_with(const std::string& column, const std::string& text) {
  return {"substr(" + column + ", -4) = ?",
          "substr(" + column + ", -" + std::to_string(text.size()) + ") = ?",
          {text.substr(text.size() - model::least_ending), text},
          true};
}

/// A condition grows a word at a time; its values are bound in the same order.
class condition {
 public:
  void and_is(std::string_view column, std::string value) { and_text(std::string{column} + " = ?", std::move(value)); }
  void and_text(const std::string& clause, std::string value) {
    add(clause);
    values_.emplace_back(std::move(value));
  }
  /// Those of an index: few by it, since SQLite, asked for the order of time, would read all calls; many in the order
  /// of time, since the first of them soon come.
  void and_in(const indexed_part& part, bool many) {
    add(many ? part.where("+") : "calls.id IN (SELECT id FROM calls WHERE " + part.where("") + ")");
    values_.insert(values_.end(), part.values.begin(), part.values.end());
  }
  void and_number(const std::string& clause, std::int64_t value) {
    add(clause);
    values_.emplace_back(value);
  }
  void add(const std::string& clause) { sql_.append(sql_.empty() ? " WHERE " : " AND ").append(clause); }

  [[nodiscard]] const std::string& sql() const noexcept { return sql_; }
  /// What was bound lives as long as this.
  void bind_to(sqlite::statement& to) const {
    int at = 0;
    for (const auto& value : values_) {
      ++at;
      if (const auto* const text = std::get_if<std::string>(&value))
        to.bind(at, std::string_view{*text});
      else
        to.bind(at, std::get<std::int64_t>(value));
    }
  }

 private:
  std::string sql_;
  std::vector<std::variant<std::string, std::int64_t>> values_;
};

std::int64_t least_row_at(model::call_query::time at) {
  return model::least_number_at(in_ms(at));
}

void add_troubled(const model::call_query& query, condition& to) {
  if (!query.troubled) return;
  if (const auto* const reason = std::get_if<model::end_reason>(&*query.troubled))
    return to.and_is("troubled", std::string{to_string(*reason)});
  to.add(std::get<bool>(*query.troubled) ? "troubled <> ''" : "troubled = ''");
}

std::string match_of(const model::call_query& query) {
  const auto said = "text : (" + model::match_expression(query.words) + ")";
  return query.tenant ? said + " AND whose : " + model::word_of(*query.tenant) : said;
}

condition condition_of(const model::call_query& query) {
  condition all;
  if (!query.words.empty()) all.and_text("words MATCH ?", match_of(query));
  if (query.tenant) all.and_is("calls.tenant", query.tenant->value);
  if (query.agent) all.and_is("agent", query.agent->value);
  if (query.variant) all.and_is("variant", *query.variant);
  if (query.node) all.and_is("calls.node", *query.node);
  if (query.reason) all.and_is("reason", std::string{to_string(*query.reason)});
  if (query.by) all.and_is("ended_by", std::string{to_string(*query.by)});
  add_troubled(query, all);
  // The full text gives its rows in order, as long as nothing else is asked to.
  const std::string row = query.words.empty() ? "calls.id" : "words.rowid";
  if (query.from) all.and_number(row + " >= ?", least_row_at(*query.from));
  if (query.to) all.and_number(row + " < ?", least_row_at(*query.to));
  if (query.after) all.and_number(row + " < ?", model::number_of(*query.after));
  return all;
}

/// Of a number either side may have: one look-up for each, since an index gives one in order.
enum class side : std::uint8_t { caller, called };

/// Are there so many that the first page is nearer in the order of time?
sqlite::result<bool> are_many(sqlite::database& db, const indexed_part& part) {
  constexpr std::int64_t many = 20'000;
  auto rows = db.prepare("SELECT count(*) FROM (SELECT 1 FROM calls WHERE " +
                         (part.has_first_alone ? part.first : part.where("")) + " LIMIT " + std::to_string(many) + ")");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, part.values[0]);
  if (!part.has_first_alone) rows->bind(2, part.values[1]);
  const auto row = rows->step();
  if (!row) return tl::unexpected(row.error());
  return rows->integer(0) == many;
}

sqlite::result<void> add_number(sqlite::database& db, const model::wanted_number& wanted, side of, condition& to) {
  const std::string column = of == side::caller ? "caller" : "called";
  if (!wanted.beginning && !wanted.ending) {
    to.and_is(column, model::meeting_form(wanted.text));
    return {};
  }
  const auto part = wanted.ending ? ending_with(column, wanted.text) : beginning_with(column, wanted.text);
  const auto many = are_many(db, part);
  if (!many) return tl::unexpected(many.error());
  to.and_in(part, *many);
  return {};
}

}  // namespace

call_database::result<std::vector<call_database::listed_call>> call_database::find(const model::call_query& query,
                                                                                   bool of_this_node) {
  if (query.live.value_or(false)) return std::vector<listed_call>{};
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
  auto where = condition_of(query);
  if (of_this_node) where.add("records.node = ''");
  if (number_is_called) {
    const auto added = add_number(db_, *query.number, *number_is_called ? side::called : side::caller, where);
    if (!added) return tl::unexpected(added.error());
  }
  const bool by_words = !query.words.empty();
  const std::string from = by_words ? "words JOIN calls ON calls.id = words.rowid" : "calls";
  auto rows = db_.prepare("SELECT calls.id, records.json, calls.call_sid FROM " + from +
                          " JOIN records ON records.call_sid = calls.call_sid" + where.sql() + " ORDER BY " +
                          (by_words ? "words.rowid" : "calls.id") + " DESC LIMIT " + std::to_string(query.limit));
  if (!rows) return tl::unexpected(rows.error());
  where.bind_to(*rows);
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
  where.and_number("id >= ?", least_row_at(wanted.from));
  where.and_number("id < ?", least_row_at(wanted.to));
  where.and_number("id > ?", wanted.behind);
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

sqlite::result<std::vector<old_record>> some_unlisted(sqlite::database& db) {
  constexpr std::int64_t a_step = 200;
  auto rows = db.prepare(
      "SELECT unlisted.call_sid, tenant, json, started_at FROM unlisted LEFT JOIN records USING (call_sid) LIMIT ?");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, a_step);
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
call_database::result<bool> call_database::list_some() {
  const auto some = some_unlisted(db_);
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
