#include "tools/ctl/program.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>
#include <utility>

#include "actors/store/database.hpp"
#include "model/call/story.hpp"
#include "net/http_server.hpp"
#include "net/run_on.hpp"
#include "tests/net/raw_peer.hpp"
#include "tools/ctl/stored_calls.hpp"

namespace tonris::ctl {
namespace {

namespace fs = std::filesystem;
using model::call_moment;

const model::call_sid some_call{"CA0123456789abcdef0123456789abcdef"};
const std::string token = "open-sesame";
const auto ten_o_clock = *model::parse_iso_time("2026-11-22T10:00:00.000Z");

const std::vector<model::timeline_event> some_events{
    {some_call, ten_o_clock, call_moment::webhook, "tenant salon-1"},
    {some_call, ten_o_clock + std::chrono::milliseconds{1500}, call_moment::ended, "caller_hung_up, by caller"}};
const std::string unknown_call = R"({"error":{"code":"call_not_found","message":"no such call is known"}})";
const std::string timeline_told =
    "  0.00 s  Twilio asked what to do with the call (tenant salon-1)\n"
    " +1.50 s  the call ended: caller_hung_up, by caller\n";
const std::string told = timeline_told +
                         "Why it ended: The caller hung up. It was caused by the caller (caller_hung_up).\n"
                         "What to do: nothing, this is an ordinary end.\n";

class Tonrisctl : public testing::Test {
 protected:
  Tonrisctl() {
    auto made = (fs::temp_directory_path() / "tonris-ctl-XXXXXX").string();
    directory = mkdtemp(made.data());
    env_file = (directory / ".env").string();
    data_dir = (directory / "data").string();
    io.start();
  }
  ~Tonrisctl() override {
    net::run_on(io, [this] { server.reset(); });
    io.stop();
    fs::remove_all(directory);
  }

  int tonrisctl(std::vector<std::string> arguments) {
    out.str("");
    err.str("");
    const auto environment_of_test = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional{found->second};
    };
    const int ended = run(std::move(arguments), environment_of_test, out, err);
    const auto said = err.str();
    EXPECT_EQ(said.find(token), std::string::npos) << said;
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), ended == cannot ? 1 : 0) << said;
    return ended;
  }
  int why(const std::string& how = {}) {
    std::vector<std::string> words{"why", some_call.value, "--env-file", env_file};
    if (!how.empty()) words.push_back(how);
    return tonrisctl(std::move(words));
  }

  /// A gateway that gives one answer about the call's events, and one about its record, to whoever knows the token.
  void serve(unsigned status, std::string body, std::string record = {}) {
    auto listening = net::http_server::listen(
        io, "127.0.0.1", 0, {}, nullptr, [=, this](net::http_request request, net::http_responder responder) {
          const auto answer = [&](unsigned with, const std::string& text) {
            responder.respond(net::make_response(with, "application/json", text));
          };
          const auto path = "/api/calls/" + some_call.value;
          if (request.fields.get("Authorization") != "Bearer " + token) return answer(401, "{}");
          if (request.method == "POST") {
            done = request.target + " " + request.body;
            return request.path() == "/api/calls" ? answer(status, body) : answer(202, "{}");
          }
          if (request.path() == "/api/calls") {
            asked_for_calls = request.query().empty() ? "" : "?" + std::string{request.query()};
            return answer(200, list_of_calls);
          }
          if (request.path() == "/api/webhooks/refused") {
            asked_for_refused = request.target;
            return refused.empty() ? answer(404, "{}") : answer(200, refused);
          }
          if (request.path() == "/api/tenants/salon-1" && !of_tenant.empty()) return answer(200, of_tenant);
          if (request.path().starts_with("/api/usage")) {
            asked_for_usage = request.target;
            return answer(200, usage);
          }
          if (request.target == path + "/timeline") return answer(status, body);
          if (request.target != path) return answer(404, "{}");
          record.empty() ? answer(404, unknown_call) : answer(200, record);
        });
    ASSERT_TRUE(listening) << listening.error().detail;
    server = std::move(*listening);
    server->start();
    environment["PORT"] = std::to_string(server->port());
    environment["ADMIN_TOKEN"] = token;
  }
  [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(server->port()); }

  void store(const actors::journal_batch& batch) {
    auto db = actors::call_database::open(data_dir);
    ASSERT_TRUE(db) << db.error().line;
    ASSERT_TRUE(db->write(batch, ten_o_clock));
  }

  fs::path directory;
  std::string env_file, data_dir;
  std::map<std::string, std::string, std::less<>> environment;
  std::ostringstream out, err;
  net::loop io{"ctl-test"};
  std::unique_ptr<net::http_server> server;
  // of that gateway's
  std::string list_of_calls, asked_for_calls, usage, asked_for_usage, done, refused, asked_for_refused, of_tenant;
};

