#include "tests/e2e/day_of_calls.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <thread>
#include <utility>

#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/recorded_speech.hpp"
#include "tests/e2e/text.hpp"
#include "tests/places.hpp"
#include "tests/sanitized.hpp"

namespace tonris::e2e {

using namespace std::chrono_literals;

namespace {

using clock = std::chrono::steady_clock;

// He would hang up then, where nobody ends the call.
constexpr auto beyond_all_limits = 25s, beyond_all_patience = 60s, beyond_both_talks = 120s;

/// Loud for 600 ms from each of some frames on, and silent between: questions.
class questions final : public sim::frame_source {
 public:
  questions(std::uint32_t id, std::vector<std::uint64_t> at) : id_(id), at_(std::move(at)) {}
  bool next(std::uint64_t number, std::span<std::uint8_t> frame) override {
    constexpr std::uint64_t lasts = 30;
    if (std::ranges::any_of(at_, [&](auto begins) { return number >= begins && number < begins + lasts; }))
      identified_frames::fill(id_, number, frame);
    else
      std::fill(frame.begin(), frame.end(), sim::silence);
    return true;
  }

 private:
  std::uint32_t id_;
  std::vector<std::uint64_t> at_;
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
                                      moment_of{stream_silent, beyond_all_limits},
                                      moment_of{agent_in_opus, beyond_all_limits},
                                      moment_of{stream_garbled, beyond_all_limits},
                                      moment_of{stream_in_pcm, beyond_all_limits},
                                      moment_of{agent_mute, beyond_all_patience},
                                      moment_of{caller_deaf, beyond_all_patience},
                                      moment_of{leg_crashes, beyond_all_patience},
                                      moment_of{agent_stalls, beyond_all_patience},
                                      moment_of{caller_does_not_read, beyond_all_patience},
                                      moment_of{agent_deaf, beyond_both_talks}};
  const auto found = std::ranges::find(moments, kind_of(call), &moment_of::kind);
  return found == moments.end() ? 1s + 100ms * (call % 20) : found->at;
}

/// When somebody does something to the call in its middle, since its beginning.
moment acted_on_after(std::uint32_t call) {
  using enum call_kind;
  static constexpr std::array moments{moment_of{operator_hangs_up, 900ms},  moment_of{put_through, 900ms},
                                      moment_of{gone_before_stream, 400ms}, moment_of{gives_up_in_line, 1500ms},
                                      moment_of{stream_garbled, 300ms},     moment_of{stream_in_pcm, 300ms}};
  const auto kind = kind_of(call);
  if (kind == caller_hangs_up) return call % 3 == 0 ? moment{500ms} : std::nullopt;
  const auto found = std::ranges::find(moments, kind, &moment_of::kind);
  return found == moments.end() ? std::nullopt : found->at;
}

/// The frames with which he begins to ask the agent something.
std::vector<std::uint64_t> asks_at(call_kind kind) {
  using enum call_kind;
  if (kind == uses_tool || kind == put_through_by_agent) return {30};
  if (kind == caller_deaf) return {535, 610, 700};  // on his second stream
  if (kind == caller_does_not_read) return {175, 260};
  return {};
}

/// What only speech is told from is said by people.
std::unique_ptr<sim::frame_source> voice_of(std::uint32_t call) {
  const auto kind = kind_of(call);
  if (kind != call_kind::agent_deaf) return std::make_unique<questions>(call, asks_at(kind));
  return std::make_unique<sim::recorded_source>(recorded_speech(beyond_both_talks), 1s);
}

/// Three new streams are all that a call may have.
const std::vector<sim::stream_drop> until_no_stream_is_left{{800ms}, {1800ms}, {2800ms}};

/// What goes wrong on his side.
sim::caller_faults faults_of(call_kind kind) {
  using enum call_kind;
  sim::caller_faults faults;
  if (kind == stream_breaks) faults.drops = {{600ms}};
  if (kind == stream_silent) faults.drops = {{500ms, sim::drop_manner::silent}};
  if (kind == stream_breaks_ever)  // some of them when there is none
    for (auto at = 700ms; at < 14s; at += 700ms) faults.drops.push_back({at});
  if (kind == leg_crashes || kind == caller_does_not_read) faults.drops = until_no_stream_is_left;
  if (kind == caller_does_not_read) faults.not_reading = {{3200ms, 8s}};
  if (kind == caller_deaf) faults.deaf_from = 0ms;
  return faults;
}

/// What Twilio complains of where we have broken the rules by hand, or the gateway's own leg crashes.
bool is_brought_about(call_kind kind, const sim::violation& found) {
  using enum call_kind;
  if (kind == stream_garbled) return found.detail == "the gateway closed the stream with 1007";
  if (kind == stream_in_pcm) return found.detail == "the gateway closed the stream with 1003";
  // Seen once in nine days: one of the many streams of a call that loses each was reset from our side, too.
  return (kind == leg_crashes || kind == stream_breaks_ever) && found.rule == "stream_broken";
}

/// A stream's beginning that is not mu-law, as no call of Twilio's has it.
std::string start_in_pcm(const std::string& call_sid) {
  const std::string stream = "MZ000000000000000000000000000000ff";
  return R"({"event":"start","sequenceNumber":"1","start":{"accountSid":")" + account_sid + R"(","streamSid":")" +
         stream + R"(","callSid":")" + call_sid +
         R"(","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-l16","sampleRate":8000,"channels":1},)"
         R"("customParameters":{}},"streamSid":")" +
         stream + "\"}";
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
  std::map<std::string, std::string> settings{{"ELEVENLABS_WEBHOOK_SECRET", callback_secret},
                                              {"PRICE_FIRST_ASK", "1"},
                                              {"RATES_FILE", rates},
                                              {"SECRETS_KEY", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},
                                              {"DRAIN_TIMEOUT", "60"}};
  if (!sanitized) {
    settings.emplace("LD_PRELOAD", test::programs() + "/slow_disk.so");
    settings.emplace("TONRIS_SLOW_DISK", stalled_disk());
  }
  w.start_gateway(cast_of_day::tenants(), std::move(settings), {.whose = door::handed});
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
    w.sounds = [](const std::string& sound, const sim::conversation_facts&) {
      constexpr std::uint64_t a_second = 50;
      return identified_audio(5, sound == cast_of_day::story ? 100 * a_second : a_second / 2);
    };
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
  how.faults = faults_of(kind);
  if (kind == gone_before_stream) how.stream_setup = 5s;
  if (kind == stream_in_pcm) how.stream_setup = how.start_after = 5s;  // what begins it before is said by hand
  if (kind == calls_too_often) how.from = "+15552999999";
  if (kind == leg_crashes) how.from = cast_of_day::rehearsing_caller;
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
  now.says = voice_of(call);
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
  if (kind == call_kind::stream_garbled || kind == call_kind::stream_in_pcm) return break_rules(call);
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

