#include "actors/trace/exporter.hpp"

#include <set>
#include <string>
#include <vector>

#include "model/text/iso_time.hpp"
#include "tests/actors/fixture.hpp"
#include "tests/actors/held_requests.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The exporter between a board, a store that the test speaks for, and a collector whose answers it gives.
class TraceExporter : public ActorTest {
 protected:
  void SetUp() override {
    store = track_as<call_store>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const find_record& wanted) -> caf::result<found_record> {
                ++asked_of_store;
                if (store_is_away) return caf::make_error(caf::sec::runtime_error, "away");
                return found_record{unknown.contains(wanted.call.value) ? "" : to_json(record_of(wanted.call))};
              },
              [](const find_events& wanted) {
                return found_events{{{wanted.call, noon, model::call_moment::webhook, "tenant salon"},
                                     {wanted.call, noon + 2s, model::call_moment::agent_said, "a secret word"}}};
              }};
    }));
    begin(1);
  }
  void TearDown() override {
    exporter = nullptr;
    store = nullptr;
    collector.all.clear();
    ActorTest::TearDown();
  }
  void begin(double share) {
    if (exporter) caf::anon_send_exit(exporter, caf::exit_reason::user_shutdown);
    trace_exporter::config with;
    with.url = "http://collector:4318/v1/traces";
    with.share = share;
    with.send = collector.sender();
    with.board = board;
    with.store = store;
    with.resource.instance = "node-1";
    with.counters = &counters;
    exporter = track(caf::actor_cast<trace_telling>(spawn_on<trace_exporter>(system, unit, std::move(with))));
    settle();
  }
  static model::call_record record_of(const model::call_sid& call) {
    model::call_record record;
    record.call = call;
    record.tenant = {"salon"};
    record.from = "+15550100001";
    record.started = noon;
    record.ended = noon + 60s;
    record.state = model::call_state::ended;
    record.reason = model::end_reason::caller_hung_up;
    return record;
  }
  static model::call_sid sid(std::size_t number) { return {"CA" + std::to_string(number)}; }
  void end_call(const model::call_sid& call, model::call_moment how = model::call_moment::ended) {
    board->happened({"salon"}, {call, noon + 60s, how, {}});
  }
  void end_calls(std::size_t from, std::size_t to) {
    for (; from < to; ++from) end_call(sid(from));
  }
  void answer(unsigned status) {
    collector.answer_last(net::make_response(status, "application/json", "{}"));
    settle();
  }
  /// Second by second, as it looks.
  void pass(std::chrono::seconds time) {
    for (; time > 0s; time -= 1s) ActorTest::pass(1s);
  }
  /// The body that tells of it.
  std::string told_of_one_call() {
    end_call(sid(1));
    pass(3s);
    EXPECT_EQ(collector.all.size(), 1u);
    return collector.all.empty() ? std::string{} : collector.all[0].request.body;
  }
  std::vector<std::string> bodies() const {
    std::vector<std::string> all;
    for (const auto& one : collector.all) all.push_back(one.request.body);
    return all;
  }
  static std::size_t traces_in(const std::string& body) {
    std::size_t count = 0;
    for (auto at = body.find(R"("name":"call")"); at != std::string::npos; at = body.find(R"("name":"call")", at + 1))
      ++count;
    return count;
  }
  double dropped(const std::string& why) { return counted("tonris_traces_dropped_total{why=\"" + why + "\"}"); }

  static inline const model::call_record::time noon = model::parse_iso_time("2026-11-29T12:00:00.000Z").value();
  std::shared_ptr<live_board> board = std::make_shared<live_board>();
  call_store store;
  std::set<std::string> unknown;
  bool store_is_away = false;
  int asked_of_store = 0;
  held_requests collector;
  trace_telling exporter;
};

TEST_F(TraceExporter, TellsACallOnceItsRecordIsWritten) {
  end_call(sid(1));
  pass(1s);
  EXPECT_TRUE(collector.all.empty());
  EXPECT_EQ(counted("tonris_traces_waiting"), 1);
  pass(2s);
  ASSERT_EQ(collector.all.size(), 1u);
  const auto& sent = collector.all[0];
  EXPECT_EQ(sent.url, "http://collector:4318/v1/traces");
  EXPECT_EQ(sent.timeout, trace_exporter::answer_limit);
  EXPECT_EQ(sent.request.method, "POST");
  EXPECT_EQ(sent.request.fields.get("Content-Type"), "application/json");
  const auto& body = sent.request.body;
  EXPECT_THAT(body, HasSubstr(R"("traceId":")" + to_string(model::trace_id_of(sid(1))) + "\""));
  EXPECT_THAT(body, HasSubstr(R"("name":"webhook")"));
  EXPECT_THAT(body, HasSubstr(R"({"key":"service.instance.id","value":{"stringValue":"node-1"}})"));
  EXPECT_THAT(body, Not(HasSubstr("+1555")));
  EXPECT_THAT(body, Not(HasSubstr("secret word")));
  EXPECT_EQ(counted("tonris_traces_sent_total"), 0) << "it has not been taken yet";
  answer(200);
  EXPECT_EQ(counted("tonris_traces_sent_total"), 1);
  EXPECT_EQ(counted("tonris_traces_waiting"), 0);
}

TEST_F(TraceExporter, TellsRefusedCallsToo) {
  end_call(sid(1), model::call_moment::refused);
  pass(3s);
  EXPECT_EQ(collector.all.size(), 1u);
}

