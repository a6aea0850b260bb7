#include "actors/web/deliveries_api.hpp"

#include <caf/event_based_actor.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "actors/notice/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/json/writer.hpp"
#include "model/text/iso_time.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{3};
constexpr std::int64_t most_of_a_page = 200;
using notice = notice_database::notice;
using state = notice_database::state;

std::optional<std::int64_t> whole_number(const std::string& text, std::int64_t most) {
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number < 1 || number > most) return std::nullopt;
  return number;
}

/// "": it was read into `wanted`; else what is wrong with it.
std::string read_field(const std::string& name, const std::string& value, list_deliveries& wanted) {
  if (name == "state") {
    if (value != "dead" && value != "waiting") return "state must be dead or waiting";
    wanted.is = value == "dead" ? state::dead : state::waiting;
    return {};
  }
  if (name == "limit") {
    const auto most = whole_number(value, most_of_a_page);
    if (!most) return "limit must be a whole number from 1 to " + std::to_string(most_of_a_page);
    wanted.most = static_cast<std::size_t>(*most);
    return {};
  }
  if (name != "cursor") return "state, limit and cursor are known, and nothing else";
  const auto before = whole_number(value, std::numeric_limits<std::int64_t>::max());
  if (!before) return "cursor must be an answer's nextCursor";
  wanted.before = *before;
  return {};
}

/// An error: what is wrong with the address.
tl::expected<list_deliveries, std::string> wanted_in(std::string_view query) {
  const auto fields = model::parse_form(query);
  if (!fields) return tl::unexpected(std::string{"the query cannot be read"});
  list_deliveries wanted;
  for (const auto& [name, value] : *fields)
    if (auto wrong = read_field(name, value, wanted); !wrong.empty()) return tl::unexpected(std::move(wrong));
  return wanted;
}

void put_time(model::json_writer& out, std::string_view name, const std::optional<notice_database::time>& at) {
  if (at) out.member(name, model::iso_time(*at));
}

void put_delivery(model::json_writer& out, const notice& one) {
  out.open_object();
  out.member("id", one.id);
  out.member("webhook", one.to.name);
  out.member("event", one.event);
  out.member("callSid", one.call);
  out.member("state", one.dead ? "dead" : "waiting");
  out.member("queuedAt", model::iso_time(one.queued));
  out.member("attempts", one.attempts);
  put_time(out, "lastAttemptAt", one.last_attempt);
  if (one.last_status != 0) out.member("lastStatus", one.last_status);
  if (!one.last_error.empty()) out.member("lastError", one.last_error);
  put_time(out, "nextAttemptAt", one.due);
  put_time(out, "deadAt", one.dead);
  out.close_object();
}

net::http_response answer_with(const deliveries_listed& page) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.open_list("items");
  for (const auto& one : page.page) put_delivery(out, one);
  out.close_list();
  if (page.next != 0) out.member("nextCursor", std::to_string(page.next));
  out.close_object();
  return json_answer(std::move(json));
}

net::http_response answer_with(const notice_redelivered& again) {
  if (again.which.empty()) return error_answer(error_code::not_found, "there is no such delivery");
  std::string json;
  model::json_writer out{json};
  put_delivery(out, again.which.front());
  return json_answer(std::move(json), 202);
}

/// An actor for as long as it takes: a tenant that is there, then what the keeper says.
template <class Answer, class Question>
void ask_keeper(const http_front& at, request_context& asked, Question wanted) {
  const auto& house = at.settings();
  house.system->spawn([to = std::make_shared<api_reply>(asked), keeper = house.notices, registry = house.registry,
                       counters = house.counters, wanted = std::move(wanted)](caf::event_based_actor* self) {
    guard(self, *counters);
    const auto fail = [to](const caf::error&) { to->send(error_answer(error_code::unavailable, "try again")); };
    ask(self, registry, answer_limit, find_tenant_by_id{wanted.tenant})
        .then(
            [=](const found_tenant& found) {
              if (!found.tenant) return to->send(no_such_tenant());
              ask(self, keeper, answer_limit, wanted)
                  .then([to](const Answer& got) { to->send(answer_with(got)); }, fail);
            },
            fail);
  });
}

}  // namespace

void tell_deliveries(http_front& at, request_context& asked) {
  auto wanted = wanted_in(asked.request.query());
  if (!wanted) return asked.answer(error_answer(error_code::bad_request, wanted.error()));
  wanted->tenant = {std::string{asked.parameters["id"]}};
  ask_keeper<deliveries_listed>(at, asked, std::move(*wanted));
}

void redeliver(http_front& at, request_context& asked) {
  ask_keeper<notice_redelivered>(
      at, asked, redeliver_notice{{std::string{asked.parameters["id"]}}, std::string{asked.parameters["deliveryId"]}});
}

}  // namespace tonris::actors
