#include "tests/e2e/cast_of_day.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "model/call/supervision.hpp"
#include "tests/e2e/world.hpp"
#include "tools/sim/elevenlabs/price_list.hpp"

namespace tonris::e2e {

using namespace std::chrono_literals;

namespace {

struct share {
  call_kind kind;
  unsigned calls;  ///< of `in_all`
};
constexpr unsigned in_all = 88;
/// Their order says when they begin: as neighbours are 13 apart, those at 13, 26, 39, … come first.
constexpr std::array shares{
    share{call_kind::caller_hangs_up, 13},
    share{call_kind::too_long, 1},
    share{call_kind::operator_hangs_up, 3},
    share{call_kind::agent_ends, 5},
    share{call_kind::agent_unknown, 4},
    share{call_kind::stream_silent, 1},
    share{call_kind::agent_breaks, 4},
    share{call_kind::stream_breaks, 3},
    share{call_kind::put_through, 3},
    share{call_kind::put_through_by_agent, 2},
    share{call_kind::agent_dies, 1},
    share{call_kind::uses_tool, 4},
    share{call_kind::refused_with_words, 2},
    share{call_kind::refused_to_voicemail, 2},
    share{call_kind::refused_to_transfer, 2},
    share{call_kind::gone_before_stream, 2},
    share{call_kind::agent_garbles, 1},
    share{call_kind::unknown_number, 1},
    share{call_kind::outside_hours, 1},
    share{call_kind::blocked, 1},
    share{call_kind::sent_on, 1},
    share{call_kind::suspended, 1},
    share{call_kind::pending, 1},
    share{call_kind::cancelled, 1},
    share{call_kind::without_agent, 1},
    share{call_kind::line_busy, 1},
    share{call_kind::gives_up_in_line, 1},
    share{call_kind::vendor_full, 1},
    share{call_kind::placed_by_others, 1},
    share{call_kind::spends_month, 3},
    share{call_kind::calls_too_often, 2},
    share{call_kind::tenant_in_rush, 2},
    share{call_kind::agent_silent, 1},
    share{call_kind::agent_refused, 1},
    share{call_kind::agent_unpaid, 1},
    share{call_kind::agent_crowded, 1},
    share{call_kind::agent_down, 1},
    share{call_kind::agent_locked, 1},
    share{call_kind::stream_breaks_ever, 1},
    share{call_kind::agent_in_opus, 1},
    share{call_kind::stream_garbled, 1},
    share{call_kind::stream_in_pcm, 1},
    share{call_kind::caller_hangs_up, 6},
};
constexpr unsigned sum_of_shares() {
  unsigned sum = 0;
  for (const auto& one : shares) sum += one.calls;
  return sum;
}
static_assert(sum_of_shares() == in_all);

struct subscriber {
  std::string_view id, agent, settings, beside;  ///< beside: its settings
};
constexpr std::array subscribers{
    subscriber{cast_of_day::places_calls, "agent_demo",
               R"("outbound":{"enabled":true,"allowed":["+1"],"perMinute":60,"machine":"hang-up"})", ""},
    subscriber{"salon", "agent_demo",
               R"("recording":{"allowed":true},"transfer":{"numbers":["+15550109999"],"perCallerPerDay":1000})", ""},
    subscriber{"clinic", "agent_ends", "", ""},
    subscriber{"lost", "agent_gone", "", ""},
    subscriber{"shaky", "agent_breaks", "", ""},
    subscriber{"dying", "agent_dies", "", ""},
    subscriber{"garbled", "agent_garbles", "", ""},
    subscriber{"shop", "agent_tools", R"("tools":{"get_services":{"static":{"services":["cut"]}}})", ""},
    subscriber{"desk", "agent_puts_through", R"("transfer":{"numbers":["+15550109999"]})", ""},
    subscriber{"short", "agent_demo", R"("limits":{"maxCallSeconds":10})", ""},
    subscriber{"spent", "agent_demo", R"("limits":{"costPerMonth":0.01})", ""},
    subscriber{"broke", "agent_demo", R"("limits":{"minutesPerMonth":0,"overflow":{"action":"say"}})", ""},
    subscriber{"taped", "agent_demo", R"("limits":{"minutesPerMonth":0,"overflow":{"action":"voicemail"}})", ""},
    subscriber{"helped", "agent_demo",
               R"("limits":{"minutesPerMonth":0,"overflow":{"action":"transfer","transferTo":"+15550109999"}})", ""},
    subscriber{"dialled", "agent_demo", R"("limits":{"callerCalls":{"calls":1,"seconds":86400}})", ""},
    subscriber{"rushed", "agent_demo", R"("limits":{"callsPerMinute":1})", ""},
    subscriber{cast_of_day::one_call, "agent_demo", R"("limits":{"maxConcurrentCalls":1})", ""},
    subscriber{cast_of_day::one_call_and_line, "agent_demo",
               R"("limits":{"maxConcurrentCalls":1,"overflow":{"action":"wait","seconds":60}})", ""},
    subscriber{cast_of_day::one_at_vendor, cast_of_day::own_agent, R"("limits":{"vendorCalls":1})",
               R"("secrets":{"elevenLabs":{"apiKey":"own-vendor-key"}})"},
    subscriber{"shut", "agent_demo", R"("businessHours":{"timezone":"Europe/Rome"})", ""},
    subscriber{"strict", "agent_demo", R"("callerRules":[{"name":"all","callers":["+1555*"],"action":"block"}])", ""},
    subscriber{"moved", "agent_demo",
               R"("callerRules":[{"name":"all","callers":["+1555*"],"action":"transfer","transferTo":"+15550109999"}])",
               ""},
    subscriber{"resting", "agent_demo", "", R"("status":"suspended")"},
    subscriber{"coming", "agent_demo", "", R"("status":"pending")"},
    subscriber{"gone", "agent_demo", "", R"("status":"cancelled")"},
    subscriber{"bare", "", "", ""},
    subscriber{"waiting", "agent_silent", "", ""},
    subscriber{"refused", "agent_refused", "", ""},
    subscriber{"unpaid", "agent_unpaid", "", ""},
    subscriber{"crowded", "agent_crowded", "", ""},
    subscriber{"locked", "agent_locked", "", ""},
    subscriber{"down", "agent_down", "", ""},
    subscriber{"modern", "agent_opus", "", ""},
    subscriber{"mute", "agent_mute", "", ""},
    subscriber{"greeting", "agent_greets", "", ""},
    subscriber{"stalling", "agent_stalls", "", ""},
    subscriber{"telling", "agent_tells", "", ""},
    subscriber{"rehearsing", "agent_demo",
               R"("rehearsal":{"failure":"callerCrash","afterSeconds":5,"callers":["+15552888888"]})", ""},
    subscriber{"unheard", "agent_deaf", "", ""},
    subscriber{cast_of_day::wants_to_be_counted, "agent_demo", R"("limits":{"whenUnknown":"refuse"})", ""},
};

/// "": nobody.
std::string_view called_by(call_kind kind) {
  using enum call_kind;
  switch (kind) {
    case caller_hangs_up:
    case operator_hangs_up:
    case put_through:
    case stream_breaks:
    case stream_breaks_ever:
    case stream_silent:
    case stream_garbled:
    case stream_in_pcm:
    case gone_before_stream:
    case placed_by_others: return "salon";
    case agent_ends: return "clinic";
    case put_through_by_agent: return "desk";
    case too_long: return "short";
    case spends_month: return "spent";
    case uses_tool: return "shop";
    case agent_breaks: return "shaky";
    case agent_dies: return "dying";
    case agent_garbles: return "garbled";
    case agent_unknown: return "lost";
    case agent_silent: return "waiting";
    case agent_refused: return "refused";
    case agent_unpaid: return "unpaid";
    case agent_crowded: return "crowded";
    case agent_locked: return "locked";
    case agent_down: return "down";
    case agent_in_opus: return "modern";
    case agent_mute: return "mute";
    case caller_deaf: return "greeting";
    case agent_stalls: return "stalling";
    case caller_does_not_read: return "telling";
    case leg_crashes: return "rehearsing";
    case agent_deaf: return "unheard";
    case refused_with_words: return "broke";
    case refused_to_voicemail: return "taped";
    case refused_to_transfer: return "helped";
    case calls_too_often: return "dialled";
    case tenant_in_rush: return "rushed";
    case line_busy: return cast_of_day::one_call;
    case gives_up_in_line: return cast_of_day::one_call_and_line;
    case vendor_full: return cast_of_day::one_at_vendor;
    case outside_hours: return "shut";
    case blocked: return "strict";
    case sent_on: return "moved";
    case suspended: return "resting";
    case pending: return "coming";
    case cancelled: return "gone";
    case without_agent: return "bare";
    case unknown_number: break;
  }
  return "";
}

std::string number(std::size_t last) {
  char text[16];
  std::snprintf(text, sizeof text, "+155501000%02zu", last);
  return text;
}

constexpr std::uint64_t restarts = model::supervision::agent_leg_budget.restarts;
constexpr std::array<std::string_view, 4> with_a_part{"agent_opus", "agent_mute", "agent_greets", "agent_tells"};

/// What its signed address is refused with; 0: it is not.
unsigned refused_with(const std::string& agent) {
  struct refusal {
    std::string_view agent;
    unsigned status;
  };
  constexpr std::array refusals{refusal{"agent_refused", 422}, refusal{"agent_unpaid", 402},
                                refusal{"agent_crowded", 429}, refusal{"agent_locked", 401},
                                refusal{"agent_down", 500}};
  const auto found = std::ranges::find(refusals, agent, &refusal::agent);
  return found == refusals.end() ? 0 : found->status;
}

sim::agent_failure fails_at(std::chrono::milliseconds after_metadata, sim::agent_failure::manner how,
                            std::uint16_t code) {
  sim::agent_failure failure;
  failure.when = sim::agent_failure::point::after_metadata;
  failure.how = how;
  failure.after = after_metadata;
  failure.code = code;
  return failure;
}

sim::agent_failure failure_of(const std::string& agent, std::uint64_t number) {
  using manner = sim::agent_failure::manner;
  if (agent == "agent_ends") return fails_at(1s, manner::close, 1000);
  if (agent == "agent_breaks" && number % 2 == 1) return fails_at(700ms, manner::close, 1011);
  if (agent == "agent_dies") return fails_at(300ms, manner::close, 1011);
  if (agent == "agent_garbles") return fails_at(300ms, manner::garbage, 1011);
  if (agent == "agent_stalls") return fails_at(100ms, number <= restarts ? manner::close : manner::stall, 1011);
  return {};
}

/// Of those who never hear that somebody speaks into what they say.
void play_a_part(const std::string& agent, sim::agent_behaviour& how) {
  how.barge_in_after = 1h;
  if (agent == "agent_opus") how.output_format = "opus_48000";
  if (agent == "agent_mute") how.voice = sim::agent_behaviour::sound::missing;
  if (agent == "agent_mute" || agent == "agent_greets") how.greeting = sim::utterance{"Good morning.", "words"};
  if (agent == "agent_tells") how.pace = 1000;
  if (agent != "agent_tells" && agent != "agent_greets") return;
  sim::agent_turn turn;
  turn.hear = "What do you say?";
  turn.say = {"I say this.", agent == "agent_tells" ? std::string{cast_of_day::story} : "words"};
  how.turns.assign(agent == "agent_tells" ? 1 : 9, turn);
}

std::optional<sim::agent_turn> turn_of(const std::string& agent) {
  sim::agent_turn turn;
  if (agent == "agent_tools") {
    turn.hear = "What do you do?";
    turn.say = {"We cut.", "words"};
    turn.tool = sim::tool_use{"get_services", "t1", "{}", true, true};
    return turn;
  }
  if (agent != "agent_puts_through") return std::nullopt;
  turn.hear = "May I speak with somebody?";
  turn.say = {"I put you through.", "words"};
  turn.tool = sim::tool_use{"transfer_call", "t2", R"({"number":"+15550109999","reason":"A question."})"};
  return turn;
}

/// Each way in which the vendor tells what a conversation costs, and does not.
sim::agent_bill bill_of(std::uint64_t number) {
  constexpr std::uint64_t ways = 4, bursts = 5;
  return {number % ways == 1 || number % ways == 2, number % bursts == 3, number % ways < 2};
}

}  // namespace

call_kind kind_of(std::uint32_t call) {
  if (call >= first_once_a_day && call - first_once_a_day < once_a_day.size())
    return once_a_day.at(call - first_once_a_day);
  // 13 has no part in common with 88: neighbours are of different kinds.
  auto place = call * 13 % in_all;
  for (const auto& one : shares) {
    if (place < one.calls) return one.kind;
    place -= one.calls;
  }
  return call_kind::caller_hangs_up;
}

namespace cast_of_day {

std::string tenants() {
  std::string json;
  for (std::size_t n = 0; n < subscribers.size(); ++n) {
    const auto& one = subscribers[n];
    std::string settings{one.settings};
    if (!one.agent.empty())
      settings.insert(0, R"("elevenLabsAgentId":")" + std::string{one.agent} + (settings.empty() ? "\"" : "\","));
    json.append(n == 0 ? "[" : ",").append(R"({"id":")").append(one.id).append(R"(","name":"N",)");
    if (!one.beside.empty()) json.append(one.beside).append(",");
    json.append(R"("twilioPhoneNumber":")" + number(n) + R"(","settings":{)" + settings + "}}");
  }
  return json + "]";
}

