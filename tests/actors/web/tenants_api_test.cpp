#include "actors/web/tenants_api.hpp"

#include <rapidjson/document.h>

#include <set>

#include "actors/store/tenant_write.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/actors/telemetry/captured_log.hpp"
#include "tests/actors/vendor/numbers_at_twilio.hpp"
#include "tests/actors/web/front_fixture.hpp"
#include "tests/actors/web/tenants_in_a_database.hpp"

namespace tonris::actors::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class TenantsApi : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    db = std::make_shared<tenant_database>(tenant_database::open(directory.data(), "g").value());
    tenants = track(system.spawn(store_over, db, &away, &meanwhile));
    auto with = front_config();
    with.tenants = tenants;
    with.registry = registry;
    with.seal = std::make_shared<const model::field_seal>(
        derive(model::parse_key_ring("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").value()));
    with.fresh_nonce = [this] { return model::aead_nonce{++nonces}; };
    with.numbers = {track_as<twilio_rest>(system.spawn(fake_twilio, at_twilio)),
                    {some_account, config::secret{"main-token"}},
                    origin,
                    tenants};
    open_doors(std::move(with));
  }
  void TearDown() override {
    tenants = nullptr;
    FrontTest::TearDown();
  }

  answer ask(const std::string& method, const std::string& path, const std::string& body = "",
             const std::string& fields = "") {
    return exchange(method + " " + path + " HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer admin\r\n" + fields +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  static std::string document(const std::string& id, const std::string& number, const std::string& more = "") {
    return R"({"id":")" + id + R"(","name":"Salon )" + id + R"(","twilioPhoneNumber":")" + number + "\"" + more + "}";
  }
  static std::string etag_in(const answer& of) {
    const auto at = of.head.find("ETag: ");
    if (at == std::string::npos) return {};
    return of.head.substr(at + 6, of.head.find("\r\n", at) - at - 6);
  }

  a_directory directory;
  std::shared_ptr<tenant_database> db;
  tenant_store tenants;
  bool away = false;
  std::function<void()> meanwhile;  // between a look-up and the write
  std::uint8_t nonces = 0;
  std::shared_ptr<numbers_at_twilio> at_twilio = std::make_shared<numbers_at_twilio>();
};

TEST_F(TenantsApi, SignsATenantUpWithOneRequest) {
  const auto made = ask("POST", "/api/tenants", document("a", "(555) 123-4567 "));
  EXPECT_EQ(made.status, 400u) << "without a country nobody knows which number that is";
  const auto good = ask("POST", "/api/tenants", document("a", "+1 (555) 123-4567"));
  EXPECT_EQ(good.status, 201u);
  EXPECT_THAT(good.head, HasSubstr("Location: /api/tenants/a"));
  EXPECT_THAT(good.body, HasSubstr(R"("twilioPhoneNumber":"+15551234567")"));
  EXPECT_NE(etag_in(good), "");
  const auto got = ask("GET", "/api/tenants/a");
  EXPECT_EQ(got.status, 200u);
  EXPECT_EQ(got.body, good.body);
  EXPECT_EQ(etag_in(got), etag_in(good));
  EXPECT_EQ(ask("GET", "/api/tenants/a", "", "If-None-Match: " + etag_in(good) + "\r\n").status, 304u);
}

TEST_F(TenantsApi, TellsASignUpThatIsSentAgainThatItIsDone) {
  const auto first = ask("POST", "/api/tenants", document("a", "+15551234567"));
  const auto again = ask("POST", "/api/tenants", document("a", "+15551234567"));
  EXPECT_EQ(again.status, 201u);
  EXPECT_EQ(etag_in(again), etag_in(first));
  const auto other = ask("POST", "/api/tenants", document("a", "+15551234568"));
  EXPECT_EQ(other.status, 409u);
  EXPECT_THAT(other.body, HasSubstr("tenant_exists"));
}

