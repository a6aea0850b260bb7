/// The call database's part in what goes because of its age and is not here alone: what Redis has of it is taken out
/// there, and the audit trail is told how much it was.
#include <algorithm>
#include <utility>

#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"

namespace tonris::actors {

namespace {

using namespace database_rows;
namespace sqlite = net::sqlite;

constexpr const char* note_aged_again = "INSERT OR REPLACE INTO shared_too_long (call_sid) VALUES (?)";
constexpr const char* drop_too_many =
    "DELETE FROM shared_too_long WHERE id <= (SELECT max(id) FROM shared_too_long) - ?";
/// What is left here of a call whose words alone went takes the place of what Redis has.
constexpr const char* aged_in_order =
    "SELECT -shared_too_long.id, shared_too_long.call_sid, tenant, node, rev, json, max(changed_ms, started_at)"
    " FROM shared_too_long LEFT JOIN records ON records.call_sid = shared_too_long.call_sid"
    " ORDER BY shared_too_long.id LIMIT ?";

constexpr const char* most_first =
    "SELECT tenant, records, transcripts FROM aged_out WHERE told = 1 ORDER BY records + transcripts DESC, tenant"
    " LIMIT ?";
constexpr const char* sum_of_all = "SELECT count(*), total(records), total(transcripts) FROM aged_out WHERE told = 1";
constexpr const char* drop_others =
    "DELETE FROM aged_out WHERE told = 1 AND tenant NOT IN (SELECT tenant FROM aged_out WHERE told = 1"
    " ORDER BY records + transcripts DESC, tenant LIMIT ?)";
constexpr const char* drop_of_tenant = "DELETE FROM aged_out WHERE told = 1 AND tenant = ?";

/// What went until now is told, and what goes from now on is told the next time.
sqlite::result<void> begin_to_tell(sqlite::database& db, std::int64_t now) {
  auto all = sqlite::transaction::begin(db);
  if (!all) return tl::unexpected(all.error());
  if (auto done = db.exec("UPDATE aged_out SET told = 1"); !done) return done;
  auto put = db.prepare("INSERT OR REPLACE INTO aged_out_told VALUES (1, ?)");
  if (!put) return tl::unexpected(put.error());
  if (auto done = put->bind(1, now).run(); !done) return done;
  return all->commit();
}

}  // namespace

// --- at Redis

/// They are noted with what made them so, in one transaction. The part that is being sent to a node that has missed
/// some may come to Redis behind that: then it is taken out once more.
call_database::result<void> call_database::have_aged(const std::vector<model::call_sid>& calls) {
  if (calls.empty()) return {};
  to_send_ = true;
  for (const auto& call : calls)
    if (std::ranges::find(being_resent_, call) != being_resent_.end()) aged_meanwhile_.push_back(call);
  auto drop = db_.prepare(drop_too_many);
  if (!drop) return tl::unexpected(drop.error());
  return drop->bind(1, max_aged).run();
}

/// That part is sent.
call_database::result<void> call_database::have_aged_again() {
  for (const auto& call : aged_meanwhile_) {
    to_send_ = true;
    if (auto done = run_for(db_, note_aged_again, call); !done) return done;
  }
  being_resent_.clear();
  aged_meanwhile_.clear();
  return {};
}

call_database::result<std::vector<call_database::outgoing>> call_database::aged_ones(std::size_t most,
                                                                                     std::size_t most_bytes) {
  auto rows = db_.prepare(aged_in_order);
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, static_cast<std::int64_t>(most));
  std::vector<outgoing> aged;
  std::size_t bytes = 0;
  auto row = rows->step();
  for (; row && *row && bytes < most_bytes; row = rows->step()) {
    auto& one = aged.emplace_back();
    one.what = outgoing::kind::aged;
    one.row = rows->integer(0);
    read_record(*rows, one);
    bytes += one.json.size();
  }
  if (!row) return tl::unexpected(row.error());
  return aged;
}

// --- in the audit trail

call_database::result<call_database::aged_out> call_database::aged_out_until(time now) {
  const auto told_at = db_.read_number("SELECT coalesce((SELECT at_ms FROM aged_out_told), 0)");
  if (!told_at) return tl::unexpected(told_at.error());
  const auto is_open = db_.read_number("SELECT EXISTS (SELECT 1 FROM aged_out WHERE told = 1)");
  if (!is_open) return tl::unexpected(is_open.error());
  const time told{std::chrono::milliseconds{*told_at}};
  if (*is_open == 0) {
    if (told <= now && now - told < between_told_aged) return aged_out{};
    const auto any = db_.read_number("SELECT EXISTS (SELECT 1 FROM aged_out)");
    if (!any) return tl::unexpected(any.error());
    if (*any == 0) return aged_out{};
    if (auto done = begin_to_tell(db_, in_ms(now)); !done) return tl::unexpected(done.error());
  }
  const auto begun = db_.read_number("SELECT at_ms FROM aged_out_told");
  if (!begun) return tl::unexpected(begun.error());
  auto sum = db_.prepare(sum_of_all);
  if (!sum) return tl::unexpected(sum.error());
  if (const auto row = sum->step(); !row) return tl::unexpected(row.error());
  aged_out all{{}, {{}, sum->integer(1), sum->integer(2)}, sum->integer(0), me_ + "/" + std::to_string(*begun)};
  auto rows = db_.prepare(most_first);
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, static_cast<std::int64_t>(most_told_aged));
  auto row = rows->step();
  for (; row && *row; row = rows->step()) {
    const auto& one =
        all.tenants.emplace_back(aged_out::part{{std::string{rows->text(0)}}, rows->integer(1), rows->integer(2)});
    all.others.records -= one.records;
    all.others.transcripts -= one.transcripts;
    --all.other_tenants;
  }
  if (!row) return tl::unexpected(row.error());
  return all;
}

call_database::result<void> call_database::aged_out_told(const std::optional<model::tenant_id>& tenant) {
  auto drop = db_.prepare(tenant ? drop_of_tenant : drop_others);
  if (!drop) return tl::unexpected(drop.error());
  if (tenant) return drop->bind(1, tenant->value).run();
  return drop->bind(1, static_cast<std::int64_t>(most_told_aged)).run();
}

}  // namespace tonris::actors
