#include "tools/sim/twilio/recordings.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/json/writer.hpp"
#include "model/text/address.hpp"
#include "tools/sim/twilio/rest_answers.hpp"

namespace tonris::sim {

namespace {

constexpr std::string_view ending = ".json", calls_path = "/Calls/", recordings_part = "/Recordings";
constexpr std::string_view current = "Twilio.CURRENT";

bool is_open(const twilio_recordings::recording& one) {
  return one.status == "in-progress" || one.status == "paused";
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool is_web_address(std::string_view url) {
  const auto read = model::read_address(url);
  return read && (read->scheme == "https" || read->scheme == "http") && read->kind != model::host_kind::unusable;
}

net::http_response no_content() {
  net::http_response gone;
  gone.status = 204;
  return gone;
}

std::optional<model::form> form_of(const net::http_request& request) {
  if (request.fields.get("Content-Type") != "application/x-www-form-urlencoded") return std::nullopt;
  auto given = model::parse_form(request.body);
  return given && !given->empty() ? std::optional{std::move(*given)} : std::nullopt;
}

net::http_response no_form() {
  return rest_refusal(400, 20001, "The body is no form");
}

}  // namespace

model::micros twilio_recordings::costs(const recording& one) {
  constexpr model::micros a_minute = 2'500;
  return std::max<std::int64_t>((one.seconds + 59) / 60, 1) * a_minute;
}

bool twilio_recordings::is_rated(const recording& one) const {
  if (!one.completed) return false;
  const auto after = rate_(one);
  return after && std::chrono::steady_clock::now() >= *one.completed + *after;
}

void twilio_recordings::put(model::json_writer& out, const recording& one) const {
  const bool rated = is_rated(one);
  out.open_object();
  out.member("sid", one.sid);
  out.member("account_sid", one.account);
  out.member("call_sid", one.call);
  out.member("status", one.status);
  out.member("channels", one.channels);
  out.member("source", one.source);
  put_text_or_null(out, "duration", one.completed ? std::to_string(one.seconds) : "");
  put_text_or_null(out, "price", rated ? price_text(costs(one)) : "");
  put_text_or_null(out, "price_unit", rated ? "USD" : "");
  out.close_object();
}

net::http_response twilio_recordings::json_of(const recording& one, unsigned status) const {
  std::string json;
  model::json_writer out{json};
  put(out, one);
  return net::make_response(status, "application/json", std::move(json));
}

std::optional<net::http_response> twilio_recordings::answer(const net::http_request& request,
                                                            const std::string& account, std::string_view path) {
  if (!path.ends_with(ending)) return std::nullopt;
  path.remove_suffix(ending.size());
  if (path.starts_with(calls_path) && path.find(recordings_part) != std::string_view::npos)
    return of_call(request, account, path.substr(calls_path.size()));
  if (path.starts_with(recordings_part) && path.size() > recordings_part.size() + 1)
    return kept(request, account, path.substr(recordings_part.size() + 1));
  return std::nullopt;
}

/// "CA…/Recordings", "CA…/Recordings/RE…"
net::http_response twilio_recordings::of_call(const net::http_request& request, const std::string& account,
                                              std::string_view path) {
  const std::string call{path.substr(0, path.find('/'))};
  path.remove_prefix(std::min(path.size(), call.size() + recordings_part.size()));
  if (path.empty()) {
    if (request.method == "GET") return list(account, call);
    if (request.method == "POST") return begin(request, account, call);
    return rest_refusal(405, 20004, "Method not allowed");
  }
  auto* const one = find(account, call, path.substr(1));
  if (one == nullptr) return rest_not_found(request);
  if (request.method == "POST") return change(request, *one);
  return rest_refusal(405, 20004, "Method not allowed");
}

twilio_recordings::recording* twilio_recordings::find(const std::string& account, std::string_view call,
                                                      std::string_view sid) {
  const auto is_it = [&](const recording& one) {
    return one.account == account && one.call == call && (sid == current ? is_open(one) : one.sid == sid);
  };
  const auto found = std::ranges::find_if(all_, is_it);
  return found == all_.end() ? nullptr : &*found;
}

std::optional<net::http_response> twilio_recordings::refused(const model::form& given) const {
  constexpr std::array<std::string_view, 6> known{"RecordingChannels",
                                                  "RecordingTrack",
                                                  "RecordingStatusCallback",
                                                  "RecordingStatusCallbackMethod",
                                                  "RecordingStatusCallbackEvent",
                                                  "Trim"};
  for (const auto& [name, value] : given) {
    if (std::ranges::find(known, name) == known.end())
      violations_.add("unknown_field", std::string{name.substr(0, 40)});
    if (name == "RecordingChannels" && !is_one_of(value, {"mono", "dual"}))
      return rest_refusal(400, 21228, "RecordingChannels is not valid");
    if (name == "RecordingStatusCallback" && !is_web_address(value))
      return rest_refusal(400, 21502, "RecordingStatusCallback is not a valid URL");
    if (name == "RecordingStatusCallbackMethod" && !is_one_of(value, {"GET", "POST"}))
      return rest_refusal(400, 21403, "RecordingStatusCallbackMethod is not a valid method");
    if (name == "RecordingStatusCallbackEvent" && !is_one_of(value, {"in-progress", "completed", "absent"}))
      return rest_refusal(400, 21626, "RecordingStatusCallbackEvent is not valid");
  }
  return std::nullopt;
}

net::http_response twilio_recordings::begin(const net::http_request& request, const std::string& account,
                                            const std::string& call) {
  const auto given = form_of(request);
  if (!given) return no_form();
  if (auto no = refused(*given)) return std::move(*no);
  if (std::ranges::find(over_, call) != over_.end())
    return rest_refusal(400, 21220, "Requested resource is not eligible for recording");
  if (find(account, call, current) != nullptr) violations_.add("second_recording", call);
  auto digits = std::to_string(++made_);
  digits.insert(0, 32 - digits.size(), '0');
  auto& made = all_.emplace_back();
  made.sid = "RE" + digits;
  made.account = account;
  made.call = call;
  made.begun = std::chrono::steady_clock::now();
  if (model::field(*given, "RecordingChannels") == "dual") made.channels = "2";
  made.callback = model::field(*given, "RecordingStatusCallback");
  for (const auto& [name, value] : *given)
    if (name == "RecordingStatusCallbackEvent") made.events.push_back(value);
  if (made.events.empty()) made.events.emplace_back("completed");
  tell(made);
  return json_of(made, 201);
}

net::http_response twilio_recordings::change(const net::http_request& request, recording& one) {
  const auto given = form_of(request);
  if (!given) return no_form();
  const std::string status{model::field(*given, "Status")};
  for (const auto& [name, value] : *given)
    if (name != "Status" && name != "PauseBehavior") violations_.add("unknown_field", std::string{name.substr(0, 40)});
  if (!is_one_of(status, {"paused", "in-progress", "stopped"})) return rest_refusal(400, 21223, "Status is not valid");
  const auto how = model::field(*given, "PauseBehavior");
  if (!how.empty() && (status != "paused" || !is_one_of(how, {"skip", "silence"})))
    return rest_refusal(400, 21223, "PauseBehavior is not valid");
  if (!is_open(one)) return rest_refusal(400, 21220, "The recording is not in progress");
  one.status = status;
  if (status == "stopped") complete(one);
  auto answered = one;
  answered.status = status;
  return json_of(answered, 200);
}

/// The newest first.
net::http_response twilio_recordings::list(const std::string& account, const std::string& call) const {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.open_list("recordings");
  for (auto one = all_.rbegin(); one != all_.rend(); ++one)
    if (one->account == account && one->call == call) put(out, *one);
  out.close_list();
  out.member("page", 0);
  out.member("next_page_uri", nullptr);
  out.close_object();
  return net::make_response(200, "application/json", std::move(json));
}

bool twilio_recordings::is_there(const recording& one) const {
  return !one.completed || std::chrono::steady_clock::now() >= *one.completed + there_after_;
}

net::http_response twilio_recordings::kept(const net::http_request& request, const std::string& account,
                                           std::string_view sid) {
  const auto found =
      std::ranges::find_if(all_, [&](const auto& one) { return one.account == account && one.sid == sid; });
  if (found == all_.end() || !is_there(*found)) return rest_not_found(request);
  if (request.method == "GET") return json_of(*found, 200);
  if (request.method != "DELETE") return rest_refusal(405, 20004, "Method not allowed");
  if (is_open(*found)) return rest_refusal(400, 21220, "The recording is in progress");
  all_.erase(found);
  return no_content();
}

void twilio_recordings::complete(recording& one) {
  one.status = "completed";
  one.completed = std::chrono::steady_clock::now();
  one.seconds = std::chrono::ceil<std::chrono::seconds>(*one.completed - one.begun).count();
  tell(one);
}

void twilio_recordings::call_is_over(const std::string& call) {
  over_.push_back(call);
  for (auto& one : all_)
    if (one.call == call && is_open(one)) complete(one);
}

void twilio_recordings::add_message(const std::string& account, const std::string& call, const std::string& sid,
                                    std::chrono::seconds lasts) {
  auto& made = all_.emplace_back();
  made.sid = sid;
  made.account = account;
  made.call = call;
  made.status = "completed";
  made.source = "RecordVerb";
  made.completed = std::chrono::steady_clock::now();
  made.seconds = lasts.count();
}

void twilio_recordings::tell(const recording& one) const {
  if (!tell_ || one.callback.empty() || std::ranges::find(one.events, one.status) == one.events.end()) return;
  model::form fields{
      {"AccountSid", one.account},
      {"CallSid", one.call},
      {"RecordingSid", one.sid},
      {"RecordingUrl", "https://api.twilio.com/2010-04-01/Accounts/" + one.account + "/Recordings/" + one.sid},
      {"RecordingStatus", one.status},
      {"RecordingChannels", one.channels},
      {"RecordingSource", one.source}};
  if (one.completed) fields.emplace_back("RecordingDuration", std::to_string(one.seconds));
  tell_(one.callback, fields);
}

}  // namespace tonris::sim
