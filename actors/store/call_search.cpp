#include "actors/store/call_search.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "actors/store/database_rows.hpp"
#include "model/finding/facets.hpp"
#include "model/finding/full_text.hpp"
#include "model/finding/went_wrong.hpp"
#include "model/phone/number.hpp"
#include "model/text/enum_name.hpp"

namespace tonris::actors::call_search {

namespace {

using namespace database_rows;
namespace sqlite = net::sqlite;
using model::facet;

constexpr std::array<std::string_view, model::facet_count> columns{"calls.tenant",
                                                                   "calls.agent",
                                                                   "calls.variant",
                                                                   "calls.node",
                                                                   "calls.reason",
                                                                   "calls.ended_by",
                                                                   "calls.troubled",
                                                                   "calls.caller",
                                                                   "calls.called",
                                                                   "substr(calls.caller, -4)",
                                                                   "substr(calls.called, -4)"};

/// Of calls whose numbers begin so, as an index has them: in no order of time. So many at most are put into it; so many
/// are a set to look into; so many are looked up, whatever else they have to be, or are put together by the full text.
constexpr std::int64_t most_sorted = 10'000, most_in_set = 5'000, most_looked_up = 2'000;
/// Whether the full text has all filters of all calls: a file that an older gateway has, which is looked at beside it,
/// never does, and one that was brought up to date once all calls are listed anew.
constexpr const char* has_all_filters =
    "SELECT user_version >= 17 AND NOT EXISTS (SELECT 1 FROM unlisted) FROM pragma_user_version";
/// Calls of a whole number that are looked up, whatever else they have to be.
constexpr std::int64_t most_of_a_number = 200;
/// The reasons that calls have ended by, a look-up each.
constexpr const char* reasons_there =
    "WITH RECURSIVE one (reason) AS (SELECT min(reason) FROM calls WHERE reason > ''"
    " UNION ALL SELECT (SELECT min(reason) FROM calls WHERE reason > one.reason) FROM one WHERE one.reason <> '')"
    " SELECT reason FROM one WHERE reason <> ''";

/// What a query filters by: one value each, and the ends by which a call went wrong where that is asked for.
struct filters {
  model::facets by;
  std::optional<bool> wrong;  ///< that went wrong, or the others
  std::vector<std::string> wrong_ends;
};

/// SQLite begins at one bound and goes by the others: so there is one on a side.
void add_range(const model::call_query& query, const std::string& row, condition& to) {
  constexpr auto none = std::numeric_limits<std::int64_t>::max();
  const auto before =
      std::min(query.to ? least_row_at(*query.to) : none, query.after ? model::number_of(*query.after) : none);
  if (query.from) to.and_number(row + " >= ?", least_row_at(*query.from));
  if (before < none) to.and_number(row + " < ?", before);
}

struct beginning {
  side of;
  std::string text;

  [[nodiscard]] std::string column() const { return of == side::caller ? "calls.caller" : "calls.called"; }
  /// `sign`: "+" keeps SQLite from using the index.
  [[nodiscard]] std::string clause(const std::string& sign) const {
    return sign + column() + " >= ? AND " + sign + column() + " < ?";
  }
  [[nodiscard]] std::vector<std::string> values() const { return {text, text + "\x7F"}; }
  [[nodiscard]] std::string word() const {
    return model::word_of(of == side::caller ? facet::caller : facet::called, text) + " *";
  }
};

condition those_of(const beginning& part) {
  condition those;
  those.and_texts(part.clause(""), part.values());
  return those;
}

/// How many of those there are, up to one more than that.
sqlite::result<std::int64_t> count(sqlite::database& db, const condition& those, std::int64_t most) {
  auto rows = db.prepare("SELECT count(*) FROM (SELECT 1 FROM calls" + those.sql() + " LIMIT " +
                         std::to_string(most + 1) + ")");
  if (!rows) return tl::unexpected(rows.error());
  those.bind_to(*rows);
  const auto row = rows->step();
  if (!row) return tl::unexpected(row.error());
  return rows->integer(0);
}

bool is_wrong(std::string_view reason) {
  const auto known = model::find_named<model::end_reason>(reason, model::end_reason_count);
  return known && model::is_wrong_end(*known);
}

std::vector<std::string> all_wrong_ends() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < model::end_reason_count; ++i)
    if (const auto reason = static_cast<model::end_reason>(i); model::is_wrong_end(reason))
      all.emplace_back(to_string(reason));
  return all;
}

