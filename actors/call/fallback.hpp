#pragma once

#include <string>

#include "actors/call/answered_questions.hpp"
#include "actors/call/messages.hpp"
#include "actors/call/services.hpp"
#include "model/call/checkpoint.hpp"

namespace tonris::actors {

/// Nobody answered whom the agent put the caller through to, and the tenant wants him back with the agent: a stream for
/// him, as often as a call may have another.
[[nodiscard]] bool returns_to_agent(const model::call_checkpoint& call, const model::tenant* tenant,
                                    model::fallback_news news);
/// What the person called hears before he is joined with the caller. `tenant` may be null.
[[nodiscard]] transfer_words words_of_transfer(const model::call_checkpoint& call, const model::tenant* tenant);

/// The one owner of a caller without an agent: every step of a call's fallback (model/call/fallback.hpp) is taken here,
/// whoever answers for the call. Points at what of the call it steps, and lives no longer than an answer takes.
class fallback_of {
 public:
  /// `call.record.reason` is set. `tenant`: null where the call is no tenant's.
  fallback_of(model::call_checkpoint& call, const model::tenant* tenant, answered_questions& answered,
              const call_services& services, model::call_record::time now)
      : call_(call), tenant_(tenant), answered_(answered), services_(services), now_(now) {}

  /// What Twilio is told next: written into the checkpoint, the timeline and the metrics, and remembered as the answer
  /// to the question that had `token`. A question that only asks again gets the step that was given.
  [[nodiscard]] call_answer next(model::fallback_news news, const std::string& token);
  /// Takes down what became of a transfer or a message, also when the caller is gone and nothing follows.
  void take(model::fallback_news news);

 private:
  [[nodiscard]] call_answer step(model::fallback_news news);
  void tell_transfer_failed(model::fallback_news news);
  void tell_transfer_failed(const std::string& which, const std::string& number, model::fallback_news news);
  void came_to(std::string outcome);
  void write(std::string outcome, std::string_view detail);
  [[nodiscard]] bool is_by_agent() const;
  void begin_transfer(const call_answer& answer);
  void end_transfer(model::fallback_news news);

  // given
  model::call_checkpoint& call_;
  const model::tenant* tenant_;
  answered_questions& answered_;
  const call_services& services_;
  model::call_record::time now_;
};

}  // namespace tonris::actors
