#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "model/elevenlabs/conversation.hpp"
#include "model/elevenlabs/rest.hpp"
#include "model/twilio/stream.hpp"
#include "net/run_on.hpp"
#include "net/websocket_client.hpp"
#include "tools/sim/demo/dialogue.hpp"
#include "tools/sim/elevenlabs/server.hpp"
#include "tools/sim/twilio/caller.hpp"

// Both simulators against the smallest thing that joins a call to an agent, which is made wrong on purpose.
namespace {

using namespace tonris;
using namespace tonris::sim;
using namespace std::chrono_literals;
using testing::Contains;
using testing::IsEmpty;
namespace convai = tonris::model::elevenlabs;
namespace streams = tonris::model::twilio;

struct bridge_faults {
  bool ignores_ping_zero = false;  ///< the classic: 0 is not true
  bool extra_key = false;          ///< a sequenceNumber in its media
  bool speaks_before_start = false;
  bool overrides_format = false;
  bool closes_badly = false;  ///< 1011 to the caller's side
  std::optional<std::chrono::milliseconds> dials_again_after{};
};

struct side final : net::websocket_handler {
  std::function<void(std::string_view)> text;
  std::function<void()> end;
  void on_text(std::string_view message) override { text(message); }
  void on_end(const net::websocket_end&) override { end(); }
};

/// One call. Everything on the loop's thread; no signature is checked.
class bridge {
 public:
  bridge(net::loop& on, std::string vendor, bridge_faults faults)
      : loop_(on),
        vendor_(std::move(vendor)),
        faults_(faults),
        again_(on),
        client_(net::http_client::make(on, nullptr)) {
    caller_.text = [this](std::string_view text) { caller_said(text); };
    caller_.end = [this] { caller_gone(); };
    agent_.text = [this](std::string_view text) { agent_said(text); };
    agent_.end = [this] { agent_gone(); };
    server_ = net::http_server::listen(on, "127.0.0.1", 0, {}, nullptr,
                                       [this](net::http_request request, net::http_responder responder) {
                                         handle(request, std::move(responder));
                                       })
                  .value();
    server_->start();
  }
  ~bridge() {
    agents_.push_back(to_caller_);
    for (const auto& socket : agents_)
      if (socket) socket->detach(), socket->abort();
  }
  [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

 private:
  void handle(const net::http_request& request, net::http_responder responder) {
    if (request.path() == "/media")
      return responder.upgrade({}, [this](std::shared_ptr<net::websocket> socket) {
        to_caller_ = std::move(socket);
        to_caller_->start(caller_);
        if (faults_.speaks_before_start) to_caller_->send(R"({"event":"clear","streamSid":"MZ"})");
      });
    const bool voice = request.path() == "/voice";
    const auto port = std::to_string(server_->port());
    responder.respond(net::make_response(200, "text/xml",
                                         voice ? "<Response><Connect action=\"/next\"><Stream url=\"ws://127.0.0.1:" +
                                                     port + "/media\"/></Connect></Response>"
                                               : "<Response/>"));
  }

  void caller_said(std::string_view text) {
    const auto message = streams::decode(text).value();
    if (const auto* start = std::get_if<streams::start>(&message)) {
      stream_ = start->stream;
      call_ = start->call.value;
      dial_agent();
      if (faults_.dials_again_after) again_.after(*faults_.dials_again_after, [this] { dial_agent(); });
    }
    if (const auto* media = std::get_if<streams::media>(&message); media != nullptr && live_) {
      std::string out;
      convai::append_user_audio(media->payload, out);
      to_agent_->send(out);
    }
    if (std::holds_alternative<streams::mark>(message) && ending_)
      to_caller_->close(faults_.closes_badly ? 1011 : 1000);
  }

  void dial_agent() {
    net::http_request request;
    request.method = "GET";
    request.fields.set("xi-api-key", "k");
    client_->request(vendor_ + convai::signed_url_target({"agent_demo"}), request, 2s, [this](const auto& got) {
      const auto url = convai::decode_signed_url(got->body).value().url;
      dialling_.push_back(net::open_websocket(loop_, nullptr, url, {}, [this](auto socket) {
        if (!socket) return;
        agents_.push_back(to_agent_ = std::move(*socket));
        to_agent_->start(agent_);
        to_agent_->send(R"({"type":"conversation_initiation_client_data","dynamic_variables":{"call_sid":")" + call_ +
                        (faults_.overrides_format
                             ? R"("},"conversation_config_override":{"tts":{"output_format":"ulaw_8000"}}})"
                             : R"("}})"));
      }));
    });
  }

  void agent_said(std::string_view text) {
    const auto message = convai::decode(text).value();
    std::string out;
    if (std::holds_alternative<convai::metadata>(message)) live_ = true;
    if (const auto* ping = std::get_if<convai::ping>(&message)) {
      convai::append_pong(ping->event_id, out);
      if (ping->event_id != 0 || !faults_.ignores_ping_zero) to_agent_->send(out);
    }
    if (const auto* audio = std::get_if<convai::audio>(&message); audio != nullptr && audio->event_id > cut_) {
      streams::append_media(stream_, audio->payload, out);
      if (faults_.extra_key) out.insert(1, R"("sequenceNumber":"1",)");
      to_caller_->send(out);
    }
    if (const auto* cut = std::get_if<convai::interruption>(&message)) {
      cut_ = cut->event_id;
      streams::append_clear(stream_, out);
      to_caller_->send(out);
    }
  }

  void agent_gone() {
    live_ = false;
    ending_ = true;
    std::string out;
    streams::append_mark(stream_, "last", out);
    to_caller_->send(out);
  }
  void caller_gone() {
    live_ = false;
    if (to_agent_) to_agent_->close(1000);
  }

  net::loop& loop_;
  std::string vendor_;
  bridge_faults faults_;
  net::timer again_;
  std::unique_ptr<net::http_client> client_;
  std::unique_ptr<net::http_server> server_;
  side caller_, agent_;
  std::shared_ptr<net::websocket> to_caller_, to_agent_;
  std::vector<std::shared_ptr<net::websocket>> agents_;  ///< all that were dialled
  std::vector<std::unique_ptr<net::websocket_connect>> dialling_;
  model::stream_sid stream_;
  std::string call_;
  std::int64_t cut_ = -1;
  bool live_ = false, ending_ = false;
};

