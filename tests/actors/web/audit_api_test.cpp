#include "actors/web/audit_api.hpp"

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class AuditApi : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  void note(const std::string& what, const std::string& tenant_id) {
    model::audit_entry entry;
    entry.seq = static_cast<std::int64_t>(kept->trail.size()) + 1;
    entry.who = "operator";
    entry.what = what;
    entry.tenant = {tenant_id};
    kept->trail.push_back(entry);
  }
};

TEST_F(AuditApi, ShowsTheTrailTheNewestFirst) {
  note("tenant.create", "salon-1");
  note("tenant.change", "salon-1");
  const auto got = api("GET", "/api/audit", "admin");
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, HasSubstr(R"({"items":[{"seq":2,)"));
  EXPECT_THAT(got.body, HasSubstr(R"("what":"tenant.create","tenantId":"salon-1"}]})"));
}

TEST_F(AuditApi, ShowsAPartOfIt) {
  note("one", "salon-1");
  note("two", "salon-2");
  note("three", "salon-1");
  const auto page = api("GET", "/api/audit?tenant=salon-1&limit=1", "admin");
  EXPECT_THAT(page.body, HasSubstr("three"));
  EXPECT_THAT(page.body, Not(HasSubstr("two")));
  EXPECT_THAT(page.body, HasSubstr(R"("nextCursor":"7")"));
}

TEST_F(AuditApi, RefusesWhatItDoesNotKnow) {
  for (const auto* query : {"limit=0", "limit=201", "limit=x", "cursor=-1", "cursor=", "who=operator", "tenant=%"})
    EXPECT_EQ(api("GET", std::string{"/api/audit?"} + query, "admin").status, 400u) << query;
}

TEST_F(AuditApi, IsTheOperatorsAlone) {
  const auto key = make_key("salon-1", {model::scope::read, model::scope::settings});
  EXPECT_EQ(api("GET", "/api/audit", key).status, 403u);
  EXPECT_EQ(api("GET", "/api/audit?tenant=salon-1", key).status, 403u);
}

TEST_F(AuditApi, IsUnavailableWhileTheStoreIs) {
  kept->is_away = true;
  EXPECT_EQ(api("GET", "/api/audit", "admin").status, 503u);
}

}  // namespace
}  // namespace tonris::actors::test
