/// Webhooks and streams of accounts that are tenants' own: whose token signed decides, and nobody gets at another's.
#include "actors/web/twilio_signatures.hpp"
#include "tests/actors/telemetry/captured_log.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const model::account_sid sub_account{"AC00000000000000000000000000000002"},
    others_account{"AC00000000000000000000000000000003"};
const std::string new_token = "sub-new", old_token = "sub-old", others_token = "others";

class Subaccounts : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    auto own = *tenant;
    own.secrets.account = sub_account;
    own.secrets.auth_tokens = {model::tenant_secret::form::plain, new_token + "," + old_token};
    auto other = *tenant;
    other.id = {"salon-2"};
    other.phone_number = "+15550100022";
    other.secrets.account = others_account;
    other.secrets.auth_tokens = {model::tenant_secret::form::plain, others_token};
    accounts->publish(tokens_of({holder_of(own), holder_of(other)}));
    replace(registry, {own, other});
    auto with = front_config();
    with.twilio.accounts = accounts;
    open_doors(std::move(with));
  }
  static form form_of(const model::account_sid& account, const std::string& to = "+15550100002",
                      const model::call_sid& call = some_call) {
    auto fields = voice_form(call, to);
    fields[0].second = account.value;
    return fields;
  }
  answer post_signed(const std::string& path, const form& fields, const std::string& by) {
    return exchange(post_bytes(path, fields, model::twilio::signature(by, origin + path, fields)));
  }
  double refused(const std::string& reason) {
    return counted(R"(tonris_http_refused_total{endpoint="voice",reason=")" + reason + R"("})");
  }

  std::shared_ptr<account_tokens> accounts = std::make_shared<account_tokens>();
};

TEST_F(Subaccounts, SignWithAnyOfTheirOwnTokens) {
  EXPECT_EQ(post_signed(voice_path, form_of(sub_account), new_token).status, 200u);
  EXPECT_EQ(counted(R"(tonris_signature_token_total{account="tenant",token="0"})"), 1);
  EXPECT_EQ(post_signed(voice_path, form_of(sub_account), old_token).status, 200u);
  EXPECT_EQ(counted(R"(tonris_signature_token_total{account="tenant",token="1"})"), 1);
  EXPECT_EQ(live_calls(), 1u);
}

TEST_F(Subaccounts, AreNotBelievedByTheirNameAlone) {
  for (const auto& wrong : {std::string{token}, others_token, std::string{"nobody's"}})
    EXPECT_EQ(post_signed(voice_path, form_of(sub_account), wrong).status, 403u) << wrong;
  EXPECT_EQ(counted(R"(tonris_signatures_refused_total{account="tenant"})"), 3);
  EXPECT_EQ(refused("bad_signature"), 3);
  EXPECT_EQ(post_signed(voice_path, form_of({"AC00000000000000000000000000000009"}), new_token).status, 403u);
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(Subaccounts, AreNamedInTheLogWhereTheirTokensAreWrong) {
  captured_log log;
  post_signed(voice_path, form_of(sub_account), "wrong");
  const auto text = log.text();
  EXPECT_THAT(text, HasSubstr("is not one of the tokens of " + sub_account.value + " for https://gw.example.com/"));
  EXPECT_THAT(text, Not(HasSubstr("wrong")));
}

TEST_F(Subaccounts, DoNotServeTheGatewaysOwnAccount) {
  EXPECT_EQ(post_signed(voice_path, form_of(some_account), new_token).status, 403u);
  EXPECT_EQ(post_signed(voice_path, form_of(some_account), token).status, 200u)
      << "which may call every number: one that moves to the tenant's account is not lost on the way";
}

TEST_F(Subaccounts, CallTheirTenantsNumbersAlone) {
  const auto got = post_signed(voice_path, form_of(others_account), others_token);
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, Not(HasSubstr("<Stream")));
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_THAT(counters.render(), HasSubstr(R"(reason="unknown_number"} 1)"));
  EXPECT_THAT(post_signed(voice_path, form_of(others_account, "+15550100022"), others_token).body,
              HasSubstr("<Stream"));
}

/// A chain has one account, and each of its branches is a tenant.
TEST_F(Subaccounts, ServeEveryBranchThatHoldsTheTokenWhichSigned) {
  auto branch = *tenant;
  branch.secrets.account = sub_account;
  branch.secrets.auth_tokens = {model::tenant_secret::form::plain, new_token};
  auto another = branch;
  another.id = {"salon-2"};
  another.phone_number = "+15550100022";
  auto stranger = branch;
  stranger.id = {"salon-3"};
  stranger.phone_number = "+15550100033";
  stranger.secrets.auth_tokens.text = others_token;
  accounts->publish(tokens_of({holder_of(branch), holder_of(another), holder_of(stranger)}));
  replace(registry, {branch, another, stranger});
  const model::call_sid first{"CA" + std::string(32, '1')}, second{"CA" + std::string(32, '2')};
  const std::string at_second = another.phone_number;
  EXPECT_THAT(post_signed(voice_path, form_of(sub_account, branch.phone_number, first), new_token).body,
              HasSubstr("<Stream"));
  EXPECT_THAT(post_signed(voice_path, form_of(sub_account, at_second, second), new_token).body, HasSubstr("<Stream"));
  EXPECT_THAT(post_signed(voice_path, form_of(sub_account, at_second, second), new_token).body, HasSubstr("<Stream"))
      << "Twilio asks again";
  EXPECT_THAT(post_signed(voice_path, form_of(sub_account, stranger.phone_number), new_token).body,
              Not(HasSubstr("<Stream")))
      << "who has the account's number and another token";
  EXPECT_THAT(post_signed(voice_path, form_of(sub_account, at_second, second), others_token).body,
              Not(HasSubstr("<Stream")));
  EXPECT_EQ(live_calls(), 2u);
}