std::vector<std::uint8_t> tone(std::chrono::milliseconds length, std::uint8_t seed) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(length.count()) * 8);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>((i / 8 % 2 == 0 ? 0x10 : 0x90) + seed);
  return out;
}

struct tones final : speech_source {
  std::vector<std::uint8_t> speech(const std::string& sound, const conversation_facts&) override {
    return tone(std::chrono::milliseconds{std::stoi(sound)}, 1);
  }
};

struct outcome {
  caller_report caller;
  conversation_record agent;
  std::vector<violation> of_vendor;
  std::size_t heard = 0;
};

std::vector<std::string> rules(const std::vector<violation>& found) {
  std::vector<std::string> out;
  for (const auto& one : found) out.push_back(one.rule);
  return out;
}

outcome play(agent_behaviour behaviour, std::vector<dialogue::line> lines, bridge_faults faults = {}) {
  behaviour.ping_every = 300ms;
  outcome out;
  tones speech;
  conversation_listener nobody;
  dialogue talk{std::move(lines)};
  net::loop loop{"sims"};
  loop.start();
  std::unique_ptr<elevenlabs_server> vendor;
  std::unique_ptr<bridge> between;
  std::unique_ptr<net::http_client> client;
  std::promise<caller_report> over;
  net::run_on(loop, [&] {
    elevenlabs_options options;
    options.api_key = "k";
    options.behaviour = [behaviour](const std::string&, std::uint64_t) { return std::optional{behaviour}; };
    vendor = elevenlabs_server::listen(loop, std::move(options), speech, nobody).value();
    between = std::make_unique<bridge>(loop, vendor->base_url(), faults);
    client = net::http_client::make(loop, nullptr);
    caller_options how;
    how.account = {"AC00000000000000000000000000000001", "token", {}, {}};
    how.webhook_url = between->origin() + "/voice";
    how.status_callback_url = between->origin() + "/status";
    how.hang_up_after_last_word = 4s;
    how.stream_setup = 0ms;
    how.at_most = 20s;
    twilio_caller::make(loop, *client, nullptr, how, talk, talk)->call([&](const auto& r) { over.set_value(r); });
    return 0;
  });
  out.caller = over.get_future().get();
  std::this_thread::sleep_for(100ms);  // the agent's side may still be closing
  net::run_on(loop, [&] {
    out.of_vendor = vendor->all_violations();
    if (!vendor->ended().empty()) out.agent = vendor->ended().back();
    out.heard = talk.ear().ulaw().size();
    between.reset();
    client.reset();
    vendor.reset();
    return 0;
  });
  loop.stop();
  return out;
}

