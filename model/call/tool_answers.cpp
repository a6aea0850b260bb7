#include "model/call/tool_answers.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "model/json/text.hpp"
#include "model/json/writer.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/hours.hpp"
#include "model/tenant/route.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/one_line.hpp"
#include "model/text/utf8.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::model {
namespace {

using time = std::chrono::system_clock::time_point;

constexpr std::size_t max_hours_bytes = 1200;  // a week of eight spans a day
constexpr std::size_t max_text_bytes = 1000, max_summary_bytes = 500, max_past_calls = 5;
constexpr std::size_t room_for_more = std::string_view{R"(,"more":true})"}.size();

// A text as JSON: of one line, and not too long.
std::string text_json(std::string_view text, std::size_t max_bytes = max_text_bytes) {
  std::string line, json;
  append_one_line(utf8_prefix(text, max_bytes), line);
  append_json_string(line, json);
  return json;
}

// An object or a list of at most so many bytes: what does not fit is left out.
class bounded_json {
 public:
  bounded_json(std::string_view brackets, std::size_t most)
      : json_{brackets.substr(0, 1)}, end_{brackets[1]}, most_{most} {}

  void add(std::string_view value) {
    const std::size_t comma = json_.size() > 1 ? 1 : 0;
    if (json_.size() + comma + value.size() + 1 + room_for_more > most_) {
      is_whole_ = false;
      return;
    }
    if (comma == 1) json_ += ',';
    json_ += value;
  }
  void add(std::string_view name, std::string_view value) {
    std::string member;
    append_json_string(name, member);
    add(member.append(":").append(value));
  }
  void add_text(std::string_view name, std::string_view text) {
    if (!text.empty()) add(name, text_json(text));
  }
  void leave_out() noexcept { is_whole_ = false; }
  [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }
  [[nodiscard]] bool is_empty() const noexcept { return json_.size() == 1; }
  [[nodiscard]] std::size_t room() const noexcept { return most_ - std::min(most_, json_.size() + 2 * room_for_more); }

  [[nodiscard]] std::string list() && {
    json_ += end_;
    return std::move(json_);
  }
  [[nodiscard]] std::string object() && {
    if (!is_whole_) json_.append(is_empty() ? "" : ",").append(R"("more":true)");
    json_ += end_;
    return std::move(json_);
  }

 private:
  std::string json_;
  char end_;
  std::size_t most_;
  bool is_whole_ = true;
};

bounded_json an_answer() {
  return {"{}", max_built_in_answer_bytes};
}
// A list or an object within `outer`, whose name still has to fit.
bounded_json within(const bounded_json& outer, std::string_view brackets) {
  constexpr std::size_t room_for_name = 32;
  return {brackets, outer.room() - std::min(outer.room(), room_for_name)};
}

std::string clock_words(const std::string& at) {
  return at == "00:00" ? "midnight" : at;
}

// "until 17:00", "until Tuesday 02:30".
std::string until(const wall_time& closes, const wall_time& now) {
  const bool is_plain = closes.date == now.date || closes.time == "00:00";
  return is_plain ? clock_words(closes.time) : closes.weekday + " " + closes.time;
}

// Without the dates that differ where these would make it too long to be read out.
void add_hours(const tenant::business_hours_type& hours, bounded_json& answer) {
  auto words = in_words(hours);
  if (words.size() > max_hours_bytes) {
    auto week = hours;
    week.holidays.clear();
    words = in_words(week);
    answer.leave_out();
  }
  answer.add("hours", text_json(words, max_hours_bytes));
}

std::string hours_sentence(const opening_times& times) {
  std::string text = times.open ? "We are open now" : "We are closed now";
  if (times.closes) text.append(", until ").append(until(*times.closes, times.now));
  if (!times.open && times.next_opening) {
    const auto& next = *times.next_opening;
    text.append(". We open again on ").append(next.weekday).append(", ").append(next.date).append(", at ");
    text += clock_words(next.time);
  }
  return text + ".";
}

std::string json_of(const wall_time& at) {
  std::string json;
  json_writer out{json};
  out.open_object();
  out.member("date", at.date);
  out.member("weekday", at.weekday);
  out.member("time", at.time);
  out.close_object();
  return json;
}

std::string json_of(const tenant::variable& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) return text_json(*text);
  std::string json;
  json_writer out{json};
  if (const auto* const number = std::get_if<double>(&value)) out.plain_number(*number);
  if (const auto* const whole = std::get_if<std::int64_t>(&value)) out.value(*whole);
  if (const auto* const flag = std::get_if<bool>(&value)) out.value(*flag);
  return json;
}

std::string text_variable(const tenant& t, const std::string& name) {
  const auto found = t.dynamic_variables.find(name);
  if (found == t.dynamic_variables.end()) return {};
  const auto* const text = std::get_if<std::string>(&found->second);
  return text == nullptr ? std::string{} : *text;
}

void add_numbers(const tenant& t, bounded_json& answer) {
  auto numbers = within(answer, "[]");
  for (const auto& number : numbers_of(t)) numbers.add(text_json(number));
  if (!numbers.is_empty()) answer.add("numbers", std::move(numbers).list());
}

void add_address(const tenant& t, bounded_json& answer) {
  auto address = within(answer, "{}");
  for (const std::string_view part : {"street", "city", "state", "zip", "country"})
    address.add_text(part, text_variable(t, "address_" + std::string{part}));
  if (!address.is_empty()) answer.add("address", std::move(address).object());
}

