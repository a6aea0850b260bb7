// kill -9 in the midst of what is written down: how calls end, whom they are put through to, tools, reports and notes
// that come, prices that are learned. Afterwards each call has one record, with each thing in it once.
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string_view>
#include <thread>
#include <vector>

#include "actors/store/database.hpp"
#include "model/call/costing.hpp"
#include "model/call/record.hpp"
#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/text.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using std::chrono::microseconds;

/// How long before a kill something happens: from what nobody has read yet to what is written for sure.
constexpr std::array moments{0ms, 1ms, 3ms, 7ms, 15ms, 30ms, 60ms, 120ms, 250ms, 500ms};

/// As docs/WEBHOOK_CONFIGURATION.md has the addresses at Twilio: who is not answered asks again.
constexpr std::string_view asks_again = "#rc=5&rp=all&ct=2000&rt=5000&tt=15000";

std::uint32_t chosen_seed() {
  const char* const text = std::getenv("TONRIS_KILL_SEED");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text != nullptr ? static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10)) : std::random_device{}();
}

/// Who asks a gateway that is killed is not answered, or by the next life, once that has started.
bool is_of_the_kill(std::string_view rule) {
  constexpr std::array<std::string_view, 5> rules{"answer_too_late", "callback_unanswered", "webhook_unanswered",
                                                  "stream_broken", "stream_refused"};
  return std::ranges::find(rules, rule) != rules.end();
}

std::optional<sim::agent_behaviour> agent(const std::string&, std::uint64_t) {
  auto how = quiet_agent();
  how.when_told = sim::utterance{"One moment.", "words"};
  return how;
}

class Kill : public CallbackTest {
 protected:
  struct one_call {
    std::uint32_t id = 0;
    talking call;
    bool is_put_through = false;  ///< else its caller hangs up
    bool report_taken = false;
  };
  /// What happens so long before a kill.
  struct deed {
    microseconds before;
    std::function<void()> what;
  };

  Kill() : CallbackTest(agent) { std::cout << "TONRIS_KILL_SEED=" << seed << std::endl; }

  void begin() {
    w.start_gateway(one_tenant(tools(R"("get_services":{"static":{"services":["cut"]}})") +
                               R"(,"transfer":{"numbers":["+15550109999"],"perCallerPerDay":1000})"),
                    {{"ELEVENLABS_WEBHOOK_SECRET", callback_secret}, {"PRICE_FIRST_ASK", "1"}, {"LOG_LEVEL", "info"}},
                    {.whose = door::handed});
  }
  void place(bool is_put_through) {
    auto& one = all.emplace_back();
    one.id = static_cast<std::uint32_t>(all.size());
    one.is_put_through = is_put_through;
    auto options = w.caller();
    options.webhook_url += asks_again;
    options.status_callback_url += asks_again;
    options.call_sid = sid_of(one.id);
    options.from = "+1555" + std::to_string(3'000'000 + one.id);
    options.stream_setup = 50ms;
    options.gateway_may_die = true;
    options.twiml.dial_outcome = "completed";
    one.call = call(std::move(options));
  }
  void kill() {
    w.gateway().kill();
    w.gateway().start_again();
  }
  /// Each so long before the kill.
  void do_and_kill(std::vector<deed> deeds) {
    std::ranges::sort(deeds, std::greater{}, &deed::before);
    const auto then = clock::now() + deeds.front().before + 10ms;
    std::vector<std::jthread> doing;  // who is not answered any more waits for the next life
    for (const auto& one : deeds) {
      std::this_thread::sleep_until(then - one.before);
      doing.emplace_back(one.what);
    }
    std::this_thread::sleep_until(then);
    kill();
  }
  /// Behind so many questions of Twilio's prices.
  void kill_among_prices(std::uint64_t questions) {
    const auto so_far = w.on_loop([&] { return w.twilio().requests(); });
    // Where all were asked already it is killed a little later.
    (void)w.wait_until([&] { return w.twilio().requests() >= so_far + questions; }, 3s);
    kill();
  }
  microseconds about(microseconds moment) {
    return moment + microseconds{std::uniform_int_distribution<std::int64_t>{0, moment.count() / 4 + 500}(random)};
  }