std::vector<std::string> tenant_ids() {
  std::vector<std::string> ids;
  ids.reserve(subscribers.size());
  for (const auto& one : subscribers) ids.emplace_back(one.id);
  return ids;
}

std::string number_of(std::string_view tenant) {
  constexpr std::size_t nobodys = 99;
  const auto found = std::ranges::find(subscribers, tenant, &subscriber::id);
  return number(found == subscribers.end() ? nobodys : static_cast<std::size_t>(found - subscribers.begin()));
}

std::string number_for(call_kind kind) {
  return number_of(called_by(kind));
}

std::optional<sim::agent_behaviour> agent(const std::string& id, std::uint64_t number) {
  if (id == "agent_gone") return std::nullopt;
  auto how = quiet_agent();
  how.when_told = sim::utterance{"One moment.", "words"};
  how.bill = bill_of(number);
  how.failure = failure_of(id, number);
  if (auto turn = turn_of(id)) how.turns = {std::move(*turn)};
  how.deaf = id == "agent_deaf";
  if (std::ranges::find(with_a_part, id) != with_a_part.end()) play_a_part(id, how);
  how.signed_url.never_answers = id == "agent_silent";
  if (const auto status = refused_with(id)) how.signed_url.status = status;
  return how;
}

std::string rates() {
  using charge = sim::conversation_charge;
  const auto price = [](model::micros amount) { return model::to_decimal(amount); };
  return R"({"rates":[{"from":"2025-01-01","twilioPerMinute":)" + price(received_minute) + R"(,"outboundPerMinute":)" +
         price(dialled_minute) + R"(,"mediaStreamPerMinute":0.004,"recordingPerMinute":0.0025,)" +
         R"("machineDetectionPerCall":0.0075,"elevenLabsPerMinute":)" +
         price(60 * charge::a_second * charge::price_of_credit) + R"(,"creditPrice":)" +
         price(charge::price_of_credit) + R"(,"source":"of the simulated vendors"}]})";
}

}  // namespace cast_of_day

}  // namespace tonris::e2e
