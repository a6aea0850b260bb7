#include "actors/web/usage_report_api.hpp"

#include <chrono>
#include <string>

#include "model/text/iso_time.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class UsageReport : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  void used(const std::string& by, std::int64_t seconds, std::optional<bool> success = {}) {
    call_database::usage_row row;
    row.whose = {{"salon-1"}, model::parse_iso_time("2026-11-22T23:30:00.000Z").value(), {by}, by};
    row.used = {seconds, seconds * 1'000, false, model::end_reason::caller_hung_up};
    row.success = success;
    stored->used.push_back(row);
  }
  answer usage(const std::string& query, const std::string& shown = "admin") {
    return api("GET", "/api/usage" + query, shown);
  }
};

TEST_F(UsageReport, SumsUpPartAfterPart) {
  for (int n = 1; n <= 5; ++n) used("agent_" + std::to_string(n % 2), n);
  const auto got = usage("?by=agent,day&from=2026-11-01&to=2026-11-30&zone=Europe/Copenhagen");
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, HasSubstr(R"({"day":"2026-11-23","agentId":"agent_0","calls":2,"minutes":0.1,"seconds":6)"));
  EXPECT_THAT(got.body, HasSubstr(R"("total":{"calls":5,"minutes":0.25,"seconds":15,"cost":0.015)"));
  EXPECT_EQ(stored->wanted.size(), 3u);
  EXPECT_EQ(model::iso_time(stored->wanted[0].from), "2026-10-31T23:00:00.000Z") << "the day of the zone";
  EXPECT_EQ(model::iso_time(stored->wanted[0].to), "2026-11-30T23:00:00.000Z") << "to its end";
}

TEST_F(UsageReport, TakesTimesAsCallsAreLookedForByThem) {
  EXPECT_EQ(usage("?from=2026-11-01T06:00&to=2026-11-02T06:00%2B02:00&zone=Europe/Copenhagen").status, 200u);
  EXPECT_EQ(model::iso_time(stored->wanted[0].from), "2026-11-01T05:00:00.000Z");
  EXPECT_EQ(model::iso_time(stored->wanted[0].to), "2026-11-02T04:00:00.000Z");
}

TEST_F(UsageReport, IsATenantsOwn) {
  const auto key = make_key("salon-1", {model::scope::read});
  EXPECT_EQ(usage("", key).status, 200u);
  EXPECT_EQ(stored->wanted.back().tenant, model::tenant_id{"salon-1"});
  EXPECT_EQ(usage("?tenant=salon-2", key).status, 404u);
}

TEST_F(UsageReport, SaysAllThatIsWrongWithAQuestion) {
  const auto got = usage("?by=colour&from=yesterday&zone=Mars&x=1");
  EXPECT_EQ(got.status, 400u);
  for (const auto* path : {"by", "from", "zone", "x"})
    EXPECT_THAT(got.body, HasSubstr(R"("path":")" + std::string{path} + "\"")) << path;
  EXPECT_EQ(usage("?from=2026-11-02&to=2026-11-01").status, 400u);
}

TEST_F(UsageReport, TakesEachParameterOnceAndNoneWithoutAValue) {
  const struct {
    const char *query, *says;
  } wrong[] = {
      {"?tenant=", "tenant must not be empty"},
      {"?tenant=%20", "tenant must not be empty"},
      {"?from=", "from must not be empty"},
      {"?zone=", "zone must not be empty"},
      {"?tenant=salon-1&tenant=salon-2", "tenant is there twice"},
      {"?by=day&by=agent", "by is there twice"},
      {"?tenant=a%2Fb", "tenant must"},
      {"?colour=red", "colour is not known: tenant, from, to, zone and by are"},
      {"/drift?tenant=", "tenant must not be empty"},
      {"/drift?to=2026-11-22&to=2026-11-23", "to is there twice"},
      {"/variants?tenant=&a=old&b=new", R"("message":"tenant must not be empty")"},
      {"/variants?tenant=salon-1&a=old&a=older&b=new", "a is there twice"},
  };
  for (const auto& row : wrong) {
    const auto got = usage(row.query);
    EXPECT_EQ(got.status, 400u) << row.query;
    EXPECT_THAT(got.body, HasSubstr(row.says)) << row.query;
  }
  EXPECT_TRUE(stored->wanted.empty());
  EXPECT_EQ(usage("?by=").status, 200u) << "no groups";
}