  // --- what happens to a call

  std::string control(const one_call& of, const std::string& what, const std::string& body, const std::string& id) {
    return send("POST", "/api/calls/" + of.call.sid + what, body,
                "Authorization: Bearer " + admin_token + "\r\nX-Request-Id: " + id + "\r\n");
  }
  bool ask_tool(const one_call& of) {
    return has(tool("get_services", R"({"tool_call_id":"t1","parameters":{},"call_sid":")" + of.call.sid + "\"}"),
               R"({"services":["cut"]})");
  }
  bool tell_report(const one_call& of) {
    return has(post_call(transcription(of.call.conversation, of.call.sid)), " 200 ");
  }
  bool tell_note(const one_call& of) {
    return has(control(of, "/note", R"({"text":"Call again."})", "note-" + std::to_string(of.id)), " 202 ");
  }
  void end_calls(std::vector<deed>& deeds, std::size_t first);
  void tell_of_calls(std::vector<deed>& deeds, std::size_t first);
  void play(std::size_t round);
  void end_all();
  void close_those_that_wait();

  // --- what is known of all

  std::string ask(const std::string& path) {
    return send("GET", path, "", "Authorization: Bearer " + admin_token + "\r\n", 20s);
  }
  std::vector<model::call_record> records() {
    std::vector<model::call_record> found;
    std::istringstream lines{ask("/api/calls/export?format=ndjson")};
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with('{')) continue;  // the answer's head, and the chunks'
      const auto record = model::parse_call_record(line);
      EXPECT_TRUE(record) << line;
      if (record) found.push_back(*record);
    }
    return found;
  }
  std::map<std::string, sim::booked_call> book() {
    std::map<std::string, sim::booked_call> pages;
    for (const auto& page : w.on_loop([&] { return w.book().all(); })) pages.emplace(page.sid, page);
    return pages;
  }
  std::vector<model::call_record> settled_records();
  void expect_one_of_each(const std::vector<model::call_record>& found);
  void expect_ends(const one_call& of, const model::call_record& record);
  void expect_bill(const model::call_record& record, const std::map<std::string, sim::booked_call>& pages);
  void expect_sums();

  const std::uint32_t seed = chosen_seed();
  std::mt19937 random{seed};
  std::deque<one_call> all;
};

/// Half of them by their callers, with a tool asked for at the same time; half are put through, which takes the agent a
/// second or two.
void Kill::end_calls(std::vector<deed>& deeds, std::size_t first) {
  for (std::size_t i = 0; i < moments.size(); ++i) {
    auto& leaves = all[first + i];
    deeds.push_back({about(moments[i]), [this, &leaves] { (void)ask_tool(leaves); }});
    deeds.push_back({about(moments[i]), [this, &leaves] { w.on_loop([&] { leaves.call.caller->hang_up(); }); }});
    auto& goes_on = all[first + moments.size() + i];
    deeds.push_back({about(moments[i] * 4), [this, &goes_on] {
                       (void)control(goes_on, "/transfer", R"({"to":"+15550109999"})",
                                     "transfer-" + std::to_string(goes_on.id));
                     }});
  }
}

void Kill::tell_of_calls(std::vector<deed>& deeds, std::size_t first) {
  for (std::size_t i = 0; i < moments.size(); ++i) {
    auto& of = all[first + i];
    deeds.push_back({about(moments[i]), [this, &of] { of.report_taken = tell_report(of); }});
    deeds.push_back({about(moments[i]), [this, &of] { (void)tell_note(of); }});
  }
}

