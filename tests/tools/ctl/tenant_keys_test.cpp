#include "tools/ctl/tenant_keys.hpp"

#include "tests/tools/ctl/ctl_fixture.hpp"

namespace tonris::ctl {
namespace {

using namespace test;

class TonrisctlKeys : public Tonrisctl {
 protected:
  /// A gateway that gives one answer, and keeps what it was asked.
  void answer_with(unsigned status, const std::string& body) {
    listen([=, this](net::http_request request, net::http_responder responder) {
      asked = request.method + " " + request.target + " " + request.body;
      shown = request.fields.get("Authorization");
      responder.respond(net::make_response(status, "application/json", body));
    });
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
  EXPECT_EQ(keys({}), not_found);
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