agent_behaviour one_answer() {
  agent_behaviour out;
  out.greeting = utterance{"Hello", "400"};
  agent_turn turn;
  turn.hear = "A question";
  turn.say = {"An answer", "600"};
  turn.end_call = true;
  out.turns = {turn};
  return out;
}

TEST(SimsTogether, HoldAConversationWithoutAnyViolation) {
  const auto got = play(one_answer(), {{"A question", tone(500ms, 0), caller_line::cue::agent_quiet, 200ms}});
  EXPECT_THAT(rules(got.caller.violations.all()), IsEmpty());
  EXPECT_THAT(rules(got.of_vendor), IsEmpty());
  EXPECT_EQ(got.caller.final_status, "completed");
  ASSERT_EQ(got.caller.streams.size(), 1U);
  EXPECT_EQ(got.caller.streams[0].bytes_played, 8U * 1000U);
  EXPECT_EQ(got.caller.streams[0].marks_echoed, 1U);
  EXPECT_EQ(got.caller.streams[0].ended_by, "gateway");
  EXPECT_EQ(got.agent.transcript.size(), 3U);
  EXPECT_EQ(got.agent.ended_by, "agent");
  EXPECT_EQ(got.agent.close_code, 1000);
  EXPECT_GE(got.agent.pongs, 2U);
}

TEST(SimsTogether, InterruptAnAgentWhoIsTalkedOver) {
  auto behaviour = one_answer();
  behaviour.greeting = utterance{"One two three four five six", "3000"};
  const auto got = play(behaviour, {{"Stop", tone(700ms, 0), caller_line::cue::agent_speaking, 500ms}});
  EXPECT_THAT(rules(got.caller.violations.all()), IsEmpty());
  EXPECT_THAT(rules(got.of_vendor), IsEmpty());
  EXPECT_EQ(got.agent.interruptions, 1U);
  ASSERT_EQ(got.caller.streams.size(), 1U);
  EXPECT_EQ(got.caller.streams[0].clears, 1U);
  EXPECT_GT(got.caller.streams[0].bytes_cleared, 0U);
  ASSERT_EQ(got.agent.transcript.size(), 3U);
  EXPECT_THAT(got.agent.transcript[0].text, testing::EndsWith("..."));
  EXPECT_LT(got.agent.transcript[0].text.size(), 27U);
}

TEST(SimsTogether, HangUpWhenTheAgentStaysSilentForEver) {
  auto behaviour = one_answer();
  behaviour.greeting.reset();
  behaviour.failure.when = agent_failure::point::after_metadata;
  behaviour.failure.how = agent_failure::manner::silence;
  const auto got = play(behaviour, {});
  EXPECT_EQ(got.caller.ended_why, "the caller hung up");
  EXPECT_EQ(got.caller.streams.at(0).ended_by, "caller");
  EXPECT_THAT(rules(got.caller.violations.all()), IsEmpty());
  EXPECT_EQ(got.agent.ended_by, "gateway");
  EXPECT_EQ(got.agent.close_code, 1000);
}

TEST(SimsTogether, FlagTwoConversationsOfOneCall) {
  const auto got = play(one_answer(), {}, {.dials_again_after = 0ms});
  EXPECT_THAT(rules(got.of_vendor), Contains("two_conversations"));
}

TEST(SimsTogether, FlagTheSlowerOfTwoConversationsThatIsNotLeft) {
  auto behaviour = one_answer();
  behaviour.metadata_delay = 2800ms;  // so long that a second may be tried
  const auto got = play(behaviour, {}, {.dials_again_after = 2600ms});
  EXPECT_THAT(rules(got.of_vendor), Contains("two_conversations"));
}