/// Calls end, and reports and notes of those before them come, until the kill; then prices are learned, until the next.
void Kill::play(std::size_t round) {
  const auto first = all.size();
  for (const bool is_put_through : {false, true})
    for (std::size_t i = 0; i < moments.size(); ++i) place(is_put_through);
  for (auto i = first; i < all.size(); ++i) wait_until_it_talks(all[i].call);
  std::vector<deed> deeds;
  end_calls(deeds, first);
  if (round > 0) tell_of_calls(deeds, first - 2 * moments.size());
  do_and_kill(std::move(deeds));
  for (auto i = first; i < first + moments.size(); ++i) EXPECT_TRUE(ask_tool(all[i])) << i << ": the vendor asks again";
  for (auto& one : all) {
    if (round == 0 || one.is_put_through || one.id > first) continue;
    EXPECT_TRUE(one.report_taken || tell_report(one)) << one.id;
    EXPECT_TRUE(tell_note(one)) << one.id << ": by its id it is the same";
  }
  kill_among_prices(std::uniform_int_distribution<std::uint64_t>{1, 8}(random));
}

void Kill::end_all() {
  for (auto& one : all) {
    w.on_loop([&] { one.call.caller->hang_up(); });
    auto mistakes = one.call.report.get().violations.all();
    std::erase_if(mistakes, [](const auto& found) { return is_of_the_kill(found.rule); });
    EXPECT_EQ(violations_of(mistakes), "") << one.id;
  }
}

/// Twilio's word that a call is over may have gone with a life that had not written it down. Such a call is known from
/// its checkpoint, and waits for somebody to ask for it (docs/failures.md).
void Kill::close_those_that_wait() {
  std::this_thread::sleep_for(1s);  // who was told of his end has ended
  std::size_t waited = 0;
  for (const auto& one : all) {
    const auto known = w.record(one.call.sid, R"("state":)");
    if (has(known, R"("endReason":)")) continue;
    EXPECT_TRUE(has(known, R"("state":"stranded")") || has(known, R"("state":"talking")")) << known;
    std::promise<unsigned> answered;
    w.post_webhook(one.call.sid, [&](const sim::webhook_poster::answer& got) { answered.set_value(got.status); },
                   "/api/webhooks/twilio/status", "completed",
                   {{"CallDuration", std::to_string(book().at(one.call.sid).seconds())}});
    EXPECT_EQ(answered.get_future().get(), 204u);
    EXPECT_TRUE(has(w.record(one.call.sid), R"("endReason":"caller_hung_up")")) << one.id;
    ++waited;
  }
  std::cout << waited << " of " << all.size() << " calls waited for their callers" << std::endl;
}

std::vector<model::call_record> Kill::settled_records() {
  const auto is_settled = [&](const model::call_record& one) {
    return one.reason && one.twilio && one.cost.twilio && one.cost.twilio->is_final &&
           std::ranges::all_of(one.legs, [](const auto& leg) { return leg.cost && leg.cost->is_final; });
  };
  auto found = records();
  for (const auto until = clock::now() + 15s; clock::now() < until; found = records()) {
    if (found.size() >= all.size() && std::ranges::all_of(found, is_settled)) return found;
    std::this_thread::sleep_for(100ms);
  }
  for (const auto& one : found) EXPECT_TRUE(is_settled(one)) << to_json(one);
  return found;
}

void Kill::expect_one_of_each(const std::vector<model::call_record>& found) {
  EXPECT_EQ(found.size(), all.size());
  std::map<std::string, const model::call_record*> by_call;
  for (const auto& record : found) EXPECT_TRUE(by_call.emplace(record.call.value, &record).second) << to_json(record);
  const auto pages = book();
  for (const auto& one : all) {
    const auto record = by_call.find(one.call.sid);
    ASSERT_NE(record, by_call.end()) << one.id;
    expect_ends(one, *record->second);
    expect_bill(*record->second, pages);
  }
}

