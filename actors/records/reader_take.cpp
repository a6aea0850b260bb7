/// The record reader's part in what becomes of an answer: who remembers something of a deleted call forgets it first,
/// then the call store takes all.
#include <algorithm>
#include <utility>
#include <variant>

#include "actors/call/bring_fact.hpp"
#include "actors/records/reader.hpp"
#include "actors/runtime/ask.hpp"
#include "model/call/learned_facts.hpp"

namespace tonris::actors {

namespace {

using kind = call_database::outgoing::kind;

constexpr std::chrono::seconds store_writes_within{60};  // all of it, and others come first
constexpr std::chrono::seconds node_limit{10};           // for whoever else is asked

}  // namespace

/// The supervisor first, which would else write a record anew; a call that goes on here is not deleted.
void record_reader::forget_first(const std::shared_ptr<batch>& what) {
  std::vector<model::call_sid> calls;
  for (const auto& one : what->news)
    if (one.what == kind::gone) calls.push_back(one.call);
  const auto then = [this, what] { take(what); };
  if (calls.empty()) return tell_learned(what, then);
  ask(this, config_.supervisor, node_limit, forget_ended_calls{calls, true})
      .then(
          [this, what, calls](const ended_calls_forgotten& forgotten) {
            const auto lives = [&](const model::call_sid& call) {
              return std::ranges::find(forgotten.alive, call) != forgotten.alive.end();
            };
            std::erase_if(what->news, [&](const auto& one) { return one.what == kind::gone && lives(one.call); });
            auto ended = calls;
            std::erase_if(ended, lives);
            forget_elsewhere(what, ended);
          },
          or_again());
}

void record_reader::forget_elsewhere(const std::shared_ptr<batch>& what, const std::vector<model::call_sid>& calls) {
  for (const auto& call : calls) config_.dials->forget(call);
  const auto notices = [this, what, calls](callbacks_forgotten) {
    ask(this, config_.notices, node_limit, forget_events{calls})
        .then([this, what](events_forgotten) { tell_learned(what, [this, what] { take(what); }); }, or_again());
  };
  ask(this, config_.store, store_writes_within, find_conversations_of{calls})
      .then(
          [this, calls, notices](const found_conversations& found) {
            ask(this, config_.callbacks, node_limit, forget_callbacks{calls, found.conversations})
                .then(notices, or_again());
          },
          or_again());
}

/// One record after the other.
void record_reader::tell_learned(const std::shared_ptr<batch>& what, const std::function<void()>& then) {
  if (what->learned.empty()) return then();
  const auto record = what->learned.back();
  const auto facts = facts_in(record);
  const auto open = std::make_shared<std::size_t>(facts.size());
  const auto failed = std::make_shared<bool>(false);
  const auto told = [this, what, open, failed, then] {
    if (--*open > 0) return;
    if (*failed) return again();
    what->learned.pop_back();
    counted().taken(record_metrics::what::learned);
    tell_learned(what, then);
  };
  ++*open;  // this one
  const fact_door through{config_.supervisor, config_.journal, node_limit};
  for (const auto& fact : facts)
    bring_fact(this, through, {record.call, fact}, [told, failed](fact_went where) {
      if (where == fact_went::unanswered) *failed = true;
      told();
    });
  told();
}

void record_reader::take(const std::shared_ptr<batch>& what) {
  ask(this, config_.store, store_writes_within, take_news{std::move(what->news), std::move(what->asked), what->upto})
      .then([this, what](const news_taken& kept) { taken(what, kept.what); }, or_again());
}

/// Twilio told it here, so that nobody else tells the tenant.
void record_reader::tell_of_voicemail(const std::vector<journal_batch::fact>& first) {
  for (const auto& one : first)
    if (const auto* const message = std::get_if<model::call_record::voicemail_message>(&one.what);
        message != nullptr && !message->deleted)
      send(config_.supervisor, voicemail_came_first{one.call, *message});
}

/// What others have learned of this node's calls, and it has not heard, stands in their copies, which it was sent: that
/// goes into its records before the copies go.
void record_reader::taken(const std::shared_ptr<batch>& what, const call_database::taken& all) {
  counted().taken.of(record_metrics::what::record)(all.records);
  counted().taken.of(record_metrics::what::learned)(all.learned);
  counted().taken.of(record_metrics::what::gone)(all.gone);
  counted().taken.of(record_metrics::what::known)(all.known);
  counted().taken.of(record_metrics::what::unreadable)(all.unreadable);
  place_ = what->upto;
  config_.trouble({});
  tell_of_voicemail(all.first);
  if (all.of_own.empty()) {
    const auto then = std::exchange(what->then, {});
    return then();
  }
  what->news.clear();
  what->asked.clear();
  what->learned = all.of_own;
  tell_learned(what, [this, what] { take(what); });
}

}  // namespace tonris::actors
