#include "actors/web/calls_list.hpp"

#include <chrono>
#include <string>

#include "model/finding/call_line.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const model::call_record::time noon{1'795'341'600s};

class CallsList : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  model::call_record call(const std::string& sid, std::chrono::seconds after = 0s) {
    model::call_record record;
    record.call = {sid};
    record.tenant = {"salon-1"};
    record.from = "+15550100001";
    record.to = "+15550100002";
    record.started = noon + after;
    return record;
  }
  void ended(const std::string& sid, std::chrono::seconds after = 0s) {
    auto record = call(sid, after);
    record.state = model::call_state::ended;
    record.ended = record.started + 1min;
    record.reason = model::end_reason::caller_hung_up;
    stored->ended.insert(stored->ended.begin(), to_json(record));
  }
  /// By a newer version, say.
  void is_unreadable(std::size_t from_the_newest) { stored->ended.at(from_the_newest).insert(0, "?"); }
  std::vector<std::string> listed(const std::string& query, const std::string& shown = "admin") {
    last = api("GET", "/api/calls" + query, shown);
    std::vector<std::string> sids;
    for (auto at = last.body.find(R"("callSid":")"); at != std::string::npos;
         at = last.body.find(R"("callSid":")", at + 1))
      sids.push_back(last.body.substr(at + 11, last.body.find('"', at + 11) - at - 11));
    return sids;
  }
  std::string next_cursor() {
    const auto at = last.body.find(R"("nextCursor":")");
    return at == std::string::npos ? "" : last.body.substr(at + 14, last.body.find('"', at + 14) - at - 14);
  }
  answer last;
};

TEST_F(CallsList, HasWhatGoesOnAndWhatHasEndedTheNewestFirst) {
  ended("CA1", 1s);
  ended("CA3", 3s);
  calls->live->put(call("CA2", 2s), noon);
  EXPECT_THAT(listed(""), ElementsAre("CA3", "CA2", "CA1"));
  EXPECT_THAT(listed("?live=true"), ElementsAre("CA2"));
  EXPECT_THAT(last.body, HasSubstr(R"("state":"ringing")"));
  EXPECT_EQ(stored->queries.size(), 1u) << "the store knows none that goes on";
}

TEST_F(CallsList, HasEachOnceWhoeverKnowsIt) {
  ended("CA1");
  calls->live->put(call("CA1"), noon);
  EXPECT_THAT(listed(""), ElementsAre("CA1"));
  EXPECT_THAT(last.body, HasSubstr(R"("state":"ringing")")) << "its caller is back";
}

TEST_F(CallsList, GoesOnWhereAPartHasEnded) {
  for (int n = 1; n <= 5; ++n) ended("CA" + std::to_string(n), std::chrono::seconds{n});
  EXPECT_THAT(listed("?limit=2"), ElementsAre("CA5", "CA4"));
  ended("CA9", 1h);
  EXPECT_THAT(listed("?limit=2&cursor=" + next_cursor()), ElementsAre("CA3", "CA2"));
  EXPECT_THAT(listed("?limit=2&cursor=" + next_cursor()), ElementsAre("CA1"));
  EXPECT_EQ(next_cursor(), "");
}

TEST_F(CallsList, GoesOnBehindWhatThisVersionCannotRead) {
  for (int n = 1; n <= 6; ++n) ended("CA" + std::to_string(n), std::chrono::seconds{n});
  for (const std::size_t unread : {1U, 2U, 3U}) is_unreadable(unread);  // CA5, CA4, CA3
  calls->live->put(call("CA0", 0s), noon);
  EXPECT_THAT(listed("?limit=2"), ElementsAre("CA6"));
  EXPECT_THAT(listed("?limit=2&cursor=" + next_cursor()), ElementsAre("CA2", "CA1"));
  EXPECT_THAT(listed("?limit=2&cursor=" + next_cursor()), ElementsAre("CA0"));
  EXPECT_EQ(next_cursor(), "");
}

