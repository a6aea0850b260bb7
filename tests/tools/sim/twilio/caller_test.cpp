#include "tools/sim/twilio/caller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "net/http_server.hpp"
#include "net/run_on.hpp"

// A caller whose line and ear fail on purpose, against a desk that says what the test wants.
namespace {

using namespace tonris;
using namespace tonris::sim;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The gateway's end of one stream.
struct stream_end final : net::websocket_handler {
  explicit stream_end(std::shared_ptr<net::websocket> over) : socket(std::move(over)) {}
  void on_text(std::string_view message) override {
    texts.emplace_back(message);
    if (const auto sid = message.find(R"("event":"start")"); sid != std::string_view::npos) {
      const auto at = message.rfind("MZ");
      stream_sid = message.substr(at, 34);
      if (started) started(*this);
    }
  }
  void on_end(const net::websocket_end& how) override { end = how; }
  void play(std::size_t frames) const {
    std::string payload;
    for (std::size_t i = 0; i < frames * 160 / 3; ++i) payload += "EBAQ";
    socket->send(R"({"event":"media","streamSid":")" + stream_sid + R"(","media":{"payload":")" + payload + R"("}})");
  }
  void mark(const std::string& name) const {
    socket->send(R"({"event":"mark","streamSid":")" + stream_sid + R"(","mark":{"name":")" + name + R"("}})");
  }
  [[nodiscard]] std::size_t count(std::string_view what) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(texts, [&](const auto& t) { return t.find(what) != std::string::npos; }));
  }
  std::shared_ptr<net::websocket> socket;
  std::vector<std::string> texts;
  std::string stream_sid;
  std::function<void(stream_end&)> started;
  std::optional<net::websocket_end> end;
};

/// Answers /voice with a stream, and whatever else by the test's own documents. Loop thread.
class desk {
 public:
  explicit desk(net::loop& on, std::uint16_t port = 0) : loop_(on) { listen(port); }
  ~desk() {
    for (const auto& s : streams) {
      s->socket->detach();
      s->socket->abort();
    }
  }
  void listen(std::uint16_t port) {
    server_ = net::http_server::listen(loop_, "127.0.0.1", port, {}, nullptr,
                                       [this](net::http_request request, net::http_responder responder) {
                                         handle(request, std::move(responder));
                                       })
                  .value();
    port_ = server_->port();
    server_->start();
  }
  void shut() { server_.reset(); }
  [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string stream_document() const {
    return R"(<Connect action="/next"><Stream url="ws://127.0.0.1:)" + std::to_string(port_) + R"(/media"/></Connect>)";
  }

  std::map<std::string, std::deque<std::string>> documents;  ///< by path, one after the other; then an empty one
  std::map<std::string, std::deque<unsigned>> failures;      ///< by path, before its documents; 0: no answer at all
  std::function<void(stream_end&)> started;
  std::vector<std::unique_ptr<stream_end>> streams;
  std::vector<std::pair<std::string, std::string>> requests;  ///< path and body

 private:
  void handle(const net::http_request& request, net::http_responder responder) {
    const std::string path{request.path()};
    if (path == "/media")
      return responder.upgrade({}, [this](std::shared_ptr<net::websocket> socket) {
        streams.push_back(std::make_unique<stream_end>(socket));
        streams.back()->started = started;
        socket->start(*streams.back());
      });
    requests.emplace_back(request.target, request.body);
    if (auto& failing = failures[path]; !failing.empty()) {
      const auto status = failing.front();
      failing.pop_front();
      if (status == 0) return held_.push_back(std::move(responder));
      return responder.respond(net::make_response(status, "text/plain", "no"));
    }
    auto& left = documents[path];
    std::string document;
    if (!left.empty()) {
      document = left.front();
      left.pop_front();
    } else if (path == "/voice") {
      document = stream_document();
    }
    responder.respond(net::make_response(200, "text/xml", "<Response>" + document + "</Response>"));
  }

  net::loop& loop_;
  std::unique_ptr<net::http_server> server_;
  std::vector<net::http_responder> held_;
  std::uint16_t port_ = 0;
};

struct silent final : frame_source {
  bool next(std::uint64_t number, std::span<std::uint8_t> frame) override {
    numbers.push_back(number);
    std::ranges::fill(frame, silence);
    return true;
  }
  std::vector<std::uint64_t> numbers;
};

struct ear final : frame_sink {
  void heard(std::uint64_t, std::span<const std::uint8_t>, bool sound) override { audible[stream] += sound; }
  void stream_began(std::size_t index) override { stream = index; }
  std::size_t stream = 99;
  std::map<std::size_t, std::size_t> audible;
};

class SimTwilioCaller : public testing::Test {
 protected:
  template <class Work>
  auto on_loop(Work work) {
    return net::run_on(loop_, std::move(work));
  }