TEST_F(TenantsApi, TellsAllMistakesAtOnceEachWithItsPlace) {
  const auto got =
      ask("POST", "/api/tenants",
          document("a", "+15551234567", R"(,"settings":{"language":"?","limits":{"maxCallSeconds":1},"wrong":1})"));
  EXPECT_EQ(got.status, 400u);
  EXPECT_THAT(got.body,
              AllOf(HasSubstr("invalid_tenant"), HasSubstr(R"("path":"settings.language")"),
                    HasSubstr(R"("path":"settings.limits.maxCallSeconds")"), HasSubstr(R"("path":"settings.wrong")")));
  EXPECT_EQ(ask("POST", "/api/tenants", "{").status, 400u);
  EXPECT_EQ(ask("POST", "/api/tenants", "[]").status, 400u);
}

TEST_F(TenantsApi, GivesANumberToOneTenantOnly) {
  ask("POST", "/api/tenants", document("a", "+15551234567"));
  const auto got = ask("POST", "/api/tenants", document("b", "+1-555-123-4567"));
  EXPECT_EQ(got.status, 409u);
  EXPECT_THAT(got.body, HasSubstr("number_taken"));
  EXPECT_EQ(ask("GET", "/api/tenants/b").status, 404u);
}

TEST_F(TenantsApi, ReplacesTheWholeOfATenant) {
  ask("POST", "/api/tenants", document("a", "+15551234567", R"(,"settings":{"language":"da"})"));
  const auto put = ask("PUT", "/api/tenants/a", document("a", "+15551234568"));
  EXPECT_EQ(put.status, 200u);
  EXPECT_THAT(put.body, Not(HasSubstr(R"("da")")));
  EXPECT_EQ(ask("PUT", "/api/tenants/b", document("b", "+15551234569")).status, 404u);
  const auto other_id = ask("PUT", "/api/tenants/a", document("b", "+15551234569"));
  EXPECT_EQ(other_id.status, 400u);
  EXPECT_THAT(other_id.body, HasSubstr("must be that of the address"));
}

TEST_F(TenantsApi, MakesANewOneByPutWhereThatIsAskedFor) {
  const auto only_new = std::string{"If-None-Match: *\r\n"};
  EXPECT_EQ(ask("PUT", "/api/tenants/a", document("a", "+15551234567"), only_new).status, 201u);
  const auto again = ask("PUT", "/api/tenants/a", document("a", "+15551234568"), only_new);
  EXPECT_EQ(again.status, 412u);
}

TEST_F(TenantsApi, ChangesAPartOfATenant) {
  ask("POST", "/api/tenants", document("a", "+15551234567", R"(,"settings":{"language":"da","greeting":"Hej"})"));
  const auto got = ask("PATCH", "/api/tenants/a", R"({"settings":{"greeting":null,"voiceId":"v1"}})");
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, AllOf(HasSubstr(R"("language":"da")"), HasSubstr(R"("voiceId":"v1")"), Not(HasSubstr("Hej"))));
  EXPECT_EQ(ask("PATCH", "/api/tenants/a", R"({"settings":{"language":"?"}})").status, 400u);
  EXPECT_EQ(ask("PATCH", "/api/tenants/a", "{").status, 400u);
  EXPECT_EQ(ask("PATCH", "/api/tenants/b", "{}").status, 404u);
}

TEST_F(TenantsApi, ChangesOnlyTheVersionThatTheClientHasSeen) {
  const auto first = ask("POST", "/api/tenants", document("a", "+15551234567"));
  const auto match = "If-Match: " + etag_in(first) + "\r\n";
  const auto second = ask("PATCH", "/api/tenants/a", R"({"name":"Second"})", match);
  EXPECT_EQ(second.status, 200u);
  const auto late = ask("PATCH", "/api/tenants/a", R"({"name":"Late"})", match);
  EXPECT_EQ(late.status, 412u);
  EXPECT_EQ(etag_in(late), etag_in(second)) << "which is there now";
  EXPECT_EQ(ask("DELETE", "/api/tenants/a", "", match).status, 412u);
  EXPECT_EQ(ask("PUT", "/api/tenants/a", document("a", "+15551234567"), "If-Match: W/\"x\"\r\n").status, 400u);
}