TEST_F(CallsList, IsExportedBehindWhatThisVersionCannotRead) {
  for (int n = 0; n < 1203; ++n) ended("CA" + std::to_string(10'000 + n), std::chrono::seconds{n});
  for (std::size_t unread = 0; unread < 1200; ++unread) is_unreadable(unread);
  const auto lines = api("GET", "/api/calls/export?format=ndjson&tenant=salon-1", "admin");
  for (const auto* sid : {"CA10002", "CA10001", "CA10000"}) EXPECT_THAT(lines.body, HasSubstr(sid));
  EXPECT_EQ(stored->queries.size(), 3u);
}

TEST_F(CallsList, ShowsATenantItsOwnAndNumbersToWhomMaySeeThem) {
  ended("CA1");
  const auto reads = make_key("salon-1", {model::scope::read});
  const auto acts = make_key("salon-1", {model::scope::read, model::scope::control});
  EXPECT_THAT(listed("", reads), ElementsAre("CA1"));
  EXPECT_EQ(stored->queries.back().tenant, model::tenant_id{"salon-1"});
  EXPECT_THAT(last.body, HasSubstr(R"("from":"+1555...")"));
  EXPECT_THAT(listed("?tenant=salon-1", acts), ElementsAre("CA1"));
  EXPECT_THAT(last.body, HasSubstr(R"("from":"+15550100001")"));
  EXPECT_THAT(listed("?tenant=salon-2", reads), IsEmpty());
  EXPECT_EQ(last.status, 404u);
  (void)listed("?tenant=salon-2");
  EXPECT_EQ(stored->queries.back().tenant, model::tenant_id{"salon-2"}) << "the operator asks for whom he likes";
}

TEST_F(CallsList, TellsATenantThatNobodyIsFromOneWithoutCalls) {
  for (const auto* path : {"?tenant=nosuch", "?tenant=nosuch&live=true", "/export?format=csv&tenant=nosuch"}) {
    (void)listed(path);
    EXPECT_EQ(last.status, 404u) << path;
    EXPECT_THAT(last.body, HasSubstr("tenant_not_found")) << path;
  }
  (void)listed("?tenant=salon-1");
  EXPECT_EQ(last.status, 200u);
  (void)listed("/export?format=csv&tenant=salon-1");
  EXPECT_EQ(last.status, 200u);
}

TEST_F(CallsList, StillHasTheCallsOfATenantThatHasGone) {
  auto goes_on = call("CA2", 2s);
  goes_on.tenant = {"gone"};
  calls->live->put(goes_on, noon);
  EXPECT_THAT(listed("?tenant=gone"), ElementsAre("CA2"));
  calls->live->remove({"CA2"});
  ended("CA1");
  EXPECT_THAT(listed("?tenant=gone"), ElementsAre("CA1"));
  EXPECT_EQ(api("GET", "/api/calls/export?format=ndjson&tenant=gone", "admin").status, 200u);
}

/// Else it is found digit by digit.
TEST_F(CallsList, TellsNoNumberToWhomMaySeeNone) {
  ended("CA1");
  const auto reads = make_key("salon-1", {model::scope::read});
  const auto acts = make_key("salon-1", {model::scope::read, model::scope::control});
  for (const auto* const number : {"%2B15550*", "%2B15550100001*", "*0001"}) {
    const auto by = "number=" + std::string{number};
    for (const auto& path : {"/api/calls?" + by, "/api/calls/export?format=ndjson&" + by}) {
      const auto refused = api("GET", path, reads);
      EXPECT_EQ(refused.status, 403u) << path;
      EXPECT_THAT(refused.body, HasSubstr("+4570*")) << path;
      EXPECT_EQ(api("GET", path, acts).status, 200u) << path;
      EXPECT_EQ(api("GET", path, "admin").status, 200u) << path;
    }
  }
  for (const auto* const number : {"%2B1555*", "%2B15550100001"})
    EXPECT_THAT(listed("?number=" + std::string{number}, reads), ElementsAre("CA1")) << number;
}

TEST_F(CallsList, SaysAllThatIsWrongWithAQuestion) {
  (void)listed("?limit=0&reason=rain&colour=red&from=yesterday");
  EXPECT_EQ(last.status, 400u);
  for (const auto* path : {"limit", "reason", "colour", "from"})
    EXPECT_THAT(last.body, HasSubstr(R"("path":")" + std::string{path} + "\"")) << path;
}

TEST_F(CallsList, IsExportedWhole) {
  for (int n = 1; n <= 3; ++n) ended("CA" + std::to_string(n), std::chrono::seconds{n});
  const auto lines = api("GET", "/api/calls/export?format=ndjson&tenant=salon-1", "admin");
  EXPECT_EQ(lines.status, 200u);
  EXPECT_THAT(lines.head, HasSubstr("application/x-ndjson"));
  EXPECT_THAT(lines.body, HasSubstr(R"("callSid":"CA3")"));
  EXPECT_THAT(lines.body, HasSubstr(R"("callSid":"CA1")"));
  const auto csv = api("GET", "/api/calls/export?format=csv", make_key("salon-1", {model::scope::read}));
  EXPECT_THAT(csv.head, HasSubstr("text/csv"));
  EXPECT_THAT(csv.body, HasSubstr(std::string{model::csv_header()}));
  EXPECT_THAT(csv.body, HasSubstr("+1555..."));
  EXPECT_THAT(csv.body, Not(HasSubstr("+15550100001")));
  EXPECT_EQ(stored->queries.back().tenant, model::tenant_id{"salon-1"});
  EXPECT_EQ(api("GET", "/api/calls/export?format=xml", "admin").status, 400u);
  EXPECT_EQ(api("GET", "/api/calls/export?limit=5", "admin").status, 400u);
}

}  // namespace
}  // namespace tonris::actors::test