/// Each word that the full text is asked for costs, also one that it does not have.
sqlite::result<std::vector<std::string>> wrong_ends_there(sqlite::database& db) {
  auto rows = db.prepare(reasons_there);
  if (!rows) return tl::unexpected(rows.error());
  std::vector<std::string> some;
  auto row = rows->step();
  for (; row && *row; row = rows->step())
    if (is_wrong(rows->text(0))) some.emplace_back(rows->text(0));
  if (!row) return tl::unexpected(row.error());
  return some;
}

sqlite::result<filters> filters_of(sqlite::database& db, const model::call_query& query) {
  filters wanted{facets_of(query), std::nullopt, {}};
  const auto* const wrong = query.troubled ? std::get_if<bool>(&*query.troubled) : nullptr;
  if (wrong == nullptr) return wanted;
  wanted.wrong = *wrong;
  auto ends = *wrong ? wrong_ends_there(db) : sqlite::result<std::vector<std::string>>{all_wrong_ends()};
  if (!ends) return tl::unexpected(ends.error());
  wanted.wrong_ends = *std::move(ends);
  return wanted;
}

/// By no index: how a call ended and what troubled it have one each.
std::string wrong_clause(const filters& wanted) {
  std::string ends;
  for (const auto& one : wanted.wrong_ends) ends.append(ends.empty() ? "'" : ", '").append(one).append("'");
  return *wanted.wrong ? "(+calls.troubled <> '' OR +calls.reason IN (" + ends + "))"
                       : "+calls.troubled = '' AND +calls.reason NOT IN (" + ends + ")";
}

/// `sign`: "+" keeps SQLite from using an index. That of troubled calls has no others, which has to be said.
void add_filters(const filters& wanted, const std::string& sign, condition& to) {
  for (std::size_t i = 0; i < model::facet_count; ++i) {
    const auto& value = wanted.by[static_cast<facet>(i)];
    if (value.empty()) continue;
    const auto column = sign + std::string{columns[i]};
    if (static_cast<facet>(i) == facet::trouble) to.add(column + " <> ''");
    to.and_is(column, value);
  }
  if (wanted.wrong) to.add(wrong_clause(wanted));
}

/// `complete`: the full text has all filters of all calls; else of those with words the tenant alone.
std::string match_of(const model::call_query& query, const filters& wanted, bool complete) {
  std::string all;
  const auto add = [&all](const std::string& term) { all.append(all.empty() ? "" : " AND ").append(term); };
  if (!query.words.empty()) add("text : (" + model::match_expression(query.words) + ")");
  for (std::size_t i = 0; i < model::facet_count; ++i) {
    const auto which = static_cast<facet>(i);
    if (!wanted.by[which].empty() && (complete || which == facet::tenant))
      add("whose : " + model::word_of(which, wanted.by[which]));
  }
  if (!complete || !wanted.wrong.value_or(false)) return all;
  std::string any{model::word_of_any_trouble};
  for (const auto& one : wanted.wrong_ends) any.append(" OR ").append(model::word_of(facet::reason, one));
  add("whose : (" + any + ")");
  return all;
}

/// `other`: one more of the filters' words.
search by_words(const model::call_query& query, const filters& wanted, bool complete, const std::string& other = {}) {
  search all{"words CROSS JOIN calls ON calls.id = words.rowid", "words.rowid", {}};
  auto match = match_of(query, wanted, complete);
  if (!other.empty()) match.append(" AND whose : ").append(other);
  all.where.and_text("words MATCH ?", std::move(match));
  add_filters(wanted, "", all.where);
  add_range(query, all.row, all.where);
  return all;
}

