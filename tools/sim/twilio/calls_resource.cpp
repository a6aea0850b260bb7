#include "tools/sim/twilio/calls_resource.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "model/json/writer.hpp"
#include "model/text/form.hpp"
#include "tools/sim/twilio/rest_answers.hpp"
#include "tools/sim/twilio/timestamps.hpp"
#include "tools/sim/wire/webhook_poster.hpp"

namespace tonris::sim {

namespace {

constexpr std::array<std::string_view, 8> statuses{"queued",    "ringing", "in-progress", "canceled",
                                                   "completed", "failed",  "busy",        "no-answer"};
constexpr std::string_view token_prefix = "PA";

std::string uri_of(const std::string& account, std::string_view rest) {
  return std::string{rest_accounts_path} + account + std::string{rest};
}

/// "(555) 010-0001"; elsewhere in the world as it is.
std::string formatted(const std::string& number) {
  constexpr std::size_t length = 12;
  if (!number.starts_with("+1") || number.size() != length) return number;
  std::string text{"("};
  text.append(number, 2, 3).append(") ").append(number, 5, 3).append(1, '-').append(number, 8);
  return text;
}

void put_time(model::json_writer& out, std::string_view name, const std::optional<booked_call::time>& at) {
  put_text_or_null(out, name, at ? rfc2822_time(*at) : std::string{});
}

/// What a list is asked for.
struct question {
  std::string to, from, status, parent, after;  ///< after: the call that the page before ended with
  booked_call::time since = booked_call::time::min(), until = booked_call::time::max();
  std::size_t page = 0, page_size = 0;
  form_fields filters{};  ///< as they came, for the next page's address
};

bool take_whole(std::string_view text, std::size_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

/// False: Twilio would refuse it. Of an unknown one: nothing.
std::optional<bool> take_place(const std::string& name, const std::string& value, question& asked) {
  constexpr std::size_t most = 1000;
  if (name == "PageSize") {
    if (!take_whole(value, asked.page_size) || asked.page_size == 0) return false;
    asked.page_size = std::min(asked.page_size, most);
    return true;
  }
  if (name == "Page") return take_whole(value, asked.page);
  if (name != "PageToken") return std::nullopt;
  if (!value.starts_with(token_prefix)) return false;
  asked.after = value.substr(token_prefix.size());
  return true;
}

std::optional<bool> take_filter(const std::string& name, const std::string& value, question& asked) {
  if (name == "To") return asked.to = value, true;
  if (name == "From") return asked.from = value, true;
  if (name == "ParentCallSid") return asked.parent = value, true;
  if (name == "Status") {
    asked.status = value;
    return std::find(statuses.begin(), statuses.end(), value) != statuses.end();
  }
  const auto at = parse_asked_time(value);
  if (name == "StartTime>") {  // as the form is read, "StartTime>=…" is that name's value
    if (at) asked.since = at->from;
    return at.has_value();
  }
  if (name == "StartTime<") {
    if (at) asked.until = at->to;
    return at.has_value();
  }
  if (name != "StartTime") return std::nullopt;
  if (at) asked.since = at->from, asked.until = at->to;
  return at.has_value();
}

bool is_asked_for(const booked_call& call, const std::string& account, const question& asked) {
  if (call.account != account) return false;
  if (!asked.to.empty() && call.to != asked.to) return false;
  if (!asked.from.empty() && call.from != asked.from) return false;
  if (!asked.parent.empty() && call.parent != asked.parent) return false;
  if (!asked.status.empty() && call.status() != asked.status) return false;
  const bool any_time = asked.since == booked_call::time::min() && asked.until == booked_call::time::max();
  if (any_time) return true;
  const auto start = call.answered ? call.answered : call.rang;
  return start && *start >= asked.since && *start < asked.until;
}

std::optional<question> read_question(std::string_view query, std::size_t page_size, violation_log& violations) {
  const auto given = model::parse_form(query);
  if (!given) return std::nullopt;
  question asked;
  asked.page_size = page_size;
  for (const auto& [name, value] : *given) {
    const auto as_place = take_place(name, value, asked);
    const auto taken = as_place ? as_place : take_filter(name, value, asked);
    if (!taken) violations.add("unknown_parameter", name.substr(0, 40));
    if (taken && !*taken) return std::nullopt;
    if (taken && !as_place) asked.filters.emplace_back(name, value);
  }
  if (asked.page > 0 && asked.after.empty()) return std::nullopt;
  return asked;
}

std::string next_page(const std::string& account, question asked, const std::string& last) {
  auto fields = std::move(asked.filters);
  fields.emplace_back("PageSize", std::to_string(asked.page_size));
  fields.emplace_back("Page", std::to_string(asked.page + 1));
  fields.emplace_back("PageToken", std::string{token_prefix} + last);
  return uri_of(account, "/Calls.json?" + form_encoded(fields));
}

}  // namespace

std::string call_json(const call_book& book, const booked_call& shown) {
  const auto price = book.price_of(shown);
  const auto own = "/Calls/" + shown.sid;
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.member("sid", shown.sid);
  out.member("account_sid", shown.account);
  put_text_or_null(out, "parent_call_sid", shown.parent);
  out.member("to", shown.to);
  out.member("to_formatted", formatted(shown.to));
  out.member("from", shown.from);
  out.member("from_formatted", formatted(shown.from));
  out.member("phone_number_sid", nullptr);
  out.member("status", shown.status());
  out.member("direction", shown.direction);
  put_time(out, "start_time", shown.answered ? shown.answered : shown.rang);
  put_time(out, "end_time", shown.ended);
  put_text_or_null(out, "duration", shown.answered && shown.ended ? std::to_string(shown.seconds()) : std::string{});
  put_text_or_null(out, "price", price ? price_text(price->amount) : std::string{});
  out.member("price_unit", price ? price->in.code() : std::string_view{"USD"});
  put_text_or_null(out, "answered_by", shown.answered_by);
  for (const auto* const name : {"forwarded_from", "caller_name", "group_sid", "trunk_sid"}) out.member(name, nullptr);
  out.member("queue_time", "0");
  out.member("api_version", "2010-04-01");
  out.member("date_created", rfc2822_time(shown.created));
  out.member("date_updated", rfc2822_time(shown.ended.value_or(shown.answered.value_or(shown.created))));
  out.member("uri", uri_of(shown.account, own + ".json"));
  out.open_object("subresource_uris");
  out.member("recordings", uri_of(shown.account, own + "/Recordings.json"));
  out.close_object();
  out.close_object();
  return json;
}

net::http_response tell_call(const call_book& book, const net::http_request& request, const std::string& account,
                             std::string_view sid) {
  const auto call = book.shown(sid);
  if (!call || call->account != account) return rest_not_found(request);
  return net::make_response(200, "application/json", call_json(book, *call));
}

net::http_response list_calls(const call_book& book, const net::http_request& request, const std::string& account,
                              std::size_t page_size, violation_log& violations) {
  const auto asked = read_question(request.query(), page_size, violations);
  if (!asked) return rest_refusal(400, 20001, "Bad query");
  std::vector<booked_call> found;
  bool behind_last = asked->after.empty();
  const auto& all = book.all();
  for (auto call = all.rbegin(); call != all.rend() && found.size() <= asked->page_size; ++call) {
    const auto shown = book.shown(call->sid);
    if (behind_last && is_asked_for(*shown, account, *asked)) found.push_back(*shown);
    behind_last = behind_last || call->sid == asked->after;
  }
  const bool has_more = found.size() > asked->page_size;
  if (has_more) found.pop_back();
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.open_list("calls");
  for (const auto& call : found) out.json(call_json(book, call));
  out.close_list();
  out.member("page", asked->page);
  out.member("page_size", asked->page_size);
  out.member("uri", std::string{request.target});
  put_text_or_null(out, "next_page_uri", has_more ? next_page(account, *asked, found.back().sid) : std::string{});
  out.member("previous_page_uri", nullptr);
  out.close_object();
  return net::make_response(200, "application/json", std::move(json));
}

}  // namespace tonris::sim