model::call_record a_record(const std::string& sid, int minute) {
  model::call_record r;
  r.call = {sid};
  r.tenant = {"salon-1"};
  r.started = ten_o_clock + std::chrono::minutes{minute};
  return r;
}

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

// --- from a gateway that runs

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

// --- from what a gateway that is down has left

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

TEST_F(Tonrisctl, ListsCallsThatEndedAndCallsThatHaveNot) {
  auto ended = a_record(some_call.value, 0);
  ended.ended = ended.started + std::chrono::seconds{10};
  ended.reason = model::end_reason::caller_hung_up;
  ended.state = model::call_state::ended;
  ended.troubled = model::call_trouble{model::end_reason::slow_agent, std::chrono::seconds{42}};
  model::call_checkpoint open;
  open.record = a_record("CA" + std::string(32, '1'), 1);
  open.record.tenant = {"bakery"};
  store({.checkpoints = {{open.record.call, to_json(open)}, {{"CA2"}, "not json"}},
         .records = {{ended.call, "salon-1", ended.started, to_json(ended)}, {{"CA3"}, "x", ten_o_clock, "not json"}},
         .facts = {},
         .events = {}});
  EXPECT_EQ(tonrisctl({"calls", "--data-dir", data_dir}), found) << err.str();
  const auto table = out.str();
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 3) << table;
  EXPECT_LT(table.find("CA11111111111111111111111111111111"), table.find(some_call.value)) << "the newest first";
  EXPECT_NE(table.find("bakery"), std::string::npos);
  EXPECT_NE(table.find("caller_hung_up"), std::string::npos);
  EXPECT_NE(table.find("slow_agent"), std::string::npos);
  EXPECT_EQ(tonrisctl({"calls", "--data-dir", data_dir, "--tenant", "bakery", "--json"}), found);
  EXPECT_EQ(out.str().find(R"({"callSid":"CA11111111111111111111111111111111")"), 0u) << out.str();
  EXPECT_EQ(tonrisctl({"calls", "--data-dir", data_dir, "--troubled", "true", "--since", "10x"}), cannot);
  EXPECT_EQ(tonrisctl({"calls", "--data-dir", data_dir, "--troubled", "true", "--live", "true"}), not_found);
}

TEST_F(Tonrisctl, ListsTheNewestFiftyCallsAndEachOnce) {
  actors::journal_batch batch;
  for (int i = 0; i < 60; ++i) {
    auto record = a_record("CA" + std::to_string(i), i);
    record.ended = record.started;
    model::call_checkpoint checkpoint;
    checkpoint.record = record;
    batch.records.push_back({record.call, "salon-1", record.started, to_json(record)});
    batch.checkpoints.push_back({record.call, to_json(checkpoint)});
  }
  store(batch);
  const auto calls = stored_calls(data_dir, {});
  ASSERT_TRUE(calls) << calls.error();
  ASSERT_EQ(calls->size(), 50u);
  EXPECT_EQ(calls->front().call.value, "CA59");
  EXPECT_EQ(calls->back().call.value, "CA10");
}

const std::string some_refused =
    R"({"items":[{"firstAt":"2026-11-22T02:58:11.204Z","lastAt":"2026-11-22T02:58:13.871Z","count":3,"route":"voice",)"
    R"("reason":"bad_signature","address":"198.51.100.7","callSid":"CA0123456789abcdef0123456789abcdef",)"
    R"("to":"+15550100002","from":"+1555...","accountSid":"AC00000000000000000000000000000001"},)"
    R"({"firstAt":"2026-11-22T02:50:00.000Z","lastAt":"2026-11-22T02:50:00.000Z","count":1,"route":"post_call",)"
    R"("reason":"bad_callback","address":"198.51.100.8"}]})";