TEST_F(TenantsApi, LosesNoChangeThatIsMadeMeanwhileWhereAnyVersionWillDo) {
  const auto named = [this](const std::string& name) {
    return [this, name] {
      auto now = model::parse_tenant(db->find({"a"}).value()->json).value();
      now.name = name;
      ASSERT_TRUE(db->write({write_of(now, "*")}, [](const auto&) {}));
    };
  };
  ask("POST", "/api/tenants", document("a", "+15551234567"));
  for (const std::string fields : {"", "If-Match: *\r\n"}) {
    meanwhile = named("Renamed with " + fields.substr(0, 8));
    const auto done =
        ask("PATCH", "/api/tenants/a", R"({"settings":{"greeting":"Hi )" + fields.substr(0, 8) + R"("}})", fields);
    EXPECT_EQ(done.status, 200u) << done.body;
    EXPECT_THAT(done.body, AllOf(HasSubstr("Renamed with " + fields.substr(0, 8)), HasSubstr("Hi"))) << fields;
  }
}

TEST_F(TenantsApi, RefusesALimitWhoseKeyIsNotThere) {
  ask("POST", "/api/tenants", document("a", "+15551234567"));
  const std::string limit =
      R"("settings":{"limits":{"vendorCalls":5}},"secrets":{"elevenLabs":{"apiKey":{"set":true}}})";
  for (const auto& done : {ask("PATCH", "/api/tenants/a", "{" + limit + "}"),
                           ask("PUT", "/api/tenants/a", document("a", "+15551234567", "," + limit)),
                           ask("POST", "/api/tenants", document("b", "+15551234568", "," + limit))}) {
    EXPECT_EQ(done.status, 400u);
    EXPECT_THAT(done.body, HasSubstr(R"("path":"settings.limits.vendorCalls")"));
  }
  EXPECT_EQ(ask("GET", "/api/tenants/a").status, 200u);
  EXPECT_EQ(ask("GET", "/api/tenants/b").status, 404u);
}

TEST_F(TenantsApi, LetsARetryWithTheFormerETagFindItsOwnWork) {
  const auto first = ask("POST", "/api/tenants", document("a", "+15551234567"));
  const auto match = "If-Match: " + etag_in(first) + "\r\n";
  const auto done = ask("PUT", "/api/tenants/a", document("a", "+15551234568"), match);
  const auto retry = ask("PUT", "/api/tenants/a", document("a", "+15551234568"), match);
  EXPECT_EQ(retry.status, 200u);
  EXPECT_EQ(etag_in(retry), etag_in(done));
}

TEST_F(TenantsApi, RemovesATenantAndFreesItsNumber) {
  ask("POST", "/api/tenants", document("a", "+15551234567"));
  EXPECT_EQ(ask("DELETE", "/api/tenants/a").status, 204u);
  EXPECT_EQ(ask("DELETE", "/api/tenants/a").status, 404u);
  EXPECT_EQ(ask("GET", "/api/tenants/a").status, 404u);
  EXPECT_EQ(ask("POST", "/api/tenants", document("b", "+15551234567")).status, 201u);
}

/// Whoever is given its id next is another one.
TEST_F(TenantsApi, TakesTheKeysOfATenantThatIsRemovedAndSaysWhereItCannot) {
  ask("POST", "/api/tenants", document("a", "+15551234567"));
  const auto key = make_key("a", {model::scope::read});
  EXPECT_EQ(api("GET", "/api/tenants/a", key).status, 200u);
  EXPECT_EQ(ask("DELETE", "/api/tenants/a").status, 204u);
  EXPECT_TRUE(kept->keys.empty());
  ask("POST", "/api/tenants", document("a", "+15551234567", R"(,"settings":{"greeting":"Hi"})"));
  EXPECT_EQ(api("GET", "/api/tenants/a", key).status, 401u);
  captured_log log;
  kept->is_away = true;
  EXPECT_EQ(ask("DELETE", "/api/tenants/a").status, 204u);
  EXPECT_THAT(log.text(), HasSubstr("The keys of tenant a, who is removed, could not be revoked"));
}

