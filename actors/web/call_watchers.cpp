#include "actors/web/call_watchers.hpp"

#include <algorithm>
#include <atomic>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
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
struct pause_over {
  using travels = in_process;
};
struct beat_due {
  using travels = in_process;
};
struct levels_due {
  using travels = in_process;
};
struct watcher_gone {
  using travels = in_process;
  std::uint64_t number = 0;
};
struct watcher_has_room {  // and had none
  using travels = in_process;
  std::uint64_t number = 0;
};
using watchers_door =
    call_watchers::extend<caf::reacts_to<something_happened>, caf::reacts_to<pause_over>, caf::reacts_to<levels_due>,
                          caf::reacts_to<beat_due>, caf::reacts_to<watcher_gone>, caf::reacts_to<watcher_has_room>>;

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

/// It has no id: a client that reconnects goes on behind the last event that has one.
std::string levels_event(const model::call_sid& call, const level_meter::levels& now) {
  std::string text{"event: levels\ndata: "};
  model::json_writer out{text};
  out.open_object();
  out.member("callSid", call.value);
  out.member("caller", now.caller_tenths / 10.0);
  out.member("agent", now.agent_tenths / 10.0);
  out.close_object();
  return text += "\n\n";
}

bool is_end(const happening& what) {
  return what.what == "ended" || what.what == "refused";
}

/// What has happened, written when the first who is told wants it, for all of them.
class written_news {
 public:
  explicit written_news(live_board::news news) : news_(std::move(news)), events_(news_.all.size()) {}

  [[nodiscard]] const live_board::news& news() const noexcept { return news_; }

  struct part {
    std::string text;
    bool has_end = false;  ///< of a call
  };
  /// What of it is behind `told`, and of that tenant or call, where one is named.
  [[nodiscard]] const part& behind(std::uint64_t told, const watch_calls& as) {
    auto [found, is_new] = parts_.try_emplace(
        {told, as.tenant.value_or(model::tenant_id{}).value, as.call.value_or(model::call_sid{}).value});
    if (is_new) found->second = write(told, as);
    return found->second;
  }

 private:
  [[nodiscard]] part write(std::uint64_t told, const watch_calls& as) {
    part now;
    for (std::size_t i = 0; i < news_.all.size(); ++i) {
      const auto& what = news_.all[i];
      if (what.id <= told || (as.tenant && what.tenant != *as.tenant) || (as.call && what.call != *as.call)) continue;
      if (events_[i].empty()) append_event(what.id, what.what, json_of(what), events_[i]);
      now.text += events_[i];
      now.has_end = now.has_end || is_end(what);
    }
    return now;
  }