bool is_told_elsewhere(std::string_view name) noexcept {
  return name == "contact_email" || name == "contact_phone" || name == "name" || name == "business_name" ||
         name.starts_with("address_");
}

void add_variables(const tenant& t, bounded_json& answer) {
  auto variables = within(answer, "{}");
  for (const auto& [name, value] : t.dynamic_variables) {
    if (name.starts_with("secret__") || tenant_rules::is_reserved_by_vendor(name) || is_told_elsewhere(name)) continue;
    variables.add(name, json_of(value));
  }
  if (!variables.is_whole()) answer.leave_out();
  if (!variables.is_empty()) answer.add("variables", std::move(variables).object());
}

std::string_view other_side(const call_record& call) noexcept {
  return twilio::is_outbound(call.direction) ? call.to : call.from;
}

// For a caller's ears: why a call failed is the engineers' business.
std::string_view outcome_of(const call_record& call) noexcept {
  if (!call.voicemail.empty()) return "left a message";
  if (call.fallback == "transferred") return "was put through to a person";
  return call.answered ? "spoke with the agent" : "was not connected";
}

std::int64_t minutes_of(const call_record& call) noexcept {
  if (!call.answered || !call.ended || *call.ended <= *call.answered) return 0;
  return std::chrono::ceil<std::chrono::minutes>(*call.ended - *call.answered).count();
}

bool is_history(const call_record& call, const call_record& now) {
  return call.tenant == now.tenant && call.call != now.call && call.ended &&
         is_same_number(other_side(call), other_side(now));
}

std::string json_of(const past_call& call, const std::string& zone) {
  auto started = wall_time_at(zone, call.record.started);
  if (!started) started = wall_time_at("UTC", call.record.started);
  std::string json;
  json_writer out{json};
  out.open_object();
  if (started) {
    out.member("date", started->date);
    out.member("weekday", started->weekday);
  }
  out.member("minutes", minutes_of(call.record));
  out.member("outcome", outcome_of(call.record));
  if (!call.summary.empty()) {
    out.key("summary");
    out.json(text_json(call.summary, max_summary_bytes));
  }
  out.close_object();
  return json;
}

std::vector<const past_call*> last_calls(std::span<const past_call> calls, const call_record& now) {
  std::vector<const past_call*> found;
  for (const auto& call : calls)
    if (is_history(call.record, now)) found.push_back(&call);
  std::stable_sort(found.begin(), found.end(),
                   [](const past_call* a, const past_call* b) { return a->record.started > b->record.started; });
  if (found.size() > max_past_calls) found.resize(max_past_calls);
  return found;
}

}  // namespace

std::string business_hours_answer(const tenant& t, time at) {
  auto answer = an_answer();
  const auto times = t.business_hours ? opening_times_at(*t.business_hours, at) : std::nullopt;
  if (!times) {
    answer.add_text("sentence", "The opening hours are not known.");
    return std::move(answer).object();
  }
  answer.add("open_now", times->open ? "true" : "false");
  answer.add_text("sentence", hours_sentence(*times));
  if (times->closes) answer.add_text("open_until", times->closes->weekday + " " + times->closes->time);
  if (times->next_opening) answer.add("next_opening", json_of(*times->next_opening));
  answer.add_text("local_time", times->now.weekday + " " + times->now.date + " " + times->now.time);
  answer.add_text("timezone", t.business_hours->timezone);
  add_hours(*t.business_hours, answer);
  return std::move(answer).object();
}

std::string business_profile_answer(const tenant& t) {
  auto answer = an_answer();
  answer.add_text("name", t.name);
  add_numbers(t, answer);
  if (t.business_hours) add_hours(*t.business_hours, answer);
  add_address(t, answer);
  answer.add_text("contact_email", text_variable(t, "contact_email"));
  answer.add_text("contact_phone", text_variable(t, "contact_phone"));
  add_variables(t, answer);
  return std::move(answer).object();
}

std::string caller_history_answer(std::span<const past_call> calls, const call_record& now, const tenant& t) {
  auto answer = an_answer();
  auto list = within(answer, "[]");
  const bool is_known = is_e164(other_side(now)) && now.tenant == t.id;
  const auto zone = t.business_hours ? t.business_hours->timezone : std::string{"UTC"};
  if (is_known)
    for (const auto* call : last_calls(calls, now)) list.add(json_of(*call, zone));
  if (!list.is_whole()) answer.leave_out();
  answer.add("known_caller", list.is_empty() ? "false" : "true");
  answer.add("calls", std::move(list).list());
  return std::move(answer).object();
}

std::string call_context_answer(const call_record& now, const tenant& t, time at) {
  auto answer = an_answer();
  const auto since = now.answered.value_or(now.started);
  answer.add_text("call_sid", now.call.value);
  answer.add_text("direction", now.direction);
  answer.add_text("caller_number", now.from);
  answer.add_text("called_number", now.to);
  answer.add_text("agent_id", now.agent.value);
  answer.add_text("started", iso_time(since));
  answer.add("seconds", std::to_string(std::max<std::int64_t>(
                            0, std::chrono::duration_cast<std::chrono::seconds>(at - since).count())));
  answer.add_text("language", language_at(t, now.to).value_or(std::string{}));
  return std::move(answer).object();
}

}  // namespace tonris::model
