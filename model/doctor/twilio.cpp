#include "model/doctor/twilio.hpp"

#include <algorithm>
#include <iterator>

#include "model/doctor/public_address.hpp"
#include "model/json/lookup.hpp"
#include "model/text/address.hpp"
#include "model/twilio/number_plan.hpp"

namespace tonris::model::doctor {

namespace {

constexpr int code_of_test_credentials = 20008;
constexpr json_limits limits{256 * 1024};

/// Of the first token's answer: nothing is wrong with the token.
findings judge_token(const account_facts& facts) {
  const auto& answer = facts.answer;
  if (answer.is != reach::outcome::answered)
    return {found("twilio_unreachable", {{"host", facts.host}, {"why", answer.why}})};
  if (answer.status == 200) return {};
  const auto error = twilio::decode_rest_error(answer.body);
  if (error.code == code_of_test_credentials) return {found("twilio_test_credentials", {{"account", facts.sid}})};
  if (answer.status == 401 || answer.status == 403) return {found("twilio_token_refused", {{"account", facts.sid}})};
  return {found("twilio_answers_oddly",
                {{"status", std::to_string(answer.status)}, {"what", "the account"}, {"why", error.message}})};
}

findings judge_account(const account_facts& facts) {
  rapidjson::Document document;
  if (!parse_object(facts.answer.body, limits, document))
    return {found("twilio_answers_oddly", {{"status", "200"}, {"what", "the account"}, {"why", "no JSON"}})};
  field_reader read{document};
  const std::string status{read.optional_text("status")}, type{read.optional_text("type")};
  if (!status.empty() && status != "active")
    return {found("twilio_account_suspended", {{"account", facts.sid}, {"status", status}})};
  findings out{found("twilio_account_good", {{"account", facts.sid}})};
  if (type == "Trial") out.push_back(found("twilio_account_trial", {{"account", facts.sid}}));
  return out;
}

std::string without_fragment(std::string_view url) {
  return std::string{url.substr(0, url.find('#'))};
}

bool is_at_elevenlabs(std::string_view url) {
  const auto read = read_address(url);
  return read && (read->host == "elevenlabs.io" || read->host.ends_with(".elevenlabs.io"));
}

/// It may be meant for this gateway: the same host, or the same path.
bool is_near(std::string_view url, std::string_view wanted) {
  const auto a = read_address(url), b = read_address(wanted);
  if (!a || !b) return false;
  const auto path = [](const address& of) { return of.target.substr(0, of.target.find('?')); };
  return a->host == b->host || path(*a) == path(*b);
}

/// All words of a number's.
class number_judge {
 public:
  number_judge(const number_facts& facts, std::string_view origin)
      : facts_(facts), wanted_(twilio::gateway_handlers(origin)) {}

  findings judge() {
    const auto& calls = facts_.calls;
    if (!facts_.takes_calls) add("number_without_voice");
    if (facts_.is_fax) add("number_is_fax");
    if (!calls.application.empty()) add("application_overrides", {}, {}, calls.application);
    if (!calls.trunk.empty()) add("trunk_overrides", {}, {}, calls.trunk);
    if (out_.empty()) judge_voice();
    if (out_.empty()) judge_rest();
    if (out_.empty()) add("number_good");
    return std::move(out_);
  }

 private:
  void judge_voice() {
    const auto& url = facts_.calls.voice.url;
    const auto how = difference(url, wanted_.voice.url);
    if (url.empty()) return add("voice_url_missing");
    if (how.empty()) return;
    if (is_at_elevenlabs(url)) return add("number_at_elevenlabs", url);
    if (is_near(url, wanted_.voice.url)) return add("voice_url_differs", url, how);
    add("voice_url_elsewhere", url);
  }

  void judge_rest() {
    const auto& calls = facts_.calls;
    if (calls.fallback.url.empty())
      add("fallback_url_missing");
    else if (!difference(calls.fallback.url, wanted_.fallback.url).empty())
      add("fallback_url_elsewhere", calls.fallback.url);
    if (calls.status.url.empty())
      add("status_callback_missing");
    else if (!difference(calls.status.url, wanted_.status.url).empty())
      add("status_callback_elsewhere", calls.status.url);
    if (without_fragment(calls.voice.url) == calls.voice.url) add("retries_missing");
  }

  void add(std::string_view code, std::string_view url = {}, std::string_view how = {}, std::string_view sid = {}) {
    out_.push_back(found(code, {{"number", facts_.number},
                                {"tenant", facts_.tenant},
                                {"url", twilio::shown_address(url)},
                                {"difference", std::string{how}},
                                {"sid", std::string{sid}}}));
  }

  const number_facts& facts_;
  const twilio::call_handlers wanted_;
  findings out_;
};

}  // namespace

findings judge(const account_facts& facts) {
  auto out = judge_token(facts);
  if (out.empty()) out = judge_account(facts);
  for (std::size_t i = 0; i < facts.with_others.size(); ++i)
    if (facts.answer.status == 200 && facts.with_others[i].status == 401)
      out.push_back(found("twilio_old_token_refused", {{"token", std::to_string(i + 1)}}));
  return out;
}

findings judge(const number_facts& facts, std::string_view origin) {
  const auto of_number = [&](std::string_view code) {
    return findings{found(code, {{"number", facts.number}, {"tenant", facts.tenant}, {"why", facts.why}})};
  };
  switch (facts.is) {
    case number_facts::outcome::known: return number_judge{facts, origin}.judge();
    case number_facts::outcome::unknown: return of_number("number_unknown");
    case number_facts::outcome::own_account: return of_number("own_account");
    case number_facts::outcome::not_told: return of_number("number_not_told");
  }
  return {};
}

}  // namespace tonris::model::doctor
