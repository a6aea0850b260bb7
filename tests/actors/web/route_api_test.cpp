#include "actors/web/route_api.hpp"

#include "tests/actors/admission/counting.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RouteApi : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  std::string path(const std::string& query = {}) const {
    return "/api/tenants/" + tenant->id.value + "/route" + query;
  }
};

TEST_F(RouteApi, TellsWhatWouldHappenToACallAndWhy) {
  const auto got = api("GET", path("?from=%2B15550107777&at=2026-12-25T10:00Z"), "admin");
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body,
              AllOf(HasSubstr(R"("route":"agent agent_1)"), HasSubstr(R"("rule":")"), HasSubstr(R"("why":")")));
}

TEST_F(RouteApi, TellsHowACallWouldEndThatGetsNoAgent) {
  tenant->blocked_callers = {"+15550107777"};
  replace(registry, {*tenant});
  const auto got = api("GET", path("?from=%2B15550107777"), "admin");
  EXPECT_THAT(got.body, AllOf(HasSubstr(R"("endReason":"caller_blocked")"), HasSubstr(R"("sentence":")")));
}

TEST_F(RouteApi, TellsWhichLimitACallWouldMeetNow) {
  who_may_come = track(spawn_counting(
      system, std::make_shared<admission_books>(), [] { return std::chrono::system_clock::time_point{}; }, counters));
  open_doors();
  EXPECT_THAT(api("GET", path(), "admin").body, Not(HasSubstr(R"("limit")")));
  tenant->limits.minutes_per_month = 0;
  replace(registry, {*tenant});
  EXPECT_THAT(api("GET", path(), "admin").body, HasSubstr(R"("limit":"month_minutes")"));
  EXPECT_THAT(api("GET", path("?at=2026-12-25T10:00Z"), "admin").body, Not(HasSubstr(R"("limit")")))
      << "nobody knows what is used then";
  tenant->limits = {};
  tenant->limits.max_concurrent_calls = 1;
  replace(registry, {*tenant});
  caf::anon_send(who_may_come, renew_leases{{{some_call, tenant->id, tenant, 0s}}, false});
  settle();
  EXPECT_THAT(api("GET", path(), "admin").body, HasSubstr(R"("limit":"tenant_busy")"));
  tenant->blocked_callers = {"+15550107777"};
  replace(registry, {*tenant});
  EXPECT_THAT(api("GET", path("?from=%2B15550107777"), "admin").body, Not(HasSubstr(R"("limit")")))
      << "it is refused before anybody counts";
}

TEST_F(RouteApi, SaysWhatIsWrongWithTheQuestion) {
  for (const auto* query : {"?to=x", "?to=%2B15550109999", "?at=tomorrow", "?colour=red"})
    EXPECT_EQ(api("GET", path(query), "admin").status, 400u) << query;
  EXPECT_EQ(api("GET", "/api/tenants/nobody/route", "admin").status, 404u);
}

}  // namespace
}  // namespace tonris::actors::test
