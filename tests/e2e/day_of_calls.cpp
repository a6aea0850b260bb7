#include "tests/e2e/day_of_calls.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>
#include <utility>

#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/text.hpp"

namespace tonris::e2e {

using namespace std::chrono_literals;

namespace {

using clock = std::chrono::steady_clock;

constexpr auto beyond_all_limits = 25s;  // he would hang up then, where nobody ends the call

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

std::string with_number(const char* form, std::uint32_t number) {
  char text[24];
  std::snprintf(text, sizeof text, form, number);  // NOLINT(clang-diagnostic-format-nonliteral)
  return text;
}

using moment = std::optional<std::chrono::milliseconds>;
struct moment_of {
  call_kind kind;
  moment at;
};

/// When the caller hangs up, since his stream's start; nothing: somebody else ends the call.
moment hangs_up_after(std::uint32_t call) {
  using enum call_kind;
  static constexpr std::array moments{moment_of{operator_hangs_up, {}},
                                      moment_of{put_through, {}},
                                      moment_of{gone_before_stream, {}},
                                      moment_of{agent_ends, {}},
                                      moment_of{agent_unknown, {}},
                                      moment_of{agent_breaks, 4s},
                                      moment_of{stream_breaks, 3s},
                                      moment_of{uses_tool, 3s},
                                      moment_of{put_through_by_agent, beyond_all_limits},
                                      moment_of{too_long, beyond_all_limits},
                                      moment_of{spends_month, beyond_all_limits},
                                      moment_of{agent_dies, beyond_all_limits},
                                      moment_of{agent_garbles, beyond_all_limits},
                                      moment_of{agent_silent, beyond_all_limits},
                                      moment_of{agent_refused, beyond_all_limits},
                                      moment_of{agent_unpaid, beyond_all_limits},
                                      moment_of{agent_crowded, beyond_all_limits},
                                      moment_of{agent_locked, beyond_all_limits},
                                      moment_of{agent_down, beyond_all_limits},
                                      moment_of{stream_breaks_ever, beyond_all_limits},
                                      moment_of{stream_silent, beyond_all_limits}};
  const auto found = std::ranges::find(moments, kind_of(call), &moment_of::kind);
  return found == moments.end() ? 1s + 100ms * (call % 20) : found->at;
}

/// When somebody does something to the call in its middle, since its beginning.
moment acted_on_after(std::uint32_t call) {
  using enum call_kind;
  static constexpr std::array moments{moment_of{operator_hangs_up, 900ms}, moment_of{put_through, 900ms},
                                      moment_of{gone_before_stream, 400ms}, moment_of{gives_up_in_line, 1500ms}};
  const auto kind = kind_of(call);
  if (kind == caller_hangs_up) return call % 3 == 0 ? moment{500ms} : std::nullopt;
  const auto found = std::ranges::find(moments, kind, &moment_of::kind);
  return found == moments.end() ? std::nullopt : found->at;
}

bool asks_the_agent(call_kind kind) {
  return kind == call_kind::uses_tool || kind == call_kind::put_through_by_agent;
}

bool loses_patience(call_kind kind) {
  return kind == call_kind::gone_before_stream || kind == call_kind::gives_up_in_line;
}

/// Does somebody take the leg to whom the caller is put through?
bool is_taken(std::uint32_t call) {
  const auto kind = kind_of(call);
  if (kind == call_kind::refused_to_transfer || kind == call_kind::sent_on) return call % 5 != 0;
  return kind == call_kind::put_through || kind == call_kind::put_through_by_agent || call % 2 == 0;
}

}  // namespace

std::optional<std::chrono::milliseconds> DayOfCalls::price_after(std::uint32_t call) {
  if (call % 50 == 49) return std::nullopt;
  return 600ms * (call % 7);
}

sim::call_rating DayOfCalls::rating_of(const sim::booked_call& call) {
  if (!call.parent.empty()) return {0ms, {cast_of_day::dialled_minute, model::us_dollars}};
  const auto id = id_of(call.sid);
  const auto after = price_after(id);
  const auto listed = call.direction == "inbound" ? cast_of_day::received_minute : cast_of_day::dialled_minute;
  return {after, {after ? listed + 1 + id % 97 : listed, model::us_dollars}};
}

DayOfCalls::DayOfCalls() : CallbackTest(cast_of_day::agent) {}

void DayOfCalls::begin_day() {
  const auto rates = (folder_.path / "rates.json").string();
  std::ofstream{rates} << cast_of_day::rates();
  start(cast_of_day::tenants(), {{"PRICE_FIRST_ASK", "1"},
                                 {"RATES_FILE", rates},
                                 {"SECRETS_KEY", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}});
  w.on_loop([&] {
    sim::call_book_options how;
    how.behind = 100ms;
    how.rate = rating_of;
    w.book().become(std::move(how));
    w.twilio().recordings().rate_by([](const auto& one) { return price_after(id_of(one.call)); });
    w.vendor().process(500ms, [](const sim::conversation_record& one) { return one.facts.number % 40 == 3; });
    w.vendor().give_agent_to(std::string{cast_of_day::own_agent}, std::string{cast_of_day::own_key});
    sim::callback_options tells;
    tells.origin = w.gateway().origin();
    tells.secret = callback_secret;
    tells.tells = [](const sim::conversation_record& one) { return is_told(one.facts.number); };
    w.vendor().call_back(std::move(tells));
    w.twilio().add(account_sid, cast_of_day::number_of(cast_of_day::places_calls));
  });
  w.phone = phone_of;
  w.tell_of_recordings();
}

sim::pick_up DayOfCalls::phone_of(const sim::call_order& order) {
  using what = sim::pick_up::kind;
  sim::pick_up how;
  how.rings = 200ms;
  switch (static_cast<callee>(std::stoul(order.to.substr(order.to.size() - 4)) % callees)) {
    case callee::talks: how.as = [](sim::caller_options& caller) { caller.hang_up_after = 2s; }; break;
    case callee::is_busy: how.what = what::busy; break;
    case callee::does_not_answer: how.what = what::no_answer; break;
    case callee::is_a_machine:
      how.answered_by = "machine_start";
      how.heard_after = 1s;
      break;
    case callee::cannot_be_reached: how.what = what::failed; break;
    case callee::is_taken_back: how.what = what::canceled; break;
  }
  return how;
}

void DayOfCalls::place_calls(std::uint32_t count) {
  for (std::uint32_t call = 0; call < count; ++call) {
    const auto answer =
        send("POST", "/api/calls", R"({"tenantId":"caller","to":")" + with_number("+1555301%04u", call) + "\"}",
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

sim::caller_options DayOfCalls::options_of(std::uint32_t call, std::string to) const {
  auto how = w.caller();
  how.call_sid = sid_of(call);
  how.from = with_number("+1555%07u", 2'000'000 + call);
  how.to = std::move(to);
  how.stream_setup = 50ms;
  return how;
}

sim::caller_options DayOfCalls::options_of(std::uint32_t call) const {
  using enum call_kind;
  const auto kind = kind_of(call);
  auto how = options_of(call, cast_of_day::number_for(kind));
  how.hang_up_after = hangs_up_after(call);
  if (call % 7 == 6) how.status_callback_url.clear();  // the number has none
  if (call % 5 == 3) how.callbacks.late = 1s;
  if (call % 5 == 4) how.callbacks.times = 2;
  if (is_taken(call)) how.twiml.dial_outcome = "completed";
  if (kind == stream_breaks) how.faults.drops = {{600ms}};
  if (kind == stream_silent) how.faults.drops = {{500ms, sim::drop_manner::silent}};
  if (kind == stream_breaks_ever)  // some of them when there is none
    for (auto at = 700ms; at < 14s; at += 700ms) how.faults.drops.push_back({at});
  if (kind == gone_before_stream) how.stream_setup = 5s;
  if (kind == calls_too_often) how.from = "+15552999999";
  if (kind == gives_up_in_line) {
    how.twiml.fast = false;
    how.status_callback_url = w.caller().status_callback_url;  // else nobody knows for 25 s that he is gone
  }
  if (kind == placed_by_others) {
    how.direction = "outbound-api";
    how.to = std::exchange(how.from, how.to);
    how.status_callback_url.clear();
  }
  return how;
}

DayOfCalls::running DayOfCalls::begin(std::uint32_t call) {
  running now;
  now.id = call;
  if (asks_the_agent(kind_of(call)))
    now.says = std::make_unique<question>(call);
  else
    now.says = std::make_unique<silent>();
  if (const auto after = acted_on_after(call)) now.act_at = clock::now() + *after;
  now.report = w.place(options_of(call), *now.says, hears_nothing_, &now.caller);
  return now;
}

void DayOfCalls::act(running& call) {
  if (!call.act_at || clock::now() < *call.act_at) return;
  const auto kind = kind_of(call.id);
  if (loses_patience(kind)) {
    w.on_loop([&] { call.caller->hang_up(); });
    return call.act_at.reset();
  }
  const auto does = [&]() -> std::pair<std::string, std::string> {
    if (kind == call_kind::put_through)
      return {"/transfer", R"({"to":")" + std::string{cast_of_day::number_of_help} + "\"}"};
    if (kind == call_kind::caller_hangs_up) return {"/recording", R"({"action":"start"})"};
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

std::vector<DayOfCalls::running> DayOfCalls::take_places() {
  constexpr std::array takers{cast_of_day::one_call, cast_of_day::one_call_and_line, cast_of_day::one_at_vendor};
  static_assert(takers.size() == std::size(all_day_long));
  std::vector<running> calls;
  for (std::size_t n = 0; n < takers.size(); ++n) {
    auto& now = calls.emplace_back();
    now.id = all_day_long[n];
    now.says = std::make_unique<silent>();
    auto how = options_of(now.id, cast_of_day::number_of(takers[n]));
    how.at_most = 1h;
    now.report = w.place(std::move(how), *now.says, hears_nothing_, &now.caller);
  }
  const auto all_talk = [&] {
    return std::ranges::all_of(all_day_long, [&](auto id) { return w.vendor().of_call(sid_of(id)) != nullptr; });
  };
  EXPECT_TRUE(w.wait_until(all_talk, 15s));
  return calls;
}

void DayOfCalls::look_at(const sim::caller_report& report) {
  EXPECT_TRUE(report.reached);
  EXPECT_TRUE(report.violations.empty()) << report.call_sid << ": " << violations_of(report.violations.all());
}

void DayOfCalls::make_calls(std::uint32_t count, std::size_t at_once) {
  constexpr std::uint32_t many = 2000, said_each = 1000;
  auto all_day = take_places();
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
  for (auto& call : all_day) w.on_loop([&] { call.caller->hang_up(); });
  for (auto& call : all_day) look_at(call.report.get());
}

}  // namespace tonris::e2e
