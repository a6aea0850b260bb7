#pragma once

#include <caf/event_based_actor.hpp>
#include <ctime>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/web/call_placement.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {

/// A Twilio that places calls, or not, and lists them.
struct calls_at_twilio {
  std::deque<twilio_answer> next;   ///< to orders; none: 201
  std::vector<std::string> orders;  ///< their forms
  std::string listed;               ///< the calls of its list, as JSON
  int looks = 0;
  std::string status = "ringing";    ///< of each call that is looked at; "": there is none
  std::vector<std::string> changes;  ///< of calls, their forms
  std::deque<twilio_answer> to_changes;
};
inline twilio_answer answer_about_call(calls_at_twilio& script, const ask_twilio& asked) {
  const auto call = R"({"sid":")" + some_call.value + R"(","status":")" + script.status + "\"}";
  if (asked.form.empty())
    return script.status.empty() ? twilio_answer{404, R"({"code":20404})", {}} : twilio_answer{200, call, {}};
  script.changes.push_back(asked.form);
  if (script.to_changes.empty()) return {200, call, {}};
  auto answer = script.to_changes.front();
  script.to_changes.pop_front();
  return answer;
}
inline caf::behavior fake_twilio(caf::event_based_actor*, std::shared_ptr<calls_at_twilio> script) {
  return {[script](const ask_twilio& asked) {
    if (asked.target.find("/Calls/") != std::string::npos) return answer_about_call(*script, asked);
    if (asked.form.empty()) {
      ++script->looks;
      return twilio_answer{200, R"({"calls":[)" + script->listed + "]}", {}};
    }
    EXPECT_TRUE(asked.once) << "a call is never placed twice";
    script->orders.push_back(asked.form);
    if (script->next.empty()) return twilio_answer{201, R"({"sid":")" + some_call.value + "\"}", {}};
    auto answer = script->next.front();
    script->next.pop_front();
    return answer;
  }};
}

class OutboundApi : public FrontTest {
 protected:
  static constexpr auto callee = "+15550109999";

  void SetUp() override {
    FrontTest::SetUp();
    tenant->outbound.emplace();
    tenant->outbound->enabled = true;
    tenant->outbound->allowed = {"+1"};
    changed();
  }
  /// Doors with further settings, from now on.
  void opened(std::function<void(http_front::config&)> further) {
    further_ = std::move(further);
    changed();
  }
  void changed() {
    replace(registry, {*tenant});
    settle();
    auto with = front_config();
    with.numbers.twilio = track_as<twilio_rest>(system.spawn(fake_twilio, at_twilio));
    with.numbers.main = {some_account, config::secret{token}};
    with.numbers.origin = origin;
    with.webhooks.dials = dials;
    with.webhooks.wall_clock = [this] { return now; };
    with.stops = [this] { return stops; };
    if (further_) further_(with);
    open_doors(std::move(with));
  }
  std::shared_ptr<outbound_dials> new_dials() {
    return std::make_shared<outbound_dials>(
        [this](const model::dial& one, bool is_forgotten) { show(*calls->live, one, is_forgotten); });
  }
  answer place(const std::string& more = {}, const std::string& shown = "admin") {
    return api("POST", "/api/calls", shown,
               R"({"tenantId":"salon-1","to":")" + std::string{callee} + "\"" + more + "}");
  }
  /// The value of a field of the last order's form.
  std::string ordered(std::string_view name) const {
    return std::string{model::field(model::parse_form(at_twilio->orders.back()).value(), name)};
  }
  /// The path of one of our addresses in the last order.
  std::string path_of(std::string_view name) const {
    const auto url = ordered(name).substr(std::string{origin}.size());
    return url.substr(0, url.find('#'));
  }
  static form told(const std::string& status, const model::call_sid& call = some_call) {
    return {{"AccountSid", some_account.value},
            {"CallSid", call.value},
            {"From", "+15550100002"},
            {"To", callee},
            {"CallStatus", status},
            {"Direction", "outbound-api"}};
  }
  /// What the record says of who has answered, and who told it.
  std::string heard_by(const model::call_sid& call = some_call) {
    const auto record = model::parse_call_record(api("GET", "/api/calls/" + call.value, "admin").body);
    if (!record || !record->heard) return "";
    return std::string{to_string(record->heard->by)} + " " + std::string{to_string(record->heard->source)};
  }
  double decided(const std::string& verdict) {
    return counted(R"(tonris_outbound_asked_total{verdict=")" + verdict + R"("})");
  }
  double came(const std::string& outcome) {
    return counted(R"(tonris_outbound_orders_total{outcome=")" + outcome + R"("})");
  }
  static std::string call_json(const model::call_sid& call, std::chrono::system_clock::time_point created) {
    // RFC 2822, as Twilio writes it.
    const auto at = std::chrono::system_clock::to_time_t(created);
    char text[64];
    std::tm parts{};
    gmtime_r(&at, &parts);
    (void)std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
    return R"({"sid":")" + call.value + R"(","to":")" + callee +
           R"(","from":"+15550100002","direction":"outbound-api","date_created":")" + text + "\"}";
  }

  std::chrono::system_clock::time_point now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 20h;
  std::shared_ptr<calls_at_twilio> at_twilio = std::make_shared<calls_at_twilio>();
  bool stops = false;
  std::shared_ptr<outbound_dials> dials = new_dials();

 private:
  std::function<void(http_front::config&)> further_;
};

}  // namespace tonris::actors::test
