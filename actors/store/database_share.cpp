/// The call database's part in what nodes share: what waits to be sent to the others, and what came from them.
#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/store/call_list.hpp"
#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"
#include "model/call/learned_facts.hpp"
#include "model/call/record_choice.hpp"
#include "model/finding/full_text.hpp"

namespace tonris::actors {

namespace {

using namespace database_rows;
namespace sqlite = net::sqlite;
using kind = call_database::outgoing::kind;

constexpr const char* drop_from_outbox = "DELETE FROM outbox WHERE call_sid = ?";
constexpr const char* drop_aged = "DELETE FROM shared_too_long WHERE id = -?";
constexpr const char* select_learned = "SELECT learned FROM outbox WHERE call_sid = ?";
constexpr const char* outbox_in_order =
    "SELECT outbox.id, outbox.call_sid, gone, learned, tenant, node, rev, json FROM outbox"
    " LEFT JOIN records ON records.call_sid = outbox.call_sid ORDER BY gone DESC, outbox.id LIMIT ?";
constexpr const char* all_gone_again =
    "INSERT OR REPLACE INTO outbox (call_sid, gone, learned, since_ms) SELECT call_sid, 1, '', ? FROM gone";

/// One call of the outbox. Nothing: its record has gone.
std::optional<call_database::outgoing> waiting_in(const sqlite::statement& row) {
  call_database::outgoing one;
  one.row = row.integer(0);
  one.call.value = row.text(1);
  const bool is_gone = row.integer(2) != 0;
  one.tenant = row.text(4);
  one.node = row.text(5);
  one.rev = row.integer(6);
  if (is_gone) {
    one.what = kind::gone;
    return one;
  }
  if (row.text(7).empty()) return std::nullopt;
  one.what = one.node.empty() || row.text(3).empty() ? kind::record : kind::learned;
  one.json = one.what == kind::record ? row.text(7) : row.text(3);
  return one;
}

struct stored_record {
  std::int64_t rev = 0;
  std::string node, json;
};

/// What this node's record costs that gives way to that node's.
model::call_cost cost_given_up(const stored_record& here, const model::decoded<model::call_record>& known,
                               const std::string& node) {
  return known && here.node.empty() && !node.empty() ? known->cost : model::call_cost{};
}

sqlite::result<std::optional<stored_record>> stored(sqlite::database& db, const model::call_sid& call) {
  auto rows = db.prepare("SELECT rev, node, json FROM records WHERE call_sid = ?");
  if (!rows) return tl::unexpected(rows.error());
  const auto row = rows->bind(1, call.value).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  return stored_record{rows->integer(0), std::string{rows->text(1)}, std::string{rows->text(2)}};
}

/// Another node's copy of this node's record may have learned what never came here. Words whose days are over stay
/// away.
sqlite::result<void> note_facts_of(const call_database::incoming& copy, const stored_record& here, sqlite::database& db,
                                   std::int64_t now, call_database::taken& so_far) {
  if (here.json == copy.json) return {};  // as it mostly is
  auto record = model::parse_call_record(here.json);
  auto other = model::parse_call_record(copy.json);
  if (!record || !other || record->started != other->started) return {};
  auto over = db.prepare("SELECT 1 FROM retention WHERE tenant = ?1 AND ?2 + word_days * 86400000 < ?3");
  if (!over) return tl::unexpected(over.error());
  const auto row = over->bind(1, record->tenant.value).bind(2, in_ms(record->started)).bind(3, now).step();
  if (!row) return tl::unexpected(row.error());
  if (*row) *other = model::without_words(std::move(*other));
  const auto is_news = [&](const auto& fact) { return model::add_fact(*record, fact); };
  if (std::ranges::any_of(facts_in(*other), is_news)) so_far.of_own.push_back(std::move(*other));
  return {};
}

sqlite::result<void> put_events(sqlite::database& db, const std::vector<model::timeline_event>& events) {
  if (events.empty()) return {};
  auto put = db.prepare("INSERT INTO events (call_sid, at_ms, what, detail) VALUES (?, ?, ?, ?)");
  if (!put) return tl::unexpected(put.error());
  for (const auto& one : events) {
    put->bind(1, one.call.value).bind(2, in_ms(one.at)).bind(3, to_string(one.what)).bind(4, one.detail);
    if (auto done = put->run(); !done) return done;
  }
  return {};
}

}  // namespace

call_database::result<void> call_database::share_as(const std::string& fresh) {
  auto known = sqlite::first_column(db_, "SELECT name FROM node");
  if (!known) return tl::unexpected(known.error());
  if (known->empty()) {
    auto named = db_.prepare("INSERT INTO node VALUES (1, ?)");
    if (!named) return tl::unexpected(named.error());
    if (auto done = named->bind(1, fresh).run(); !done) return done;
    known->push_back(fresh);
  }
  me_ = std::move(known->front());
  return {};
}

// --- to the others

/// Does it now, or did in a life before?
call_database::result<bool> call_database::has_shared() {
  auto named = db_.prepare("SELECT 1 FROM node");
  if (!named) return tl::unexpected(named.error());
  return named->step();
}

/// A call waits once; what it waits for is read when it is sent.
call_database::result<void> call_database::send_later(const model::call_sid& call, std::int64_t now, bool gone,
                                                      std::string_view learned) {
  if (me_.empty() && !gone) return {};  // untold_since says so; a deletion is remembered by itself
  auto put = db_.prepare("INSERT OR REPLACE INTO outbox (call_sid, gone, learned, since_ms) VALUES (?, ?, ?, ?)");
  if (!put) return tl::unexpected(put.error());
  to_send_ = true;
  return put->bind(1, call.value).bind(2, std::int64_t{gone}).bind(3, learned).bind(4, now).run();
}

call_database::result<std::size_t> call_database::keep_outbox_within_bounds() {
  if (me_.empty() || !to_send_) return 0;
  // By their numbers: there are not more than these, and counting many would take a while.
  const auto numbers = db_.read_number(
      "SELECT (SELECT max(id) FROM outbox WHERE gone = 0) - (SELECT min(id) FROM outbox WHERE gone = 0) + 1");
  if (!numbers) return tl::unexpected(numbers.error());
  if (*numbers <= max_outbox) return 0;
  const auto waiting = db_.read_number("SELECT count(*) FROM outbox WHERE gone = 0");
  if (!waiting) return tl::unexpected(waiting.error());
  if (*waiting <= max_outbox) return 0;
  auto drop = db_.prepare(
      "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox INDEXED BY outbox_in_order WHERE gone = 0 ORDER BY id"
      " LIMIT ?)");
  if (!drop) return tl::unexpected(drop.error());
  if (auto done = drop->bind(1, *waiting - max_outbox).run(); !done) return tl::unexpected(done.error());
  return static_cast<std::size_t>(db_.changed_rows());
}

call_database::result<std::vector<call_database::outgoing>> call_database::outbox(std::size_t most,
                                                                                  std::size_t most_bytes) {
  // Half of it at most: where Redis is nearly full and records wait, this goes on.
  auto first = aged_ones((most + 1) / 2, most_bytes);
  if (!first) return first;
  auto waiting = std::move(*first);
  std::vector<std::int64_t> nothing;
  {
    auto rows = db_.prepare(outbox_in_order);
    if (!rows) return tl::unexpected(rows.error());
    rows->bind(1, static_cast<std::int64_t>(most - waiting.size()));
    std::size_t bytes = 0;
    for (const auto& one : waiting) bytes += one.json.size();
    auto row = rows->step();
    for (; row && *row && bytes < most_bytes; row = rows->step()) {
      auto one = waiting_in(*rows);
      if (!one) nothing.push_back(rows->integer(0));
      if (!one) continue;
      bytes += one->json.size();
      waiting.push_back(std::move(*one));
    }
    if (!row) return tl::unexpected(row.error());
  }
  for (auto& one : waiting) {
    if (one.what != kind::record && (one.what != kind::aged || one.json.empty())) continue;
    auto events = events_of(one.call);
    if (!events) return tl::unexpected(events.error());
    one.events = std::move(*events);
  }
  if (auto done = sent(nothing); !done) return tl::unexpected(done.error());
  if (waiting.empty() && nothing.empty()) to_send_ = false;
  return waiting;
}

call_database::result<void> call_database::sent(const std::vector<std::int64_t>& rows) {
  if (rows.empty()) return {};
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto drop = db_.prepare("DELETE FROM outbox WHERE id = ?"), aged = db_.prepare(drop_aged);
  if (!drop || !aged) return tl::unexpected(drop ? aged.error() : drop.error());
  for (const auto row : rows)
    if (auto done = (row < 0 ? *aged : *drop).bind(1, row).run(); !done) return done;
  return all->commit();
}

call_database::result<call_database::outbox_depth> call_database::depth_of_outbox() {
  auto rows = db_.prepare("SELECT count(*), min(since_ms), (SELECT count(*) FROM shared_too_long) FROM outbox");
  if (!rows) return tl::unexpected(rows.error());
  if (const auto row = rows->step(); !row) return tl::unexpected(row.error());
  outbox_depth depth{rows->integer(0), {}, rows->integer(2)};
  if (depth.waiting > 0) depth.oldest = time{std::chrono::milliseconds{rows->integer(1)}};
  return depth;
}

// --- from the others

call_database::result<call_database::feed_place> call_database::feed() {
  auto rows = db_.prepare("SELECT generation, position FROM feed");
  if (!rows) return tl::unexpected(rows.error());
  const auto row = rows->step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return feed_place{};
  return feed_place{std::string{rows->text(0)}, std::string{rows->text(1)}};
}

call_database::result<call_database::taken> call_database::take(const std::vector<incoming>& news,
                                                                const std::vector<asked>& questions,
                                                                const feed_place& upto, time now) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  taken so_far;
  cost_to_change_ = {};
  for (const auto& one : news) {
    const auto done = one.what == kind::record    ? take_record(one, in_ms(now), so_far)
                      : one.what == kind::learned ? take_learned(one, so_far)
                                                  : take_gone(one, in_ms(now), so_far);
    if (!done) return tl::unexpected(done.error());
  }
  for (const auto& question : questions)
    if (auto done = be_asked(question, in_ms(now)); !done) return tl::unexpected(done.error());
  auto done = move_to(upto, in_ms(now));
  if (done && so_far.gone > 0) done = note_unmerged(db_);
  if (done) done = all->commit();
  if (!done) return tl::unexpected(done.error());
  cost_changed_.add(cost_to_change_);
  if (so_far.gone > 0) words_are_gone();
  return so_far;
}