  SimTwilioCaller() {
    loop_.start();
    on_loop([&] {
      gateway = std::make_unique<desk>(loop_);
      client_ = net::http_client::make(loop_, nullptr);
      return 0;
    });
    how.account = {"AC00000000000000000000000000000001", "token", {}, {}};
    how.webhook_url = gateway->origin() + "/voice";
    how.twiml.fast = true;
    how.stream_setup = 0ms;
    how.at_most = 10s;
  }
  ~SimTwilioCaller() override {
    on_loop([&] {
      gateway.reset();
      client_.reset();
      return 0;
    });
    loop_.stop();
  }
  std::future<caller_report> place() {
    auto over = std::make_shared<std::promise<caller_report>>();
    on_loop([&] {
      twilio_caller::make(loop_, *client_, nullptr, how, says, hears)->call([over](const auto& r) {
        over->set_value(r);
      });
      return 0;
    });
    return over->get_future();
  }
  caller_report call() { return place().get(); }
  static std::string faults_of(const caller_report& report) {
    std::string out;
    for (const auto& one : report.violations.all()) out += one.rule + ": " + one.detail + "\n";
    return out;
  }

  std::unique_ptr<desk> gateway;
  caller_options how;
  silent says;
  ear hears;
  net::loop loop_{"sims"};
  std::unique_ptr<net::http_client> client_;
};

TEST_F(SimTwilioCaller, OpensANewStreamAfterEachDropAndSpeaksOn) {
  gateway->documents["/next"] = {gateway->stream_document(), gateway->stream_document(), gateway->stream_document()};
  how.faults.drops = {{200ms, drop_manner::fin}, {500ms, drop_manner::reset}, {800ms, drop_manner::blackhole, 200ms}};
  how.hang_up_after = 1300ms;
  const auto report = call();
  EXPECT_EQ(faults_of(report), "");
  ASSERT_EQ(report.streams.size(), 4U);
  std::set<std::string> sids;
  for (const auto& s : report.streams) {
    sids.insert(s.stream_sid);
    EXPECT_GT(s.frames_sent, 5U);
  }
  EXPECT_EQ(sids.size(), 4U);
  EXPECT_EQ(report.streams[0].ended_by, "drop");
  EXPECT_EQ(report.streams[3].ended_by, "caller");
  EXPECT_GE(report.frames_into_void, 9U) << "200 ms until Twilio noticed that the line had gone dark";
  EXPECT_EQ(says.numbers.back() + 1, says.numbers.size() + report.frames_into_void) << "the caller's clock goes on";
  EXPECT_EQ(hears.stream, 3U);
  on_loop([&] {
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(gateway->streams[i]->end->why, net::errc::reset);
      EXPECT_EQ(gateway->streams[i]->count(R"("event":"stop")"), 0U);
    }
    return 0;
  });
}

TEST_F(SimTwilioCaller, WaitsForEachOfItsStreamsAsLongAsOneTakes) {
  gateway->documents["/next"] = {gateway->stream_document()};
  how.stream_setup = 400ms;
  how.faults.drops = {{200ms}};
  how.hang_up_after = 900ms;
  const auto report = call();
  EXPECT_EQ(faults_of(report), "");
  ASSERT_EQ(report.streams.size(), 2U);
  EXPECT_GE(report.streams[0].opened_ms - report.webhook_ms, 370) << "its `start` comes 20 ms behind";
  EXPECT_GE(report.frames_into_void, 18U) << "what he says meanwhile nobody hears";
}

