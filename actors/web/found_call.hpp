#pragma once

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/call/call_store.hpp"
#include "actors/call/messages.hpp"
#include "actors/call/outbound_dials.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/access/principal.hpp"
#include "model/call/record.hpp"

namespace tonris::actors {

inline constexpr std::chrono::seconds call_answer_limit{2};

/// Whoever asks about one call, for as long as that takes.
struct call_asker {
  std::shared_ptr<api_reply> to;
  model::principal who;
  model::call_sid call;
  call_supervisor supervisor;
  call_store store;
  std::shared_ptr<outbound_dials> dials;
};
[[nodiscard]] call_asker asker_of(http_front& at, request_context& asked);

/// An answer that tells to try again.
[[nodiscard]] std::function<void(const caf::error&)> say_unavailable(const std::shared_ptr<api_reply>& to);
[[nodiscard]] net::http_response no_such_call();

/// One that we have placed, while nobody has answered it: neither by what is known of it as placed, nor by its record.
[[nodiscard]] std::optional<model::dial> ringing_call(const call_asker& asker, const model::call_record& record);

/// The call's record, ringing, live or ended, where `who` may do that with it; else he has his answer: another tenant's
/// call looks like nobody's. Of whom this process knows nothing any more the store may.
void with_record(caf::event_based_actor* self, const call_asker& asker, model::action does,
                 std::function<void(const model::call_record&)> then);

}  // namespace tonris::actors