call_database::result<void> call_database::move_to(const feed_place& place, std::int64_t now) {
  const auto known = feed();
  if (!known) return tl::unexpected(known.error());
  auto put = db_.prepare("INSERT OR REPLACE INTO feed VALUES (1, ?, ?)");
  if (!put) return tl::unexpected(put.error());
  if (auto done = put->bind(1, place.generation).bind(2, place.position).run(); !done) return done;
  if (known->generation.empty() || known->generation == place.generation) return {};
  auto again = db_.prepare(all_gone_again);
  if (!again) return tl::unexpected(again.error());
  to_send_ = true;
  return again->bind(1, now).run();
}

call_database::result<bool> call_database::is_gone(const model::call_sid& call) {
  auto rows = db_.prepare("SELECT 1 FROM gone WHERE call_sid = ?");
  if (!rows) return tl::unexpected(rows.error());
  return rows->bind(1, call.value).step();
}

call_database::result<void> call_database::take_record(const incoming& news, std::int64_t now, taken& so_far) {
  const auto gone = is_gone(news.call);
  if (!gone) return tl::unexpected(gone.error());
  auto here = stored(db_, news.call);
  if (!here) return tl::unexpected(here.error());
  const auto node = news.node == me_ ? std::string{} : news.node;
  if (*here && (*here)->node == node && news.rev <= (*here)->rev) {
    ++so_far.known;
    return node.empty() ? note_facts_of(news, **here, db_, now, so_far) : sqlite::result<void>{};
  }
  auto record = model::parse_call_record(news.json);
  if (*gone || !record) {
    ++(*gone ? so_far.known : so_far.unreadable);
    return {};
  }
  const auto known = model::parse_call_record(*here ? (*here)->json : std::string{});
  if (*here) {
    const bool is_same = known && known->started == record->started;
    if (is_same ? news.rev <= (*here)->rev : known && !model::stands_before(*record, *known)) {
      ++so_far.known;
      return {};
    }
    if (!is_same && (*here)->node.empty()) so_far.others.push_back(news.call);
    cost_to_change_.add(cost_given_up(**here, known, node), {});
  }
  // What was learned here of another node's call and waits to be told is not in its newer record yet.
  const auto learned = text_of(db_, select_learned, news.call);
  if (!learned) return tl::unexpected(learned.error());
  if (const auto facts = model::parse_call_record(*learned))
    for (const auto& fact : facts_in(*facts)) (void)model::add_fact(*record, fact);
  ++so_far.records;
  auto done = put_record_of(news, *record, now);
  if (done) done = note_change(db_, known ? &*known : nullptr, *record);
  if (!done) return done;
  auto first = release(news.call, now);
  if (!first) return tl::unexpected(first.error());
  so_far.first.insert(so_far.first.end(), std::make_move_iterator(first->begin()),
                      std::make_move_iterator(first->end()));
  return {};
}