TEST_F(TraceExporter, TellsNothingOfWhatEndedBeforeItWasThere) {
  end_call(sid(1));
  begin(1);
  pass(5s);
  EXPECT_TRUE(collector.all.empty());
}

TEST_F(TraceExporter, TellsTheShareThatItIsGiven) {
  begin(0.25);
  end_calls(0, 400);
  pass(3s);
  for (int i = 0; i < 20 && !collector.all.empty(); ++i) {
    answer(200);
    pass(1s);
  }
  const auto sent = counted("tonris_traces_sent_total");
  EXPECT_GT(sent, 60);
  EXPECT_LT(sent, 140);
  EXPECT_EQ(asked_of_store, static_cast<int>(sent)) << "the others are not even read";
}

TEST_F(TraceExporter, SendsOneBatchAtATime) {
  end_calls(0, 120);
  pass(3s);
  ASSERT_EQ(collector.all.size(), 1u);
  EXPECT_EQ(traces_in(collector.all[0].request.body), trace_exporter::most_in_batch);
  pass(5s);
  ASSERT_EQ(collector.all.size(), 1u) << "while the first is not answered";
  EXPECT_EQ(asked_of_store, 100) << "and no more are read than the next one takes";
  answer(200);
  ASSERT_EQ(collector.all.size(), 1u);
  EXPECT_EQ(traces_in(collector.all[0].request.body), trace_exporter::most_in_batch);
  answer(200);
  pass(1s);
  ASSERT_EQ(collector.all.size(), 1u);
  EXPECT_EQ(traces_in(collector.all[0].request.body), 20u);
  answer(200);
  EXPECT_EQ(counted("tonris_traces_sent_total"), 120);
}

TEST_F(TraceExporter, ReadsNoMoreThanItMayOfTheStoreInASecond) {
  end_calls(0, 300);
  pass(3s);
  EXPECT_EQ(asked_of_store, static_cast<int>(trace_exporter::most_a_look));
}

TEST_F(TraceExporter, AsksOnceMoreWhereItMayBeTakenLater) {
  const net::result<net::http_response> answers[] = {net::make_response(503, "text/plain", ""),
                                                     net::make_response(429, "text/plain", ""),
                                                     held_requests::failure(net::errc::connect_timeout)};
  double lost = 0;
  for (const auto& said : answers) {
    const auto body = told_of_one_call();
    collector.answer_last(said);
    settle();
    EXPECT_TRUE(collector.all.empty()) << "not at once";
    pass(5s);
    ASSERT_EQ(bodies(), std::vector{body});
    answer(503);
    pass(10s);
    EXPECT_TRUE(collector.all.empty()) << "a third time";
    EXPECT_EQ(dropped("collector"), ++lost);
  }
}

TEST_F(TraceExporter, DoesNotAskAgainWhereItWouldBeRefusedAgain) {
  double lost = 0;
  for (const auto status : {400u, 401u, 301u}) {
    (void)told_of_one_call();
    answer(status);
    pass(10s);
    EXPECT_TRUE(collector.all.empty()) << status;
    EXPECT_EQ(dropped("collector"), ++lost) << status;
  }
}

TEST_F(TraceExporter, ThatIsRefusedOnceLosesNothing) {
  end_call(sid(1));
  pass(3s);
  answer(503);
  pass(5s);
  answer(200);
  EXPECT_EQ(counted("tonris_traces_sent_total"), 1);
  EXPECT_EQ(dropped("collector"), 0);
}

TEST_F(TraceExporter, ForgetsWhatIsMoreThanItMayKeep) {
  end_call(sid(0));
  pass(3s);  // which the collector never answers
  for (std::size_t n = 1; n < 2 * trace_exporter::most_waiting; n += 1000) {
    end_calls(n, n + 1000);
    pass(1s);
  }
  pass(10s);
  EXPECT_EQ(collector.all.size(), 1u);
  EXPECT_LE(counted("tonris_traces_waiting"),
            static_cast<double>(1 + trace_exporter::most_in_batch + trace_exporter::most_waiting));
  EXPECT_GT(dropped("queue_full"), 1000);
}

TEST_F(TraceExporter, SaysThatItMissedEnds) {
  end_calls(0, live_board::most_events + 100);
  pass(1s);
  EXPECT_EQ(dropped("queue_full"), 1 + static_cast<double>(live_board::most_events - trace_exporter::most_waiting));
}

TEST_F(TraceExporter, GoesOnWithoutWhatTheStoreDoesNotTell) {
  unknown.insert("CA1");
  end_calls(0, 3);
  pass(3s);
  ASSERT_EQ(collector.all.size(), 1u);
  EXPECT_EQ(traces_in(collector.all[0].request.body), 2u);
  EXPECT_EQ(dropped("unread"), 1);
  answer(200);
  store_is_away = true;
  end_call(sid(4));
  pass(3s);
  EXPECT_TRUE(collector.all.empty());
  EXPECT_EQ(dropped("unread"), 2);
  store_is_away = false;
  end_call(sid(5));
  pass(3s);
  EXPECT_EQ(collector.all.size(), 1u);
}

TEST_F(TraceExporter, HearsNoAnswerAfterItsEnd) {
  end_call(sid(1));
  pass(3s);
  ASSERT_EQ(collector.all.size(), 1u);
  caf::anon_send_exit(exporter, caf::exit_reason::user_shutdown);
  settle();
  answer(200);
  EXPECT_EQ(counted("tonris_traces_sent_total"), 0);
}

}  // namespace
}  // namespace tonris::actors::test
