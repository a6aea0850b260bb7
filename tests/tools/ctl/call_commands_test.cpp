#include "tools/ctl/call_commands.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "model/call/checkpoint.hpp"
#include "tests/net/raw_peer.hpp"
#include "tests/tools/ctl/ctl_fixture.hpp"
#include "tools/ctl/stored_calls.hpp"

namespace tonris::ctl {
namespace {

using namespace test;

/// With what is said on stderr beside calls.
class TonrisctlCalls : public Tonrisctl {
 protected:
  int calls(const std::vector<std::string>& how) {
    out.str("");
    err.str("");
    std::vector<std::string> words{"calls"};
    words.insert(words.end(), how.begin(), how.end());
    const auto of_test = [this](std::string_view name) -> std::optional<std::string> {
      const auto known = environment.find(name);
      return known == environment.end() ? std::nullopt : std::optional{known->second};
    };
    return run(std::move(words), of_test, out, err);
  }
  void store_calls(int count) {
    actors::journal_batch batch;
    for (int i = 0; i < count; ++i) {
      auto record = a_record("CA" + std::to_string(i), i);
      record.ended = record.started;
      batch.records.push_back({record.call, "salon-1", record.started, to_json(record)});
    }
    store(batch);
  }
};

/// `--tenant "$TENANT"` of a shell that does not have it would list everybody's.
TEST_F(TonrisctlCalls, TakesNoEmptyFilter) {
  store_calls(1);
  for (const auto* filter : {"tenant", "number", "since", "reason", "cursor", "zone"})
    for (const auto* value : {"", " "}) {
      EXPECT_EQ(tonrisctl({"calls", "--data-dir", data_dir, "--" + std::string{filter}, value}), cannot) << filter;
      EXPECT_NE(err.str().find("must not be empty"), std::string::npos) << err.str();
      EXPECT_EQ(out.str(), "");
    }
  EXPECT_EQ(tonrisctl({"tail", "--tenant", ""}), cannot);
}

TEST_F(TonrisctlCalls, PrintsNothingButCallsAsJson) {
  store({});
  EXPECT_EQ(calls({"--data-dir", data_dir, "--json"}), not_found);
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(err.str(), "No such call is stored.\n");
  list_of_calls = R"({"items":[]})";
  serve(200, "[]");
  EXPECT_EQ(calls({"--env-file", env_file, "--json"}), not_found);
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(err.str(), "There is no such call.\n");
  EXPECT_EQ(calls({"--env-file", env_file}), not_found);
  EXPECT_EQ(out.str(), "There is no such call.\n");
  EXPECT_EQ(err.str(), "");
}

TEST_F(TonrisctlCalls, SaysThatMoreAreStored) {
  store_calls(3);
  EXPECT_EQ(calls({"--data-dir", data_dir, "--limit", "2"}), found) << err.str();
  const auto table = out.str();
  const auto at = table.find("There are more: --cursor ");
  ASSERT_NE(at, std::string::npos) << table;
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 4) << table;
  const auto cursor = table.substr(at + 25, table.size() - at - 26);
  EXPECT_EQ(calls({"--data-dir", data_dir, "--limit", "2", "--json"}), found);
  const auto lines = out.str();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2) << lines;
  EXPECT_EQ(err.str(), R"({"nextCursor":")" + cursor + "\"}\n");
  EXPECT_EQ(calls({"--data-dir", data_dir, "--limit", "2", "--json", "--cursor", cursor}), found) << err.str();
  EXPECT_EQ(out.str().find(R"({"callSid":"CA0")"), 0u) << out.str();
  EXPECT_EQ(err.str(), "") << "that was the last";
  EXPECT_EQ(calls({"--data-dir", data_dir, "--limit", "3"}), found);
  EXPECT_EQ(out.str().find("There are more"), std::string::npos) << "these are all";
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

TEST_F(TonrisctlCalls, AreThoseOfAGatewayThatRuns) {
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
  EXPECT_EQ(calls({"--env-file", env_file, "--json"}), found);
  EXPECT_EQ(out.str(), line + "\n");
  EXPECT_EQ(err.str(), "{\"nextCursor\":\"abc\"}\n");
  EXPECT_EQ(tonrisctl({"calls", "--env-file", env_file, "--limit", "0"}), cannot) << "it is not even asked";
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

TEST_F(Tonrisctl, SaysThatNobodyIsATenantAndWhoMayBeMeant) {
  list_of_calls = usage = R"({"items":[]})";
  list_of_tenants = R"({"items":[{"id":"oslo-dental"},{"id":"oslo12"},{"id":"osla"},{"id":"oslevent"}]})";
  serve(200, "[]");
  const std::string line = "tonrisctl: no such tenant: oslo; there is osla, oslo12, oslo-dental\n";
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"calls"}, {"usage"}, {"usage", "--compare", "old,new"}}) {
    auto words = command;
    for (const auto* more : {"--env-file", env_file.c_str(), "--tenant", "oslo"}) words.emplace_back(more);
    EXPECT_EQ(tonrisctl(words), not_found) << command.back();
    EXPECT_EQ(err.str(), line) << command.back();
  }
  EXPECT_EQ(asked_for_tenants, "/api/tenants?limit=200&q=osl");
  list_of_tenants = "[]";
  EXPECT_EQ(tonrisctl({"calls", "--env-file", env_file, "--tenant", "oslo"}), not_found);
  EXPECT_EQ(err.str(), "tonrisctl: no such tenant: oslo\n") << "nobody is alike";
}

}  // namespace
}  // namespace tonris::ctl