TEST_F(Tonrisctl, ListsRefusedWebhooks) {
  refused = some_refused;
  serve(200, "[]");
  EXPECT_EQ(tonrisctl({"refused", "--env-file", env_file, "--since", "2h", "--reason", "bad_signature"}), found)
      << err.str();
  EXPECT_EQ(asked_for_refused, "/api/webhooks/refused?since=2h&reason=bad_signature");
  EXPECT_EQ(
      out.str(),
      "LAST                      COUNT  ROUTE      REASON         ADDRESS       TO            FROM      CALLSID     "
      "                        ACCOUNT                             REQUEST\n"
      "2026-11-22T02:58:13.871Z      3  voice      bad_signature  198.51.100.7  +15550100002  +1555...  "
      "CA0123456789abcdef0123456789abcdef  AC00000000000000000000000000000001\n"
      "2026-11-22T02:50:00.000Z      1  post_call  bad_callback   198.51.100.8\n");
  EXPECT_EQ(tonrisctl({"refused", "--env-file", env_file, "--json"}), found);
  EXPECT_EQ(out.str(), some_refused + "\n");
  refused = R"({"items":[]})";
  EXPECT_EQ(tonrisctl({"refused", "--env-file", env_file}), not_found);
  EXPECT_EQ(out.str(), "No such webhook was refused.\n");
  refused = "[]";
  EXPECT_EQ(tonrisctl({"refused", "--env-file", env_file}), cannot);
}

/// Who looks for a call that never became one is told where to look.
TEST_F(Tonrisctl, NamesRefusedWebhooksWhereItFindsNoCall) {
  list_of_calls = R"({"items":[]})";
  refused = some_refused;
  of_tenant = R"({"id":"salon-1","name":"Salon","twilioPhoneNumber":"+15550100002"})";
  serve(200, "[]");
  const std::string nothing = "There is no such call.\n",
                    but = "But 3 webhooks of such a number never became a call: tonrisctl refused\n";
  const auto said = [&](const std::string& option, const std::string& value) {
    EXPECT_EQ(tonrisctl({"calls", "--env-file", env_file, option, value}), not_found);
    return out.str();
  };
  EXPECT_EQ(said("--number", "+1 555 010-0002"), nothing + but);
  EXPECT_EQ(said("--number", "*0002"), nothing + but);
  EXPECT_EQ(said("--tenant", "salon-1"), nothing + but);
  EXPECT_EQ(said("--number", "+15550100003"), nothing) << "of another number none was refused";
  EXPECT_EQ(said("--tenant", "salon-2"), nothing) << "whose numbers nobody knows";
  EXPECT_EQ(said("--agent", "agent_a"), nothing);
  EXPECT_EQ(tonrisctl({"calls", "--env-file", env_file, "--number", "+15550100002", "--since", "2h"}), not_found);
  EXPECT_EQ(asked_for_refused, "/api/webhooks/refused?limit=500&since=2h");
  refused.clear();
  EXPECT_EQ(said("--number", "+15550100002"), nothing) << "an older gateway has no such list";
}

TEST_F(Tonrisctl, ListsCallsOfAGatewayThatRuns) {
  const std::string line =
      R"({"callSid":"CA0123456789abcdef0123456789abcdef","tenantId":"salon-1","direction":"inbound","from":"+1555...",)"
      R"("to":"+15550100002","agentId":"agent_a","variant":"agent_a","state":"ended","startedAt":"2026-11-22T10:00:00.000Z",)"
      R"("endedAt":"2026-11-22T10:01:00.000Z","endReason":"caller_hung_up","endedBy":"caller","restarts":0,"interruptions":0,)"
      R"("transferred":false,"voicemails":0,"cost":0.1085})";
  list_of_calls = R"({"items":[)" + line + R"(],"nextCursor":"abc"})";
  serve(200, "[]");
  EXPECT_EQ(tonrisctl({"calls", "--env-file", env_file, "--number", "+45 70 00*", "--since", "2h"}), found)
      << err.str();
  EXPECT_EQ(asked_for_calls, "?number=%2B45%2070%2000%2A&since=2h");
  EXPECT_NE(out.str().find("There are more: --cursor abc"), std::string::npos) << out.str();
  EXPECT_EQ(tonrisctl({"calls", "--env-file", env_file, "--json"}), found);
  EXPECT_EQ(out.str(), line + "\n{\"nextCursor\":\"abc\"}\n");
  EXPECT_EQ(tonrisctl({"calls", "--env-file", env_file, "--limit", "0"}), cannot) << "it is not even asked";
}