call_database::result<void> call_database::put_record_of(const incoming& news, const model::call_record& record,
                                                         std::int64_t now) {
  auto put = db_.prepare(
      "INSERT OR REPLACE INTO records (call_sid, tenant, started_at, json, rev, node, changed_ms)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)");
  if (!put) return tl::unexpected(put.error());
  const auto json = to_json(record);
  const auto node = news.node == me_ ? std::string{} : news.node;  // its own, of before it lost them
  put->bind(1, news.call.value).bind(2, record.tenant.value).bind(3, in_ms(record.started)).bind(4, json);
  auto done = put->bind(5, news.rev).bind(6, node).bind(7, news.changed_ms.value_or(now)).run();
  if (done) done = call_list::remove(db_, news.call);
  if (done) done = call_list::put(db_, record);
  if (done && !news.events.empty()) done = run_for(db_, drop_events, news.call);
  if (done) done = put_events(db_, news.events);
  return done;
}

/// Into the copy that is here: whose call it was writes it into the record.
call_database::result<void> call_database::take_learned(const incoming& news, taken& so_far) {
  const auto here = stored(db_, news.call);
  if (!here) return tl::unexpected(here.error());
  const auto facts = model::parse_call_record(news.json);
  auto record = *here ? model::parse_call_record((*here)->json) : model::decoded<model::call_record>{};
  const auto before = record;
  bool is_news = false;
  if (*here && !(*here)->node.empty() && facts && record)
    for (const auto& fact : facts_in(*facts)) is_news = model::add_fact(*record, fact) || is_news;
  if (!is_news) {
    ++so_far.known;
    return {};
  }
  ++so_far.learned;
  auto put = db_.prepare("UPDATE records SET json = ? WHERE call_sid = ?");
  if (!put) return tl::unexpected(put.error());
  const auto json = to_json(*record);
  if (auto done = put->bind(1, json).bind(2, news.call.value).run(); !done) return done;
  if (auto done = note_change(db_, &*before, *record); !done) return done;
  return call_list::put(db_, *record);
}

call_database::result<void> call_database::take_gone(const incoming& news, std::int64_t now, taken& so_far) {
  const auto known = is_gone(news.call);
  if (!known) return tl::unexpected(known.error());
  ++(*known ? so_far.known : so_far.gone);
  auto done = erase_record(db_, news.call);
  if (done) done = run_for(db_, drop_checkpoint, news.call);
  if (done) done = run_for(db_, drop_from_outbox, news.call);
  if (!done || *known) return done;
  auto gone = db_.prepare("INSERT INTO gone VALUES (?, ?)");
  if (!gone) return tl::unexpected(gone.error());
  return gone->bind(1, news.call.value).bind(2, now).run();
}

}  // namespace tonris::actors
