/// The call database's part in what goes because of its age and is not here alone: what Redis has of it is taken out
/// there.
#include <algorithm>
#include <utility>

#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"

namespace tonris::actors {

namespace {

using namespace database_rows;
namespace sqlite = net::sqlite;

constexpr const char* drop_too_many =
    "DELETE FROM shared_too_long WHERE id <= (SELECT max(id) FROM shared_too_long) - ?";
/// What is left here of a call whose words alone went takes the place of what Redis has.
constexpr const char* aged_in_order =
    "SELECT -shared_too_long.id, shared_too_long.call_sid, tenant, node, rev, json, max(changed_ms, started_at)"
    " FROM shared_too_long LEFT JOIN records ON records.call_sid = shared_too_long.call_sid"
    " ORDER BY shared_too_long.id LIMIT ?";

}  // namespace

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
  being_resent_.clear();
  for (const auto& call : std::exchange(aged_meanwhile_, {})) {
    to_send_ = true;
    if (auto done = run_for(db_, note_aged, call); !done) return done;
  }
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
    one.call.value = rows->text(1);
    one.tenant = rows->text(2);
    one.node = rows->text(3);
    one.rev = rows->integer(4);
    one.json = rows->text(5);
    one.changed_ms = rows->integer(6);
    bytes += one.json.size();
  }
  if (!row) return tl::unexpected(row.error());
  return aged;
}

}  // namespace tonris::actors