TEST_F(Tonrisctl, TellsWhatCallsUsed) {
  usage = R"({"items":[{"tenantId":"salon-1","day":"2026-11-22","calls":3,"minutes":1.03,"seconds":62,"cost":0.208501,)"
          R"("refused":1,"outcomes":{}},{"tenantId":"zoë","day":"2026-11-23","calls":1200,"minutes":0,"seconds":0,)"
          R"("cost":0,"unconverted":2,"refused":0,"outcomes":{}}],"total":{"calls":1203,"minutes":1.03,"seconds":62,)"
          R"("cost":0.208501,"unconverted":2,"refused":1,"outcomes":{}}})";
  serve(200, "[]");
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file, "--by", "tenant,day", "--from", "2026-11-22", "--to",
                       "2026-11-23", "--zone", "Europe/Oslo"}),
            found)
      << err.str();
  EXPECT_EQ(asked_for_usage, "/api/usage?by=tenant%2Cday&from=2026-11-22&to=2026-11-23&zone=Europe%2FOslo");
  EXPECT_EQ(out.str(),
            "TENANT   DAY         CALLS  MINUTES  COST (USD)  REFUSED\n"
            "salon-1  2026-11-22      3     1.03    0.208501        1\n"
            "zoë      2026-11-23   1200        0           0        0\n"
            "all                   1203     1.03    0.208501        1\n"
            "Of 2 calls a part is not in COST: it is billed in a currency that RATES_FILE has no exchange rate for.\n");
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file, "--json"}), found);
  EXPECT_EQ(out.str(), usage + "\n");
  usage = "[]";
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file}), cannot);
}

TEST_F(Tonrisctl, SaysWhichVariantIsBetter) {
  usage = R"({"a":{},"b":{},"pValue":1,"says":"not enough yet: about 230 more calls"})";
  serve(200, "[]");
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file, "--tenant", "salon-1", "--compare", "old,new", "--outcome",
                       "completed"}),
            found)
      << err.str();
  EXPECT_EQ(asked_for_usage, "/api/usage/variants?tenant=salon-1&a=old&b=new&outcome=completed");
  EXPECT_EQ(out.str(), "not enough yet: about 230 more calls\n");
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file, "--tenant", "salon-1", "--compare", "old"}), cannot);
  EXPECT_EQ(tonrisctl({"usage", "--env-file", env_file, "--compare", "old,new"}), cannot) << "whose?";
}

TEST_F(Tonrisctl, DoesToACallWhatItIsTold) {
  serve(200, "[]");
  for (const auto& [command, body] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"hangup"}, ""},
           {{"transfer", "+15550100050"}, R"({"to":"+15550100050"})"},
           {{"say", "We close."}, R"({"text":"We close."})"},
           {{"note", "Paid."}, R"({"text":"Paid."})"}}) {
    auto words = command;
    words.insert(words.begin() + 1, some_call.value);
    words.insert(words.end(), {"--env-file", env_file});
    EXPECT_EQ(tonrisctl(words), found) << err.str();
    EXPECT_EQ(done, "/api/calls/" + some_call.value + "/" + command[0] + " " + body);
  }
  EXPECT_EQ(tonrisctl({"hangup", "CA1", "--env-file", env_file}), cannot);
}

