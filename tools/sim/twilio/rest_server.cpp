#include "tools/sim/twilio/rest_server.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "model/json/writer.hpp"
#include "model/text/address.hpp"
#include "tools/sim/twilio/calls_resource.hpp"
#include "tools/sim/twilio/rest_answers.hpp"

namespace tonris::sim {

namespace {

namespace twilio = model::twilio;

constexpr std::string_view numbers_path = "/IncomingPhoneNumbers", calls_path = "/Calls", ending = ".json";

void put(model::json_writer& out, const std::string& account, const twilio::incoming_number& one) {
  const auto& calls = one.calls;
  out.open_object();
  out.member("sid", one.sid);
  out.member("account_sid", account);
  out.member("friendly_name", one.number);
  out.member("phone_number", one.number);
  // Addresses that are not set are "", or null for those of a call's status; either is met.
  out.member("voice_url", calls.voice.url);
  out.member("voice_method", calls.voice.method.empty() ? "POST" : calls.voice.method);
  put_text_or_null(out, "voice_fallback_url", calls.fallback.url);
  out.member("voice_fallback_method", calls.fallback.method.empty() ? "POST" : calls.fallback.method);
  out.member("status_callback", calls.status.url);
  out.member("status_callback_method", calls.status.method.empty() ? "POST" : calls.status.method);
  put_text_or_null(out, "voice_application_sid", calls.application);
  put_text_or_null(out, "trunk_sid", calls.trunk);
  out.member("voice_receive_mode", one.is_fax ? "fax" : "voice");
  out.open_object("capabilities");
  out.member("voice", one.takes_calls);
  out.close_object();
  out.member("status", "in-use");
  out.close_object();
}

/// Digits and a "+" stand for themselves, "*" for any; a part is enough.
bool is_like(std::string_view number, std::string_view pattern) {
  if (const auto star = pattern.find('*'); star != std::string_view::npos)
    return is_like(number, pattern.substr(0, star));
  return number.find(pattern) != std::string_view::npos;
}

std::size_t whole(std::string_view text, std::size_t otherwise) {
  std::size_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool is_web_address(std::string_view url) {
  const auto read = model::read_address(url);
  return read && (read->scheme == "https" || read->scheme == "http") && read->kind != model::host_kind::unusable;
}

/// A field of the update, and what of the number it sets.
struct field {
  std::string_view name;
  std::string twilio::call_handler::*part = nullptr;
  twilio::call_handler twilio::call_handlers::*of = nullptr;
  std::string twilio::call_handlers::*whole = nullptr;
  std::string_view prefix{};  ///< of a SID
};
constexpr std::array fields{
    field{"VoiceUrl", &twilio::call_handler::url, &twilio::call_handlers::voice},
    field{"VoiceMethod", &twilio::call_handler::method, &twilio::call_handlers::voice},
    field{"VoiceFallbackUrl", &twilio::call_handler::url, &twilio::call_handlers::fallback},
    field{"VoiceFallbackMethod", &twilio::call_handler::method, &twilio::call_handlers::fallback},
    field{"StatusCallback", &twilio::call_handler::url, &twilio::call_handlers::status},
    field{"StatusCallbackMethod", &twilio::call_handler::method, &twilio::call_handlers::status},
    field{"VoiceApplicationSid", nullptr, nullptr, &twilio::call_handlers::application, "AP"},
    field{"TrunkSid", nullptr, nullptr, &twilio::call_handlers::trunk, "TK"},
};
const field* find(std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const field& one) { return one.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::string& value_in(twilio::call_handlers& calls, const field& one) {
  return one.whole ? calls.*one.whole : calls.*one.of.*one.part;
}

/// A trunk that is set deletes the application, and an application the trunk.
void set(const field& one, const std::string& value, twilio::call_handlers& calls) {
  value_in(calls, one) = value;
  if (!one.whole || value.empty()) return;
  auto& other = one.whole == &twilio::call_handlers::trunk ? calls.application : calls.trunk;
  other.clear();
}

}  // namespace

net::result<std::unique_ptr<twilio_rest_server>> twilio_rest_server::listen(net::loop& on,
                                                                            twilio_rest_options options) {
  const auto host = options.host;
  std::unique_ptr<twilio_rest_server> made{new twilio_rest_server{on, std::move(options)}};
  auto* me = made.get();
  auto server = net::http_server::listen(
      on, host, 0, {}, nullptr,
      [me, alive = made->alive_](const net::http_request& request, net::http_responder responder) {
        if (*alive) me->handle(request, std::move(responder));
      });
  if (!server) return tl::unexpected{server.error()};
  made->server_ = std::move(*server);
  made->server_->start();
  return made;
}

twilio_rest_server::twilio_rest_server(net::loop& on, twilio_rest_options options)
    : loop_(on), options_(std::move(options)) {}

twilio_rest_server::~twilio_rest_server() {
  *alive_ = false;
}

std::string twilio_rest_server::base_url() const {
  return "http://" + options_.host + ":" + std::to_string(server_->port());
}

void twilio_rest_server::add(const std::string& account, const std::string& number, twilio::call_handlers calls) {
  auto digits = std::to_string(numbers_.size() + 1);
  digits.insert(0, 32 - digits.size(), '0');
  numbers_.push_back({account, {"PN" + digits, number, std::move(calls)}});
}

std::optional<twilio::call_handlers> twilio_rest_server::calls_of(const std::string& number) const {
  for (const auto& one : numbers_)
    if (one.is.number == number) return one.is.calls;
  return std::nullopt;
}

void twilio_rest_server::point(const std::string& number, const twilio::call_handlers& calls) {
  for (auto& one : numbers_)
    if (one.is.number == number) one.is.calls = calls;
}

void twilio_rest_server::handle(const net::http_request& request, net::http_responder responder) {
  ++requests_;
  const bool is_order = request.method == "POST" && request.path().ends_with("/Calls.json");
  if (is_order && !order_faults_.empty()) {
    const auto fault = order_faults_.front();
    order_faults_.pop_front();
    if (fault.made) (void)answer(request);
    if (fault.status == 0) return give_no_answer(std::move(responder));
    return responder.respond(net::make_response(fault.status, "text/html", "<html>gateway error</html>"));
  }
  if (failures_.empty()) return responder.respond(answer(request));
  const auto status = failures_.front();
  failures_.pop_front();
  if (status == 0) return give_no_answer(std::move(responder));
  auto response = status == 429 ? rest_refusal(429, 20429, "Too Many Requests")
                                : net::make_response(status, "text/html", "<html>gateway error</html>");
  if (status == 429) response.fields.set("Retry-After", "1");
  responder.respond(std::move(response));
}

void twilio_rest_server::give_no_answer(net::http_responder responder) {
  never_answered_.push_back(std::make_shared<net::http_responder>(std::move(responder)));
}

net::http_response twilio_rest_server::answer(const net::http_request& request) {
  auto path = request.path();
  if (!path.starts_with(rest_accounts_path)) return rest_not_found(request);
  path.remove_prefix(rest_accounts_path.size());
  const bool is_itself = path.find('/') == std::string_view::npos && path.ends_with(ending);
  const std::string account{is_itself ? path.substr(0, path.size() - ending.size()) : path.substr(0, path.find('/'))};
  path.remove_prefix(account.size());
  if (!is_authorized(request, account)) return rest_refusal(401, 20003, "Authenticate");
  if (is_itself)
    return request.method == "GET" ? tell_account(account) : rest_refusal(405, 20004, "Method not allowed");
  if (auto said = recordings_.answer(request, account, path)) return std::move(*said);
  if (path == std::string{numbers_path} + ".json")
    return request.method == "GET" ? list(account, request.query()) : rest_refusal(405, 20004, "Method not allowed");
  if (path.starts_with(calls_path)) return answer_calls(request, account, path.substr(calls_path.size()));
  for (auto& one : numbers_) {
    if (one.account != account || path != std::string{numbers_path} + "/" + one.is.sid + ".json") continue;
    if (request.method == "POST") return update(request, one);
    return rest_refusal(405, 20004, "Method not allowed");
  }
  return rest_not_found(request);
}

/// `path` is behind "/Calls".
net::http_response twilio_rest_server::answer_calls(const net::http_request& request, const std::string& account,
                                                    std::string_view path) {
  if (!path.ends_with(ending)) return rest_not_found(request);
  path.remove_suffix(ending.size());
  if (!path.empty() && !path.starts_with('/')) return rest_not_found(request);
  if (request.method == "POST" && path.empty() && phones_) return place_call(request, account);
  if (request.method == "POST" && !path.empty() && phones_) return change_call(request, account, path.substr(1));
  if (request.method != "GET") return rest_refusal(405, 20004, "Method not allowed");
  if (path.empty()) return list_calls(*options_.calls, request, account, options_.page_size, violations_);
  return tell_call(*options_.calls, request, account, path.substr(1));
}

net::http_response twilio_rest_server::place_call(const net::http_request& request, const std::string& account) {
  if (request.fields.get("Content-Type") != "application/x-www-form-urlencoded")
    return rest_refusal(400, 20001, "The body is no form");
  const auto given = model::parse_form(request.body);
  if (!given) return rest_refusal(400, 20001, "The body is no form");
  const auto owns = [&](const std::string& number) {
    return std::ranges::any_of(numbers_,
                               [&](const owned& one) { return one.account == account && one.is.number == number; });
  };
  auto order = read_order(*given, owns, violations_);
  if (auto* const no = std::get_if<net::http_response>(&order)) return std::move(*no);
  if (refuses_orders_with_ != 0) return rest_refusal(400, refuses_orders_with_, "This call is refused");
  const auto sid = phones_->place({account, options_.accounts.at(account), {}, {}}, std::get<call_order>(order));
  return net::make_response(201, "application/json", call_json(*options_.calls, *options_.calls->find(sid)));
}

/// Of a live call only its end can be wanted here.
net::http_response twilio_rest_server::change_call(const net::http_request& request, const std::string& account,
                                                   std::string_view sid) {
  const auto* const call = options_.calls->find(sid);
  if (call == nullptr || call->account != account) return rest_not_found(request);
  const auto given = model::parse_form(request.body);
  if (request.fields.get("Content-Type") != "application/x-www-form-urlencoded" || !given)
    return rest_refusal(400, 20001, "The body is no form");
  for (const auto& [name, value] : *given)
    if (name != "Status") violations_.add("unknown_field", name.substr(0, 40));
  const std::string status{model::field(*given, "Status")};
  if (status != "completed" && status != "canceled") return rest_refusal(400, 20001, "Status is not valid");
  const bool is_ended =
      phones_->end(sid, status) || (complete_ && status == "completed" && complete_(std::string{sid}));
  if (!is_ended) return rest_refusal(400, 21220, "Call is not in-progress. Cannot redirect.");
  ++updates_;
  return net::make_response(200, "application/json", call_json(*options_.calls, *options_.calls->find(sid)));
}

bool twilio_rest_server::is_authorized(const net::http_request& request, const std::string& account) const {
  const auto known = options_.accounts.find(account);
  return known != options_.accounts.end() &&
         request.fields.get("Authorization") == twilio::basic_authorization({account}, known->second);
}

net::http_response twilio_rest_server::tell_account(const std::string& account) const {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.member("sid", account);
  out.member("friendly_name", "simulated");
  out.member("status", options_.account_status);
  out.member("type", options_.account_type);
  out.close_object();
  return net::make_response(200, "application/json", std::move(json));
}

net::http_response twilio_rest_server::list(const std::string& account, std::string_view query) {
  const auto asked = model::parse_form(query);
  if (!asked) return rest_refusal(400, 20001, "Bad query");
  std::string pattern;
  std::size_t page_size = options_.page_size, page = 0;
  for (const auto& [name, value] : *asked) {
    if (name == "PhoneNumber")
      pattern = value;
    else if (name == "PageSize")
      page_size = std::clamp<std::size_t>(whole(value, page_size), 1, 1000);
    else if (name == "Page")
      page = whole(value, 0);
    else
      violations_.add("unknown_parameter", name.substr(0, 40));
  }
  std::vector<const owned*> all;
  for (const auto& one : numbers_)
    if (one.account == account && is_like(one.is.number, pattern)) all.push_back(&one);
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.open_list("incoming_phone_numbers");
  const auto begin = std::min(all.size(), page * page_size), end = std::min(all.size(), begin + page_size);
  for (auto i = begin; i < end; ++i) put(out, account, all[i]->is);
  out.close_list();
  out.member("page", page);
  out.member("page_size", page_size);
  const auto next = std::string{rest_accounts_path} + account + std::string{numbers_path} +
                    ".json?PhoneNumber=" + twilio::form_body({{"", pattern}}).substr(1) +
                    "&PageSize=" + std::to_string(page_size) + "&Page=" + std::to_string(page + 1);
  put_text_or_null(out, "next_page_uri", end < all.size() ? next : std::string{});
  out.member("previous_page_uri", nullptr);
  out.close_object();
  return net::make_response(200, "application/json", std::move(json));
}

std::optional<net::http_response> twilio_rest_server::refused(const model::form& given, const owned& one) {
  auto then = one.is.calls;
  for (const auto& [name, value] : given) {
    const auto* const known = find(name);
    if (known == nullptr) {
      violations_.add("unknown_field", name.substr(0, 40));
      continue;
    }
    if (known->part == &twilio::call_handler::url && !value.empty() && !is_web_address(value))
      return rest_refusal(400, 21502, std::string{name} + " is not a valid URL");
    if (known->part == &twilio::call_handler::method && value != "GET" && value != "POST")
      return rest_refusal(400, 21403, std::string{name} + " is not a valid method");
    if (known->whole && !value.empty() && (!value.starts_with(known->prefix) || value.size() != 34))
      return rest_refusal(400, 21401, std::string{name} + " is not a valid SID");
    value_in(then, *known) = value;
  }
  if (!then.fallback.url.empty() && then.voice.url.empty())
    return rest_refusal(400, 21405, "VoiceFallbackUrl may not be set without VoiceUrl");
  return std::nullopt;
}

net::http_response twilio_rest_server::update(const net::http_request& request, owned& one) {
  if (request.fields.get("Content-Type") != "application/x-www-form-urlencoded")
    return rest_refusal(400, 20001, "The body is no form");
  const auto given = model::parse_form(request.body);
  if (!given || given->empty()) return rest_refusal(400, 20001, "The body is no form");
  if (auto no = refused(*given, one)) return std::move(*no);
  for (const auto& [name, value] : *given)
    if (const auto* const known = find(name)) set(*known, value, one.is.calls);
  ++updates_;
  std::string json;
  model::json_writer out{json};
  put(out, one.account, one.is);
  return net::make_response(200, "application/json", std::move(json));
}

}  // namespace tonris::sim