void Kill::expect_ends(const one_call& of, const model::call_record& record) {
  using model::end_reason;
  const auto json = to_json(record);
  // Who was to be put through may have come back, and lost his stream at each of the four kills.
  const bool has_lost_four = record.reason == end_reason::stream_lost && record.streams.size() == 4;
  EXPECT_TRUE(record.reason == end_reason::caller_hung_up ||
              (of.is_put_through && (record.reason == end_reason::operator_transferred || has_lost_four)))
      << json;
  const bool was_told_of = !of.is_put_through && of.id <= all.size() - 2 * moments.size();
  EXPECT_LE(record.tool_calls.size(), of.is_put_through ? 0u : 1u) << json;  // asked twice
  EXPECT_EQ(record.notes.size(), was_told_of ? 1u : 0u) << json;
  std::set<std::string> reported;
  for (const auto& report : record.reports) EXPECT_TRUE(reported.insert(report.conversation.value).second) << json;
  EXPECT_TRUE(!was_told_of || reported.contains(of.call.conversation)) << json;
  EXPECT_LE(record.transfers.size(), 1u) << json;
  if (of.is_put_through) return;  // who was put through may have come back
  EXPECT_EQ(count_of(w.events(of.call.sid), R"("what":"ended")"), 1u) << of.id;
}

/// As Twilio's book has it, to the millionth: the call, and each leg that was dialled for it.
void Kill::expect_bill(const model::call_record& record, const std::map<std::string, sim::booked_call>& pages) {
  const auto json = to_json(record);
  const auto& page = pages.at(record.call.value);
  EXPECT_EQ(to_string(record.twilio->status), page.final_status) << json;
  EXPECT_EQ(record.twilio->seconds, page.seconds()) << json;
  EXPECT_EQ(record.cost.twilio->amount, page.costs) << json;
  std::set<std::string> legs;
  model::micros of_legs = 0;
  for (const auto& leg : record.legs) {
    EXPECT_TRUE(legs.insert(leg.call.value).second) << json;
    const auto dialled = pages.find(leg.call.value);
    ASSERT_NE(dialled, pages.end()) << json;
    EXPECT_EQ(dialled->second.parent, record.call.value);
    EXPECT_EQ(leg.cost->amount, dialled->second.costs) << json;
    of_legs += leg.cost->amount.amount;
  }
  EXPECT_EQ(record.cost.transfer ? record.cost.transfer->amount.amount : 0, of_legs) << json;
}

/// What is summed up is the sum of the records, once no report comes between the two answers, and on the disk there is
/// none beside them.
void Kill::expect_sums() {
  std::vector<model::micros> said(1), summed;
  rapidjson::Document usage;
  for (int tries = 0; said != summed && tries < 40; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(250ms);
    const auto found = records();
    const auto answer = ask("/api/usage");
    usage.Parse(answer.substr(answer.find("\r\n\r\n") + 4).c_str());
    ASSERT_FALSE(usage.HasParseError()) << answer;
    const auto& total = usage["total"];
    said = {total["calls"].GetInt64(), total["refused"].GetInt64(), total["seconds"].GetInt64(),
            std::llround(total["cost"].GetDouble() * 1e6)};
    summed = {static_cast<model::micros>(found.size()), 0, 0, 0};
    for (const auto& record : found) {
      summed[2] += record.metered_seconds;
      summed[3] += model::total(record.cost).value_or(0);
    }
  }
  EXPECT_EQ(said, summed) << "calls, refused ones, seconds, millionths";
  auto reader = actors::call_database::open_to_read(w.gateway().data_dir());
  ASSERT_TRUE(reader) << reader.error();
  EXPECT_EQ(reader->connection().read_number("SELECT count(*) FROM records"), static_cast<std::int64_t>(all.size()));
}

TEST_F(Kill, LosesNoRecordAndDoublesNothingAtWhateverMoment) {
  begin();
  for (std::size_t round = 0; round < 2; ++round) play(round);
  end_all();
  close_those_that_wait();
  const auto found = settled_records();
  expect_one_of_each(found);
  expect_sums();
  EXPECT_EQ(w.gateway().metric("tonris_store_dropped_total"), 0);
}

}  // namespace
}  // namespace tonris::e2e