/// The gateway may have done it: by the id it knows that.
TEST_F(Tonrisctl, AsksOnceMoreByTheSameIdWhereTheAnswerIsLost) {
  net::test::raw_listener gateway;
  environment["PORT"] = std::to_string(gateway.port());
  environment["ADMIN_TOKEN"] = token;
  std::vector<std::string> heads;
  std::thread answers([&] {
    for (const auto* answer : {"", "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}"}) {
      auto peer = gateway.accept();
      heads.push_back(peer.until("\r\n\r\n"));
      (void)peer.until("}");
      peer.say(answer);
    }
  });
  EXPECT_EQ(tonrisctl({"say", some_call.value, "We close.", "--env-file", env_file}), found) << err.str();
  answers.join();
  ASSERT_EQ(heads.size(), 2u);
  const auto id_in = [](const std::string& head) {
    constexpr std::string_view name = "X-Request-Id: ";
    const auto at = head.find(name);
    return at == std::string::npos ? std::string{} : head.substr(at + name.size(), 32);
  };
  EXPECT_NE(id_in(heads[0]), "") << heads[0];
  EXPECT_EQ(id_in(heads[0]), id_in(heads[1]));
}

TEST_F(Tonrisctl, PlacesACall) {
  serve(201, R"({"callSid":"CA1"})");
  EXPECT_EQ(tonrisctl({"call", "--to", "+15550100077", "--tenant", "salon-1", "--id", "a", "--env-file", env_file}),
            found)
      << err.str();
  EXPECT_EQ(done, R"(/api/calls {"tenantId":"salon-1","to":"+15550100077","id":"a"})");
  EXPECT_EQ(out.str(), "{\"callSid\":\"CA1\"}\n");
}

TEST_F(Tonrisctl, SaysWhyNobodyIsCalled) {
  serve(403, R"({"error":{"code":"outbound_off","message":"settings.outbound of the tenant is not enabled"}})");
  EXPECT_EQ(tonrisctl({"call", "--to", "+15550100077", "--env-file", env_file}), cannot);
  EXPECT_NE(err.str().find("not enabled"), std::string::npos) << err.str();
}

TEST_F(Tonrisctl, SaysThatNoCallIsStored) {
  store({});
  EXPECT_EQ(tonrisctl({"calls", "--data-dir", data_dir}), not_found);
  EXPECT_EQ(out.str(), "No such call is stored.\n");
}

// --- the command line

TEST_F(Tonrisctl, RefusesAWrongCommandLineInOneLine) {
  for (const auto& wrong : std::vector<std::vector<std::string>>{
           {},
           {"what"},
           {"why"},
           {"why", "CA1"},
           {"why", some_call.value + "/../x"},
           {"why", some_call.value, "--port", "1"},
           {"why", some_call.value, "--data-dir", data_dir, "--gateway", "http://127.0.0.1:1"},
           {"calls"},
       })
    EXPECT_EQ(tonrisctl(wrong), cannot) << testing::PrintToString(wrong);
}

TEST_F(Tonrisctl, ExplainsItself) {
  EXPECT_EQ(tonrisctl({"--help"}), found);
  EXPECT_NE(out.str().find("why"), std::string::npos);
  EXPECT_EQ(tonrisctl({"why", "--help"}), found);
  EXPECT_NE(out.str().find("--data-dir"), std::string::npos);
}

