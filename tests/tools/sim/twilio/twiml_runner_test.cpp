#include "tools/sim/twilio/twiml_runner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace tonris::sim;
using namespace std::chrono_literals;

constexpr std::string_view here = "https://gw.example.com/twilio/voice";

twiml::document read(const std::string& inside) {
  auto d = twiml::read("<Response>" + inside + "</Response>", here);
  EXPECT_TRUE(d.faults.empty());
  return d;
}

template <class Step>
Step expect(twiml::runner& runner) {
  auto step = runner.next();
  if (auto* as = std::get_if<Step>(&step)) return *as;
  ADD_FAILURE() << "another step: " << step.index();
  return Step{};
}

TEST(SimTwimlRunner, EndsACallWithAnEmptyDocument) {
  twiml::runner runner{{}};
  runner.load(read(""));
  EXPECT_EQ(expect<twiml::finish>(runner).call_status, "completed");
}

TEST(SimTwimlRunner, SaysAndHangsUp) {
  twiml::runner runner{{}};
  runner.load(read("<Say language='da-DK'>Farvel</Say><Hangup/>"));
  const auto said = expect<twiml::speak>(runner);
  EXPECT_EQ(said.text, "Farvel");
  EXPECT_EQ(said.language, "da-DK");
  EXPECT_GT(said.lasting, 500ms);
  EXPECT_EQ(expect<twiml::finish>(runner).why, "Hangup");
}

TEST(SimTwimlRunner, AsksTheActionAfterAStreamAndNeverReachesTheNextVerb) {
  twiml::runner runner{{}};
  runner.load(read("<Connect action='/next'><Stream url='wss://h/x'/></Connect><Say>unreachable</Say>"));
  EXPECT_EQ(expect<twiml::open_stream>(runner).to.url, "wss://h/x");
  ASSERT_TRUE(runner.pending());
  EXPECT_EQ(expect<twiml::ask>(runner).url, "https://gw.example.com/next");
  runner.load(read(""));
  EXPECT_EQ(expect<twiml::finish>(runner).call_status, "completed");
}

TEST(SimTwimlRunner, GoesOnWithTheNextVerbWithoutAnAction) {
  twiml::runner runner{{}};
  runner.load(read("<Connect><Stream url='wss://h/x'/></Connect><Say>sorry</Say>"));
  expect<twiml::open_stream>(runner);
  EXPECT_FALSE(runner.pending());
  EXPECT_EQ(expect<twiml::speak>(runner).text, "sorry");
}

TEST(SimTwimlRunner, TellsTheActionHowADialEnded) {
  twiml::runner runner{{.fast = true, .dial_outcome = "busy"}};
  runner.load(read("<Dial action='/dialled'>+15550100009</Dial>"));
  EXPECT_THAT(expect<twiml::ring>(runner).numbers, testing::ElementsAre("+15550100009"));
  EXPECT_THAT(expect<twiml::ask>(runner).extra, testing::Contains(testing::Pair("DialCallStatus", "busy")));
}

TEST(SimTwimlRunner, EndsEachDialAsItIsTold) {
  twiml::runner runner{{.fast = true, .dial_outcomes = {"no-answer", "completed"}}};
  for (const std::string outcome : {"no-answer", "completed", "no-answer"}) {
    runner.load(
        read("<Dial action='/dialled' timeout='20' timeLimit='600' callerId='+15550100002'>+15550100009</Dial>"));
    const auto ringing = expect<twiml::ring>(runner);
    EXPECT_EQ(ringing.outcome, outcome);
    EXPECT_EQ(ringing.time_limit, 600s);
    EXPECT_EQ(ringing.caller_id, "+15550100002");
    EXPECT_THAT(expect<twiml::ask>(runner).extra, testing::Contains(testing::Pair("DialCallStatus", outcome)));
  }
}

TEST(SimTwimlRunner, FallsThroughARecordingOfSilence) {
  twiml::runner runner{{.fast = true, .leaves = twiml::runner_options::message::silence}};
  runner.load(read("<Record action='/kept'/><Say>nothing came</Say>"));
  expect<twiml::wait>(runner);
  EXPECT_EQ(expect<twiml::speak>(runner).text, "nothing came");
}

TEST(SimTwimlRunner, TellsTheActionOfARecording) {
  twiml::runner runner{{.fast = true}};
  runner.load(read("<Record action='/kept' recordingStatusCallback='https://h/done'/>"));
  EXPECT_EQ(expect<twiml::keep_message>(runner).status_callback, "https://h/done");
  EXPECT_THAT(expect<twiml::ask>(runner).extra, testing::Contains(testing::Pair("RecordingDuration", "4")));
}

TEST(SimTwimlRunner, RejectsWithoutAnswering) {
  twiml::runner busy{{}}, rejected{{}};
  busy.load(read("<Reject reason='busy'/>"));
  rejected.load(read("<Reject/>"));
  EXPECT_EQ(expect<twiml::finish>(busy).call_status, "busy");
  EXPECT_EQ(expect<twiml::finish>(rejected).call_status, "no-answer");
}

TEST(SimTwimlRunner, EndsALoopOfRedirects) {
  twiml::runner runner{{.max_documents = 3}};
  for (int i = 0; i < 3; ++i) {
    runner.load(read("<Redirect>/again</Redirect>"));
    expect<twiml::ask>(runner);
  }
  EXPECT_EQ(runner.redirects(), 3U);
  runner.load(read("<Redirect>/again</Redirect>"));
  EXPECT_EQ(expect<twiml::finish>(runner).call_status, "failed");
}

TEST(SimTwimlRunner, ShortensWhatTakesTimeWhenFast) {
  twiml::runner runner{{.fast = true}};
  runner.load(read("<Pause length='60'/><Say>a long sentence that would take a while</Say>"));
  EXPECT_EQ(expect<twiml::wait>(runner).lasting, 20ms);
  EXPECT_EQ(expect<twiml::speak>(runner).lasting, 20ms);
}

}  // namespace