search by_column(const model::call_query& query, const filters& wanted) {
  search all{"calls", "calls.id", {}};
  add_filters(wanted, "", all.where);
  add_range(query, all.row, all.where);
  return all;
}

search by_filters(const model::call_query& query, const filters& wanted, bool complete) {
  const bool wants_wrong = wanted.wrong.value_or(false);  // no column's index has them in order
  const bool intersects = complete && (wanted.by.count() > 1 || wants_wrong);
  return intersects || !query.words.empty() ? by_words(query, wanted, complete) : by_column(query, wanted);
}

/// By the number alone, since SQLite, asked for the order of time, would read all calls.
search by_beginning(const filters& wanted, const condition& those) {
  search all{"calls", "calls.id", {}};
  add_filters(wanted, "+", all.where);
  all.where.and_among_calls(all.row, those);
  return all;
}

sqlite::result<search> search_for_beginning(sqlite::database& db, const model::call_query& query, const filters& wanted,
                                            const beginning& part, bool complete) {
  auto those = those_of(part);
  const auto found = count(db, those, most_sorted);  // of whichever time: else all of them would be looked at
  if (!found) return tl::unexpected(found.error());
  add_range(query, "+calls.id", those);
  const bool has_words = !query.words.empty(), is_alone = wanted.by.count() == 0 && !query.troubled && !has_words;
  if (!has_words && *found <= (is_alone ? most_sorted : most_looked_up)) return by_beginning(wanted, those);
  if (complete && *found <= most_looked_up) return by_words(query, wanted, complete, part.word());
  auto all = by_filters(query, wanted, complete);
  if (*found <= most_in_set)
    all.where.and_among_calls("+" + all.row, those);
  else
    all.where.and_texts(part.clause("+"), part.values());
  return all;
}

/// A caller has few calls as a rule: to look at them is cheaper than to intersect.
sqlite::result<search> search_for_whole(sqlite::database& db, const model::call_query& query, filters wanted,
                                        facet which, const std::string& number, bool complete) {
  search all{"calls", "calls.id", {}};
  all.where.and_is(columns[static_cast<std::size_t>(which)], number);
  add_range(query, all.row, all.where);
  const auto found =
      query.words.empty() ? count(db, all.where, most_of_a_number) : sqlite::result<std::int64_t>{most_of_a_number + 1};
  if (!found) return tl::unexpected(found.error());
  if (*found <= most_of_a_number) {
    add_filters(wanted, "+", all.where);
    return all;
  }
  wanted.by[which] = number;
  return by_filters(query, wanted, complete);
}

}  // namespace

sqlite::result<search> search_for(sqlite::database& db, const model::call_query& query, std::optional<side> of_number) {
  const auto is_complete = db.read_number(has_all_filters);
  if (!is_complete) return tl::unexpected(is_complete.error());
  const bool complete = *is_complete != 0;
  auto wanted = filters_of(db, query);
  if (!wanted) return tl::unexpected(wanted.error());
  if (!of_number) return by_filters(query, *wanted, complete);
  const auto& number = *query.number;
  const bool is_caller = *of_number == side::caller;
  if (number.beginning) return search_for_beginning(db, query, *wanted, {*of_number, number.text}, complete);
  if (!number.ending)
    return search_for_whole(db, query, *std::move(wanted), is_caller ? facet::caller : facet::called,
                            model::meeting_form(number.text), complete);
  wanted->by[is_caller ? facet::callers_end : facet::called_end] =
      number.text.substr(number.text.size() - model::least_ending);
  auto all = by_filters(query, *wanted, complete);
  if (number.text.size() == model::least_ending) return all;
  const std::string column = is_caller ? "calls.caller" : "calls.called";
  all.where.and_is("substr(" + column + ", -" + std::to_string(number.text.size()) + ")", number.text);
  return all;
}

}  // namespace tonris::actors::call_search