TEST_F(UsageReport, TellsATenantThatNobodyIsFromOneWithoutCalls) {
  const std::string nosuch = "tenant=nosuch", both = "&a=old&b=new";
  for (const auto& query : {"?" + nosuch, "/variants?" + nosuch + both}) {
    const auto got = usage(query);
    EXPECT_EQ(got.status, 404u) << query;
    EXPECT_THAT(got.body, HasSubstr("tenant_not_found")) << query;
  }
  EXPECT_TRUE(stored->wanted.empty());
  EXPECT_EQ(usage("?tenant=salon-1").status, 200u);

  model::call_record record;  // it had calls, and has gone
  record.call = {"CA1"};
  record.tenant = {"nosuch"};
  record.state = model::call_state::ended;
  record.ended = record.started + 1min;
  record.reason = model::end_reason::caller_hung_up;
  stored->ended = {to_json(record)};
  for (const auto* variant : {"old", "new"}) used(variant, 1, true);
  for (const auto& query : {"?" + nosuch, "/variants?" + nosuch + both}) EXPECT_EQ(usage(query).status, 200u) << query;
}

TEST_F(UsageReport, AsksNobodyWhoATenantIsWhereThatCannotBeSaid) {
  auto doors = front_config();
  doors.registry = track_as<tenant_registry>(system.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](const find_tenant_by_id&) -> caf::result<found_tenant> {
      return caf::make_error(caf::sec::runtime_error, "away");
    }};
  }));
  open_doors(std::move(doors));
  EXPECT_EQ(usage("?tenant=salon-1").status, 200u);
  EXPECT_EQ(usage("/variants?tenant=salon-1&a=old&b=new").status, 503u) << "whose agents nobody knows";
}

