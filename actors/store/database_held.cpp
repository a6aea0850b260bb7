/// The call database's part in what is told of another node's call before its record is here.
#include <utility>
#include <variant>

#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"
#include "model/call/learned_facts.hpp"

namespace tonris::actors {

namespace {

using namespace database_rows;
namespace sqlite = net::sqlite;

constexpr const char* select_held = "SELECT facts FROM held WHERE call_sid = ?";

/// The oldest of them go; whose they were.
sqlite::result<std::vector<model::call_sid>> drop_oldest(sqlite::database& db, const std::string& which) {
  const auto sids = sqlite::first_column(db, "SELECT call_sid FROM held " + which);
  if (!sids) return tl::unexpected(sids.error());
  std::vector<model::call_sid> calls;
  for (const auto& sid : *sids) calls.push_back({sid});
  for (const auto& call : calls)
    if (auto done = run_for(db, drop_held, call); !done) return tl::unexpected(done.error());
  return calls;
}

}  // namespace

/// Where nodes share their records; else it is nobody's. Whose facts are lost by it.
call_database::result<std::vector<model::call_sid>> call_database::hold(const journal_batch::fact& f,
                                                                        std::int64_t now) {
  if (me_.empty()) return std::vector{f.call};
  const auto gone = is_gone(f.call);
  if (!gone) return tl::unexpected(gone.error());
  if (*gone) return std::vector<model::call_sid>{};
  const auto known = text_of(db_, select_held, f.call);
  if (!known) return tl::unexpected(known.error());
  model::call_record fresh;
  fresh.call = f.call;
  auto facts = model::parse_call_record(*known).value_or(fresh);
  if (const auto* const report = std::get_if<model::call_record::vendor_report>(&f.what)) facts.agent = report->agent;
  if (!model::add_fact(facts, f.what) && known->empty()) return std::vector{f.call};  // it wants what the record has
  auto put =
      db_.prepare("INSERT INTO held VALUES (?1, ?2, ?3) ON CONFLICT (call_sid) DO UPDATE SET facts = excluded.facts");
  if (!put) return tl::unexpected(put.error());
  const auto json = to_json(facts);
  if (auto done = put->bind(1, f.call.value).bind(2, json).bind(3, now).run(); !done)
    return tl::unexpected(done.error());
  return drop_oldest(db_,
                     "ORDER BY since_ms LIMIT max(0, (SELECT count(*) FROM held) - " + std::to_string(max_held) + ")");
}

call_database::result<std::optional<model::call_record>> call_database::take_held(const model::call_sid& call) {
  const auto json = text_of(db_, select_held, call);
  if (!json) return tl::unexpected(json.error());
  if (json->empty()) return std::nullopt;
  if (auto done = run_for(db_, drop_held, call); !done) return tl::unexpected(done.error());
  auto facts = model::parse_call_record(*json);
  if (!facts) return std::nullopt;
  return std::move(*facts);
}

/// Into the record that has come: of another node's call that node is told then.
call_database::result<std::vector<journal_batch::fact>> call_database::release(const model::call_sid& call,
                                                                               std::int64_t now) {
  std::vector<journal_batch::fact> news;
  const auto facts = take_held(call);
  if (!facts) return tl::unexpected(facts.error());
  if (!*facts) return news;
  for (auto& fact : facts_in(**facts)) {
    const auto added = add_to_record({call, fact}, now);
    if (!added) return tl::unexpected(added.error());
    if (*added == addition::news) news.push_back({call, std::move(fact)});
  }
  return news;
}

call_database::result<std::int64_t> call_database::held() {
  return db_.read_number("SELECT count(*) FROM held");
}

call_database::result<std::vector<model::call_sid>> call_database::give_up_held(time now) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto calls = drop_oldest(db_, "WHERE since_ms < " + std::to_string(in_ms(now - held_for)));
  if (!calls) return calls;
  if (auto done = all->commit(); !done) return tl::unexpected(done.error());
  return calls;
}

}  // namespace tonris::actors
