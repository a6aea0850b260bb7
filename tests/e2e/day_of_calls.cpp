#include "tests/e2e/day_of_calls.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <thread>
#include <utility>

#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/text.hpp"

namespace tonris::e2e {

using namespace std::chrono_literals;

namespace {

using clock = std::chrono::steady_clock;

/// How many of 44 calls are of each kind, in the order of their names.
constexpr std::array shares{16u, 3u, 4u, 3u, 3u, 2u, 3u, 3u, 2u, 1u, 1u, 1u, 2u};

std::string number_of(const char* last) {
  return std::string{"+1555010000"} + last;
}

/// Loud for 600 ms, once the agent is there, then silent: a question.
class question final : public sim::frame_source {
 public:
  explicit question(std::uint32_t id) : id_(id) {}
  bool next(std::uint64_t number, std::span<std::uint8_t> frame) override {
    constexpr std::uint64_t begins = 30, ends = 60;
    if (number >= begins && number < ends)
      identified_frames::fill(id_, number, frame);
    else
      std::fill(frame.begin(), frame.end(), sim::silence);
    return true;
  }

 private:
  std::uint32_t id_;
};

}  // namespace

DayOfCalls::kind DayOfCalls::kind_of(std::uint32_t call) {
  // 13 has no part in common with 44: neighbours are of different kinds.
  auto place = call * 13 % 44;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (place < shares[i]) return static_cast<kind>(i);
    place -= shares[i];
  }
  return kind::caller_hangs_up;
}

std::optional<std::chrono::milliseconds> DayOfCalls::price_after(std::uint32_t call) {
  if (call % 50 == 49) return std::nullopt;
  return 600ms * (call % 7);
}

std::optional<sim::agent_behaviour> DayOfCalls::agent(const std::string& id, std::uint64_t number) {
  using point = sim::agent_failure::point;
  if (id == "agent_gone") return std::nullopt;
  auto how = quiet_agent();
  how.when_told = sim::utterance{"One moment.", "words"};
  if (id == "agent_ends") {
    how.failure.when = point::after_metadata;
    how.failure.after = 1s;
    how.failure.code = 1000;
  }
  if (id == "agent_breaks" && number % 2 == 1) {
    how.failure.when = point::after_metadata;
    how.failure.after = 700ms;
  }
  if (id == "agent_tools") {
    sim::agent_turn turn;
    turn.hear = "What do you do?";
    turn.say = {"We cut.", "words"};
    turn.tool = sim::tool_use{"get_services", "t1", "{}", true, true};
    how.turns = {turn};
  }
  return how;
}

DayOfCalls::DayOfCalls() : CallbackTest(agent) {}

