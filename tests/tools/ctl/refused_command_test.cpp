#include "tools/ctl/refused_command.hpp"

#include "tests/tools/ctl/ctl_fixture.hpp"

namespace tonris::ctl {
namespace {

using namespace test;

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

}  // namespace
}  // namespace tonris::ctl