TEST(SimsTogether, HaveAnAgentThatIsDeaf) {
  auto behaviour = one_answer();
  behaviour.deaf = true;
  const auto got = play(behaviour, {{"A question", tone(500ms, 0), caller_line::cue::agent_quiet, 200ms}});
  EXPECT_THAT(rules(got.of_vendor), IsEmpty());
  EXPECT_EQ(got.agent.transcript.size(), 1U) << "its greeting";
  EXPECT_GT(got.agent.audio_bytes, 0U);
}

TEST(SimsTogether, HaveAnAgentWithoutAVoice) {
  using sound = agent_behaviour::sound;
  for (const auto voice : {sound::silent, sound::missing}) {
    auto behaviour = one_answer();
    behaviour.voice = voice;
    const auto got = play(behaviour, {});
    EXPECT_THAT(rules(got.of_vendor), IsEmpty());
    EXPECT_EQ(got.agent.transcript.size(), 1U);
    EXPECT_EQ(got.caller.streams.at(0).bytes_received, voice == sound::silent ? 8U * 400U : 0U);
  }
}

struct broken_line {
  std::string name;
  agent_failure::manner how;
};
class SimsTogetherLine : public testing::TestWithParam<broken_line> {};

TEST_P(SimsTogetherLine, BreaksAndNobodyIsBlamed) {
  auto behaviour = one_answer();
  behaviour.failure.when = agent_failure::point::after_metadata;
  behaviour.failure.how = GetParam().how;
  behaviour.failure.after = 300ms;
  EXPECT_THAT(rules(play(behaviour, {}).of_vendor), IsEmpty());
}
using manner = agent_failure::manner;
INSTANTIATE_TEST_SUITE_P(Manners, SimsTogetherLine,
                         testing::Values(broken_line{"Reset", manner::reset},
                                         broken_line{"Blackhole", manner::blackhole},
                                         broken_line{"Stall", manner::stall}, broken_line{"Binary", manner::binary},
                                         broken_line{"BrokenFrame", manner::broken_frame}),
                         [](const auto& row) { return row.param.name; });

TEST(SimsTogether, FlagAnUnansweredPingZero) {
  const auto got =
      play(one_answer(), {{"Q", tone(500ms, 0), caller_line::cue::agent_quiet, 200ms}}, {.ignores_ping_zero = true});
  EXPECT_THAT(rules(got.of_vendor), Contains("missing_pong"));
}

TEST(SimsTogether, FlagAnExtraKeyAndPlayNothingOfIt) {
  const auto got = play(one_answer(), {}, {.extra_key = true});
  EXPECT_THAT(rules(got.caller.violations.all()), Contains("extra_key"));
  EXPECT_EQ(got.caller.streams.at(0).bytes_played, 0U);
}

TEST(SimsTogether, FlagWhatComesBeforeStart) {
  const auto got =
      play(one_answer(), {{"Q", tone(500ms, 0), caller_line::cue::agent_quiet, 200ms}}, {.speaks_before_start = true});
  EXPECT_THAT(rules(got.caller.violations.all()), Contains("message_before_start"));
}

TEST(SimsTogether, RefuseAFormatOverrideAndFlagTheCloseThatFollows) {
  const auto got = play(one_answer(), {}, {.overrides_format = true, .closes_badly = true});
  EXPECT_THAT(rules(got.of_vendor), Contains("format_override"));
  EXPECT_EQ(got.agent.close_code, 1008);
  EXPECT_THAT(rules(got.caller.violations.all()), Contains("close_code"));
}

TEST(SimsTogether, TellAGatewayThatIsNotThereFromOneThatIsWrong) {
  net::loop loop{"sims"};
  loop.start();
  dialogue nobody{{}};
  std::promise<caller_report> over;
  std::unique_ptr<net::http_client> client;
  net::run_on(loop, [&] {
    client = net::http_client::make(loop, nullptr);
    caller_options how;
    how.account = {"AC00000000000000000000000000000001", "token", {}, {}};
    how.webhook_url = "http://127.0.0.1:1/voice";
    twilio_caller::make(loop, *client, nullptr, how, nobody, nobody)->call([&](const auto& r) { over.set_value(r); });
    return 0;
  });
  const auto report = over.get_future().get();
  net::run_on(loop, [&] { return client.reset(), 0; });
  loop.stop();
  EXPECT_FALSE(report.reached);
  EXPECT_TRUE(report.violations.empty());
}

}  // namespace