void DayOfCalls::begin_day() {
  const std::string help{number_of_help};
  const auto limits = [&](const std::string& overflow) {
    return R"("limits":{"minutesPerMonth":0,"overflow":{)" + overflow + "}}";
  };
  start(
      "[" +
          tenant("salon", number_of("1"), "agent_demo",
                 R"("recording":{"allowed":true},"transfer":{"numbers":[")" + help + R"("],"perCallerPerDay":1000})") +
          "," + tenant("clinic", number_of("2"), "agent_ends") + "," + tenant("lost", number_of("3"), "agent_gone") +
          "," + tenant("shaky", number_of("4"), "agent_breaks") + "," +
          tenant("shop", number_of("5"), "agent_tools", tools(R"("get_services":{"static":{"services":["cut"]}})")) +
          "," + tenant("broke", number_of("6"), "agent_demo", limits(R"("action":"say")")) + "," +
          tenant("taped", number_of("7"), "agent_demo", limits(R"("action":"voicemail")")) + "," +
          tenant("helped", number_of("8"), "agent_demo",
                 limits(R"("action":"transfer","transferTo":")" + help + "\"")) +
          "," +
          tenant("caller", number_of("0"), "agent_demo",
                 R"("outbound":{"enabled":true,"allowed":["+1"],"perMinute":60,"machine":"hang-up"})") +
          "]",
      {{"PRICE_FIRST_ASK", "1"}});
  w.on_loop([&] {
    sim::call_book_options how;
    how.behind = 100ms;
    how.rate = [](const sim::booked_call& call) {
      if (call.parent.empty()) return sim::call_rating{price_after(id_of(call.sid))};
      return sim::call_rating{0ms, {14'000, model::us_dollars}};
    };
    w.book().become(std::move(how));
    w.twilio().recordings().rate_by([](const auto& one) { return price_after(id_of(one.call)); });
    w.vendor().process(500ms, [](const sim::conversation_record& one) { return one.facts.number % 40 == 3; });
    sim::callback_options tells;
    tells.origin = w.gateway().origin();
    tells.secret = callback_secret;
    tells.tells = [](const sim::conversation_record& one) { return is_told(one.facts.number); };
    w.vendor().call_back(std::move(tells));
    w.twilio().add(account_sid, number_of("0"));
  });
  w.phone = [](const sim::call_order& order) {
    sim::pick_up how;
    how.rings = 200ms;
    switch (static_cast<callee>(std::stoul(order.to.substr(order.to.size() - 4)) % callees)) {
      case callee::talks: how.as = [](sim::caller_options& caller) { caller.hang_up_after = 2s; }; break;
      case callee::is_busy: how.what = sim::pick_up::kind::busy; break;
      case callee::does_not_answer: how.what = sim::pick_up::kind::no_answer; break;
      case callee::is_a_machine:
        how.answered_by = "machine_start";
        how.heard_after = 1s;
        break;
    }
    return how;
  };
  w.tell_of_recordings();
}

void DayOfCalls::place_calls(std::uint32_t count) {
  for (std::uint32_t call = 0; call < count; ++call) {
    const auto to = "+1555301" + std::to_string(10'000 + call).substr(1);
    const auto answer = send("POST", "/api/calls", R"({"tenantId":"caller","to":")" + to + "\"}",
                             "Authorization: Bearer " + admin_token + "\r\n");
    EXPECT_TRUE(has(answer, " 201 ")) << answer;
  }
}

std::vector<sim::placed_calls::placed> DayOfCalls::placed_calls() {
  const auto all = [this] { return w.phones().all(); };
  EXPECT_TRUE(
      w.wait_until([&] { return std::ranges::all_of(all(), [](const auto& one) { return one.is_over; }); }, 30s));
  return w.on_loop(all);
}

sim::caller_options DayOfCalls::options_of(std::uint32_t call) const {
  auto how = w.caller();
  how.call_sid = sid_of(call);
  char from[16];
  std::snprintf(from, sizeof from, "+1555%07u", 2'000'000 + call);
  how.from = from;
  how.stream_setup = 50ms;
  how.to = number_of("1");
  how.hang_up_after = 1s + 100ms * (call % 20);
  if (call % 7 == 6) how.status_callback_url.clear();  // the number has none
  if (call % 5 == 3) how.callbacks.late = 1s;
  if (call % 5 == 4) how.callbacks.times = 2;
  switch (kind_of(call)) {
    case kind::caller_hangs_up: break;
    case kind::operator_hangs_up:
    case kind::transferred:
    case kind::gone_before_stream: how.hang_up_after.reset(); break;
    case kind::agent_ends:
      how.to = number_of("2");
      how.hang_up_after.reset();
      break;
    case kind::agent_unknown:
      how.to = number_of("3");
      how.hang_up_after.reset();
      break;
    case kind::agent_breaks:
      how.to = number_of("4");
      how.hang_up_after = 4s;
      break;
    case kind::stream_breaks:
      how.faults.drops = {{600ms}};
      how.hang_up_after = 3s;
      break;
    case kind::uses_tool:
      how.to = number_of("5");
      how.hang_up_after = 3s;
      break;
    case kind::refused_with_words: how.to = number_of("6"); break;
    case kind::refused_to_voicemail: how.to = number_of("7"); break;
    case kind::refused_to_transfer: how.to = number_of("8"); break;
    case kind::unknown_number: how.to = number_of("9"); break;
  }
  if (kind_of(call) == kind::gone_before_stream) how.stream_setup = 5s;
  const bool is_taken = kind_of(call) == kind::refused_to_transfer ? call % 5 != 0 : call % 2 == 0;
  if (is_taken || kind_of(call) == kind::transferred) how.twiml.dial_outcome = "completed";
  return how;
}

DayOfCalls::running DayOfCalls::begin(std::uint32_t call) {
  running now;
  now.id = call;
  if (kind_of(call) == kind::uses_tool)
    now.says = std::make_unique<question>(call);
  else
    now.says = std::make_unique<silent>();
  const auto is = kind_of(call);
  if (is == kind::operator_hangs_up || is == kind::transferred) now.act_at = clock::now() + 900ms;
  if (is == kind::gone_before_stream) now.act_at = clock::now() + 400ms;
  if (is == kind::caller_hangs_up && call % 3 == 0) now.act_at = clock::now() + 500ms;
  now.report = w.place(options_of(call), *now.says, hears_nothing_, &now.caller);
  return now;
}

void DayOfCalls::act(running& call) {
  if (!call.act_at || clock::now() < *call.act_at) return;
  if (kind_of(call.id) == kind::gone_before_stream) {
    w.on_loop([&] { call.caller->hang_up(); });
    return call.act_at.reset();
  }
  const auto does = [&]() -> std::pair<std::string, std::string> {
    if (kind_of(call.id) == kind::transferred) return {"/transfer", R"({"to":")" + std::string{number_of_help} + "\"}"};
    if (kind_of(call.id) == kind::caller_hangs_up) return {"/recording", R"({"action":"start"})"};
    return {"/hangup", ""};
  }();
  const auto answer = send("POST", "/api/calls/" + sid_of(call.id) + does.first, does.second,
                           "Authorization: Bearer " + admin_token + "\r\n");
  const bool came_late = does.first == "/recording" && has(answer, " 409 ");  // he has hung up before
  if (has(answer, " 202 ") || has(answer, " 200 ") || came_late)
    call.act_at.reset();
  else
    call.act_at = clock::now() + 300ms;  // its agent is not on the line yet
}

void DayOfCalls::look_at(const sim::caller_report& report) {
  EXPECT_TRUE(report.reached);
  EXPECT_TRUE(report.violations.empty()) << report.call_sid << ": " << violations_of(report.violations.all());
}

void DayOfCalls::make_calls(std::uint32_t count, std::size_t at_once) {
  constexpr std::uint32_t many = 2000, said_each = 1000;
  std::vector<running> now;
  std::uint32_t begun = 0;
  while (begun < count || !now.empty()) {
    if (begun < count && now.size() < at_once) {
      now.push_back(begin(++begun));
      if (count >= many && begun % said_each == 0) std::cout << begun << " calls have begun" << std::endl;
    } else {
      std::this_thread::sleep_for(5ms);
    }
    for (auto& call : now) act(call);
    std::erase_if(now, [&](running& call) {
      if (call.report.wait_for(0s) != std::future_status::ready) return false;
      look_at(call.report.get());
      return true;
    });
  }
}

}  // namespace tonris::e2e