TEST_F(TenantsApi, GoesOnlyTheWaysOfATenantsStatus) {
  ask("POST", "/api/tenants", document("a", "+15551234567", R"(,"status":"pending")"));
  EXPECT_EQ(ask("PATCH", "/api/tenants/a", R"({"status":"suspended"})").status, 409u);
  EXPECT_EQ(ask("PATCH", "/api/tenants/a", R"({"status":"active"})").status, 200u);
  EXPECT_EQ(ask("PATCH", "/api/tenants/a", R"({"status":"cancelled"})").status, 200u);
  const auto back = ask("PATCH", "/api/tenants/a", R"({"status":"active"})");
  EXPECT_EQ(back.status, 409u);
  EXPECT_THAT(back.body, HasSubstr("a tenant that is cancelled cannot become active"));
}

TEST_F(TenantsApi, RefusesTransfersThatLeadBack) {
  model::tenant other = *tenant;
  other.id = {"other"};
  other.phone_number = "+15550100009";
  other.fallback.transfer_to = "+15551234567";
  replace(registry, {other});
  const auto way = [](const char* to) {
    return std::string{R"(,"settings":{"fallback":{"transferTo":")"} + to + R"("}})";
  };
  const auto own = ask("POST", "/api/tenants", document("a", "+15551234567", way("+15551234567")));
  EXPECT_EQ(own.status, 400u);
  EXPECT_THAT(own.body, HasSubstr("is the tenant's own number"));
  const auto round = ask("POST", "/api/tenants", document("a", "+15551234567", way("+15550100009")));
  EXPECT_EQ(round.status, 400u);
  EXPECT_THAT(round.body, HasSubstr("leads back to the tenant's own number by way of tenant other"));
  EXPECT_EQ(ask("POST", "/api/tenants", document("a", "+15551234560", way("+15550100009"))).status, 201u);
}

TEST_F(TenantsApi, ListsInPartsAndByFilters) {
  for (const auto* id : {"a", "b", "c"})
    ask("POST", "/api/tenants", document(id, std::string{"+155512345"} + std::to_string(id[0])));
  ask("PATCH", "/api/tenants/b", R"({"status":"suspended","name":"Barber"})");
  const auto ids = [this](const std::string& query) {
    const auto got = ask("GET", "/api/tenants" + query);
    rapidjson::Document list;
    list.Parse(got.body.c_str());
    std::string all;
    for (const auto& item : list["items"].GetArray()) all += item["id"].GetString();
    if (list.HasMember("nextCursor")) all += std::string{" then "} + list["nextCursor"].GetString();
    return all;
  };
  EXPECT_EQ(ids(""), "abc");
  EXPECT_EQ(ids("?limit=2"), "ab then b");
  EXPECT_EQ(ids("?limit=2&cursor=b"), "c");
  EXPECT_EQ(ids("?status=suspended"), "b");
  EXPECT_EQ(ids("?q=BARB"), "b");
  EXPECT_EQ(ids("?q=Salon&status=active&limit=1"), "a then b") << "the next part begins behind what was looked at";
  EXPECT_EQ(ids("?number=%2B1+555-123-4597"), "a");
  EXPECT_EQ(ids("?number=%2B15551230000"), "");
  for (const auto* wrong : {"?limit=0", "?limit=201", "?limit=x", "?status=gone", "?number=x", "?colour=red"})
    EXPECT_EQ(ask("GET", std::string{"/api/tenants"} + wrong).status, 400u) << wrong;
}

TEST_F(TenantsApi, KeepsSecretsSealedAndShowsThemToNobody) {
  const auto secrets = std::string{R"(,"secrets":{"twilio":{"accountSid":")"} + "AC0123456789abcdef0123456789abcdef" +
                       R"(","authTokens":["t0p-s3cret"]}})";
  const auto made = ask("POST", "/api/tenants", document("a", "+15551234567", secrets));
  EXPECT_EQ(made.status, 201u);
  EXPECT_THAT(made.body, AllOf(HasSubstr(R"({"set":true})"), Not(HasSubstr("t0p-s3cret")), Not(HasSubstr("sealed"))));
  const auto kept_as = db->find({"a"}).value()->json;
  EXPECT_THAT(kept_as, AllOf(HasSubstr(R"({"sealed":"1.k1.)"), Not(HasSubstr("t0p-s3cret"))));
  EXPECT_THAT(ask("GET", "/api/tenants").body, AllOf(HasSubstr(R"({"set":true})"), Not(HasSubstr("sealed"))));
  const auto put_back = ask("PUT", "/api/tenants/a", ask("GET", "/api/tenants/a").body);
  EXPECT_EQ(put_back.status, 200u);
  EXPECT_EQ(db->find({"a"}).value()->json, kept_as) << "what is brought back as it was shown stays what it was";
}

TEST_F(TenantsApi, RefusesASecretThatItCannotSeal) {
  auto with = front_config();
  with.tenants = tenants;
  with.registry = registry;
  with.seal = std::make_shared<const model::field_seal>(std::vector<model::derived_keys>{});
  with.fresh_nonce = [] { return model::aead_nonce{}; };
  open_doors(std::move(with));
  const auto got =
      ask("POST", "/api/tenants", document("a", "+15551234567", R"(,"secrets":{"elevenLabs":{"apiKey":"sk_1"}})"));
  EXPECT_EQ(got.status, 409u);
  EXPECT_THAT(got.body, AllOf(HasSubstr("no_secrets_key"), Not(HasSubstr("sk_1"))));
  EXPECT_EQ(ask("GET", "/api/tenants/a").status, 404u);
}

TEST_F(TenantsApi, LetsATenantChangeItsOwnBusinessButNotItsTerms) {
  ask("POST", "/api/tenants",
      document("salon-1", "+15551234567", R"(,"settings":{"limits":{"maxConcurrentCalls":2}})"));
  const auto key = make_key("salon-1", {model::scope::read, model::scope::settings});
  EXPECT_EQ(api("GET", "/api/tenants/salon-1", key).status, 200u);
  EXPECT_EQ(api("PATCH", "/api/tenants/salon-1", key, R"({"settings":{"greeting":"Hi"}})").status, 200u);
  for (const auto* patch :
       {R"({"settings":{"limits":{"maxConcurrentCalls":900}}})", R"({"status":"cancelled"})",
        R"({"twilioPhoneNumber":"+15551234568"})", R"({"settings":{"numbers":[{"number":"+15551234569"}]}})"})
    EXPECT_EQ(api("PATCH", "/api/tenants/salon-1", key, patch).status, 403u) << patch;
  EXPECT_EQ(api("GET", "/api/tenants/other", key).status, 404u);
  EXPECT_EQ(api("DELETE", "/api/tenants/salon-1", key).status, 403u);
}

TEST_F(TenantsApi, NotesWhoChangedWhat) {
  ask("POST", "/api/tenants", document("a", "+15551234567"));
  ask("PATCH", "/api/tenants/a", R"({"name":"New"})");
  ask("DELETE", "/api/tenants/a");
  ASSERT_GE(kept->trail.size(), 3u);
  EXPECT_EQ(kept->trail[0].what, "tenant.create");
  EXPECT_EQ(kept->trail[1].what, "tenant.change");
  EXPECT_EQ(kept->trail[1].who, "operator");
  EXPECT_THAT(kept->trail[1].before, HasSubstr(R"("name":"Salon a")"));
  EXPECT_THAT(kept->trail[1].after, HasSubstr(R"("name":"New")"));
  EXPECT_EQ(kept->trail.back().what, "tenant.remove");
  EXPECT_THAT(kept->trail.back().before, HasSubstr(R"("name":"New")"));
}

TEST_F(TenantsApi, MakesAChangeThatCannotBeNotedAndSaysSoInTheLog) {
  kept->is_away = true;
  captured_log log;
  EXPECT_EQ(ask("POST", "/api/tenants", document("a", "+15551234567")).status, 201u);
  EXPECT_THAT(log.text(), HasSubstr("tenant.create of tenant a by operator is not in the audit trail"));
}

TEST_F(TenantsApi, NotesNoChangeThatChangesNothing) {
  ask("POST", "/api/tenants", document("a", "+15551234567"));
  EXPECT_EQ(ask("PATCH", "/api/tenants/a", R"({"name":"Salon a"})").status, 200u);
  EXPECT_EQ(ask("PUT", "/api/tenants/a", document("a", "+15551234567")).status, 200u);
  EXPECT_EQ(kept->trail.size(), 1u);
  EXPECT_EQ(ask("PATCH", "/api/tenants/a", R"({"name":"New"})").status, 200u);
  EXPECT_EQ(kept->trail.size(), 2u);
}

TEST_F(TenantsApi, SaysInTheLogWhichChangesOfAllTenantsCannotBeNoted) {
  kept->is_away = true;
  captured_log log;
  EXPECT_EQ(ask("POST", "/api/tenant-store/rotate-secrets").status, 200u);
  EXPECT_EQ(ask("POST", "/api/tenant-store/whole").status, 204u);
  EXPECT_THAT(log.text(), AllOf(HasSubstr("secrets.rotate by operator is not in the audit trail"),
                                HasSubstr("tenants.whole by operator is not in the audit trail")));
}

TEST_F(TenantsApi, IsForTheOperatorOnly) {
  for (const auto* line : {"GET /api/tenants", "GET /api/tenants/a", "DELETE /api/tenants/a", "POST /api/tenants"})
    EXPECT_EQ(exchange(std::string{line} + " HTTP/1.1\r\nHost: gw\r\n\r\n").status, 401u) << line;
}

TEST_F(TenantsApi, SaysThatTheStoreCannotBeUsed) {
  away = true;
  EXPECT_EQ(ask("POST", "/api/tenants", document("a", "+15551234567")).status, 503u);
}

// --- attach

TEST_F(TenantsApi, AttachesTheNumbersOfATenantWhereItIsAskedTo) {
  at_twilio->calls["+15551234567"] = {};
  const auto made = ask("POST", "/api/tenants", document("a", "+15551234567", R"(,"attach":true)"));
  EXPECT_EQ(made.status, 201u);
  EXPECT_THAT(made.body, HasSubstr(R"("attach":[{"number":"+15551234567","state":"attached")"));
  EXPECT_EQ(at_twilio->calls["+15551234567"], model::twilio::gateway_handlers(origin));
  EXPECT_EQ(at_twilio->tokens, (std::set<std::string>{"main-token"}));
  EXPECT_THAT(ask("GET", "/api/tenants/a").body, Not(HasSubstr("attach"))) << "it is no part of the tenant";
  const auto posts = at_twilio->posts;
  EXPECT_EQ(ask("POST", "/api/tenants", document("a", "+15551234567", R"(,"attach":true)")).status, 201u);
  EXPECT_EQ(at_twilio->posts, posts) << "a retry changes nothing";
  EXPECT_EQ(ask("POST", "/api/tenants", document("b", "+15551234568")).status, 201u);
  EXPECT_EQ(ask("POST", "/api/tenants", document("c", "+15551234569", R"(,"attach":1)")).status, 400u);
}

TEST_F(TenantsApi, IsSignedUpAlsoWhereItsNumberCannotBeAttachedWhichIsSaid) {
  const auto made = ask("POST", "/api/tenants", document("a", "+15551234567", R"(,"attach":true)"));
  EXPECT_EQ(made.status, 201u);
  EXPECT_THAT(made.body, HasSubstr(R"("error":{"code":"twilio_number_unknown")"));
  EXPECT_EQ(ask("GET", "/api/tenants/a").status, 200u);
}

TEST_F(TenantsApi, AttachesInTheTenantsOwnAccount) {
  at_twilio->calls["+15551234567"] = {};
  const auto secrets = R"(,"attach":true,"secrets":{"twilio":{"accountSid":"AC00000000000000000000000000000002",)"
                       R"("authTokens":["own-new","own-old"]}})";
  EXPECT_THAT(ask("POST", "/api/tenants", document("a", "+15551234567", secrets)).body,
              HasSubstr(R"("state":"attached")"));
  EXPECT_EQ(at_twilio->tokens, (std::set<std::string>{"own-new"})) << "the first of them";
  EXPECT_THAT(at_twilio->targets.front(), HasSubstr("/Accounts/AC00000000000000000000000000000002/"));
}

}  // namespace
}  // namespace tonris::actors::test
