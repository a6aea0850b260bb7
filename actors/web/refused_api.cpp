#include "actors/web/refused_api.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/finding/call_query.hpp"
#include "model/finding/refused_requests.hpp"
#include "model/json/writer.hpp"
#include "model/text/enum_name.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::actors {

namespace {

template <class Enum>
bool read_name(const std::string& name, std::size_t count, std::optional<std::uint8_t>& to) {
  const auto named = model::find_named<Enum>(name, count);
  if (named) to = static_cast<std::uint8_t>(*named);
  return named.has_value();
}

/// `since` and `limit` are what they are of calls.
tl::expected<model::refused_query, model::json_mistakes> wanted_in(std::string_view query,
                                                                   std::chrono::system_clock::time_point now) {
  const auto fields = model::parse_form(query);
  if (!fields) return tl::unexpected(model::json_mistakes{{"", "the query cannot be read"}});
  model::refused_query wanted;
  model::json_mistakes mistakes;
  model::form as_of_calls;
  for (const auto& field : *fields) {
    const auto& [name, value] = field;
    if (name == "since" || name == "limit") {
      as_of_calls.push_back(field);
    } else if (name == "route") {
      if (wanted.route || !read_name<web_metrics::endpoint>(value, web_metrics::endpoint_count, wanted.route))
        mistakes.push_back({name, "must be the name of a route, once, such as voice or post_call"});
    } else if (name == "reason") {
      if (wanted.reason || !read_name<web_metrics::refusal>(value, web_metrics::refusal_count, wanted.reason))
        mistakes.push_back({name, "must be the name of a reason, once, such as bad_signature"});
    } else {
      mistakes.push_back({model::path_below({}, name), "is not known: since, route, reason and limit are"});
    }
  }
  const auto read = model::parse_call_query(as_of_calls, now);
  if (!read) mistakes.insert(mistakes.end(), read.error().begin(), read.error().end());
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  wanted.since = read->from;
  wanted.limit = read->limit;
  return wanted;
}

void write(model::json_writer& out, const model::refused_request& one) {
  const auto where_known = [&](std::string_view name, std::string_view text) {
    if (!text.empty()) out.member(name, text);
  };
  out.open_object();
  out.member("firstAt", model::iso_time(one.first));
  out.member("lastAt", model::iso_time(one.last));
  out.member("count", one.count);
  out.member("route", to_string(static_cast<web_metrics::endpoint>(one.route)));
  out.member("reason", to_string(static_cast<web_metrics::refusal>(one.reason)));
  where_known("address", one.address.view());
  where_known("callSid", one.call.view());
  where_known("to", one.to.view());
  where_known("from", one.from.view());
  where_known("accountSid", one.account.view());
  where_known("requestId", one.request_id.view());
  out.close_object();
}

}  // namespace

void tell_refused(http_front& at, request_context& asked) {
  const auto& list = *at.settings().refused;
  const auto wanted = wanted_in(asked.request.query(), list.now());
  if (!wanted) return asked.answer(mistakes_answer(error_code::bad_request, wanted.error()));
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.open_list("items");
  for (const auto& one : newest_of(list.all(), *wanted)) write(out, one);
  out.close_list();
  out.close_object();
  asked.answer(json_answer(std::move(json)));
}

}  // namespace tonris::actors
