#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "actors/call/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/store/journal.hpp"

namespace tonris::actors {

/// Where a fact about a call goes that somebody tells.
struct fact_door {
  enum class unanswered : std::uint8_t {
    is_told_again,  ///< by whoever tells it, if nobody answers
    is_stored,      ///< who tells it does so once: it goes to the store as well, where twice it is once
  };
  call_supervisor supervisor;
  std::shared_ptr<call_journal> journal;  ///< null: what is stored of the call is not meant
  std::chrono::milliseconds limit;
  unanswered if_nobody_answers = unanswered::is_told_again;
};

enum class fact_went : std::uint8_t {
  to_the_call,   ///< whoever remembers it writes it down
  to_the_store,  ///< nobody does, or has answered: the journal brings it to what is stored
  nowhere,       ///< nobody remembers the call, and there is no journal
  unanswered,    ///< nobody has answered
};

/// Brings a fact into the record of its call, wherever that is. Whoever remembers the call is told first, who would
/// else write its record without it. `then` is told where it went, in `self`, which outlives that.
template <class Self, class Then>
void bring_fact(Self* self, const fact_door& through, learn_fact fact, Then then) {
  const auto store = [journal = through.journal, fact] {
    if (!journal) return fact_went::nowhere;
    journal->fact({fact.call, fact.fact});
    return fact_went::to_the_store;
  };
  const bool is_told_once = through.if_nobody_answers == fact_door::unanswered::is_stored;
  ask(self, through.supervisor, through.limit, std::move(fact))
      .then(
          [store, then](const fact_learned& learned) { then(learned.by_somebody ? fact_went::to_the_call : store()); },
          [store, then, is_told_once](const caf::error&) { then(is_told_once ? store() : fact_went::unanswered); });
}

}  // namespace tonris::actors
