// Why a call ended: from a gateway that runs, and from what one that is down has left.
#include <fstream>
#include <string>
#include <vector>

#include "model/call/checkpoint.hpp"
#include "model/call/story.hpp"
#include "tests/tools/ctl/ctl_fixture.hpp"

namespace tonris::ctl {
namespace {

using namespace test;
namespace fs = std::filesystem;
using model::call_moment;

const std::vector<model::timeline_event> some_events{
    {some_call, ten_o_clock, call_moment::webhook, "tenant salon-1"},
    {some_call, ten_o_clock + std::chrono::milliseconds{1500}, call_moment::ended, "caller_hung_up, by caller"}};
const std::string timeline_told =
    "  0.00 s  Twilio asked what to do with the call (tenant salon-1)\n"
    " +1.50 s  the call ended: caller_hung_up, by caller\n";
const std::string told = timeline_told +
                         "Why it ended: The caller hung up. It was caused by the caller (caller_hung_up).\n"
                         "What to do: nothing, this is an ordinary end.\n";

/// A call that went wrong, as the gateway wrote it down.
model::call_record some_record() {
  auto r = a_record(some_call.value, 0);
  r.from = "+15550100001";
  r.to = "+15550100002";
  r.agent = {"agent_abc"};
  r.state = model::call_state::ended;
  r.answered = r.started + std::chrono::milliseconds{1200};
  r.ended = *r.answered + std::chrono::milliseconds{62'400};
  r.reason = model::end_reason::agent_lost;
  r.end_detail = "reset by peer";
  r.restarts = 5;
  r.streams = {{{"MZ1"}, *r.answered, r.ended}};
  r.conversations = {{{"conv_1"}, *r.answered, r.ended, 1011}, {{"conv_2"}, *r.answered, r.ended, {}}};
  r.transcript = {{false, "my number is +15550107777", *r.answered, {}, 1}};
  r.media = {3060, 2800, 2, 56'000, 0.4, {}};
  r.fallback = "transferred";
  return r;
}
const std::string header_told =
    "Call CA0123456789abcdef0123456789abcdef, 2026-11-22 10:00:00 UTC, from +1555... to +15550100002, tenant salon-1, "
    "agent agent_abc\n";
const std::string record_told =
    "Why it ended: The agent's connection broke in the middle of the conversation. It was caused by the network "
    "(agent_lost).\n"
    "In short:\n"
    "  ended         agent_lost, caused by network: reset by peer\n"
    "  length        62.4 s, from the stream's start\n"
    "  agent         agent_abc, 5 restarts, 0 interruptions\n"
    "  audio         3060 frames from the caller, 2800 to the caller, 2 dropped\n"
    "  stream        MZ1\n"
    "  conversation  conv_1, closed with 1011\n"
    "  conversation  conv_2\n"
    "  fallback      transferred\n"
    "What to do: if it comes often, check the network to ElevenLabs and its status page.\n";

TEST_F(Tonrisctl, SaysInTenLinesAtMostWhyACallEnded) {
  serve(200, to_json(some_events), to_json(some_record()));
  EXPECT_EQ(why(), found);
  const auto said = out.str();
  EXPECT_EQ(said, model::call_summary(some_events, some_record())) << "as GET …/why does";
  EXPECT_LE(std::count(said.begin(), said.end(), '\n'), 10) << said;
  store({.checkpoints = {},
         .records = {{some_call, "salon-1", ten_o_clock, to_json(some_record())}},
         .facts = {},
         .events = some_events});
  EXPECT_EQ(tonrisctl({"why", some_call.value, "--data-dir", data_dir}), found) << err.str();
  EXPECT_EQ(out.str(), said) << "also from the store";
}

TEST_F(Tonrisctl, SumsUpTheCallsRecordBelowItsTimeline) {
  serve(200, to_json(some_events), to_json(some_record()));
  EXPECT_EQ(why("--timeline"), found);
  EXPECT_EQ(out.str(), header_told + timeline_told + record_told);
}

TEST_F(Tonrisctl, SumsUpACallOfWhichOnlyTheRecordIsKnown) {
  serve(404, unknown_call, to_json(some_record()));
  EXPECT_EQ(why("--timeline"), found);
  EXPECT_EQ(out.str(), header_told + record_told);
}

TEST_F(Tonrisctl, TellsTheTimelineAlsoWhereTheRecordIsNone) {
  serve(200, to_json(some_events), "<html>");
  EXPECT_EQ(why(), cannot);
  EXPECT_EQ(out.str(), told);
  EXPECT_EQ(err.str(),
            "tonrisctl: The gateway at " + origin() + " answered with something that is no record of a call\n");
}

TEST_F(Tonrisctl, TellsWhyACallEndedAsTheGatewayKnowsIt) {
  serve(200, to_json(some_events));
  EXPECT_EQ(why(), found);
  EXPECT_EQ(out.str(), told);
}

TEST_F(Tonrisctl, FindsPortAndTokenInTheEnvFile) {
  serve(200, to_json(some_events));
  std::ofstream(env_file) << "PORT=" << server->port() << "\nADMIN_TOKEN='" << token << "'\n";
  environment.clear();
  EXPECT_EQ(why(), found) << err.str();
  environment["ADMIN_TOKEN"] = "wrong";
  EXPECT_EQ(why(), cannot) << "the environment comes first";
}

TEST_F(Tonrisctl, AsksTheGatewayItIsGiven) {
  serve(200, to_json(some_events));
  environment["PORT"] = "1";
  EXPECT_EQ(tonrisctl({"why", some_call.value, "--env-file", env_file, "--gateway", origin() + "/"}), found);
}

TEST_F(Tonrisctl, SaysThatNothingIsKnownOfACall) {
  serve(404, unknown_call);
  EXPECT_EQ(why(), not_found);
  EXPECT_EQ(out.str(), "Nothing is known of this call.\n");
}

TEST_F(Tonrisctl, AsksAtTheDoorOfOperatorsWhereThereIsOne) {
  serve(200, to_json(some_events));
  environment["ADMIN_PORT"] = std::exchange(environment["PORT"], "1");
  EXPECT_EQ(why(), found) << err.str();
  environment["ADMIN_PORT"] = "many";
  EXPECT_EQ(why(), cannot);
  EXPECT_EQ(err.str(), "tonrisctl: ADMIN_PORT must be a whole number from 1 to 65535\n");
}

TEST_F(Tonrisctl, SaysInOneLineWhatIsWrongWithTheAnswer) {
  struct row {
    unsigned status;
    std::string body, says;
  };
  for (const auto& [status, body, says] : {
           row{403, R"({"error":{"code":"administration_off","message":"ADMIN_TOKEN is not set"}})",
               "runs without ADMIN_TOKEN, so its administration is off"},
           row{404, "<html>", "answered with status 404"},
           row{503, "", "answered with status 503"},
           row{200, "<html>", "answered with something that is no list of events"},
           row{200, std::string(17 * 1024 * 1024, '['), "does not answer: too_big"},
       }) {
    serve(status, body);
    EXPECT_EQ(why(), cannot) << says;
    EXPECT_NE(err.str().find("The gateway at " + origin() + " " + says), std::string::npos) << err.str();
    net::run_on(io, [this] { server.reset(); });
  }
}

TEST_F(Tonrisctl, SaysWhenTheGatewayIsDownWhereElseToLook) {
  serve(200, "[]");
  net::run_on(io, [this] { server.reset(); });
  EXPECT_EQ(why(), cannot);
  EXPECT_EQ(err.str(), "tonrisctl: The gateway at http://127.0.0.1:" + environment["PORT"] +
                           " does not answer: connect_refused; where it is down, --data-dir reads its store\n");
}

TEST_F(Tonrisctl, SaysWhenItsTokenIsRefused) {
  serve(200, "[]");
  environment["ADMIN_TOKEN"] = "wrong";
  EXPECT_EQ(why(), cannot);
  EXPECT_EQ(err.str(), "tonrisctl: The gateway at " + origin() + " refused ADMIN_TOKEN\n");
}

TEST_F(Tonrisctl, NeedsATokenThatFitsIntoAHeader) {
  EXPECT_EQ(why(), cannot);
  EXPECT_NE(err.str().find("ADMIN_TOKEN is not set"), std::string::npos) << err.str();
  environment["ADMIN_TOKEN"] = token + "\r\nX: y";
  EXPECT_EQ(why(), cannot);
  EXPECT_NE(err.str().find("ADMIN_TOKEN must be printable"), std::string::npos) << err.str();
}

TEST_F(Tonrisctl, SendsItsTokenToNoPlainAddressElsewhere) {
  environment["ADMIN_TOKEN"] = token;
  for (const auto* url : {"http://gw.example.com", "gw.example.com", "https://u:p@gw.example.com", "http://"})
    EXPECT_EQ(tonrisctl({"why", some_call.value, "--env-file", env_file, "--gateway", url}), cannot) << url;
  environment["TLS_CERT_FILE"] = "cert.pem";
  EXPECT_EQ(why(), cannot);
  EXPECT_NE(err.str().find("--gateway https://"), std::string::npos) << err.str();
}

TEST_F(Tonrisctl, TellsWhyACallEndedFromTheStoreOfAGatewayThatIsDown) {
  store({.checkpoints = {}, .records = {}, .facts = {}, .events = some_events});
  EXPECT_EQ(tonrisctl({"why", some_call.value, "--data-dir", data_dir}), found) << err.str();
  EXPECT_EQ(out.str(), told);
  EXPECT_EQ(tonrisctl({"why", "CA" + std::string(32, '0'), "--data-dir", data_dir}), not_found);
  EXPECT_EQ(out.str(), "Nothing is known of this call.\n");
}

TEST_F(Tonrisctl, SumsUpTheStoredRecordBelowTheTimeline) {
  store({.checkpoints = {},
         .records = {{some_call, "salon-1", ten_o_clock, to_json(some_record())}},
         .facts = {},
         .events = some_events});
  EXPECT_EQ(tonrisctl({"why", some_call.value, "--data-dir", data_dir, "--timeline"}), found) << err.str();
  EXPECT_EQ(out.str(), header_told + timeline_told + record_told);
}

TEST_F(Tonrisctl, SumsUpTheCheckpointOfACallThatHasNotEnded) {
  model::call_checkpoint open;
  open.record = some_record();
  store({.checkpoints = {{some_call, to_json(open)}}, .records = {}, .facts = {}, .events = some_events});
  EXPECT_EQ(tonrisctl({"why", some_call.value, "--data-dir", data_dir, "--timeline"}), found) << err.str();
  EXPECT_EQ(out.str(), header_told + timeline_told + record_told);
}

TEST_F(Tonrisctl, SaysThatAStoredCheckpointCannotBeRead) {
  store({.checkpoints = {{some_call, "not json"}}, .records = {}, .facts = {}, .events = some_events});
  EXPECT_EQ(tonrisctl({"why", some_call.value, "--data-dir", data_dir}), cannot);
  EXPECT_EQ(out.str(), told);
  EXPECT_EQ(err.str(), "tonrisctl: The call's checkpoint in " + data_dir + " cannot be read\n");
}

TEST_F(Tonrisctl, SaysThatAStoredRecordCannotBeRead) {
  store({.checkpoints = {},
         .records = {{some_call, "salon-1", ten_o_clock, "not json"}},
         .facts = {},
         .events = some_events});
  EXPECT_EQ(tonrisctl({"why", some_call.value, "--data-dir", data_dir}), cannot);
  EXPECT_EQ(out.str(), told);
  EXPECT_EQ(err.str(), "tonrisctl: The call's record in " + data_dir + " cannot be read\n");
}

TEST_F(Tonrisctl, ReadsTheStoreWhileAGatewayWritesIt) {
  auto db = actors::call_database::open(data_dir);
  ASSERT_TRUE(db) << db.error().line;
  ASSERT_TRUE(db->write({.checkpoints = {}, .records = {}, .facts = {}, .events = some_events}, ten_o_clock));
  EXPECT_EQ(tonrisctl({"why", some_call.value, "--data-dir", data_dir}), found) << err.str();
  EXPECT_EQ(out.str(), told);
}

TEST_F(Tonrisctl, ReadsWhatAGatewayThatWasKilledHasLeft) {
  auto db = actors::call_database::open(data_dir);
  ASSERT_TRUE(db) << db.error().line;
  ASSERT_TRUE(db->write({.checkpoints = {}, .records = {}, .facts = {}, .events = some_events}, ten_o_clock));
  for (const auto* with_index : {"", "-shm"}) {
    const auto killed = directory / ("killed" + std::string(with_index));
    fs::create_directory(killed);
    for (const std::string end : {"", "-wal", with_index})
      fs::copy(data_dir + "/tonris.db" + end, killed / ("tonris.db" + end), fs::copy_options::overwrite_existing);
    EXPECT_EQ(tonrisctl({"why", some_call.value, "--data-dir", killed.string()}), found) << err.str();
    EXPECT_EQ(out.str(), told);
  }
}

TEST_F(Tonrisctl, MakesNoStoreWhereThereIsNone) {
  EXPECT_EQ(tonrisctl({"why", some_call.value, "--data-dir", data_dir}), cannot);
  EXPECT_EQ(tonrisctl({"calls", "--data-dir", data_dir}), cannot);
  EXPECT_NE(err.str().find("The call store " + data_dir + "/tonris.db cannot be opened"), std::string::npos)
      << err.str();
  EXPECT_FALSE(fs::exists(data_dir));
}

}  // namespace
}  // namespace tonris::ctl