TEST_F(Tonrisctl, ExplainsWhatWouldHappenToACall) {
  const auto file = (directory / "tenants.json").string();
  std::ofstream{file} << R"([{"id":"salon-1","name":"Salon","twilioPhoneNumber":"+15550100002","settings":{
    "elevenLabsAgentId":"agent_a","backupAgents":["agent_b"],
    "numbers":[{"number":"+15550100003","language":"es"}],
    "businessHours":{"timezone":"America/New_York","tuesday":{"open":"09:00","close":"17:00"},
                     "closed":{"action":"voicemail"}},
    "callerRules":[{"name":"vip","callers":["+15557654321"],"action":"agent","agentId":"agent_vip"}]}}])";
  environment["TENANTS_FILE"] = file;
  const auto route = [&](std::vector<std::string> more) {
    more.insert(more.begin(), "route");
    more.insert(more.end(), {"--env-file", env_file});
    return tonrisctl(std::move(more));
  };
  EXPECT_EQ(route({"--to", "+1 555 010 0002", "--from", "+15550001111", "--at", "2026-11-24T15:00Z"}), found);
  EXPECT_EQ(out.str(),
            "tenant    salon-1 (Salon), active\n"
            "caller    +15550001111\n"
            "time      2026-11-24T15:00:00.000Z\n"
            "route     agent agent_a, then agent_b\n"
            "rule      agent\n"
            "why       the tenant's agent\n");
  EXPECT_EQ(route({"--to", "+15550100003", "--at", "2026-11-24T23:05:00Z"}), found);
  EXPECT_NE(out.str().find("caller    withheld\n"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("route     voicemail\nrule      closed\n"
                           "why       it is Tuesday 18:05 in America/New_York, open 09:00-17:00\nlanguage  es\n"
                           "ends as   closed\nsentence  En este momento estamos cerrados."),
            std::string::npos)
      << out.str();
  EXPECT_EQ(route({"--to", "+15550100002", "--from", "+15557654321", "--at", "2026-11-24T23:05:00Z"}), found);
  EXPECT_NE(out.str().find("route     agent agent_vip, then agent_b\nrule      caller_rule vip\n"), std::string::npos)
      << out.str();
  EXPECT_EQ(route({"--to", "+15550100009"}), not_found);
  environment["DEFAULT_TENANT"] = "nobody";
  EXPECT_EQ(route({"--to", "+15550100009"}), not_found);
  environment["DEFAULT_TENANT"] = "salon-1";
  EXPECT_EQ(route({"--to", "+15550100009", "--at", "2026-11-24T15:00Z"}), found);
  EXPECT_NE(out.str().find("rule      default_tenant\nwhy       nobody has the number, so the default tenant answers"),
            std::string::npos)
      << out.str();
  EXPECT_EQ(route({"--to", "nobody"}), cannot);
  EXPECT_EQ(route({"--to", "+15550100002", "--at", "tomorrow"}), cannot);
  environment["TENANTS_FILE"] = file + ".missing";
  EXPECT_EQ(route({"--to", "+15550100002"}), cannot);
}

TEST_F(Tonrisctl, ExplainsTheAgentOfABusinessType) {
  const auto file = (directory / "tenants.json").string(), types = (directory / "types.json").string();
  std::ofstream{file} << R"([{"id":"s","name":"S","businessType":"Salon","twilioPhoneNumber":"+15550100002"}])";
  std::ofstream{types} << R"({"salon":"agent_salon"})";
  environment["TENANTS_FILE"] = file;
  EXPECT_EQ(tonrisctl({"route", "--to", "+15550100002"}), found);
  EXPECT_NE(out.str().find("ends as   no_agent\n"), std::string::npos) << out.str();
  environment["BUSINESS_TYPES_FILE"] = types;
  EXPECT_EQ(tonrisctl({"route", "--to", "+15550100002"}), found);
  EXPECT_NE(out.str().find("route     agent agent_salon\nrule      business_type\n"), std::string::npos) << out.str();
  std::ofstream{types} << R"({"salon":7})";
  EXPECT_EQ(tonrisctl({"route", "--to", "+15550100002"}), cannot);
  EXPECT_EQ(err.str(), "tonrisctl: " + types + ": salon must be a text\n");
}

TEST_F(Tonrisctl, ExplainsTheDrawThatTheGatewayMakes) {
  const auto file = (directory / "tenants.json").string();
  std::ofstream{file} << R"([{"id":"s","name":"S","twilioPhoneNumber":"+15550100002","settings":{"agents":[
    {"agentId":"agent_a","weight":50,"variant":"old"},{"agentId":"agent_b","weight":50,"variant":"new"}]}}])";
  const std::vector<std::string> asked{"route",          "--to", "+15550100002", "--from", "+15550001111",
                                       "--tenants-file", file};
  EXPECT_EQ(tonrisctl(asked), found);
  EXPECT_NE(out.str().find("another than the gateway's"), std::string::npos) << out.str();
  environment["TWILIO_AUTH_TOKEN"] = token + ",older";
  EXPECT_EQ(tonrisctl(asked), found);
  EXPECT_NE(out.str().find("\nvariant   "), std::string::npos) << out.str();
  EXPECT_EQ(out.str().find("another than"), std::string::npos);
}

