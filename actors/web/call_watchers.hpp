#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "actors/call/live_board.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/text/ids.hpp"
#include "net/http_responder.hpp"

namespace tonris::actors {

/// A client begins to watch calls, as server-sent events.
struct watch_calls {
  using travels = in_process;
  std::optional<model::tenant_id> tenant;   ///< his calls alone
  bool is_operators = false;                ///< and not he watches them: it takes none of his places
  std::optional<model::call_sid> call;      ///< this one alone, until it has ended
  std::optional<std::uint64_t> last_event;  ///< he goes on behind this one (Last-Event-ID); nothing: he begins
  bool whole_numbers = false;
  bool levels = false;  ///< with `call`: how loud both sides are as well
  std::string request;  ///< its id, named in the answer
  std::shared_ptr<net::http_responder> client;
};
using call_watchers = caf::typed_actor<caf::reacts_to<watch_calls>>;

/// Who watches calls. Each client has a snapshot of the calls that go on first (`event: snapshot`), or what has
/// happened since his Last-Event-ID where that is still known, then what happens: at once after a pause, at most four
/// times a second; a comment each 15 s where nothing does. What happened is written once for all who are told the same.
/// Nobody waits for a client: who has not taken what waits for him is asked again when he has, and cut off when what he
/// has not had is forgotten (live_board::most_events). Levels go five times a second, and only to who has taken
/// everything else. While nobody watches, nothing is done. Ordinary actor.
struct call_watchers_settings {
  static constexpr std::size_t most = 256, most_of_a_tenant = 20;
  static constexpr std::chrono::milliseconds pause{250}, levels_pause{200};
  static constexpr std::chrono::seconds beat{15};
  static constexpr std::size_t most_unsent = std::size_t{256} * 1024;

  std::shared_ptr<live_board> board;
  metrics* counters = nullptr;
};
[[nodiscard]] call_watchers serve_watchers(caf::actor_system& system, call_watchers_settings settings);

}  // namespace tonris::actors
