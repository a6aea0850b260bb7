#include "actors/web/keys_api.hpp"

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::scope;
using testing::HasSubstr;
using testing::Not;

class KeysApi : public FrontTest {
 protected:
  static inline const std::string path = "/api/tenants/salon-1/keys", good = R"({"name":"our CRM","scopes":["read"]})";

  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  static std::string member(const std::string& json, const std::string& name) {
    const auto at = json.find("\"" + name + "\":\"") + name.size() + 4;
    return json.substr(at, json.find('"', at) - at);
  }
};

TEST_F(KeysApi, ShowsAKeyOnceAndThenOnlyThatItIsThere) {
  const auto made = api("POST", path, "admin", good);
  EXPECT_EQ(made.status, 201u);
  const auto key = member(made.body, "key"), id = member(made.body, "keyId");
  EXPECT_EQ(model::api_key_id(key), id);
  EXPECT_THAT(made.body, HasSubstr(R"("name":"our CRM","scopes":["read"])"));
  const auto listed = api("GET", path, "admin");
  EXPECT_EQ(listed.status, 200u);
  EXPECT_THAT(listed.body, HasSubstr(R"({"items":[{"keyId":")" + id + R"(","name":"our CRM")"));
  EXPECT_THAT(listed.body, Not(HasSubstr(key)));
  EXPECT_THAT(listed.body, Not(HasSubstr("digest")));
}

TEST_F(KeysApi, RevokesAKey) {
  const auto key = make_key("salon-1", {scope::read, scope::settings});
  const std::string id{*model::api_key_id(key)};
  EXPECT_EQ(api("GET", path, key).status, 200u);
  EXPECT_EQ(api("DELETE", path + "/" + id, "admin").status, 204u);
  EXPECT_EQ(api("GET", path, key).status, 401u);
  const auto again = api("DELETE", path + "/" + id, "admin");
  EXPECT_EQ(again.status, 404u);
  EXPECT_THAT(again.body, HasSubstr("key_not_found"));
}

TEST_F(KeysApi, SaysAllThatIsWrongWithARequest) {
  const struct {
    const char *json, *says;
  } mistakes[] = {
      {"", "not JSON"},
      {"{}", "name is missing; scopes must be a list"},
      {R"({"name":" ","scopes":[]})", "name must be a name"},
      {R"({"name":"x","scopes":["write"]})", "scopes must be a list of read, control, settings, recordings"},
      {R"({"name":"x","scopes":"read"})", "scopes must be a list"},
      {R"({"name":"x","scopes":["read"],"tenant":"salon-2"})", "tenant is not a known key"},
  };
  for (const auto& [json, says] : mistakes) {
    const auto refused = api("POST", path, "admin", json);
    EXPECT_EQ(refused.status, 400u) << json;
    EXPECT_THAT(refused.body, HasSubstr(says)) << json;
  }
  EXPECT_TRUE(kept->keys.empty());
}

TEST_F(KeysApi, KnowsNoTenantThatIsNotThere) {
  for (const auto* method : {"GET", "POST"}) {
    const auto got = api(method, "/api/tenants/salon-9/keys", "admin", good);
    EXPECT_EQ(got.status, 404u) << method;
    EXPECT_THAT(got.body, HasSubstr("tenant_not_found")) << method;
  }
  EXPECT_EQ(api("DELETE", "/api/tenants/salon-9/keys/0123456789ab", "admin").status, 404u);
}

TEST_F(KeysApi, LetsATenantChangeItsOwnKeysWithinWhatItsKeyCan) {
  const auto key = make_key("salon-1", {scope::read, scope::settings});
  EXPECT_EQ(api("POST", path, key, good).status, 201u);
  const auto more = api("POST", path, key, R"({"name":"x","scopes":["read","control"]})");
  EXPECT_EQ(more.status, 403u);
  EXPECT_EQ(kept->trail.back().who, "key " + std::string{*model::api_key_id(key)});
  EXPECT_EQ(api("POST", path, make_key("salon-1", {scope::read}), good).status, 403u);
}

TEST_F(KeysApi, AnswersOfAnotherTenantAsOfNone) {
  const auto key = make_key("salon-2", {scope::read, scope::settings});
  for (const auto* method : {"GET", "POST", "PUT"}) {
    const auto others = api(method, path, key, good), nobodys = api(method, "/api/tenants/salon-9/keys", key, good);
    EXPECT_EQ(others.status, 404u) << method;
    EXPECT_EQ(others.body, nobodys.body) << method;
  }
}

TEST_F(KeysApi, IsUnavailableWhileTheStoreIs) {
  kept->is_away = true;
  EXPECT_EQ(api("GET", path, "admin").status, 503u);
  EXPECT_EQ(api("POST", path, "admin", good).status, 503u);
  EXPECT_EQ(api("DELETE", path + "/0123456789ab", "admin").status, 503u);
}

TEST_F(KeysApi, MakesABoundedNumberOfKeys) {
  for (std::size_t i = 0; i < model::max_api_keys_of_a_tenant; ++i) make_key("salon-1", {scope::read});
  const auto refused = api("POST", path, "admin", good);
  EXPECT_EQ(refused.status, 409u);
  EXPECT_THAT(refused.body, HasSubstr("too_many_keys"));
}

}  // namespace
}  // namespace tonris::actors::test
