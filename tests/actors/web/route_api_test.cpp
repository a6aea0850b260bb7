#include "actors/web/route_api.hpp"

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

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

TEST_F(RouteApi, SaysWhatIsWrongWithTheQuestion) {
  for (const auto* query : {"?to=x", "?to=%2B15550109999", "?at=tomorrow", "?colour=red"})
    EXPECT_EQ(api("GET", path(query), "admin").status, 400u) << query;
  EXPECT_EQ(api("GET", "/api/tenants/nobody/route", "admin").status, 404u);
}

}  // namespace
}  // namespace tonris::actors::test
