#include "actors/web/usage_api.hpp"

#include "tests/actors/admission/counting.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(UsageJson, ShowsLimitsThatAreSetAndWhatIsUsedOfThem) {
  model::tenant t;
  t.id = {"salon-1"};
  t.limits.max_concurrent_calls = 10;
  t.limits.calls_per_minute = 30;
  t.limits.minutes_per_month = 2000;
  t.limits.cost_per_month = 500.5;
  t.limits.reserved_calls = 2;
  tenant_usage usage;
  usage.calls = 3;
  usage.waiting = 1;
  usage.within_minute = 4;
  usage.month = {741, 1'250'000, 9};
  usage.at_vendor = 7;
  usage.vendor_calls = 20;
  usage.refused_today[model::end_reason::tenant_busy] = 2;
  EXPECT_EQ(to_json(t, usage, true),
            R"({"tenantId":"salon-1","calls":3,"waiting":1,"limits":{"maxConcurrentCalls":{"limit":10,"used":3},)"
            R"("callsPerMinute":{"limit":30,"used":4},"minutesPerMonth":{"limit":2000,"used":12.35},)"
            R"("costPerMonth":{"limit":500.5,"used":1.25}},"month":{"calls":9,"minutes":12.35,"cost":1.25},)"
            R"("vendor":{"calls":7,"limit":20,"reserved":2},"refusedToday":{"tenant_busy":2}})");
}

TEST(UsageJson, LeavesOutLimitsThatAreNotSet) {
  model::tenant t;
  t.id = {"salon-1"};
  EXPECT_EQ(to_json(t, {}, true),
            R"({"tenantId":"salon-1","calls":0,"waiting":0,"limits":{},"month":{"calls":0,"minutes":0.0,"cost":0.0},)"
            R"("vendor":{"calls":0},"refusedToday":{}})");
}

class UsageApi : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    who_may_come = track(spawn_counting(
        system, std::make_shared<admission_books>(), [] { return std::chrono::system_clock::time_point{}; }, counters));
    open_doors();
  }
  static inline const std::string shown = "Authorization: Bearer admin\r\n";
};

TEST_F(UsageApi, TellsTheOperatorHowATenantDoes) {
  const auto got = get("/api/tenants/salon-1/live", shown);
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, HasSubstr(R"("tenantId":"salon-1")"));
}

TEST_F(UsageApi, ShowsATenantItsOwnUseAndNotWhatAllHoldOfTheGatewaysKey) {
  const auto own = make_key("salon-1", {model::scope::read}), others = make_key("salon-2", {model::scope::read});
  const auto got = api("GET", "/api/tenants/salon-1/live", own);
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, Not(HasSubstr("vendor")));
  EXPECT_THAT(get("/api/tenants/salon-1/live", shown).body, HasSubstr(R"("vendor":{"calls":0)"));
  EXPECT_EQ(api("GET", "/api/tenants/salon-1/live", others).status, 404u);
}

TEST_F(UsageApi, KnowsNoOtherTenants) {
  const auto got = get("/api/tenants/nobody/live", shown);
  EXPECT_EQ(got.status, 404u);
  EXPECT_THAT(got.body, HasSubstr("tenant_not_found"));
}

TEST_F(UsageApi, TellsStrangersNothing) {
  EXPECT_EQ(get("/api/tenants/salon-1/live").status, 401u);
}

TEST_F(UsageApi, SaysWhenItCannotTell) {
  caf::anon_send_exit(who_may_come, caf::exit_reason::kill);
  settle();
  EXPECT_EQ(get("/api/tenants/salon-1/live", shown).status, 503u);
}

}  // namespace
}  // namespace tonris::actors::test
