/// The doctor's look at Twilio: the account, and where the calls of tenants' numbers go.
#include <algorithm>
#include <map>
#include <utility>

#include "model/doctor/twilio.hpp"
#include "model/json/lookup.hpp"
#include "model/phone/number.hpp"
#include "model/text/address.hpp"
#include "model/text/percent.hpp"
#include "model/twilio/number.hpp"
#include "model/twilio/number_plan.hpp"
#include "tools/ctl/doctor_areas.hpp"
#include "tools/ctl/web_asker.hpp"

namespace tonris::ctl {

namespace {

namespace doctor = model::doctor;
namespace twilio = model::twilio;
using outcome = doctor::number_facts::outcome;

constexpr auto here = doctor::area::twilio;
constexpr model::json_limits limits{4 * 1024 * 1024};

std::string host_of(std::string_view url) {
  const auto read = model::read_address(url);
  return std::string{read ? read->host : url};
}

class account {
 public:
  account(const patient& p, web_asker& web, const remaining_time& time)
      : p_(p), web_(web), time_(time), sid_{p.settings.twilio_account_sid} {}

  findings look() {
    doctor::account_facts facts;
    facts.sid = sid_.value;
    facts.host = host_of(p_.settings.twilio_api_base_url);
    const auto& tokens = p_.settings.twilio_auth_tokens;
    facts.answer = ask(path(".json"), tokens.front().reveal());
    for (std::size_t i = 1; i < tokens.size(); ++i) facts.with_others.push_back(ask(path(".json"), tokens[i].reveal()));
    auto all = judge(facts);
    if (!p_.no_tenants.empty()) {
      all.push_back(doctor::not_looked_at(here, "tenants' numbers", p_.no_tenants));
      return all;
    }
    if (facts.answer.status == 200) read_numbers(all);
    look_at_numbers(all);
    sum_up_good_ones(all);
    return all;
  }

 private:
  [[nodiscard]] std::string path(std::string_view more) const {
    return "/2010-04-01/Accounts/" + model::percent_encoded(sid_.value) + std::string{more};
  }
  doctor::reach ask(const std::string& target, const std::string& token) {
    net::http_fields fields;
    fields.set("Authorization", twilio::basic_authorization(sid_, token));
    fields.set("Accept", "application/json");
    return web_.ask("GET", p_.settings.twilio_api_base_url + target, fields, "", time_.for_one());
  }

  /// All numbers of the account, page by page.
  void read_numbers(findings& all) {
    auto next = path("/IncomingPhoneNumbers.json?PageSize=200");
    while (!next.empty()) {
      if (time_.is_over()) return cannot_list(all, "no time was left");
      const auto answer = ask(next, p_.first_token());
      if (answer.status != 200)
        return cannot_list(all, answer.why.empty() ? "Twilio answered " + std::to_string(answer.status) : answer.why);
      const auto page = twilio::decode_number_page(answer.body);
      if (!page) return cannot_list(all, "its list cannot be read");
      for (const auto& one : page->numbers) numbers_.emplace(model::meeting_form(one.number), one);
      next = page->next;
    }
    is_listed_ = true;
  }
  static void cannot_list(findings& all, std::string_view why) {
    all.push_back(doctor::not_looked_at(here, "the account's numbers", why));
  }

  void look_at_numbers(findings& all) {
    for (const auto& t : p_.tenants) {
      const bool has_own = !t.secrets.account.value.empty();
      if (!has_own && !is_listed_) continue;
      for (auto& facts : has_own ? of_own_account(t) : of_our_account(t))
        for (auto& one : judge(facts, p_.settings.app_base_url)) all.push_back(std::move(one));
    }
  }

  /// Of many a line would be too much.
  static void sum_up_good_ones(findings& all) {
    constexpr std::size_t few = 10;
    const auto is_good = [](const auto& one) { return one.code == "number_good"; };
    const auto count = static_cast<std::size_t>(std::count_if(all.begin(), all.end(), is_good));
    if (count <= few) return;
    std::erase_if(all, is_good);
    all.push_back(doctor::found("numbers_good", {{"count", std::to_string(count)}}));
  }

  std::vector<doctor::number_facts> of_our_account(const model::tenant& t) {
    std::vector<doctor::number_facts> all;
    for (const auto& number : numbers_of(t)) {
      const auto there = numbers_.find(model::meeting_form(number));
      const bool is_there = there != numbers_.end();
      const auto is = is_there ? there->second : twilio::incoming_number{};
      all.push_back(
          {t.id.value, number, is_there ? outcome::known : outcome::unknown, "", is.calls, is.takes_calls, is.is_fax});
    }
    return all;
  }

  /// Whose token only the gateway has.
  std::vector<doctor::number_facts> of_own_account(const model::tenant& t) {
    const doctor::number_facts nobody_asked{t.id.value, t.phone_number, outcome::own_account, "", {}, true, false};
    if (!p_.gateway_answers || time_.is_over()) return {nobody_asked};
    const auto got = ask_for(*p_.at, "GET", "/api/tenants/" + model::percent_encoded(t.id.value) + "/numbers", "", 200,
                             time_.for_one());
    rapidjson::Document body;
    const auto* const items = got && parse_object(got->body, limits, body) ? model::find_field(body, "items") : nullptr;
    if (!items || !items->IsArray()) return {nobody_asked};
    std::vector<doctor::number_facts> all;
    for (const auto& item : items->GetArray())
      if (item.IsObject()) all.push_back(told_by_gateway(item, t));
    return all;
  }

  doctor::number_facts told_by_gateway(const rapidjson::Value& item, const model::tenant& t) const {
    model::field_reader one{item};
    const auto text = [&](std::string_view name) { return std::string{one.optional_text(name)}; };
    doctor::number_facts facts{t.id.value, text("number"), outcome::known, "", {}, true, false};
    if (const auto* const error = one.optional_object("error")) {
      model::field_reader of{*error};
      facts.why = of.optional_text("code");
      facts.is = facts.why == "twilio_number_unknown" ? outcome::unknown : outcome::not_told;
      return facts;
    }
    // Addresses are shown without what is behind them: where all is as it should be, they are not needed.
    if (text("state") == "attached") {
      facts.calls = twilio::gateway_handlers(p_.settings.app_base_url);
      return facts;
    }
    facts.calls.voice.url = text("voiceUrl");
    facts.calls.fallback.url = text("voiceFallbackUrl");
    facts.calls.status.url = text("statusCallback");
    facts.calls.application = text("voiceApplicationSid");
    facts.calls.trunk = text("trunkSid");
    return facts;
  }

  const patient& p_;
  web_asker& web_;
  const remaining_time& time_;
  const model::account_sid sid_;
  std::map<std::string, twilio::incoming_number> numbers_;
  bool is_listed_ = false;
};

}  // namespace

findings look_at_twilio(const patient& p, const remaining_time& time) {
  if (p.settings.twilio_account_sid.empty() || p.settings.twilio_auth_tokens.empty())
    return {doctor::not_looked_at(here, "the account", "TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN is not set")};
  const auto web = web_asker::make();
  if (!web) return {doctor::not_looked_at(here, "the account", web.error())};
  return account{p, **web, time}.look();
}

}  // namespace tonris::ctl
