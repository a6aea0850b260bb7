#include "model/tenant/rules.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "model/text/address.hpp"
#include "model/text/ascii.hpp"
#include "model/text/enum_name.hpp"
#include "model/text/iso_time.hpp"
#include "model/text/percent.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model::tenant_rules {

namespace {

template <class Predicate>
bool all(std::string_view text, Predicate accepts) {
  return std::all_of(text.begin(), text.end(), accepts);
}

bool is_tenant_id(std::string_view text) {
  return is_alnum(text.front()) && all(text, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_vendor_id(std::string_view text) {
  return all(text, [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
}

bool is_not_blank(std::string_view text) {
  return !trimmed(text).empty();
}

bool is_status(std::string_view text) {
  return status_of(text).has_value();
}

bool is_failure(std::string_view text) {
  return failure_of(text).has_value();
}

// "en", "pt-br", "zh-Hans"
bool is_language_tag(std::string_view text) {
  const auto dash = text.find('-');
  const auto primary = text.substr(0, dash);
  if (primary.size() < 2 || primary.size() > 3 || !all(primary, is_lower)) return false;
  if (dash == std::string_view::npos) return true;
  const auto region = text.substr(dash + 1);
  return region.size() >= 2 && region.size() <= 4 && all(region, is_alnum);
}

bool is_variable_name(std::string_view text) {
  return !is_digit(text.front()) && all(text, [](char c) { return is_alnum(c) || c == '_'; });
}

// "America/New_York", "Etc/GMT+5", "UTC": one to three words.
bool is_timezone_name(std::string_view text) {
  const auto is_word = [](char c) { return is_alnum(c) || c == '_' || c == '-' || c == '+'; };
  std::size_t words = 0;
  while (true) {
    const auto slash = text.find('/');
    const auto word = text.substr(0, slash);
    if (word.empty() || !is_letter(word.front()) || !all(word, is_word) || ++words > 3) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

bool is_clock_time(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return false;
  for (const auto i : {0, 1, 3, 4}) {
    if (!is_digit(text[static_cast<std::size_t>(i)])) return false;
  }
  return text.substr(0, 2) <= "23" && text[3] <= '5';
}

bool is_closing_time(std::string_view text) {
  return text == "24:00" || is_clock_time(text);
}

// "2026-12-25", a day that there is.
bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(at, count)) value = is_digit(c) ? value * 10 + (c - '0') : -100'000;
    return value;
  };
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 1 || month < 1 || day < 1) return false;
  return std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                     std::chrono::day{static_cast<unsigned>(day)}}
      .ok();
}

template <tenant::action... Allowed>
bool is_action(std::string_view text) {
  const auto what = action_of(text);
  return what && ((*what == Allowed) || ...);
}

bool is_when_unknown(std::string_view text) {
  return text == to_string(tenant::when_unknown_type::admit) || text == to_string(tenant::when_unknown_type::refuse);
}

template <auto Find>
bool is_one(std::string_view text) {
  return Find(text).has_value();
}

// "+1", "+4570": the beginning of numbers.
bool is_prefix(std::string_view text) {
  return text.size() >= 2 && text.front() == '+' && text[1] != '0' && all(text.substr(1), is_digit);
}

bool is_moment(std::string_view text) {
  return parse_utc_time(text).has_value();
}

bool is_channels(std::string_view text) {
  return text == "mono" || text == "dual";
}

// Twilio's names: "alice", "Polly.Joanna-Neural", "Google.en-US-Chirp3-HD-Aoede"
bool is_voice(std::string_view text) {
  return is_letter(text.front()) && all(text, [](char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_'; });
}

// An absolute http(s) address that names a host and carries no credentials.
bool is_web_address(std::string_view text) {
  const auto is_plain = [](char c) { return is_visible(c) && c != '"' && c != '<' && c != '>' && c != '\\'; };
  const auto read = read_address(text);
  return read && (read->scheme == "https" || read->scheme == "http") && read->kind != host_kind::unusable &&
         !read->has_userinfo && !read->has_fragment && read->has_usable_port() && all(text, is_plain) &&
         is_percent_encoded(read->target);
}

}  // namespace

const text_rule tenant_id{1, 64, is_tenant_id, "letters, digits, '-', '_' and '.', a letter or digit first"};
const text_rule name{1, 200, is_not_blank, "a name"};
const text_rule status{1, 16, is_status, "pending, active, suspended or cancelled"};
const text_rule business_type{1, 64, is_not_blank, "a kind of business, such as salon"};
const text_rule phone_number{1, 40, nullptr, "a phone number in E.164, such as +15551234567"};
const text_rule agent_id{1, 128, is_vendor_id, "an ElevenLabs agent id: letters, digits, '-' and '_'"};
const text_rule greeting{0, 2000, nullptr, ""};
const text_rule prompt{1, 64 * 1024, is_not_blank, "a prompt"};
const text_rule language{2, 8, is_language_tag, "a language tag, such as en or pt-br"};
const text_rule voice_id{1, 128, is_vendor_id, "an ElevenLabs voice id: letters, digits, '-' and '_'"};
const text_rule variable_name{1, 100, is_variable_name, "named with letters, digits and '_', not a digit first"};
const text_rule variable_text{0, 10'000, nullptr, ""};
const text_rule timezone{1, 64, is_timezone_name, "an IANA time zone, such as America/New_York"};
const text_rule opens{1, 5, is_clock_time, "a time from 00:00 to 23:59"};
const text_rule closes{1, 5, is_closing_time, "a time from 00:00 to 24:00"};
const text_rule say{1, 3000, is_not_blank, "a sentence"};
const text_rule failure{
    1, 16, is_failure,
    "agentDrop, slowVendor, garbageFrame, callerDrop, agentCrash, callerCrash, callCrash or agentSilent"};
const text_rule tool_name{1, 64, is_vendor_id, "named with letters, digits, '-' and '_'"};
const text_rule tool_url{1, 2048, is_web_address,
                         "an https:// or http:// address that names a host, without user name and '#'"};

const text_rule variant{1, 64, is_vendor_id, "named with letters, digits, '-' and '_'"};
const text_rule date{1, 10, is_date, "a date, such as 2026-12-25"};
const text_rule caller{1, 40, nullptr,
                       "a phone number in E.164, the beginning of one and an asterisk, such as +1555*, or withheld"};
const text_rule rule_name{1, 100, is_not_blank, "a name"};
const text_rule closed_action{
    1, 16, is_action<tenant::action::say, tenant::action::transfer, tenant::action::voicemail, tenant::action::agent>,
    "say, transfer, voicemail or agent"};
const text_rule caller_action{1, 16, is_action<tenant::action::block, tenant::action::agent, tenant::action::transfer>,
                              "block, agent or transfer"};
const text_rule overflow_action{1, 16,
                                is_action<tenant::action::say, tenant::action::transfer, tenant::action::voicemail,
                                          tenant::action::agent, tenant::action::wait>,
                                "say, transfer, voicemail, agent or wait"};
const text_rule when_unknown{1, 16, is_when_unknown, "admit or refuse"};
const text_rule voice{1, 64, is_voice, "one of Twilio's voices, such as Polly.Joanna"};

const text_rule builtin{1, 32, is_one<builtin_of>, "business_hours, business_profile, caller_history or call_context"};
const text_rule unavailable{1, 1000, is_not_blank, "a sentence"};
const text_rule prefix{1, 16, is_prefix, "the beginning of phone numbers in E.164, such as +1"};
const text_rule whisper{1, 500, is_not_blank, "a sentence"};
const text_rule no_answer{1, 16, is_one<no_answer_of>, "agent or voicemail"};
const text_rule machine{1, 16, is_one<machine_of>, "off, hang-up or continue"};
const text_rule event{1, 32, is_one<event_of>,
                      "call.started, call.ended, voicemail.received, transfer.failed, limit.reached, call.troubled "
                      "or experiment.stopped"};
const text_rule sound{1, 16, is_one<sound_of>, "soft or ticks"};
const text_rule outcome{1, 16, is_one<outcome_of>, "success or completed"};
const text_rule moment{1, 32, is_moment, "a time in UTC, such as 2026-11-22T10:00Z"};
const text_rule channels{1, 8, is_channels, "mono or dual"};

bool is_number_prefix(std::string_view text) noexcept {
  if (text.size() < 3 || text.size() > 16 || text.front() != '+' || text.back() != '*' || text[1] == '0') return false;
  const auto digits = text.substr(1, text.size() - 2);
  return std::all_of(digits.begin(), digits.end(), is_digit);
}

std::optional<tenant::status_type> status_of(std::string_view text) noexcept {
  using enum tenant::status_type;
  for (const auto one : {pending, active, suspended, cancelled})
    if (text == to_string(one)) return one;
  return std::nullopt;
}

std::optional<tenant::action> action_of(std::string_view text) noexcept {
  using enum tenant::action;
  for (const auto one : {say, transfer, voicemail, agent, wait, block})
    if (text == to_string(one)) return one;
  return std::nullopt;
}

std::optional<tenant::rehearsal_type::failure> failure_of(std::string_view text) noexcept {
  using enum tenant::rehearsal_type::failure;
  for (const auto one :
       {agent_drop, slow_vendor, garbage_frame, caller_drop, agent_crash, caller_crash, call_crash, agent_silent})
    if (text == to_string(one)) return one;
  return std::nullopt;
}

std::optional<tenant::tool::builtin_type> builtin_of(std::string_view text) noexcept {
  using enum tenant::tool::builtin_type;
  for (const auto one : {business_hours, business_profile, caller_history, call_context})
    if (text == to_string(one)) return one;
  return std::nullopt;
}

std::optional<tenant::transfer_type::no_answer_type> no_answer_of(std::string_view text) noexcept {
  using enum tenant::transfer_type::no_answer_type;
  for (const auto one : {agent, voicemail})
    if (text == to_string(one)) return one;
  return std::nullopt;
}

std::optional<tenant::outbound_type::machine_type> machine_of(std::string_view text) noexcept {
  using enum tenant::outbound_type::machine_type;
  for (const auto one : {off, hang_up, go_on})
    if (text == to_string(one)) return one;
  return std::nullopt;
}

std::optional<tenant::event> event_of(std::string_view text) noexcept {
  return find_named<tenant::event>(text, tenant::event_count);
}

std::optional<tenant::dead_air_type::sound_type> sound_of(std::string_view text) noexcept {
  using enum tenant::dead_air_type::sound_type;
  for (const auto one : {soft, ticks})
    if (text == to_string(one)) return one;
  return std::nullopt;
}

std::optional<tenant::experiment_type::outcome_type> outcome_of(std::string_view text) noexcept {
  using enum tenant::experiment_type::outcome_type;
  for (const auto one : {success, completed})
    if (text == to_string(one)) return one;
  return std::nullopt;
}

bool is_set_by_gateway(std::string_view variable) noexcept {
  constexpr std::array<std::string_view, 7> ours = {"tenant_id",     "tenant_status", "agent_id",   "call_sid",
                                                    "caller_number", "called_number", "call_status"};
  return std::find(ours.begin(), ours.end(), variable) != ours.end();
}

bool is_reserved_by_vendor(std::string_view variable) noexcept {
  return variable.substr(0, 8) == "system__";
}

std::span<const not_yet_key> not_yet_keys() noexcept {
  static constexpr std::array keys{
      not_yet_key{"settings.record", "", [](const tenant& t) { return t.record; }},
  };
  return keys;
}

std::string not_acted_on(const tenant& t) {
  std::string text;
  for (const auto& key : not_yet_keys()) {
    if (!key.is_set(t)) continue;
    text.append(text.empty() ? "" : ", ").append(key.path);
    if (!key.instead.empty()) text.append(" (").append(key.instead).append(")");
  }
  return text;
}

}  // namespace tonris::model::tenant_rules
