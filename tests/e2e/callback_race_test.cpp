// Callbacks owe nobody an order: whatever comes first, late or twice, a call's record and timeline say the same, and
// what it took and costs is what the vendors' books say.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "model/call/record.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/e2e/call_facts.hpp"
#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/cast_of_day.hpp"
#include "tests/e2e/text.hpp"
#include "tools/sim/elevenlabs/price_list.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

/// How one call's callbacks come; as they do on a good day, where nothing is said.
struct race {
  std::string name;
  sim::callback_manner twilio{};         ///< its status callbacks
  bool initiation_behind_voice = false;  ///< ElevenLabs asks for data when Twilio has asked what to do
  bool reports_before_end = false;       ///< the report and the recording, while the stream still runs
  bool tool_after_end = false;           ///< a tool is asked when the caller is gone
  unsigned vendor_times = 1;             ///< each of ElevenLabs' requests
  std::chrono::milliseconds price{0};    ///< from when on Twilio tells it; it is asked 1, 3 and 7 s behind the end
};

class CallbackRace : public CallbackTest {
 protected:
  struct running {
    race how;
    talking call;
  };

  void ask_initiation(const running& r) {
    for (unsigned n = 0; n < r.how.vendor_times; ++n)
      EXPECT_TRUE(
          has(initiation(R"({"caller_id":"+15550100001","agent_id":"agent_demo","called_number":"+15550100002",)"
                         R"("call_sid":")" +
                         r.call.sid + "\"}"),
              " 200 "));
  }
  void ask_tool(const running& r) {
    for (unsigned n = 0; n < r.how.vendor_times; ++n)
      EXPECT_TRUE(has(tool("get_services",
                           R"({"tool_call_id":"t1","parameters":{},"conversation_id":")" + r.call.conversation + "\"}"),
                      R"({"services":["cut"]})"));
  }
  void tell_reports(const running& r) {
    for (unsigned n = 0; n < r.how.vendor_times; ++n) {
      EXPECT_TRUE(has(post_call(audio(r.call.conversation, 30'000)), " 200 "));
      EXPECT_TRUE(has(post_call(transcription(r.call.conversation, r.call.sid, reported_seconds(r.call.sid),
                                              reported_credits(r.call.sid))),
                      " 200 "));
    }
  }
  /// What the vendor says of each call, by its number: no two are the same.
  static std::uint32_t reported_seconds(const std::string& sid) { return 40 + 7 * id_of(sid); }
  static std::uint32_t reported_credits(const std::string& sid) { return 300 + 11 * id_of(sid); }
  /// Likewise, and when.
  void tell_prices() {
    w.on_loop([&] {
      sim::call_book_options how;
      how.rate = [told = prices](const sim::booked_call& call) {
        const auto id = id_of(call.sid);
        return sim::call_rating{told.at(id - 1), {cast_of_day::received_minute + 111 * id, model::us_dollars}};
      };
      w.book().become(std::move(how));
    });
  }
  void put_the_phone_down(const running& r) {
    w.on_loop([&] { r.call.caller->hang_up(); });
  }

  /// Polls until both are as wanted, for ten seconds at most: what is learned late is in the record a moment later.
  void expect_the_same(const std::string& sid, const std::string& wanted, const std::string& why) {
    const auto record = facts_of_record(w.record(wanted));
    const auto timeline = facts_of_timeline(w.events(wanted));
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < until &&
           (facts_of_record(w.record(sid)) != record || facts_of_timeline(w.events(sid)) != timeline))
      std::this_thread::sleep_for(50ms);
    EXPECT_EQ(facts_of_record(w.record(sid)), record) << why;
    EXPECT_EQ(facts_of_timeline(w.events(sid)), timeline) << why;
  }

  /// How long it was and what it costs, as Twilio's book says: its own part, priced or estimated, and its streams.
  model::call_record expect_twilios_amounts(const std::string& sid, const std::string& why) {
    const auto record = model::parse_call_record(w.record(sid));
    EXPECT_TRUE(record) << why;
    if (!record) return {};
    const auto booked = w.on_loop([&] { return *w.book().find(sid); });
    EXPECT_TRUE(record->twilio && record->cost.twilio && record->cost.stream) << why;
    if (!record->twilio || !record->cost.twilio || !record->cost.stream) return *record;
    EXPECT_EQ(record->twilio->seconds, booked.seconds()) << why;
    EXPECT_EQ(record->cost.twilio->amount, booked.costs) << why;
    EXPECT_EQ(record->cost.stream->amount.amount, booked.stream_fee()) << why;
    EXPECT_EQ(record->streams.size(), booked.streams.size()) << why;
    return *record;
  }
  /// And ElevenLabs' charge beside it, once: that is all there is.
  void expect_amounts(const std::string& sid, const std::string& why) {
    const auto record = expect_twilios_amounts(sid, why);
    EXPECT_EQ(record.reports.size(), 1u) << why;
    if (record.reports.size() != 1 || !record.cost.elevenlabs) return;
    EXPECT_EQ(record.reports[0].seconds, reported_seconds(sid)) << why;
    EXPECT_EQ(record.reports[0].credits, reported_credits(sid)) << why;
    const auto charged = reported_credits(sid) * sim::conversation_charge::price_of_credit;
    EXPECT_EQ(record.cost.elevenlabs->amount.amount, charged) << why;
    const auto booked = w.on_loop([&] { return *w.book().find(sid); });
    EXPECT_EQ(model::total(record.cost), booked.costs.amount + booked.stream_fee() + charged) << why;
  }

  std::vector<std::chrono::milliseconds> prices;
};

TEST_F(CallbackRace, LeavesTheSameRecordWhoeverIsFirst) {
  actors::test::a_directory folder;
  const auto rates = (folder.path / "rates.json").string();
  std::ofstream{rates} << cast_of_day::rates();
  start(one_tenant(tools(R"("get_services":{"static":{"services":["cut"]}})")),
        {{"PRICE_FIRST_ASK", "1"}, {"RATES_FILE", rates}});
  std::vector<running> calls;
  for (const auto& how : {race{.name = "on a good day"}, race{.name = "Twilio's callbacks 3 s late", .twilio = {3s}},
                          race{.name = "the price among Twilio's late callbacks", .twilio = {2s, 2, true}, .price = 2s},
                          race{.name = "the price behind all", .twilio = {0ms, 2}, .price = 4s},
                          race{.name = "the price between the reports",
                          .twilio = {3s},
                          .reports_before_end = true,
                          .tool_after_end = true,
                          .price = 500ms},
                          race{.name = "Twilio's callbacks doubled", .twilio = {0ms, 2}},
                          race{.name = "Twilio's callbacks in reverse order", .twilio = {0ms, 1, true}},
                          race{.name = "all of that", .twilio = {3s, 2, true}},
                          race{.name = "initiation behind the voice webhook", .initiation_behind_voice = true},
                          race{.name = "reports before the stream's end", .reports_before_end = true},
                          race{.name = "a tool after the call's end", .tool_after_end = true},
                          race{.name = "each of ElevenLabs' doubled", .vendor_times = 2},
                          race{.name = "the worst day",
                          .twilio = {3s, 2, true},
                          .initiation_behind_voice = true,
                          .reports_before_end = true,
                          .tool_after_end = true,
                          .vendor_times = 2,
                          .price = 1500ms}}) {
    auto options = w.caller();
    options.hang_up_after = 60s;
    options.call_sid = sid_of(static_cast<std::uint32_t>(calls.size()) + 1);
    options.callbacks = how.twilio;
    calls.push_back({how, {}});
    prices.push_back(how.price);
    auto& now = calls.back();
    now.call.sid = options.call_sid;
    if (!how.initiation_behind_voice) ask_initiation(now);
    now.call = call(std::move(options));
  }
  tell_prices();
  for (auto& now : calls) {
    wait_until_it_talks(now.call);
    if (now.how.initiation_behind_voice) ask_initiation(now);
    if (!now.how.tool_after_end) ask_tool(now);
    if (now.how.reports_before_end) tell_reports(now);
    std::this_thread::sleep_for(250ms);  // so that they are not equally long
    put_the_phone_down(now);
  }
  for (auto& now : calls) {
    (void)w.record(now.call.sid);  // it has ended, Twilio's last callback or none
    if (now.how.tool_after_end) ask_tool(now);
    if (!now.how.reports_before_end) tell_reports(now);
    const auto report = now.call.report.get();
    EXPECT_TRUE(report.violations.empty()) << now.how.name << ": " << violations_of(report.violations.all());
  }
  const auto& good = calls.front().call.sid;
  const auto record = w.record(good, R"("audioBytes":30000)");
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
  EXPECT_EQ(count_of(record, R"("name":"get_services")"), 1u) << record;
  EXPECT_EQ(count_of(record, R"("summary":"A haircut.")"), 1u) << record;
  const auto priced = w.record(good, R"("twilio":{"amount":0.008611,)");
  EXPECT_TRUE(has(priced, R"("twilio":{"amount":0.008611,"currency":"USD","final":true,"source":"vendor")")) << priced;
  EXPECT_TRUE(has(priced, R"("elevenLabs":{"amount":0.03732,"currency":"USD","final":true,"source":"vendor")"))
      << "311 credits: " << priced;
  EXPECT_TRUE(has(priced, R"("twilio":{"status":"completed","durationSeconds":)")) << priced;
  std::set<std::int64_t> lengths;
  for (const auto& now : calls) {
    expect_the_same(now.call.sid, good, now.how.name);
    expect_amounts(now.call.sid, now.how.name);
    lengths.insert(w.on_loop([&] { return w.book().find(now.call.sid)->seconds(); }));
  }
  EXPECT_GT(lengths.size(), 2u);
}

/// The call's final status overtakes the stream's own end: that, and not the stream, ends the call then, once.
TEST_F(CallbackRace, EndsACallWhoseFinalStatusIsFirstLikeEveryOther) {
  start(one_tenant());
  auto ordinary = talk(), overtaken = talk();
  hang_up(ordinary);
  for (int twice = 0; twice < 2; ++twice) {
    std::promise<unsigned> status;
    w.post_webhook(
        overtaken.sid, [&](const sim::webhook_poster::answer& got) { status.set_value(got.status); },
        "/api/webhooks/twilio/status", "completed");
    EXPECT_EQ(status.get_future().get(), 204u);
  }
  const auto report = overtaken.report.get();
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  auto facts = facts_of_record(w.record(overtaken.sid));
  EXPECT_EQ(facts["endDetail"], R"("Twilio reported the call's end")");
  facts.erase("endDetail");
  EXPECT_EQ(facts, facts_of_record(w.record(ordinary.sid)));
}

/// Twilio tells of the stream that broke: at once, when the next one runs, or when the call is over.
TEST_F(CallbackRace, LeavesTheSameRecordOfACallWhoseStreamDropped) {
  start(one_tenant());
  std::vector<running> calls;
  for (const auto& how :
       {race{.name = "in time"}, race{.name = "1 s late", .twilio = {1s}}, race{.name = "3 s late", .twilio = {3s}},
        race{.name = "doubled", .twilio = {0ms, 2}}, race{.name = "in reverse order", .twilio = {0ms, 1, true}},
        race{.name = "all of that", .twilio = {3s, 2, true}}}) {
    auto options = w.caller();
    options.call_sid = sid_of(static_cast<std::uint32_t>(calls.size()) + 1);
    options.callbacks = how.twilio;
    options.stream_setup = sim::world_stream_setup;
    options.faults.drops = {{500ms}};
    options.hang_up_after =
        5s + 400ms * static_cast<int>(calls.size());  // nothing is heard for 3 s: each is a troubled call
    calls.push_back({how, call(std::move(options))});
  }
  for (auto& now : calls) {
    const auto report = now.call.report.get();
    EXPECT_TRUE(report.violations.empty()) << now.how.name << ": " << violations_of(report.violations.all());
    EXPECT_EQ(report.streams.size(), 2u) << now.how.name;
    EXPECT_GE(report.frames_into_void, 40u) << "a new stream costs the caller 850 ms";
  }
  const auto& in_time = calls.front().call.sid;
  const auto events = w.events(in_time);
  EXPECT_EQ(count_of(events, "Twilio reports an error"), 1u) << events;
  for (const auto& now : calls) {
    expect_the_same(now.call.sid, in_time, now.how.name);
    EXPECT_EQ(expect_twilios_amounts(now.call.sid, now.how.name).streams.size(), 2u) << now.how.name;
  }
}

}  // namespace
}  // namespace tonris::e2e