TEST_F(Subaccounts, OpenTheirStreamsWithTheirOwnTokens) {
  const auto twiml = post_signed(voice_path, form_of(sub_account), new_token).body;
  const std::string path = "/media-stream/ticket-1/" + sub_account.value;
  EXPECT_THAT(twiml, HasSubstr("wss://gw.example.com" + path + "\""));
  const auto signed_by = [&](const std::string& by, const std::string& at) {
    return exchange(upgrade_bytes(at, model::twilio::signature(by, "wss://gw.example.com" + at, {}))).status;
  };
  EXPECT_EQ(signed_by(token, path), 403u);
  EXPECT_EQ(signed_by(others_token, path), 403u);
  EXPECT_EQ(signed_by(new_token, "/media-stream/ticket-1"), 403u);
  EXPECT_EQ(signed_by(old_token, path), 101u);
}

TEST_F(Subaccounts, TakeTheirPathWithTwiliosSlashBehindIt) {
  post_signed(voice_path, form_of(sub_account), new_token);
  const std::string path = "/media-stream/ticket-1/" + sub_account.value + "/";
  EXPECT_EQ(
      exchange(upgrade_bytes(path, model::twilio::signature(new_token, "wss://gw.example.com" + path, {}))).status,
      101u);
}

TEST_F(Subaccounts, LearnNothingOfAnothersCall) {
  post_signed(voice_path, form_of(sub_account), new_token);
  // The other tenant knows his own token, and perhaps a CallSid that is not his.
  const auto next = post_signed(next_path, form_of(others_account), others_token);
  EXPECT_EQ(next.status, 200u);
  EXPECT_THAT(next.body, Not(HasSubstr("<Stream")));
  const auto again = post_signed(voice_path, form_of(others_account, "+15550100022"), others_token);
  EXPECT_THAT(again.body, Not(HasSubstr("<Stream"))) << "no ticket of the other's call";
  auto over = form_of(others_account);
  over[4].second = "completed";
  EXPECT_EQ(post_signed("/api/webhooks/twilio/status", over, others_token).status, 204u);
  EXPECT_EQ(live_calls(), 1u) << "nor ends it";
  auto his = form_of(sub_account);
  his[4].second = "completed";
  EXPECT_EQ(post_signed("/api/webhooks/twilio/status", his, new_token).status, 204u);
}

TEST_F(Subaccounts, AskTheStoreWhoseACallWas) {
  model::call_record record;
  record.call = {"CA00000000000000000000000000000077"};
  record.tenant = {"salon-1"};
  stored->record = to_json(record);
  const auto got = post_signed(next_path, form_of(others_account, "+15550100022", record.call), others_token);
  EXPECT_THAT(got.body, Not(HasSubstr("<Stream")));
  EXPECT_THAT(post_signed(voice_path, form_of(others_account, "+15550100022", record.call), others_token).body,
              Not(HasSubstr("<Stream")));
}

// --- JSON bodies

class JsonWebhooks : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  answer post_json(const std::string& target, const std::string& json, const std::string& type = "application/json") {
    return exchange("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type +
                    "\r\nX-Twilio-Signature: " + model::twilio::signature(token, origin + target, {}) +
                    "\r\nContent-Length: " + std::to_string(json.size()) + "\r\n\r\n" + json);
  }
  static inline const std::string good = R"({"AccountSid":")" + some_account.value + R"(","CallSid":")" +
                                         some_call.value +
                                         R"(","From":"+15550100001","To":"+15550100002","CallStatus":"ringing"})";
};

/// Its hash was made by Python's hashlib.
TEST_F(JsonWebhooks, AreTakenWithTheHashOfTheirBody) {
  const std::string hash = "b8fa92b511c7aea0883193c3c3ce139eb02da933a35c1b4bf372e8c6a8ea7919";
  EXPECT_EQ(post_json(voice_path + "?bodySHA256=" + hash, good).status, 200u);
  EXPECT_EQ(live_calls(), 1u);
  EXPECT_EQ(post_json(voice_path + "?bodySHA256=" + hash, good, "Application/JSON; charset=utf-8").status, 200u);
}

TEST_F(JsonWebhooks, AreRefusedWithoutIt) {
  const std::string hash = "b8fa92b511c7aea0883193c3c3ce139eb02da933a35c1b4bf372e8c6a8ea7919";
  EXPECT_EQ(post_json(voice_path, good).status, 403u) << "the address is signed, the body by nobody";
  EXPECT_EQ(post_json(voice_path + "?bodySHA256=", good).status, 403u);
  EXPECT_EQ(post_json(voice_path + "?bodySHA256=" + hash, good + " ").status, 403u) << "a forged body";
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(Subaccounts, AreNobodyWhereTheDefaultTenantAnswersTheGatewaysOwnAccount) {
  auto own = *tenant;
  own.secrets.account = sub_account;
  replace(registry, {own}, own.id);
  settle();
  const std::string nobodys = "+15550100099";
  const auto main = post_signed(voice_path, form_of(some_account, nobodys, {"CA" + std::string(32, '1')}), token);
  EXPECT_THAT(main.body, HasSubstr("<Stream"));
  EXPECT_EQ(recorded("rule", {"CA" + std::string(32, '1')}), "default_tenant");
  for (const auto& [account, by] : {std::pair{others_account, others_token}, {sub_account, new_token}})
    EXPECT_THAT(post_signed(voice_path, form_of(account, nobodys), by).body, Not(HasSubstr("<Stream")))
        << "also not to his own account: it is not his number";
}

}  // namespace
}  // namespace tonris::actors::test