void DayOfCalls::break_rules(running& call) {
  const auto sid = sid_of(call.id);
  call.act_at = clock::now() + 300ms;
  if (kind_of(call.id) == call_kind::stream_garbled) {
    w.on_loop([&] {
      const auto& streams = w.book().find(sid)->streams;
      if (!streams.empty() && !streams.back().ended) call.caller->send_raw("this is no message");
    });
    return;
  }
  if (!std::exchange(call.is_connected, has(w.events(sid), "stream_opened"))) return;  // it may not have heard of that
  call.act_at.reset();
  w.on_loop([&] {
    call.caller->send_raw(start_in_pcm(sid));
    w.book().begin_stream(sid);
  });
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
  auto found = report.violations.all();
  std::erase_if(found,
                [kind = kind_of(id_of(report.call_sid))](const auto& one) { return is_brought_about(kind, one); });
  EXPECT_EQ(violations_of(found), "") << report.call_sid;
}

void DayOfCalls::begin_long_ones() {
  const auto count = is_long_ ? once_a_day.size() : once_a_short_day;
  for (std::uint32_t n = 0; n < count; ++n) long_ones_.push_back(begin(first_once_a_day + n));
}

void DayOfCalls::make_calls(std::uint32_t count, std::size_t at_once) {
  constexpr std::uint32_t many = 2000, said_each = 1000;
  auto all_day = take_places();
  auto now = std::exchange(long_ones_, {});
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
