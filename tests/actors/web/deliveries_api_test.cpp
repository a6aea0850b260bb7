#include "actors/web/deliveries_api.hpp"

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using notice = notice_database::notice;
using state = notice_database::state;

/// What a keeper was asked, and what it answers.
struct kept_notices {
  std::vector<list_deliveries> listed;
  std::vector<redeliver_notice> asked_again;
  deliveries_listed page;
  bool away = false;
};

caf::behavior keeper_of(caf::event_based_actor*, std::shared_ptr<kept_notices> kept) {
  const auto away = [] { return caf::make_error(caf::sec::runtime_error, "away"); };
  return {[=](const list_deliveries& m) -> caf::result<deliveries_listed> {
            if (kept->away) return away();
            kept->listed.push_back(m);
            return kept->page;
          },
          [=](const redeliver_notice& m) -> caf::result<notice_redelivered> {
            if (kept->away) return away();
            kept->asked_again.push_back(m);
            notice_redelivered again;
            for (auto one : kept->page.page)
              if (one.id == m.id) {
                one.dead.reset();
                again.which.push_back(one);
              }
            return again;
          }};
}

class DeliveriesApi : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    notices = track_as<notice_keeper>(system.spawn(keeper_of, kept_by_it));
    auto front_settings = front_config();
    front_settings.notices = notices;
    open_doors(std::move(front_settings));
    notice one;
    one.id = "msg_1";
    one.to = {tenant->id.value, "crm"};
    one.event = "call.ended";
    one.call = some_call.value;
    one.body = R"({"from":"+15550100001"})";
    one.queued = notice_database::time{1'800'000'000s};
    one.attempts = 9;
    one.last_attempt = one.dead = one.queued + 24h;
    one.last_status = 503;
    one.last_error = "HTTP 503";
    kept_by_it->page.page.push_back(one);
  }
  void TearDown() override {
    notices = nullptr;
    FrontTest::TearDown();
  }
  std::string path(const std::string& rest = "") const {
    return "/api/tenants/" + tenant->id.value + "/webhooks/deliveries" + rest;
  }

  std::shared_ptr<kept_notices> kept_by_it = std::make_shared<kept_notices>();
  notice_keeper notices;
};

TEST_F(DeliveriesApi, ShowsWhatWasNotDeliveredAndNotWhatIsInIt) {
  const auto got = api("GET", path(), "admin");
  EXPECT_EQ(got.status, 200u);
  EXPECT_EQ(got.body, R"({"items":[{"id":"msg_1","webhook":"crm","event":"call.ended","callSid":")" + some_call.value +
                          R"(","state":"dead","queuedAt":"2027-01-15T08:00:00.000Z","attempts":9,)"
                          R"("lastAttemptAt":"2027-01-16T08:00:00.000Z","lastStatus":503,"lastError":"HTTP 503",)"
                          R"("deadAt":"2027-01-16T08:00:00.000Z"}]})");
  ASSERT_EQ(kept_by_it->listed.size(), 1u);
  EXPECT_EQ(kept_by_it->listed[0].tenant, tenant->id);
  EXPECT_EQ(kept_by_it->listed[0].is, state::dead);
  EXPECT_EQ(kept_by_it->listed[0].before, 0);
}

TEST_F(DeliveriesApi, ShowsAPartOfIt) {
  kept_by_it->page.next = 41;
  const auto got = api("GET", path("?state=waiting&limit=7&cursor=42"), "admin");
  EXPECT_THAT(got.body, HasSubstr(R"(],"nextCursor":"41"})"));
  EXPECT_EQ(kept_by_it->listed[0].is, state::waiting);
  EXPECT_EQ(kept_by_it->listed[0].most, 7u);
  EXPECT_EQ(kept_by_it->listed[0].before, 42);
}

TEST_F(DeliveriesApi, RefusesWhatItDoesNotKnow) {
  for (const auto* query :
       {"state=lost", "limit=0", "limit=201", "limit=x", "cursor=-1", "cursor=", "event=x", "state=%"})
    EXPECT_EQ(api("GET", path("?" + std::string{query}), "admin").status, 400u) << query;
}

TEST_F(DeliveriesApi, HasOneDeliveredAgain) {
  const auto got = api("POST", path("/msg_1/redeliver"), "admin");
  EXPECT_EQ(got.status, 202u);
  EXPECT_THAT(got.body, HasSubstr(R"("id":"msg_1")"));
  EXPECT_THAT(got.body, HasSubstr(R"("state":"waiting")"));
  EXPECT_EQ(kept_by_it->asked_again[0].tenant, tenant->id);
  EXPECT_EQ(api("POST", path("/msg_9/redeliver"), "admin").status, 404u);
}

TEST_F(DeliveriesApi, IsTheTenantsWhoMayChangeItsSettings) {
  const auto id = tenant->id.value;
  EXPECT_EQ(api("GET", path(), make_key(id, {model::scope::settings})).status, 200u);
  EXPECT_EQ(api("POST", path("/msg_1/redeliver"), make_key(id, {model::scope::settings})).status, 202u);
  EXPECT_EQ(api("GET", path(), make_key(id, {model::scope::read})).status, 403u);
  EXPECT_EQ(api("POST", path("/msg_1/redeliver"), make_key(id, {model::scope::read})).status, 403u);
  const auto other = api("GET", path(), make_key("salon-2", {model::scope::settings}));
  EXPECT_EQ(other.status, 404u);
  EXPECT_THAT(other.body, HasSubstr("tenant_not_found"));
  EXPECT_EQ(api("GET", "/api/tenants/nobody/webhooks/deliveries", "admin").status, 404u);
}

TEST_F(DeliveriesApi, IsUnavailableWhileTheStoreIs) {
  kept_by_it->away = true;
  EXPECT_EQ(api("GET", path(), "admin").status, 503u);
  EXPECT_EQ(api("POST", path("/msg_1/redeliver"), "admin").status, 503u);
}

}  // namespace
}  // namespace tonris::actors::test
