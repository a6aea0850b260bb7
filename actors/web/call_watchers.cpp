#include "actors/web/call_watchers.hpp"

#include <algorithm>
#include <atomic>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/request_context.hpp"
#include "model/finding/call_line.hpp"
#include "model/json/writer.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::actors {

namespace {

using happening = live_board::happening;
using outcome = net::http_answer_stream::outcome;

struct something_happened {  // to itself; so below
  using travels = in_process;
};
struct tell_watchers {
  using travels = in_process;
};
struct beat_due {
  using travels = in_process;
};
struct watcher_gone {
  using travels = in_process;
  std::uint64_t number = 0;
};
using watchers_door = call_watchers::extend<caf::reacts_to<something_happened>, caf::reacts_to<tell_watchers>,
                                            caf::reacts_to<beat_due>, caf::reacts_to<watcher_gone>>;

void append_event(std::uint64_t id, std::string_view name, std::string_view json, std::string& out) {
  out.append("id: ").append(std::to_string(id)).append("\nevent: ").append(name);
  out.append("\ndata: ").append(json).append("\n\n");
}

std::string json_of(const happening& what) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.member("callSid", what.call.value);
  out.member("tenantId", what.tenant.value);
  out.member("at", model::iso_time(what.at));
  if (!what.detail.empty()) out.member("detail", what.detail);
  out.close_object();
  return json;
}

struct watchers_state {
  static inline const char* name = "tonris.call_watchers";

  explicit watchers_state(watchers_door::pointer actor) : self(actor) {}

  watchers_door::behavior_type make_behavior(call_watchers_settings given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    self->delayed_send(self, caf::timespan{call_watchers_settings::beat}, beat_due{});
    return {
        [this](const watch_calls& m) { begin(m); },
        [this](something_happened) {
          if (!std::exchange(flush_is_due, true))
            self->delayed_send(self, caf::timespan{call_watchers_settings::flush_pause}, tell_watchers{});
        },
        [this](tell_watchers) {
          flush_is_due = false;
          *is_woken = false;
          tell_all();
        },
        [this](beat_due) { beat(); },
        [this](watcher_gone gone) { end(gone.number); },
    };
  }

 private:
  struct watcher {
    watch_calls as;
    net::http_answer_stream out;
    std::uint64_t told = 0;  ///< the last event that he was given
    bool is_over = false;    ///< his one call has ended
  };

  // --- who watches

  void begin(const watch_calls& wanted) {
    auto client = wanted.client;
    if (watchers.size() >= call_watchers_settings::most || !has_room_for(wanted.tenant))
      return client->respond(with_request_id(
          error_answer(error_code::unavailable, "too many clients watch calls: try again later"), wanted.request));
    auto head = with_request_id(net::make_response(200, "text/event-stream", {}), wanted.request);
    head.fields.set("Cache-Control", "no-store");
    head.fields.set("X-Accel-Buffering", "no");  // nginx would keep it back
    const auto number = ++last_number;
    net::http_answer_watch watch;
    watch.on_gone = [to = caf::actor_cast<watchers_door>(self), number] { caf::anon_send(to, watcher_gone{number}); };
    auto stream = client->stream(std::move(head), std::move(watch), call_watchers_settings::most_unsent);
    auto& now = watchers.emplace(number, watcher{wanted, std::move(stream)}).first->second;
    now.as.client.reset();
    be_woken();
    greet(now);
    count();
    tell(number, now, settings.board->since(now.told));
  }

  [[nodiscard]] bool has_room_for(const std::optional<model::tenant_id>& tenant) const {
    if (!tenant) return true;
    const auto his = std::ranges::count_if(watchers, [&](const auto& one) { return one.second.as.tenant == tenant; });
    return static_cast<std::size_t>(his) < call_watchers_settings::most_of_a_tenant;
  }

