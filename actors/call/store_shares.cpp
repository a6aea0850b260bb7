#include "actors/call/store_shares.hpp"

#include "actors/call/call_log.hpp"
#include "actors/call/shared_record_metrics.hpp"
#include "actors/call/spent_metrics.hpp"

namespace tonris::actors {

std::function<void(const std::string&)> store_shares::complaint() {
  return [&health = house_.health](const std::string& why) { health.complain("cannot be read", why); };
}

void store_shares::due(work what) {
  if (what == work::again) return look_at_asked();
  shows_again_ = false;
  if (auto* const db = house_.file.if_open(); db != nullptr && !outbox_.show(*db)) show_later();
}

void store_shares::end() {
  outbox_.end();
  again_.end();
}

void store_shares::show_later() {
  if (!std::exchange(shows_again_, true)) house_.remind(work::show, outbox_watch::show_wait);
}

// --- to the others

void store_shares::asked_by(caf::typed_response_promise<outbox_read> asker, const read_outbox& wanted) {
  outbox_.asked_by(std::move(asker), wanted);
  look();
}

void store_shares::look() {
  if (!house_.file.is_shared()) return;
  if (auto* const db = house_.file.if_open(); db != nullptr && !outbox_.look(*db)) show_later();
}

void store_shares::told(const outbox_sent& what) {
  auto* const db = house_.file.open();
  if (db == nullptr) return;
  house_.file.complain_of(db->sent(what.rows));
  show_later();
}

void store_shares::told(const others_were_told&) {
  if (auto* const db = house_.file.open(); db != nullptr) house_.file.complain_of(db->all_told());
}

void store_shares::asked_by(caf::typed_response_promise<again_read> asker, const read_again& wanted) {
  again_.asked_by(std::move(asker), wanted);
  look_at_asked();
}

void store_shares::look_at_asked() {
  if (!house_.file.is_shared()) return;
  if (auto* const db = house_.file.open(); db != nullptr) again_.look(*db);
}

void store_shares::told(const again_sent& what) {
  auto* const db = house_.file.open();
  if (db == nullptr) return;
  const auto now = house_.wall_clock();
  if (what.postponed) {
    house_.file.complain_of(db->postpone_again(what.part.node, now + *what.postponed));
    house_.remind(work::again, *what.postponed);
  } else {
    house_.file.complain_of(db->sent_again(what.part, now));
  }
  look();  // what has aged meanwhile
}

void store_shares::lost(const call_database::left_out& what) {
  if (!house_.file.is_shared()) return;
  house_.counters.of<shared_record_metrics>().unshared.of(shared_record_metrics::why::too_many)(what.unshared);
  show_held();
}

void store_shares::show_held() {
  auto* const db = house_.file.if_open();
  if (!house_.file.is_shared() || db == nullptr) return;
  if (const auto held = db->held()) house_.counters.of<shared_record_metrics>().held.set(static_cast<double>(*held));
}

// --- from them

caf::result<feed_read> store_shares::to(const read_feed&) {
  auto* const db = house_.file.open();
  if (db == nullptr) return store_file::unavailable();
  auto place = db->feed();
  if (!place) return house_.file.unreadable(place.error());
  const auto untold = db->untold_since();
  if (!untold) return house_.file.unreadable(untold.error());
  return feed_read{std::move(*place), db->name(), *untold};
}

caf::result<news_taken> store_shares::to(const take_news& asked) {
  auto* const db = house_.file.open();
  if (db == nullptr || !house_.writer.write()) return store_file::unavailable();
  auto taken = db->take(asked.news, asked.asked, asked.upto, house_.wall_clock());
  if (!taken) return house_.file.unreadable(taken.error());
  if (!asked.asked.empty()) look_at_asked();
  look();  // deletions, where the shared data have lost them; what was told before the record came
  show_held();
  house_.counters.of<spent_metrics>().cost(db->cost_changed());
  for (const auto& call : taken->others)
    call_log::warn(call, nullptr, "its record gives way to another node's, of another call of that SID");
  if (taken->gone > 0) house_.words_are_gone();
  return news_taken{std::move(*taken)};
}

}  // namespace tonris::actors