TEST_F(Tonrisctl, ChecksATenantsFileAndTellsAllThatIsWrongWithIt) {
  const auto file = (directory / "tenants.json").string();
  const auto check = [&](const std::string& json) {
    std::ofstream{file} << json;
    return tonrisctl({"check-tenants", file});
  };
  EXPECT_EQ(check(R"([{"id":"a","name":"A","twilioPhoneNumber":"+15550100002","settings":{"record":true}}])"), found);
  EXPECT_EQ(out.str(), "tenant a: this version does not act on settings.record\n1 tenants, 0 with mistakes\n");
  EXPECT_EQ(check("[{\"id\":\"a\",\n\"name\":\"A\",\n\"twilioPhoneNumber\":\"555\"},\n"
                  R"({"id":"b","name":"B","twilioPhoneNumber":"+15550100003",
                  "settings":{"businessHours":{"timezone":"Mars/Base"}}}])"),
            not_found);
  EXPECT_NE(out.str().find("line 3, tenant a: twilioPhoneNumber must be"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("line 5, tenant b: settings.businessHours.timezone is in no time zone database"),
            std::string::npos);
  EXPECT_NE(out.str().find("2 tenants, 2 with mistakes"), std::string::npos);
  EXPECT_EQ(check("[{"), cannot);
  EXPECT_NE(err.str().find("line 1: is not JSON"), std::string::npos) << err.str();
  EXPECT_EQ(check("{}"), cannot);
  EXPECT_EQ(tonrisctl({"check-tenants", file + ".missing"}), cannot);
  EXPECT_EQ(err.str(), "tonrisctl: " + file + ".missing cannot be read\n");
}

// --- numbers

class TonrisctlNumbers : public Tonrisctl {
 protected:
  /// A gateway that answers by path; 404 for every other one.
  void answer(std::map<std::string, std::pair<unsigned, std::string>> by_path) {
    auto listening = net::http_server::listen(
        io, "127.0.0.1", 0, {}, nullptr, [=](net::http_request request, net::http_responder responder) {
          const auto there = by_path.find(request.target);
          if (there == by_path.end()) return responder.respond(net::make_response(404, "application/json", "{}"));
          responder.respond(net::make_response(there->second.first, "application/json", there->second.second));
        });
    ASSERT_TRUE(listening) << listening.error().detail;
    server = std::move(*listening);
    server->start();
    environment["PORT"] = std::to_string(server->port());
    environment["ADMIN_TOKEN"] = token;
  }
  int list(std::vector<std::string> more = {}) {
    std::vector<std::string> all{"number", "list", "--env-file", env_file};
    all.insert(all.end(), more.begin(), more.end());
    return tonrisctl(std::move(all));
  }
};

TEST_F(TonrisctlNumbers, AreThoseOfAllTenantsWhereNoneIsNamed) {
  answer({{"/api/tenants?limit=200", {200, R"({"items":[{"id":"a"},{"id":"b"}],"nextCursor":"b"})"}},
          {"/api/tenants?limit=200&cursor=b", {200, R"({"items":[{"id":"c d"}]})"}},
          {"/api/tenants/a/numbers", {200, R"({"items":[{"number":"+15550100002","state":"attached"}]})"}},
          {"/api/tenants/b/numbers", {503, R"({"error":{"code":"unavailable","message":"ask again"}})"}},
          {"/api/tenants/c%20d/numbers", {200, R"({"items":[{"number":"+15550100003","state":"elsewhere"}]})"}}});
  const std::string nothing =
      "\n    voiceUrl: (nothing)\n    voiceFallbackUrl: (nothing)\n    statusCallback: (nothing)\n";
  EXPECT_EQ(list(), not_found) << "one tenant's numbers are not known";
  EXPECT_EQ(out.str(), "a  +15550100002  attached" + nothing + "b  The gateway at " + origin() + " says: ask again\n" +
                           "c d  +15550100003  elsewhere" + nothing);
  EXPECT_EQ(list({"a"}), found);
  EXPECT_EQ(out.str(), "+15550100002  attached" + nothing);
}

