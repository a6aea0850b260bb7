#include "actors/web/watch_api.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/web/call_watchers.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/found_call.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/text/form.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds registry_limit{2};

std::optional<std::uint64_t> last_event_of(const net::http_request& request) {
  const auto text = request.fields.get("Last-Event-ID");
  std::uint64_t id = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (text.empty() || error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return id;
}

watch_calls watcher_of(const request_context& asked) {
  watch_calls wanted;
  wanted.last_event = last_event_of(asked.request);
  wanted.request = asked.request_id;
  wanted.whole_numbers = may_ever(asked.by, model::action::see_numbers);
  wanted.is_operators = asked.by.is_operator();
  if (!wanted.is_operators) wanted.tenant = asked.by.tenant;
  return wanted;
}

/// Of all calls' events: "" where it names no tenant; nothing: the query asks for something else.
std::optional<model::tenant_id> tenant_named_in(std::string_view query) {
  if (query.empty()) return model::tenant_id{};
  const auto fields = model::parse_form(query);
  if (!fields || fields->size() != 1 || fields->front().first != "tenant" || fields->front().second.empty())
    return std::nullopt;
  return model::tenant_id{fields->front().second};
}

/// Who watches a tenant that nobody has would wait for ever.
void watch_if_there(http_front& at, request_context& asked, watch_calls wanted) {
  const auto& house = at.settings();
  house.system->spawn([to = std::make_shared<api_reply>(asked), wanted = std::move(wanted), watchers = house.watchers,
                       registry = house.registry, counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    ask(self, registry, registry_limit, find_tenant_by_id{*wanted.tenant})
        .then(
            [to, wanted, watchers](const found_tenant& found) {
              if (!found.tenant) return to->send(no_such_tenant());
              auto one = wanted;
              one.client = to->responder();
              caf::anon_send(watchers, std::move(one));
            },
            say_unavailable(to));
  });
}

/// Of one call's events; nothing: the query asks for something else.
std::optional<bool> levels_wanted_in(std::string_view query) {
  if (query.empty()) return false;
  const auto fields = model::parse_form(query);
  if (!fields || fields->size() != 1 || fields->front().first != "levels") return std::nullopt;
  const auto& value = fields->front().second;
  if (value != "1" && value != "0") return std::nullopt;
  return value == "1";
}

}  // namespace

void watch_all_calls(http_front& at, request_context& asked) {
  const auto named = tenant_named_in(asked.request.query());
  if (!named)
    return asked.answer(error_answer(error_code::bad_request, "events of all calls take one parameter: tenant"));
  auto wanted = watcher_of(asked);
  if (!named->empty()) {
    if (wanted.tenant && *wanted.tenant != *named) return asked.answer(no_such_tenant());
    if (!wanted.tenant) {
      wanted.tenant = *named;
      return watch_if_there(at, asked, std::move(wanted));
    }
  }
  wanted.client = std::make_shared<net::http_responder>(std::move(asked.responder));
  caf::anon_send(at.settings().watchers, std::move(wanted));
}

/// Its record is looked for first: whose it is decides.
void watch_one_call(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  const auto levels = levels_wanted_in(asked.request.query());
  if (!levels)
    return asked.answer(error_answer(error_code::bad_request, "a call's events take one parameter: levels, 1 or 0"));
  auto wanted = watcher_of(asked);
  wanted.levels = *levels;
  house.system->spawn([asker = asker_of(at, asked), wanted = std::move(wanted), watchers = house.watchers,
                       counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    with_record(self, asker, model::action::read_calls, [asker, wanted, watchers](const model::call_record& record) {
      if (record.ended)
        return asker.to->send(error_answer(error_code::conflict, "the call has ended: its timeline tells all of it"));
      auto one = wanted;
      one.call = record.call;
      one.client = asker.to->responder();
      caf::anon_send(watchers, std::move(one));
    });
  });
}

}  // namespace tonris::actors