TEST_F(SimTwilioCaller, HangsUpWhileItsStreamIsOnItsWay) {
  how.stream_setup = 5s;
  auto over = std::make_shared<std::promise<caller_report>>();
  std::shared_ptr<twilio_caller> caller;
  std::function<void()> look = [&] {  // each turn of the loop, until the TwiML is there
    if (caller->report().documents == 0) return loop_.post(look);
    caller->hang_up();
  };
  on_loop([&] {
    caller = twilio_caller::make(loop_, *client_, nullptr, how, says, hears);
    caller->call([over](const auto& r) { over->set_value(r); });
    look();
    return 0;
  });
  const auto report = over->get_future().get();
  EXPECT_EQ(faults_of(report), "");
  EXPECT_TRUE(report.streams.empty());
  EXPECT_EQ(report.final_status, "completed");
}

TEST_F(SimTwilioCaller, IsOverWhenItsLastCallbackIsToldHoweverLateThatIs) {
  how.status_callback_url = gateway->origin() + "/status";
  how.callbacks = {300ms, 2, false};
  how.hang_up_after = 100ms;
  const auto report = call();
  EXPECT_EQ(faults_of(report), "");
  const auto told = on_loop(
      [&] { return std::ranges::count_if(gateway->requests, [](const auto& r) { return r.first == "/status"; }); });
  EXPECT_EQ(told, 2);
}

TEST_F(SimTwilioCaller, LeavesTheGatewayInTheDarkAboutAHalfOpenLine) {
  how.faults.drops = {{200ms, drop_manner::blackhole, 900ms}};
  auto report = place();
  std::this_thread::sleep_for(700ms);
  on_loop([&] {
    const auto& dark = *gateway->streams.at(0);
    EXPECT_FALSE(dark.end);
    EXPECT_TRUE(dark.socket->open());
    EXPECT_LT(dark.count(R"("event":"media")"), 15U);
    return 0;
  });
  EXPECT_EQ(faults_of(report.get()), "");
}

TEST_F(SimTwilioCaller, FallsSilentOnAnOpenSocketUntilTheGatewayClosesIt) {
  how.faults.drops = {{200ms, drop_manner::silent}};
  gateway->documents["/next"] = {gateway->stream_document(), ""};
  auto coming = place();
  std::this_thread::sleep_for(700ms);
  on_loop([&] {
    EXPECT_LT(gateway->streams.at(0)->count(R"("event":"media")"), 15U);
    gateway->streams[0]->socket->close(1000);
    return 0;
  });
  std::this_thread::sleep_for(300ms);
  on_loop([&] { return gateway->streams.at(1)->socket->close(1000), 0; });
  const auto report = coming.get();
  EXPECT_EQ(faults_of(report), "");
  ASSERT_EQ(report.streams.size(), 2U);
  EXPECT_EQ(report.streams[0].ended_by, "gateway");
  EXPECT_GT(report.streams[0].frames_withheld, 15U);
  EXPECT_EQ(report.streams[1].frames_withheld, 0U);
}

TEST_F(SimTwilioCaller, PausesItsFramesAndGoesOn) {
  how.faults.pauses = {{200ms, 300ms}};
  how.hang_up_after = 800ms;
  const auto report = call();
  EXPECT_EQ(faults_of(report), "");
  ASSERT_EQ(report.streams.size(), 1U);
  EXPECT_NEAR(static_cast<double>(report.streams[0].frames_withheld), 15, 3);
  EXPECT_NEAR(static_cast<double>(report.streams[0].frames_sent), 25, 5);
}

TEST_F(SimTwilioCaller, IsDeafUntilItsNextStream) {
  gateway->documents["/next"] = {gateway->stream_document()};
  gateway->started = [](stream_end& s) {
    s.mark("before");
    s.play(3);
    s.mark("after");
  };
  how.faults.deaf_from = 0ms;
  how.faults.next_stream_hears = true;
  how.faults.drops = {{400ms}};
  how.hang_up_after = 900ms;
  const auto report = call();
  EXPECT_EQ(faults_of(report), "");
  ASSERT_EQ(report.streams.size(), 2U);
  EXPECT_EQ(report.streams[0].marks_received, 2U);
  EXPECT_LE(report.streams[0].marks_echoed, 1U);
  EXPECT_EQ(report.streams[1].marks_echoed, 2U);
  EXPECT_EQ(hears.audible[0], 0U);
  EXPECT_EQ(hears.audible[1], 3U);
}