TEST_F(TonrisctlNumbers, AreNotToldWhereTheTenantsAreNot) {
  answer({{"/api/tenants?limit=200", {503, R"({"error":{"code":"unavailable","message":"ask again"}})"}}});
  EXPECT_EQ(list(), cannot);
  EXPECT_EQ(err.str(), "tonrisctl: ask again\n");
  EXPECT_EQ(tonrisctl({"number", "attach"}), cannot) << "which tenant's is to be said";
}

// --- a tenant's keys

class TonrisctlKeys : public Tonrisctl {
 protected:
  /// A gateway that gives one answer, and keeps what it was asked.
  void answer_with(unsigned status, std::string body) {
    auto listening = net::http_server::listen(io, "127.0.0.1", 0, {}, nullptr,
                                              [=, this](net::http_request request, net::http_responder responder) {
                                                asked = request.method + " " + request.target + " " + request.body;
                                                shown = request.fields.get("Authorization");
                                                responder.respond(net::make_response(status, "application/json", body));
                                              });
    ASSERT_TRUE(listening) << listening.error().detail;
    server = std::move(*listening);
    server->start();
    environment["PORT"] = std::to_string(server->port());
    environment["ADMIN_TOKEN"] = token;
  }
  int keys(std::vector<std::string> more) {
    std::vector<std::string> all{"tenant", "keys", "salon-1", "--env-file", env_file};
    all.insert(all.end(), more.begin(), more.end());
    return tonrisctl(std::move(all));
  }
  std::string asked, shown;
};

TEST_F(TonrisctlKeys, AreListedOneALine) {
  answer_with(200, R"({"items":[{"keyId":"0123456789ab","name":"our CRM","scopes":["read","control"],)"
                   R"("createdAt":"2026-11-22T10:00:00.000Z","lastUsed":"2026-11-23","madeWith":"k1"},)"
                   R"({"keyId":"ba9876543210","name":"x","scopes":["read"],"createdAt":"2026-11-22T10:00:00.000Z",)"
                   R"("madeWith":"k2"}]})");
  for (const auto& how : {std::vector<std::string>{}, {"list"}}) {
    EXPECT_EQ(keys(how), found) << err.str();
    EXPECT_EQ(out.str(),
              "0123456789ab  read,control  made 2026-11-22 with k1  used 2026-11-23  our CRM\n"
              "ba9876543210  read  made 2026-11-22 with k2  never used  x\n");
    EXPECT_EQ(asked, "GET /api/tenants/salon-1/keys ");
    EXPECT_EQ(shown, "Bearer " + token);
  }
}

TEST_F(TonrisctlKeys, AreMadeAndPrintedOnce) {
  answer_with(201, R"({"key":"tnr_made","keyId":"0123456789ab"})");
  EXPECT_EQ(keys({"create", "--name", "our CRM", "--scope", "read", "--scope", "control"}), found) << err.str();
  EXPECT_EQ(out.str(), "tnr_made\n");
  EXPECT_EQ(asked, R"(POST /api/tenants/salon-1/keys {"name":"our CRM","scopes":["read","control"]})");
}

TEST_F(TonrisctlKeys, AreRevoked) {
  answer_with(204, "");
  EXPECT_EQ(keys({"revoke", "0123456789ab"}), found) << err.str();
  EXPECT_EQ(asked, "DELETE /api/tenants/salon-1/keys/0123456789ab ");
}

TEST_F(TonrisctlKeys, SaysWhatTheGatewaySays) {
  answer_with(404, R"({"error":{"code":"tenant_not_found","message":"no such tenant is known"}})");
  EXPECT_EQ(keys({}), cannot);
  EXPECT_EQ(err.str(), "tonrisctl: The gateway at " + origin() + " says: no such tenant is known\n");
}

TEST_F(TonrisctlKeys, SaysThatThereAreNone) {
  answer_with(200, R"({"items":[]})");
  EXPECT_EQ(keys({}), not_found);
  EXPECT_EQ(out.str(), "The tenant has no key.\n");
}

TEST_F(TonrisctlKeys, AsksNobodyWhenItIsToldTooLittle) {
  for (const auto& how : {std::vector<std::string>{"create", "--name", "x"}, {"create", "--scope", "read"}, {"revoke"}})
    EXPECT_EQ(keys(how), cannot);
}

}  // namespace
}  // namespace tonris::ctl
