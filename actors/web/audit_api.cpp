#include "actors/web/audit_api.hpp"

#include <caf/event_based_actor.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "actors/access/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/json/writer.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{3};
constexpr std::size_t most_of_a_page = 200;

template <class Number>
bool read_number(const std::string& text, Number& to, Number most) {
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, to);
  return error == std::errc{} && stop == end && to >= 1 && to <= most;
}

/// An error: what is wrong with the address.
tl::expected<list_audit, std::string> wanted_in(std::string_view query) {
  const auto fields = model::parse_form(query);
  if (!fields) return tl::unexpected(std::string{"the query cannot be read"});
  list_audit wanted;
  for (const auto& [name, value] : *fields) {
    if (name == "limit") {
      if (!read_number(value, wanted.most, most_of_a_page))
        return tl::unexpected("limit must be a whole number from 1 to " + std::to_string(most_of_a_page));
    } else if (name == "cursor") {
      if (!read_number(value, wanted.before, std::numeric_limits<std::int64_t>::max()))
        return tl::unexpected(std::string{"cursor must be an answer's nextCursor"});
    } else if (name == "tenant") {
      wanted.tenant = {value};
    } else {
      return tl::unexpected(std::string{"limit, cursor and tenant are known, and nothing else"});
    }
  }
  return wanted;
}

net::http_response answer_with(const audit_page& page) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.open_list("items");
  for (const auto& entry : page.entries) out.json(to_json(entry));
  out.close_list();
  if (page.next != 0) out.member("nextCursor", std::to_string(page.next));
  out.close_object();
  return json_answer(std::move(json));
}

}  // namespace

void tell_audit(http_front& at, request_context& asked) {
  const auto wanted = wanted_in(asked.request.query());
  if (!wanted) return asked.answer(error_answer(error_code::bad_request, wanted.error()));
  const auto& house = at.settings();
  house.system->spawn([to = std::make_shared<api_reply>(asked), access = house.access, wanted = *wanted,
                       counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    ask(self, access, answer_limit, wanted)
        .then([to](const audit_page& page) { to->send(answer_with(page)); },
              [to](const caf::error&) { to->send(error_answer(error_code::unavailable, "try again")); });
  });
}

}  // namespace tonris::actors