TEST_F(SimTwilioCaller, StopsReadingForAWhileAndLosesNothing) {
  how.faults.not_reading = {{100ms, 500ms}};
  how.hang_up_after = 1s;
  std::size_t queued = 0;
  auto coming = place();
  std::this_thread::sleep_for(250ms);
  on_loop([&] {
    for (int i = 0; i < 60; ++i) gateway->streams.at(0)->play(45);
    return 0;
  });
  std::this_thread::sleep_for(100ms);
  on_loop([&] { return queued = gateway->streams[0]->socket->queued_bytes(); });
  const auto report = coming.get();
  EXPECT_GT(queued, 300'000U);
  EXPECT_EQ(faults_of(report), "");
  EXPECT_EQ(report.streams.at(0).media_received, 60U);
  EXPECT_GT(report.streams[0].frames_sent, 40U) << "the other way goes on";
}

// Between the gateway's close and what follows from it, the phone is put down.
TEST_F(SimTwilioCaller, EndsItsCallThoughItHangsUpInTheMomentOfAClose) {
  gateway->started = [](stream_end& s) { s.socket->close(1011); };
  auto over = std::make_shared<std::promise<caller_report>>();
  std::shared_ptr<twilio_caller> caller;
  std::function<void()> look = [&] {  // each turn of the loop
    if (caller->report().violations.all().empty()) return loop_.post(look);
    caller->hang_up();
  };
  on_loop([&] {
    caller = twilio_caller::make(loop_, *client_, nullptr, how, says, hears);
    caller->call([over](const auto& r) { over->set_value(r); });
    look();
    return 0;
  });
  auto report = over->get_future();
  ASSERT_EQ(report.wait_for(5s), std::future_status::ready);
  EXPECT_EQ(report.get().streams.at(0).ended_by, "gateway");
}

TEST_F(SimTwilioCaller, AsksOnceMoreAtOnceAndGivesUp) {
  how.faults.drops = {{200ms}};
  auto coming = place();
  std::this_thread::sleep_for(100ms);
  on_loop([&] { return gateway->shut(), 0; });
  const auto report = coming.get();
  EXPECT_EQ(report.retries, 1U);
  EXPECT_EQ(report.final_status, "failed");
  EXPECT_EQ(report.violations.count("webhook_unanswered"), 1U);
}

TEST_F(SimTwilioCaller, AsksAgainAsOftenAsAnAddressWantsAndSendsNoFragment) {
  gateway->documents["/voice"] = {R"(<Redirect>/next?a=1#rc=3&amp;rp=5xx,rt&amp;rt=300</Redirect>)"};
  gateway->failures["/next"] = {503, 0, 500};
  gateway->documents["/next"] = {"<Hangup/>"};
  const auto report = call();
  EXPECT_EQ(faults_of(report), "");
  EXPECT_EQ(report.retries, 3U);
  EXPECT_EQ(report.final_status, "completed");
  ASSERT_EQ(gateway->requests.size(), 5U);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(gateway->requests[i].first, "/next?a=1");
}

TEST_F(SimTwilioCaller, AsksNoMoreThanItsTimeAndItsPolicyAllow) {
  struct row {
    std::string fragment;
    std::deque<unsigned> failures;
    std::size_t retries;
  };
  for (const auto& [fragment, failures, retries] :
       {row{"", {503}, 0}, row{"#rc=5&amp;rp=4xx", {503}, 0},
        row{"#rc=5&amp;rp=all", {403, 503, 403, 403, 403, 403}, 5},
        row{"#rc=5&amp;rp=all&amp;rt=400&amp;tt=1000", {0, 0, 0, 0, 0, 0}, 2}, row{"#rc=0&amp;rp=all", {503}, 0}}) {
    gateway->documents["/voice"] = {"<Redirect>/next" + fragment + "</Redirect>"};
    gateway->failures["/next"] = failures;
    const auto report = call();
    EXPECT_EQ(report.retries, retries) << fragment;
    EXPECT_EQ(report.final_status, "failed") << fragment;
  }
}

TEST_F(SimTwilioCaller, TellsHowEachOfItsDialsEndedAndKeepsAMessage) {
  gateway->documents["/voice"] = {
      R"(<Dial timeout="20" timeLimit="600" callerId="+15550100002" action="/dialled"><Number>+15550100009</Number></Dial>)"};
  gateway->documents["/dialled"] = {
      R"(<Pause/><Redirect>/again</Redirect>)",
      R"(<Record action="/kept" recordingStatusCallback=")" + gateway->origin() + R"(/recorded"/>)"};
  gateway->documents["/again"] = {R"(<Dial action="/dialled" callerId="+15550199999">+15550100008</Dial>)"};
  how.twiml.dial_outcomes = {"busy", "no-answer"};
  const auto report = call();
  EXPECT_EQ(report.redirects, 1U);
  EXPECT_THAT(report.dialled, ElementsAre("+15550100009", "+15550100008"));
  ASSERT_EQ(report.dials.size(), 2U);
  EXPECT_EQ(report.dials[0].caller_id, "+15550100002");
  EXPECT_EQ(report.dials[0].timeout, 20s);
  EXPECT_EQ(report.dials[0].time_limit, 600s);
  EXPECT_EQ(report.dials[0].outcome, "busy");
  EXPECT_EQ(report.dials[1].outcome, "no-answer");
  EXPECT_EQ(report.violations.count("caller_id"), 1U) << "of the second, whose callerId is nobody's";
  EXPECT_EQ(report.violations.count(), 1U);
  ASSERT_EQ(report.recording_sids.size(), 1U);
  on_loop([&] {
    std::map<std::string, std::string> last;
    for (const auto& [path, body] : gateway->requests) last[path] = body;
    EXPECT_THAT(last["/kept"], HasSubstr("RecordingUrl=https"));
    EXPECT_THAT(last["/recorded"], HasSubstr("RecordingStatus=completed"));
    EXPECT_THAT(last["/recorded"], HasSubstr("RecordingSid=" + report.recording_sids[0]));
    EXPECT_THAT(last["/recorded"], HasSubstr("RecordingDuration=4"));
    EXPECT_THAT(last["/recorded"], HasSubstr("CallSid=" + report.call_sid));
    return 0;
  });
}

struct leaving {
  std::string name;
  twiml::runner_options::message leaves;
  std::size_t kept;
  std::string action_has;  ///< "": it is not asked
};
class SimTwilioCallerAtTheBeep : public SimTwilioCaller, public testing::WithParamInterface<leaving> {};

TEST_P(SimTwilioCallerAtTheBeep, DoesWhatTwilioDoes) {
  gateway->documents["/voice"] = {R"(<Record action="/kept"/><Say>Nothing came.</Say>)"};
  how.twiml.leaves = GetParam().leaves;
  const auto report = call();
  EXPECT_EQ(faults_of(report), "");
  EXPECT_EQ(report.messages_kept, GetParam().kept);
  EXPECT_EQ(report.spoken.size(), GetParam().action_has.empty() ? 1U : 0U);
  const auto action = on_loop([&] {
    for (const auto& [path, body] : gateway->requests)
      if (path == "/kept") return body;
    return std::string{};
  });
  EXPECT_EQ(action.empty(), GetParam().action_has.empty());
  EXPECT_THAT(action, HasSubstr(GetParam().action_has));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SimTwilioCallerAtTheBeep,
    testing::Values(leaving{"Left", twiml::runner_options::message::left, 1, "CallStatus=in-progress"},
                    leaving{"LeftByHangingUp", twiml::runner_options::message::left_by_hanging_up, 1, "Digits=hangup"},
                    leaving{"Silence", twiml::runner_options::message::silence, 0, ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