  const live_board::news news_;
  std::vector<std::string> events_;  // each when it is wanted
  std::map<std::tuple<std::uint64_t, std::string, std::string>, part> parts_;
};

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
          if (pauses)
            has_news = true;
          else
            tell_and_pause();
        },
        [this](pause_over) {
          pauses = false;
          if (std::exchange(has_news, false)) tell_and_pause();
        },
        [this](levels_due) { tell_levels(); },
        [this](beat_due) { beat(); },
        [this](watcher_gone gone) { end(gone.number); },
        [this](watcher_has_room ready) { go_on(ready.number); },
    };
  }

 private:
  struct watcher {
    watch_calls as;
    net::http_answer_stream out;
    std::uint64_t told = 0;    ///< the last event that he was given
    bool has_no_room = false;  ///< for more: we are told when he has
    level_watch levels{};      ///< of his one call, once it is known
    std::uint32_t levels_told = 0;
  };

  // --- who watches

  void begin(const watch_calls& wanted) {
    auto client = wanted.client;
    if (watchers.size() >= call_watchers_settings::most || !has_room_for(wanted))
      return client->respond(with_request_id(
          error_answer(error_code::unavailable, "too many clients watch calls: try again later"), wanted.request));
    auto head = with_request_id(net::make_response(200, "text/event-stream", {}), wanted.request);
    head.fields.set("Cache-Control", "no-store");
    head.fields.set("X-Accel-Buffering", "no");  // nginx would keep it back
    const auto number = ++last_number;
    net::http_answer_watch watch;
    watch.on_gone = [to = caf::actor_cast<watchers_door>(self), number] { caf::anon_send(to, watcher_gone{number}); };
    watch.on_room = [to = caf::actor_cast<watchers_door>(self), number] {
      caf::anon_send(to, watcher_has_room{number});
    };
    auto stream = client->stream(std::move(head), std::move(watch), call_watchers_settings::most_unsent);
    auto& now = watchers.emplace(number, watcher{wanted, std::move(stream)}).first->second;
    now.as.client.reset();
    be_woken();
    greet(now);
    count();
    if (wanted.levels) look_at_levels();
    written_news news{settings.board->since(now.told)};
    if (!tell(now, news)) end(number);
  }

  [[nodiscard]] bool has_room_for(const watch_calls& wanted) const {
    if (!wanted.tenant || wanted.is_operators) return true;
    const auto his = std::ranges::count_if(watchers, [&](const auto& one) {
      return one.second.as.tenant == wanted.tenant && !one.second.as.is_operators;
    });
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

  void tell_and_pause() {
    *is_woken = false;
    tell_all();
    pauses = true;
    self->delayed_send(self, caf::timespan{call_watchers_settings::pause}, pause_over{});
  }

  void tell_all() {
    if (watchers.empty()) return;
    auto told = settings.board->newest();
    for (const auto& [number, who] : watchers)
      if (!who.has_no_room) told = std::min(told, who.told);
    written_news news{settings.board->since(told)};
    const auto oldest = settings.board->oldest();
    std::vector<std::uint64_t> over;
    for (auto& [number, who] : watchers)
      if (is_too_slow(who, oldest) || (!who.has_no_room && !tell(who, news))) over.push_back(number);
    for (const auto number : over) end(number);
  }

  /// Something of what he has not had is forgotten: his stream is cut.
  [[nodiscard]] bool is_too_slow(const watcher& who, std::uint64_t oldest) const {
    if (who.told + 1 >= oldest) return false;
    settings.counters->of<web_metrics>().watcher_dropped();
    return true;
  }

  void go_on(std::uint64_t number) {
    const auto found = watchers.find(number);
    if (found == watchers.end() || !std::exchange(found->second.has_no_room, false)) return;
    if (written_news news{settings.board->since(found->second.told)};
        is_too_slow(found->second, settings.board->oldest()) || !tell(found->second, news))
      end(number);
  }

  /// False: nothing more is to be told him.
  [[nodiscard]] bool tell(watcher& who, written_news& news) {
    const auto& [text, has_end] = news.behind(who.told, who.as);
    switch (text.empty() ? outcome::taken : who.out.write(text)) {
      case outcome::gone: return false;
      case outcome::full: return who.has_no_room = true;
      case outcome::taken: break;
    }
    who.told = std::max(who.told, news.news().newest);
    const bool is_over = who.as.call && has_end;
    if (is_over) who.out.end();
    return !is_over;
  }

  // --- levels

  void look_at_levels() {
    if (!std::exchange(levels_are_due, true))
      self->delayed_send(self, caf::timespan{call_watchers_settings::levels_pause}, levels_due{});
  }

  void tell_levels() {
    levels_are_due = false;
    std::map<model::call_sid, std::string> written;
    for (auto& [number, who] : watchers) {
      if (!who.as.levels) continue;
      look_at_levels();
      tell_levels(who, written);
    }
  }

  void tell_levels(watcher& who, std::map<model::call_sid, std::string>& written) {
    const auto& call = *who.as.call;
    const auto meter = settings.board->levels_of(call);
    if (who.levels.meter() != meter.get()) who.levels = level_watch{meter};  // none yet; it is on, in another life
    if (!meter) return;
    const auto now = meter->get();
    if (now.number == std::exchange(who.levels_told, now.number)) return;  // nothing new was measured
    if (who.has_no_room || who.out.unsent() > 0) return settings.counters->of<web_metrics>().levels_left_out();
    auto& text = written[call];
    if (text.empty()) text = levels_event(call, now);
    (void)who.out.write(text);
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
  bool pauses = false, has_news = false, levels_are_due = false;
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
