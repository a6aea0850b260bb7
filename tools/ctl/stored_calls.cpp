#include "tools/ctl/stored_calls.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "actors/store/database.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::ctl {

namespace {

std::string unreadable(const std::string& data_dir, const net::sqlite::error& why) {
  return "The call store in " + data_dir + " cannot be read: " + why.line;
}

tl::expected<std::optional<model::call_record>, std::string> record_so_far(actors::call_database& db,
                                                                           const std::string& data_dir,
                                                                           const model::call_sid& call) {
  const auto json = db.checkpoint_of(call);
  if (!json) return tl::unexpected(unreadable(data_dir, json.error()));
  if (json->empty()) return std::nullopt;
  auto checkpoint = model::parse_checkpoint(*json);
  if (!checkpoint) return tl::unexpected("The call's checkpoint in " + data_dir + " cannot be read");
  return std::move(checkpoint->record);
}

}  // namespace

tl::expected<std::vector<model::timeline_event>, std::string> stored_events(const std::string& data_dir,
                                                                            const model::call_sid& call) {
  auto db = actors::call_database::open_to_read(data_dir);
  if (!db) return tl::unexpected(db.error());
  auto events = db->events_of(call);
  if (!events) return tl::unexpected(unreadable(data_dir, events.error()));
  return *std::move(events);
}

tl::expected<std::optional<model::call_record>, std::string> stored_record(const std::string& data_dir,
                                                                           const model::call_sid& call) {
  auto db = actors::call_database::open_to_read(data_dir);
  if (!db) return tl::unexpected(db.error());
  const auto json = db->record_of(call);
  if (!json) return tl::unexpected(unreadable(data_dir, json.error()));
  if (json->empty()) return record_so_far(*db, data_dir, call);
  auto record = model::parse_call_record(*json);
  if (!record) return tl::unexpected("The call's record in " + data_dir + " cannot be read");
  return *std::move(record);
}

tl::expected<std::vector<model::call_record>, std::string> stored_calls(const std::string& data_dir,
                                                                        const model::call_query& query) {
  auto db = actors::call_database::open_to_read(data_dir);
  if (!db) return tl::unexpected(db.error());
  // Checkpoints first: a call that ends between the two is then found twice, and not lost.
  auto open = db->checkpoints();
  if (!open) return tl::unexpected(unreadable(data_dir, open.error()));
  const auto ended = db->find(query);
  if (!ended) return tl::unexpected(unreadable(data_dir, ended.error()));
  std::vector<model::call_record> calls;
  std::unordered_set<model::call_sid> known;
  for (const auto& one : *ended)
    if (auto record = model::parse_call_record(one.json); record && known.insert(record->call).second)
      calls.push_back(*std::move(record));
  for (auto& checkpoint : open->calls) {
    auto& record = checkpoint.record;
    const bool is_asked_for =
        query.words.empty() && fits(query, record) && (!query.after || comes_before(*query.after, place_of(record)));
    if (is_asked_for && known.insert(record.call).second) calls.push_back(std::move(record));
  }
  std::ranges::sort(calls, [](const auto& a, const auto& b) { return comes_before(place_of(a), place_of(b)); });
  if (calls.size() > query.limit) calls.resize(query.limit);
  return calls;
}

}  // namespace tonris::ctl