  /// A snapshot, unless he goes on from where he was.
  void greet(watcher& who) {
    if (who.as.last_event && !settings.board->since(*who.as.last_event).lost) {
      who.told = *who.as.last_event;
      (void)who.out.write(": goes on\n\n");
      return;
    }
    who.told = settings.board->newest();
    std::string text;
    append_event(who.told, "snapshot", snapshot_for(who.as), text);
    (void)who.out.write(std::move(text));
  }

  [[nodiscard]] std::string snapshot_for(const watch_calls& as) const {
    model::call_query query;
    query.tenant = as.tenant;
    query.limit = settings.board->size() + 1;
    std::string json;
    model::json_writer out{json};
    out.open_object();
    out.open_list("calls");
    for (const auto& call : settings.board->list(query))
      if (!as.call || call.call == *as.call) write(out, model::call_line_of(call, as.whole_numbers));
    out.close_list();
    out.close_object();
    return json;
  }

  void end(std::uint64_t number) {
    watchers.erase(number);
    if (watchers.empty()) settings.board->wake_with(nullptr);
    count();
  }

  void count() { settings.counters->of<web_metrics>().watchers.set(static_cast<double>(watchers.size())); }

  /// Once for all that happens until they are told.
  void be_woken() {
    if (watchers.size() > 1) return;
    settings.board->wake_with([to = caf::actor_cast<watchers_door>(self), is_woken = is_woken] {
      if (!is_woken->exchange(true)) caf::anon_send(to, something_happened{});
    });
  }

  // --- what they are told

  void tell_all() {
    if (watchers.empty()) return;
    const auto furthest =
        std::ranges::min_element(watchers, [](const auto& a, const auto& b) { return a.second.told < b.second.told; });
    const auto news = settings.board->since(furthest->second.told);
    std::vector<std::uint64_t> over;
    for (auto& [number, who] : watchers)
      if (!tell(number, who, news)) over.push_back(number);
    for (const auto number : over) end(number);
  }

  /// False: nothing more is to be told him.
  bool tell(std::uint64_t, watcher& who, const live_board::news& news) {
    const auto oldest = news.all.empty() ? news.newest + 1 : news.all.front().id;
    if (news.lost && who.told + 1 < oldest) {  // he is too slow: his stream is cut
      settings.counters->of<web_metrics>().watcher_dropped();
      return false;
    }
    const auto text = text_for(who, news.all);
    if (text.empty()) {
      who.told = news.newest;
      return true;
    }
    switch (who.out.write(text)) {
      case outcome::gone: return false;
      case outcome::full: return true;
      case outcome::taken: break;
    }
    who.told = news.newest;
    if (who.is_over) who.out.end();
    return !who.is_over;
  }

  [[nodiscard]] std::string text_for(watcher& who, const std::vector<happening>& all) {
    std::string text;
    for (const auto& what : all) {
      if (what.id <= who.told || (who.as.tenant && what.tenant != *who.as.tenant) ||
          (who.as.call && what.call != *who.as.call))
        continue;
      append_event(what.id, what.what, json_of(what), text);
      if (who.as.call && (what.what == "ended" || what.what == "refused")) who.is_over = true;
    }
    return text;
  }

  /// A proxy, and the client, learn that the other side is there.
  void beat() {
    self->delayed_send(self, caf::timespan{call_watchers_settings::beat}, beat_due{});
    std::vector<std::uint64_t> gone;
    for (auto& [number, who] : watchers)
      if (who.out.unsent() == 0 && who.out.write(":\n\n") == outcome::gone) gone.push_back(number);
    for (const auto number : gone) end(number);
  }

  watchers_door::pointer self;
  call_watchers_settings settings;
  std::map<std::uint64_t, watcher> watchers;
  std::uint64_t last_number = 0;
  bool flush_is_due = false;
  std::shared_ptr<std::atomic<bool>> is_woken = std::make_shared<std::atomic<bool>>(false);
};

watchers_door::behavior_type run_watchers(watchers_door::stateful_pointer<watchers_state> self,
                                          call_watchers_settings settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

call_watchers serve_watchers(caf::actor_system& system, call_watchers_settings settings) {
  return system.spawn(run_watchers, std::move(settings));
}

}  // namespace tonris::actors
