#include "tools/ctl/program.hpp"

#include <atomic>
#include <fstream>
#include <string>
#include <vector>

#include "tests/tools/ctl/ctl_fixture.hpp"

namespace tonris::ctl {
namespace {

using namespace test;

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

/// What is not there is that in the API's own words: another 404 is of a proxy, or of a gateway without such a path.
TEST_F(Tonrisctl, EndsByOneRuleWhateverIsNotThere) {
  struct answer {
    unsigned status;
    std::string body;
    int ends;
  };
  const std::vector<answer> answers{
      {404, unknown_call, not_found},
      {404, R"({"error":{"code":"tenant_not_found","message":"no such tenant is known"}})", not_found},
      {404, R"({"error":{"code":"key_not_found","message":"the tenant has no such key"}})", not_found},
      {404, R"({"error":{"code":"not_found","message":"there is no such path"}})", cannot},
      {404, "<html>404</html>", cannot},
      {403, R"({"error":{"code":"forbidden","message":"this key is not for that"}})", cannot},
      {409, R"({"error":{"code":"conflict","message":"the call has ended"}})", cannot},
  };
  const auto patch = (directory / "patch.json").string();
  std::ofstream{patch} << "{}";
  const auto call = some_call.value;
  const std::vector<std::vector<std::string>> commands{
      {"hangup", call},
      {"transfer", call, "+15550100050"},
      {"say", call, "We close."},
      {"note", call, "Paid."},
      {"forget", call},
      {"forget", "+15550100050"},
      {"tail", call},
      {"tail", "--tenant", "salon-1"},
      {"call", "--to", "+15550100077", "--tenant", "salon-1"},
      {"calls", "--tenant", "salon-1"},
      {"usage", "--tenant", "salon-1"},
      {"usage", "--tenant", "salon-1", "--compare", "old,new"},
      {"tenant", "show", "salon-1"},
      {"tenant", "edit", "salon-1", patch},
      {"tenant", "suspend", "salon-1"},
      {"tenant", "delete", "salon-1"},
      {"tenant", "keys", "salon-1"},
      {"tenant", "keys", "salon-1", "create", "--name", "crm", "--scope", "read"},
      {"tenant", "keys", "salon-1", "revoke", "0123456789ab"},
      {"number", "list", "salon-1"},
      {"number", "attach", "salon-1"},
      {"number", "detach", "salon-1"},
      {"agent", "check", "--tenant", "salon-1"},
  };
  std::atomic<const answer*> now = nullptr;
  listen([&](const net::http_request&, net::http_responder responder) {
    responder.respond(net::make_response(now.load()->status, "application/json", now.load()->body));
  });
  environment["ELEVENLABS_API_KEY"] = "sk_1";
  for (const auto& one : answers) {
    now = &one;
    for (const auto& command : commands)
      EXPECT_EQ(tonrisctl(command), one.ends) << testing::PrintToString(command) << "\n" << one.body << err.str();
  }
}

}  // namespace
}  // namespace tonris::ctl
