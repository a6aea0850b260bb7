/// What waits among the callbacks and names a number.
#include <algorithm>
#include <string_view>

#include "actors/store/callback_database.hpp"
#include "model/elevenlabs/post_call.hpp"
#include "model/phone/mention.hpp"

namespace tonris::actors {

namespace {

bool is_of(const std::optional<model::tenant_id>& tenant, std::string_view body) {
  if (!tenant) return true;
  const auto told = model::elevenlabs::parse_post_call(body);
  return told && told->tenant == *tenant;
}

}  // namespace

callback_database::result<callback_database::found_waiting> callback_database::waiting_with(
    const std::string& number, const std::optional<model::tenant_id>& tenant, std::int64_t behind) {
  auto rows = db_.prepare(
      "SELECT rowid, conversation, tries, body FROM callbacks WHERE progress = 0 AND rowid > ?1 ORDER BY rowid");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, behind);
  found_waiting found;
  std::size_t bytes = 0;
  auto row = rows->step();
  for (; row && *row; row = rows->step()) {
    const auto body = rows->text(3);
    bytes += body.size();
    if (model::is_mentioned(number, body) && is_of(tenant, body)) {
      if (rows->integer(2) > 0)
        found.conversations.push_back({std::string{rows->text(1)}});
      else
        ++found.not_looked_for;
    }
    if (bytes < most_searched_bytes) continue;
    found.last = rows->integer(0);
    break;
  }
  if (!row) return tl::unexpected(row.error());
  std::ranges::sort(found.conversations, {}, &model::conversation_id::value);
  const auto again = std::ranges::unique(found.conversations);
  found.conversations.erase(again.begin(), again.end());
  return found;
}

}  // namespace tonris::actors