TEST_F(UsageReport, NamesTheVariantsThatThereAre) {
  tenant->agents = {{{"agent_old"}, 50, "old"}, {{"agent_new"}, 0, "new"}, {{"agent_third"}, 1, ""}};
  replace(registry, {*tenant});
  used("former", 1);
  EXPECT_EQ(usage("/variants?tenant=salon-1&a=old&b=new").status, 200u) << "that have had no call";
  EXPECT_EQ(usage("/variants?tenant=salon-1&a=old&b=former").status, 200u) << "that has had one";
  const auto got = usage("/variants?tenant=salon-1&a=old&b=typo");
  EXPECT_EQ(got.status, 400u);
  EXPECT_THAT(got.body,
              HasSubstr(R"("message":"b is no variant of this tenant's: agent_third, former, new, old are")"));
}

TEST_F(UsageReport, CountsWhatAnotherAgentHadToServeAgainstTheVariantThatWasDrawn) {
  tenant->agents = {{{"agent_old"}, 50, "old"}, {{"agent_new"}, 50, "new"}};
  replace(registry, {*tenant});
  for (int n = 0; n < 200; ++n) {
    used(n % 2 == 0 ? "old" : "new", 1, true);
    stored->used.back().whose.agent = {"agent_old"};
  }
  for (const auto* outcome : {"success", "completed"}) {
    const auto got = usage("/variants?tenant=salon-1&a=old&b=new&outcome=" + std::string{outcome});
    EXPECT_THAT(got.body, HasSubstr(R"("variant":"old","calls":100,"successes":100)")) << outcome;
    EXPECT_THAT(got.body, HasSubstr(R"("variant":"new","calls":100,"successes":0)")) << outcome;
    EXPECT_THAT(got.body, HasSubstr(R"("better":"old")")) << outcome;
  }
}

TEST_F(UsageReport, ComparesTwoVariants) {
  for (int n = 0; n < 200; ++n) used(n % 2 == 0 ? "old" : "new", 1, n % 2 == 1 || n % 10 == 0);
  used("other", 1, true);
  used("old", 1);  // of which the vendor has said nothing
  const auto got = usage("/variants?tenant=salon-1&a=old&b=new");
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, HasSubstr(R"("variant":"old","calls":100,"successes":20)"));
  EXPECT_THAT(got.body, HasSubstr(R"("better":"new")"));
  EXPECT_EQ(usage("/variants?a=old&b=new").status, 400u) << "whose?";
  EXPECT_EQ(usage("/variants?tenant=salon-1&a=old&b=old").status, 400u);
}

TEST_F(UsageReport, CallsNoVariantBetterWhileTooFewOfTheOthersCallsAreJudged) {
  for (int n = 0; n < 100; ++n) used("old", 1, true);
  for (int n = 0; n < 90; ++n) used("new", 1);
  for (int n = 0; n < 10; ++n) {
    used("new", 1);
    stored->used.back().used.outcome = model::end_reason::agent_lost;
  }
  // Lost and found in turn, as they come.
  for (std::size_t n = 0; n < 10; ++n) std::swap(stored->used[n * 10], stored->used[190 + n]);
  for (auto& one : stored->used) one.whose.started = std::chrono::system_clock::now() - 2h;
  const auto got = usage("/variants?tenant=salon-1&a=old&b=new");
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, HasSubstr(R"("says":"too few calls are judged: 0 of 90 of new, 100 of 100 of old; )"));
  EXPECT_THAT(got.body, testing::Not(HasSubstr(R"("better")")));
  EXPECT_THAT(usage("/variants?tenant=salon-1&a=old&b=new&outcome=completed").body,
              testing::Not(HasSubstr("too few calls are judged")));
}

TEST_F(UsageReport, HoldsTheMeterAgainstTheBills) {
  model::call_record record;
  record.call = {"CA1"};
  record.tenant = {"salon-1"};
  record.started = model::parse_iso_time("2026-11-22T10:00:00.000Z").value();
  record.ended = record.started + 61s;
  record.metered_seconds = 61;
  record.cost.twilio = model::cost_part{{99'000, model::us_dollars}, true, model::cost_source::vendor, record.started};
  stored->ended = {to_json(record)};
  const auto got = usage("/drift?from=2026-11-22&to=2026-11-22");
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, HasSubstr(R"({"twilio":[{"tenantId":"salon-1","currency":"USD",)"));
  EXPECT_THAT(got.body, HasSubstr(R"("theirs":0.099,)"));
  EXPECT_THAT(got.body, HasSubstr(R"("flagged":true,"calls":1)"));
  EXPECT_EQ(usage("/drift?by=day").status, 400u) << "it has no groups";
}

TEST_F(UsageReport, TellsTheDaysThatAreKeptAndWhatIsBehindThem) {
  using namespace std::chrono;
  std::vector<drift_database::wanted> asked;
  drift_database::found found;
  auto& day = found.days.emplace_back();
  day.date = sys_days{2026y / November / 22};
  model::drift_row row;
  row.tenant = {"salon-1"};
  row.ours = 12'500, row.theirs = 99'000, row.calls = 1;
  day.twilio = {row};
  auto doors = front_config();
  doors.drift = track_as<drift_keeper>(system.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&](const read_drift& m) {
      asked.push_back(m.what);
      return drift_read{found};
    }};
  }));
  open_doors(std::move(doors));
  const auto got = usage("/drift?tenant=salon-1&from=2026-11-20T12:00Z&to=2026-11-23");
  EXPECT_EQ(got.status, 200u) << got.body;
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].tenant, model::tenant_id{"salon-1"});
  EXPECT_EQ(asked[0].from, sys_days{2026y / November / 20}) << "each day that it touches";
  EXPECT_EQ(asked[0].to, sys_days{2026y / November / 24});
  EXPECT_THAT(got.body, HasSubstr(R"("since":"2026-11-23T00:00:00.000Z","days":[{"day":"2026-11-22","twilio":[{)"
                                  R"("tenantId":"salon-1","currency":"USD","ours":0.0125,"theirs":0.099,)"));
  EXPECT_EQ(stored->queries.back().from, call_database::time{sys_days{2026y / November / 23}}) << "no call twice";
  EXPECT_THAT(got.body, HasSubstr(R"("listsRead":{"twilio":"none","elevenLabs":"none"})"));

  model::drift_row stranger, missed;
  missed.tenant = {"salon-1"};
  missed.only_theirs = {2, 17'000, {}, 90};
  stranger.only_theirs = {1, 8'500, {}, 30};
  day.twilio_bill = {drift_database::bill::read_type::all, {stranger, missed}};
  day.elevenlabs_bill.read = drift_database::bill::read_type::part;
  const auto with_unknown = usage("/drift?from=2026-11-22&to=2026-11-22").body;
  EXPECT_THAT(with_unknown, HasSubstr(R"("twilio":[{"tenantId":"","currency":"USD")"));
  EXPECT_THAT(with_unknown, HasSubstr(R"("onlyTheirs":{"count":1,"seconds":30,"amount":0.0085,"calls":[]}},{)"
                                      R"("tenantId":"salon-1","currency":"USD","ours":0.0125)"));
  EXPECT_THAT(with_unknown, HasSubstr(R"("onlyTheirs":{"count":2,"seconds":90,"amount":0.017,"calls":[]}}],)"));
  EXPECT_THAT(with_unknown, HasSubstr(R"("listsRead":{"twilio":"all","elevenLabs":"part"})"));
  found.is_all = false;
  EXPECT_EQ(usage("/drift").status, 400u);
}

}  // namespace
}  // namespace tonris::actors::test
