#include "model/doctor/elevenlabs.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "model/doctor/public_address.hpp"
#include "model/elevenlabs/rest.hpp"
#include "model/elevenlabs/workspace.hpp"
#include "model/phone/number.hpp"
#include "model/text/address.hpp"
#include "model/twilio/number_plan.hpp"

namespace tonris::model::doctor {

namespace vendor = model::elevenlabs;

namespace {

constexpr std::int64_t nearly_all_percent = 90;
constexpr std::int64_t recent_seconds = 7 * 24 * 3600;

/// A key that is good for other things only is good for calls.
bool lacks_permission(const reach& answer) {
  return (answer.status == 401 || answer.status == 403) &&
         vendor::decode_error(answer.body).code == "missing_permissions";
}
bool is_refused(const reach& answer) {
  return answer.is == reach::outcome::answered && (answer.status == 401 || answer.status == 403) &&
         !lacks_permission(answer);
}

/// What there is to say of an answer that is none.
findings judge_answer(const reach& answer, std::string_view what) {
  const std::string about{what};
  if (answer.is != reach::outcome::answered) return {not_looked_at(area::elevenlabs, what, answer.why)};
  if (answer.status == 200) return {};
  if (lacks_permission(answer) || answer.status == 403) return {found("elevenlabs_may_not", {{"what", about}})};
  return {found("elevenlabs_answers_oddly", {{"status", std::to_string(answer.status)},
                                             {"what", about},
                                             {"why", vendor::decode_error(answer.body).message}})};
}
finding unreadable(std::string_view what) {
  return found("elevenlabs_answers_oddly", {{"status", "200"}, {"what", std::string{what}}, {"why", "no such JSON"}});
}

findings judge_max_calls(const vendor::subscription& of, std::uint32_t set) {
  const auto allowed = vendor::conversations_of_plan(of.tier);
  if (allowed == 0) return {};
  const auto say = [&](std::string_view code) {
    return findings{
        found(code, {{"plan", of.tier}, {"allowed", std::to_string(allowed)}, {"set", std::to_string(set)}})};
  };
  if (set == 0) return say("max_calls_unknown");
  return set > allowed ? say("max_calls_above_plan") : findings{};
}

findings judge_subscription(const vendor_facts& facts) {
  constexpr std::string_view what = "the subscription";
  if (auto none = judge_answer(facts.subscription, what); !none.empty()) return none;
  const auto of = vendor::decode_subscription(facts.subscription.body);
  if (!of) return {unreadable(what)};
  findings out;
  if (!of->status.empty() && of->status != "active" && of->status != "trialing" && of->status != "free")
    out.push_back(found("subscription_inactive", {{"status", of->status}}));
  const auto use = [&](std::string_view code) {
    out.push_back(found(code, {{"used", std::to_string(of->used)}, {"limit", std::to_string(of->limit)}}));
  };
  if (of->limit > 0 && of->used >= of->limit && !of->may_exceed)
    use("credits_used_up");
  else if (of->limit > 0 && of->used >= of->limit / 100 * nearly_all_percent)
    use("credits_run_out");
  std::ranges::move(judge_max_calls(*of, facts.max_calls), std::back_inserter(out));
  return out;
}

std::string in_words(std::int64_t seconds) {
  constexpr std::int64_t minute = 60, hour = 3600, day = 24 * hour;
  const auto [length, name] = seconds >= day    ? std::pair{day, "d"}
                              : seconds >= hour ? std::pair{hour, "h"}
                                                : std::pair{minute, "min"};
  return std::to_string(std::max<std::int64_t>(seconds, 0) / length) + " " + name;
}

/// One that is this gateway's, or was meant to be.
findings judge_webhook(const vendor::workspace_webhook& one, const vendor_facts& facts) {
  if (one.is_disabled || one.is_auto_disabled)
    return {found("post_call_webhook_off",
                  {{"name", one.name}, {"how", one.is_auto_disabled ? ", by ElevenLabs, after failures" : ""}})};
  if (const auto how = difference(one.url, facts.post_call_url); !how.empty())
    return {found("post_call_webhook_differs", {{"name", one.name},
                                                {"url", twilio::shown_address(one.url)},
                                                {"difference", how},
                                                {"wanted", facts.post_call_url}})};
  if (one.failure_code != 0 && facts.now - one.failed_at < recent_seconds)
    return {found("post_call_webhook_fails", {{"name", one.name},
                                              {"code", std::to_string(one.failure_code)},
                                              {"ago", in_words(facts.now - one.failed_at)}})};
  return {};
}

bool is_meant_for_us(const vendor::workspace_webhook& one, std::string_view wanted) {
  const auto is = read_address(one.url), should = read_address(wanted);
  return is && should && is->host == should->host;
}

findings judge_webhooks(const vendor_facts& facts) {
  constexpr std::string_view what = "the workspace's webhooks";
  if (auto none = judge_answer(facts.webhooks, what); !none.empty()) return none;
  const auto all = vendor::decode_webhooks(facts.webhooks.body);
  if (!all) return {unreadable(what)};
  findings out;
  bool is_there = false;
  for (const auto& one : *all) {
    if (!is_meant_for_us(one, facts.post_call_url)) continue;
    is_there = true;
    std::ranges::move(judge_webhook(one, facts), std::back_inserter(out));
  }
  if (!is_there) out.push_back(found("post_call_webhook_missing", {{"url", facts.post_call_url}}));
  return out;
}

/// The workspace's webhooks, those that lead here and others.
class post_call_judge {
 public:
  post_call_judge(const post_call_facts& facts, std::vector<vendor::workspace_webhook> all)
      : facts_(facts), all_(std::move(all)) {
    for (const auto& one : all_)
      if (is_meant_for_us(one, facts.post_call_url) && !one.id.empty()) ours_.push_back(&one);
  }

