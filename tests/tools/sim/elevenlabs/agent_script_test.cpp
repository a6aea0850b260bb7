#include "tools/sim/elevenlabs/agent_script.hpp"
#include "tests/places.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace tonris::sim;
using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(SimAgentScript, ReadsTheDemonstration) {
  const auto script = read_script(tonris::test::test_data() + "/speech/demo.json");
  ASSERT_TRUE(script) << script.error();
  EXPECT_EQ(script->agent.turns.size(), 3U);
  EXPECT_TRUE(script->agent.turns.back().end_call);
  EXPECT_EQ(script->caller.size(), 3U);
  EXPECT_EQ(script->caller[1].when, caller_line::cue::agent_speaking);
  EXPECT_EQ(script->caller_hangs_up_after, 8000ms);
}

TEST(SimAgentScript, ReadsEveryVice) {
  const auto script = parse_script(R"({"agent":{"outputFormat":"pcm_44100","inputFormat":"","chunkBytes":[1,0,333],
    "paddedMessageBytes":2097152,"oddEvents":true,"alignment":true,"queueForMs":100,"queueTimesOut":true,
    "allowedOverrides":["agent.language"],"declaredVariables":["call_sid"],
    "failure":{"when":"during_audio","utterance":1,"how":"drop","afterMs":50,"error":"flat","code":1002},
    "signedUrl":{"status":429,"times":1,"delayMs":10,"validSeconds":1}}})");
  ASSERT_TRUE(script) << script.error();
  const auto& agent = script->agent;
  EXPECT_EQ(agent.input_format, "");
  EXPECT_THAT(agent.chunk_bytes, testing::ElementsAre(1, 0, 333));
  EXPECT_EQ(agent.failure.when, agent_failure::point::during_audio);
  EXPECT_EQ(agent.failure.how, agent_failure::manner::drop);
  EXPECT_EQ(agent.failure.frame, agent_failure::error_frame::flat);
  EXPECT_EQ(agent.signed_url.status, 429U);
  EXPECT_EQ(agent.queue_for, 100ms);
}

TEST(SimAgentScript, TakesTheAgentsSettingsAsTheyStand) {
  const auto script = parse_script(R"({"agent":{"settings":"{\"name\":\"x\"}"}})");
  ASSERT_TRUE(script) << script.error();
  EXPECT_EQ(script->agent.settings, R"({"name":"x"})");
  const auto broken = parse_script(R"({"agent":{"settings":"{"}})");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error(), HasSubstr("agent.settings must be the text of a JSON object"));
}

struct failing {
  std::string name;
  agent_failure::manner how;
  bool needs_wire;
};
class SimAgentScriptFailure : public testing::TestWithParam<failing> {};

TEST_P(SimAgentScriptFailure, IsReadAndKnowsWhetherTheNetworkMustFail) {
  const auto script =
      parse_script(R"({"agent":{"failure":{"when":"after_metadata","how":")" + GetParam().name + R"("}}})");
  ASSERT_TRUE(script) << script.error();
  auto failure = script->agent.failure;
  EXPECT_EQ(failure.how, GetParam().how);
  EXPECT_EQ(failure.needs_wire(), GetParam().needs_wire);
  failure.when = agent_failure::point::never;
  EXPECT_FALSE(failure.needs_wire());
}

using manner = agent_failure::manner;
INSTANTIATE_TEST_SUITE_P(
    Manners, SimAgentScriptFailure,
    testing::Values(failing{"close", manner::close, false}, failing{"drop", manner::drop, false},
                    failing{"silence", manner::silence, false}, failing{"reset", manner::reset, true},
                    failing{"blackhole", manner::blackhole, true}, failing{"stall", manner::stall, true},
                    failing{"garbage", manner::garbage, false}, failing{"binary", manner::binary, true},
                    failing{"broken_frame", manner::broken_frame, true}, failing{"corrupt", manner::corrupt, true}),
    [](const auto& row) { return row.param.name; });

TEST(SimAgentScript, ReadsAnAgentThatNeitherHearsNorIsHeard) {
  const auto script = parse_script(R"({"agent":{"deaf":true,"voice":"silent","settingsDelayMs":300}})");
  ASSERT_TRUE(script) << script.error();
  EXPECT_EQ(script->agent.settings_delay, 300ms);
  EXPECT_TRUE(script->agent.deaf);
  EXPECT_EQ(script->agent.voice, agent_behaviour::sound::silent);
  EXPECT_TRUE(script->agent.transcripts) << "its settings promise transcripts all the same";
}

struct mistake {
  std::string name, json, said;
};
class SimAgentScriptRefuses : public testing::TestWithParam<mistake> {};

TEST_P(SimAgentScriptRefuses, TheMistakeWithItsPath) {
  const auto script = parse_script(GetParam().json);
  ASSERT_FALSE(script);
  EXPECT_THAT(script.error(), HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SimAgentScriptRefuses,
    testing::Values(
        mistake{"NoJson", "{", "not one JSON object"}, mistake{"UnknownKey", R"({"agnet":{}})", "agnet is unknown"},
        mistake{"UnknownInside", R"({"agent":{"pase":1}})", "agent.pase is unknown"},
        mistake{"WrongType", R"({"agent":{"thinkMs":"x"}})", "agent.thinkMs must be a whole number"},
        mistake{"Negative", R"({"agent":{"thinkMs":-1}})", "agent.thinkMs must be"},
        mistake{"Pace", R"({"agent":{"pace":0}})", "agent.pace must be"},
        mistake{"TurnIsText", R"({"agent":{"turns":["x"]}})", "agent.turns[0] must be an object"},
        mistake{"TurnKey", R"({"agent":{"turns":[{},{"sey":{}}]}})", "agent.turns[1].sey is unknown"},
        mistake{"Tool", R"({"agent":{"turns":[{"tool":{"name":"x","parameters":"[]"}}]}})",
                "agent.turns[0].tool.parameters"},
        mistake{"OnlyEmptyChunks", R"({"agent":{"chunkBytes":[0]}})", "agent.chunkBytes must hold"},
        mistake{"When", R"({"agent":{"failure":{"when":"later"}}})", "agent.failure.when must be one of never"},
        mistake{"How", R"({"agent":{"failure":{"how":"badly"}}})", "agent.failure.how must be one of close"},
        mistake{"Voice", R"({"agent":{"voice":"soft"}})", "agent.voice must be one of audible"},
        mistake{"Code", R"({"agent":{"failure":{"code":99}}})", "agent.failure.code must be"},
        mistake{"Cue", R"({"caller":[{"when":"now"}]})", "caller[0].when must be one of"}),
    [](const auto& row) { return row.param.name; });

TEST(SimAgentScript, SaysWhichFileCannotBeRead) {
  const auto script = read_script("/nowhere/x.json");
  ASSERT_FALSE(script);
  EXPECT_THAT(script.error(), HasSubstr("/nowhere/x.json"));
}

}  // namespace
