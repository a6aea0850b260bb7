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

std::string ending_of(const model::call_record& call) {
  if (!call.reason) return call.ended ? "no reason known" : "not ended";
  std::string text{to_string(*call.reason)};
  if (call.troubled) text.append(", troubled: ").append(to_string(call.troubled->reason));
  return text;
}

void append_cell(std::string_view text, std::size_t width, std::string& out) {
  out += text;
  out.append(width - std::min(width, text.size()), ' ');
  out += "  ";
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

tl::expected<std::vector<model::call_record>, std::string> newest_calls(const std::string& data_dir, std::size_t most) {
  auto db = actors::call_database::open_to_read(data_dir);
  if (!db) return tl::unexpected(db.error());
  // Checkpoints first: a call that ends between the two is then found twice, and not lost.
  auto open = db->checkpoints();
  if (!open) return tl::unexpected(unreadable(data_dir, open.error()));
  const auto ended = db->newest_records(most);
  if (!ended) return tl::unexpected(unreadable(data_dir, ended.error()));
  std::vector<model::call_record> calls;
  std::unordered_set<model::call_sid> known;
  for (const auto& json : *ended) {
    auto record = model::parse_call_record(json);
    if (record && known.insert(record->call).second) calls.push_back(*std::move(record));
  }
  for (auto& checkpoint : open->calls)
    if (known.insert(checkpoint.record.call).second) calls.push_back(std::move(checkpoint.record));
  std::stable_sort(calls.begin(), calls.end(), [](const auto& a, const auto& b) { return a.started > b.started; });
  calls.resize(std::min(calls.size(), most));
  return calls;
}

std::string as_table(const std::vector<model::call_record>& calls) {
  constexpr std::size_t sid_width = 34, time_width = 24, state_width = std::string_view("connecting").size();
  std::size_t tenant_width = std::string_view("tenant").size();
  for (const auto& c : calls) tenant_width = std::max(tenant_width, c.tenant.value.size());
  std::string out;
  append_cell("call", sid_width, out);
  append_cell("started", time_width, out);
  append_cell("tenant", tenant_width, out);
  append_cell("state", state_width, out);
  out += "why it ended\n";
  for (const auto& c : calls) {
    append_cell(c.call.value, sid_width, out);
    append_cell(model::iso_time(c.started), time_width, out);
    append_cell(c.tenant.value, tenant_width, out);
    append_cell(to_string(c.state), state_width, out);
    out += ending_of(c);
    out += '\n';
  }
  return out;
}

}  // namespace tonris::ctl