  findings judge() {
    if (ours_.empty()) return {};
    for (const auto& agent : facts_.agents) judge_agent(agent);
    const bool all_have_their_own = !facts_.agents.empty() && std::ranges::none_of(facts_.agents, [](const auto& one) {
      return one.own.webhook.empty();
    });
    if (!all_have_their_own) judge_workspace();
    return std::move(out_);
  }

 private:
  void judge_workspace() {
    constexpr std::string_view what = "which webhook is told of calls that end";
    auto none = judge_answer(facts_.settings, what);
    std::ranges::move(none, std::back_inserter(out_));
    if (!none.empty()) return;
    const auto choice = vendor::decode_post_call_choice(facts_.settings.body);
    if (!choice) return out_.push_back(unreadable(what));
    const auto& ours = ours_.front()->name;
    if (choice->webhook.empty())
      out_.push_back(found("post_call_not_assigned", {{"name", ours}}));
    else if (!is_ours(choice->webhook))
      out_.push_back(found("post_call_assigned_elsewhere", {{"name", ours}, {"other", named(choice->webhook)}}));
    else if (!tells_transcripts(*choice))
      out_.push_back(found("post_call_without_transcript", {{"events", listed(*choice)}}));
  }

  void judge_agent(const post_call_facts::agent& agent) {
    if (agent.own.webhook.empty()) return;
    if (!is_ours(agent.own.webhook))
      out_.push_back(found("agent_post_call_elsewhere", {{"agent", agent.id}, {"other", named(agent.own.webhook)}}));
    else if (!tells_transcripts(agent.own))
      out_.push_back(found("agent_post_call_without_transcript", {{"agent", agent.id}, {"events", listed(agent.own)}}));
  }

  [[nodiscard]] bool is_ours(std::string_view id) const {
    return std::ranges::any_of(ours_, [id](const auto* one) { return one->id == id; });
  }
  /// "the webhook crm, which leads to https://…"
  [[nodiscard]] std::string named(std::string_view id) const {
    const auto there = std::ranges::find_if(all_, [id](const auto& one) { return one.id == id; });
    if (there == all_.end()) return "a webhook that is not there any more, " + std::string{id};
    return "the webhook " + there->name + ", which leads to " + twilio::shown_address(there->url);
  }
  static std::string listed(const vendor::post_call_choice& choice) {
    std::string names;
    for (const auto& one : choice.events.value_or(std::vector<std::string>{}))
      names.append(names.empty() ? "" : ", ").append(one);
    return names.empty() ? "nothing" : names;
  }

  const post_call_facts& facts_;
  const std::vector<vendor::workspace_webhook> all_;
  std::vector<const vendor::workspace_webhook*> ours_;
  findings out_;
};

findings judge_numbers(const vendor_facts& facts) {
  constexpr std::string_view what = "imported numbers";
  if (auto none = judge_answer(facts.phone_numbers, what); !none.empty()) return none;
  const auto all = vendor::decode_phone_numbers(facts.phone_numbers.body);
  if (!all) return {unreadable(what)};
  findings out;
  for (const auto& imported : *all)
    for (const auto& [number, tenant] : facts.numbers)
      if (meeting_form(imported) == number)
        out.push_back(found("number_imported", {{"number", imported}, {"tenant", tenant}}));
  return out;
}

}  // namespace

findings judge(const vendor_facts& facts) {
  const auto& first = facts.subscription;
  if (first.is != reach::outcome::answered)
    return {found("elevenlabs_unreachable", {{"host", facts.host}, {"why", first.why}})};
  if (is_refused(first))
    return {facts.taken_at.empty()
                ? found("elevenlabs_key_refused", {{"host", facts.host}})
                : found("elevenlabs_other_region", {{"host", facts.host}, {"region", facts.taken_at}})};
  findings out{found("elevenlabs_good", {{"host", facts.host}})};
  for (auto part : {judge_subscription(facts), judge_webhooks(facts), judge_numbers(facts)})
    std::ranges::move(part, std::back_inserter(out));
  return out;
}

findings judge(const post_call_facts& facts) {
  if (facts.webhooks.is != reach::outcome::answered || facts.webhooks.status != 200) return {};
  auto all = vendor::decode_webhooks(facts.webhooks.body);
  return all ? post_call_judge{facts, *std::move(all)}.judge() : findings{};
}

}  // namespace tonris::model::doctor
