#include "actors/drift/bills.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/call/record.hpp"
#include "model/usage_report/unknown_bills.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using read_type = drift_database::bill::read_type;

const sys_days day = 2026y / November / 20;
const std::string main_account = "AC00000000000000000000000000000001",
                  own_account = "AC00000000000000000000000000000002";

std::string sid_of(int n) {
  const auto number = std::to_string(n);
  return "CA" + std::string(32 - number.size(), '0') + number;
}
/// A call as Twilio lists it, of a minute of that day.
std::string listed(int n, const std::string& more = "") {
  return R"({"sid":")" + sid_of(n) + R"(","direction":"inbound","to":"+15550100002","from":"+15550100001",)" + more +
         R"("duration":"61","price":"-0.01700","price_unit":"USD","start_time":"Fri, 20 Nov 2026 11:00:01 +0000"})";
}
std::string calls_page(const std::vector<std::string>& calls, const std::string& next = "") {
  std::string all;
  for (const auto& one : calls) all += (all.empty() ? "" : ",") + one;
  return R"({"calls":[)" + all + R"(],"next_page_uri":)" +
         (next.empty() ? "null" : "\"/2010-04-01/Accounts/" + main_account + "/Calls.json?" + next + "\"") + "}";
}
std::string talk(const std::string& id, const std::string& agent, seconds at = sys_days{day}.time_since_epoch() + 11h) {
  return R"({"conversation_id":")" + id + R"(","agent_id":")" + agent + R"(","start_time_unix_secs":)" +
         std::to_string(at.count()) + R"(,"call_duration_secs":60})";
}
std::string talks_page(const std::vector<std::string>& talks, const std::string& cursor = "") {
  std::string all;
  for (const auto& one : talks) all += (all.empty() ? "" : ",") + one;
  return R"({"conversations":[)" + all + R"(],"has_more":)" + (cursor.empty() ? "false" : "true") +
         R"(,"next_cursor":)" + (cursor.empty() ? "null" : "\"" + cursor + "\"") + "}";
}
vendor_document page(std::string body) {
  return {vendor_document::outcome::found, std::move(body)};
}

class BillReader : public ActorTest {
 protected:
  void SetUp() override {
    store = track_as<call_store>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const find_calls& m) -> caf::result<found_calls> {
        queries.push_back(m.query);
        if (store_is_away) return caf::make_error(caf::sec::runtime_error, "away");
        found_calls found;
        for (const auto& one : records) {
          if (one.started < *m.query.from || one.started >= *m.query.to || found.records.size() >= m.query.limit)
            continue;
          if (m.query.after && !comes_before(*m.query.after, place_of(one))) continue;
          found.records.push_back(to_json(one));
          if (found.records.size() == m.query.limit) found.last = place_of(one);
        }
        return found;
      }};
    }));
    tenants = track_as<tenant_store>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const read_tenant_page& m) {
        tenant_page_read read;
        for (const auto& [id, one] : known)
          if (id > m.after.value && read.page.tenants.size() < m.most)
            read.page.tenants.push_back({one.id, "1-a", to_json(one)});
        if (read.page.tenants.size() == m.most) read.page.last = read.page.tenants.back().id;
        return read;
      }};
    }));
    registry = track_as<tenant_registry>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const find_tenant_by_id& m) { return found_tenant{of(m.id.value)}; },
              [this](const find_tenant& m) {
                looked_up.push_back(m.number);
                for (const auto& [id, one] : known)
                  if (one.phone_number == m.number) return found_tenant{of(id)};
                return found_tenant{};
              }};
    }));
    twilio = track_as<twilio_rest>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const ask_twilio& m) {
        asked.push_back(m);
        auto& answers = at_twilio[m.as.sid.value];
        if (answers.empty()) return twilio_answer{200, calls_page({})};
        auto answer = answers.front();
        if (answers.size() > 1 || !repeats) answers.pop_front();
        return answer;
      }};
    }));
    elevenlabs = track_as<vendor_api>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const fetch_conversations& m) {
        fetched.push_back(m);
        auto& answers = at_elevenlabs[m.tenant ? m.tenant->id.value : ""];
        if (answers.empty()) return page(talks_page({}));
        auto answer = answers.front();
        answers.pop_front();
        return answer;
      }};
    }));
    bill_reader_settings with;
    with.calls = store;
    with.tenants = tenants;
    with.registry = registry;
    with.twilio = twilio;
    with.elevenlabs = elevenlabs;
    with.main = {{main_account}, tonris::config::secret{"token"}};
    with.by_business = [] { return std::make_shared<const model::business_types>(); };
    with.default_agent = {"agent_default"};
    with.rates = std::make_shared<const model::rate_card>(model::rate_card::standard());
    with.counters = &counters;
    reader = track_as<bill_reader>(caf::actor_cast<caf::actor>(read_bills(system, std::move(with))));
    settle();
  }
  void TearDown() override {
    store = nullptr;
    tenants = nullptr;
    registry = nullptr;
    twilio = nullptr;
    elevenlabs = nullptr;
    reader = nullptr;
    ActorTest::TearDown();
  }
  tenant_ptr of(const std::string& id) const {
    const auto found = known.find(id);
    return found == known.end() ? nullptr : std::make_shared<const model::tenant>(found->second);
  }
  model::tenant& tenant_of(const std::string& id, const std::string& number, const std::string& agent = "") {
    auto& one = known[id];
    one.id = {id};
    one.name = id;
    one.phone_number = number;
    one.agent = {agent};
    return one;
  }
  /// A record of ours, of that many hours after the day's beginning.
  void record(int n, const std::string& conversation = "", hours at = 11h) {
    model::call_record one;
    one.call = {sid_of(n)};
    one.tenant = {"salon"};
    one.started = day + at + milliseconds{n};
    one.ended = one.started + 61s;
    if (!conversation.empty()) one.conversations.push_back({{conversation}, one.started, one.ended, 1000});
    records.insert(records.begin(), std::move(one));
  }
  struct listing {
    std::optional<bills_listed> listed;
    bool failed = false;
  };
  std::shared_ptr<listing> list() {
    auto got = std::make_shared<listing>();
    system.spawn([got, to = reader](caf::event_based_actor* self) {
      self->request(to, caf::infinite, list_bills{day})
          .then([got](const bills_listed& listed) { got->listed = listed; },
                [got](const caf::error&) { got->failed = true; });
    });
    settle();
    return got;
  }
  bills_listed listed_in(minutes most) {
    const auto got = list();
    for (auto passed = 0s; passed < most && !got->listed && !got->failed; passed += 1s) pass(1s);
    EXPECT_TRUE(got->listed);
    return got->listed.value_or(bills_listed{});
  }
  double lists(const std::string& vendor, const std::string& outcome) {
    return counted(R"(tonris_bill_lists_total{outcome=")" + outcome + R"(",vendor=")" + vendor + "\"}");
  }

  std::vector<model::call_record> records;  ///< the newest first
  std::vector<model::call_query> queries;
  std::map<std::string, model::tenant> known;
  std::map<std::string, std::deque<twilio_answer>> at_twilio;        ///< by account
  std::map<std::string, std::deque<vendor_document>> at_elevenlabs;  ///< by tenant; "": the gateway's key
  std::vector<ask_twilio> asked;
  std::vector<fetch_conversations> fetched;
  std::vector<std::string> looked_up;
  bool store_is_away = false;
  bool repeats = false;  ///< the last of Twilio's answers is given again and again
  call_store store;
  tenant_store tenants;
  tenant_registry registry;
  twilio_rest twilio;
  vendor_api elevenlabs;
  bill_reader reader;
};

TEST_F(BillReader, FindsWhatTwilioBillsAndNobodyHereHasSeen) {
  tenant_of("salon", "+15550100002");
  record(1);
  record(2, "", 24h);  // of the next day by our clock
  at_twilio[main_account] = {{200, calls_page({listed(3), listed(2)}, "Page=1")},
                             {200, calls_page({listed(1), listed(4, R"("parent_call_sid":")" + sid_of(1) + R"(",)")})}};
  const auto got = listed_in(1min);
  EXPECT_EQ(got.twilio.read, read_type::all);
  EXPECT_FALSE(got.is_to_come);
  ASSERT_EQ(got.twilio.unknown.size(), 1u);
  EXPECT_EQ(got.twilio.unknown[0].tenant.value, "salon");
  EXPECT_EQ(got.twilio.unknown[0].only_theirs, (model::drift_row::stray_calls{1, 17'000, {{sid_of(3)}}, 61}));
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_THAT(asked[0].target, HasSubstr("StartTime%3E=2026-11-20T00%3A00%3A00Z&StartTime%3C=2026-11-21"));
  EXPECT_EQ(asked[1].target, "/2010-04-01/Accounts/" + main_account + "/Calls.json?Page=1");
  EXPECT_EQ(looked_up, std::vector<std::string>{"+15550100002"}) << "once";
  EXPECT_EQ(lists("twilio", "read"), 1);
}

TEST_F(BillReader, FindsWhatAnotherClientHasSpentOfAKey) {
  tenant_of("salon", "+15550100002", "agent_1");
  record(1, "conv_1");
  at_elevenlabs[""] = {page(talks_page({talk("conv_2", "agent_1"), talk("conv_1", "agent_1")}, "c2")),
                       page(talks_page({talk("conv_3", "agent_of_a_stranger"),
                                        talk("conv_4", "agent_1", sys_days{day}.time_since_epoch() - 1s)}))};
  const auto got = listed_in(1min);
  EXPECT_EQ(got.elevenlabs.read, read_type::all);
  ASSERT_EQ(got.elevenlabs.unknown.size(), 2u);
  EXPECT_EQ(got.elevenlabs.unknown[0].tenant.value, "");
  EXPECT_EQ(got.elevenlabs.unknown[0].only_theirs.calls, (std::vector<model::call_sid>{{"conv_3"}}));
  EXPECT_EQ(got.elevenlabs.unknown[1].tenant.value, "salon");
  EXPECT_EQ(got.elevenlabs.unknown[1].only_theirs.calls, (std::vector<model::call_sid>{{"conv_2"}}));
  EXPECT_EQ(got.elevenlabs.unknown[1].only_theirs.seconds, 60);
  ASSERT_EQ(fetched.size(), 2u);
  EXPECT_EQ(fetched[1].cursor, "c2");
}

TEST_F(BillReader, ReadsTheAccountsAndKeysThatTenantsHaveOfTheirOwn) {
  auto& own = tenant_of("own", "+15550100003").secrets;
  own.account = {own_account};
  own.auth_tokens = {model::tenant_secret::form::plain, "his-token,older"};
  own.api_key = {model::tenant_secret::form::plain, "xi-own"};
  auto& sealed = tenant_of("sealed", "+15550100004").secrets;
  sealed.account = {"AC00000000000000000000000000000003"};
  sealed.auth_tokens = {model::tenant_secret::form::sealed, "1.k1.AAAA.BBBB"};
  at_twilio[own_account] = {{200, calls_page({listed(7)})}};
  at_elevenlabs["own"] = {page(talks_page({talk("conv_7", "agent_x")}))};
  const auto got = listed_in(1min);
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[1].as.sid.value, own_account);
  EXPECT_EQ(asked[1].as.token.reveal(), "his-token");
  EXPECT_EQ(got.twilio.unknown.at(0).tenant.value, "own") << "whose account it is, where nobody has the number";
  EXPECT_EQ(got.elevenlabs.unknown.at(0).tenant.value, "own");
  EXPECT_EQ(got.twilio.read, read_type::part) << "one account's token cannot be opened";
  EXPECT_FALSE(got.is_to_come) << "nor can it an hour later";
  EXPECT_EQ(lists("twilio", "refused"), 1);
  EXPECT_EQ(got.elevenlabs.read, read_type::all);
}

TEST_F(BillReader, AsksAgainForAPageThatFails) {
  at_twilio[main_account] = {
      {0, "", "no answer"}, {429, "{}"}, {200, "<html>Bad Gateway</html>"}, {200, calls_page({listed(3)})}};
  at_elevenlabs[""] = {{}, page("not JSON"), page(talks_page({talk("conv_2", "agent_1")}))};
  const auto got = listed_in(5min);
  EXPECT_EQ(asked.size(), 4u);
  EXPECT_EQ(got.twilio.read, read_type::all);
  EXPECT_EQ(model::calls_only_theirs(got.twilio.unknown), 1u);
  EXPECT_EQ(model::calls_only_theirs(got.elevenlabs.unknown), 1u);
  EXPECT_FALSE(got.is_to_come);
}

TEST_F(BillReader, LeavesAListThatFailsForLaterAndKeepsWhatItHasRead) {
  at_twilio[main_account] = {{200, calls_page({listed(3)}, "Page=1")}, {503, "{}"}};
  repeats = true;
  const auto got = listed_in(5min);
  EXPECT_EQ(asked.size(), 1 + bill_reader_settings::most_tries);
  EXPECT_EQ(got.twilio.read, read_type::part);
  EXPECT_EQ(model::calls_only_theirs(got.twilio.unknown), 1u);
  EXPECT_TRUE(got.is_to_come);
  EXPECT_EQ(got.elevenlabs.read, read_type::all) << "the other vendor's is read all the same";
  EXPECT_EQ(lists("twilio", "failed"), 1);
}

TEST_F(BillReader, DoesNotAskAgainWhereItsTokenOpensNothing) {
  at_twilio[main_account] = {{401, "{}"}};
  at_elevenlabs[""] = {{vendor_document::outcome::bad_key}};
  const auto got = listed_in(1min);
  EXPECT_EQ(asked.size(), 1u);
  EXPECT_EQ(got.twilio.read, read_type::none);
  EXPECT_EQ(got.elevenlabs.read, read_type::none);
  EXPECT_FALSE(got.is_to_come);
  EXPECT_EQ(lists("elevenlabs", "refused"), 1);
}

TEST_F(BillReader, ReadsNoEndlessList) {
  std::vector<std::string> many;
  for (std::size_t n = 0; n < model::twilio_calls_a_page; ++n) many.push_back(listed(1));
  record(1);
  // Two pages that lead to each other.
  constexpr auto pages = bill_reader_settings::most_listed / model::twilio_calls_a_page + 1;
  auto& answers = at_twilio[main_account];
  for (std::size_t n = 0; n < pages + 10; ++n)
    answers.push_back({200, calls_page(many, n % 2 == 0 ? "Page=1" : "Page=2")});
  const auto got = listed_in(10min);
  EXPECT_EQ(asked.size(), pages);
  EXPECT_EQ(got.twilio.read, read_type::part);
  EXPECT_FALSE(got.is_to_come) << "it would be no shorter later";
  EXPECT_EQ(lists("twilio", "cut"), 1);
}

TEST_F(BillReader, EndsWithAListThatLeadsToItself) {
  at_twilio[main_account] = {{200, calls_page({listed(3)}, "Page=1")}, {200, calls_page({listed(3)}, "Page=1")}};
  EXPECT_EQ(listed_in(1min).twilio.read, read_type::part);
  EXPECT_EQ(asked.size(), 2u);
}

TEST_F(BillReader, GoesSlowlyAndOneDayAtATime) {
  at_twilio[main_account] = {{200, calls_page({listed(3)}, "Page=1")}, {200, calls_page({listed(4)})}};
  const auto got = list();
  pass(100ms);
  pass(100ms);
  ASSERT_EQ(asked.size(), 1u);
  pass(bill_reader_settings::pause - 100ms);
  EXPECT_EQ(asked.size(), 1u);
  EXPECT_TRUE(list()->failed) << "another asks meanwhile";
  pass(100ms);
  EXPECT_EQ(asked.size(), 2u);
  for (int n = 0; n < 5; ++n) pass(1s);
  EXPECT_TRUE(got->listed);
}

TEST_F(BillReader, SaysNothingWhereOurOwnRecordsCannotBeRead) {
  store_is_away = true;
  const auto got = list();
  pass(1s);
  EXPECT_TRUE(got->failed) << "else every call would be unknown";
  EXPECT_THAT(asked, IsEmpty());
  store_is_away = false;
  EXPECT_EQ(listed_in(1min).twilio.read, read_type::all);
}

TEST_F(BillReader, ReadsManyRecordsAndTenantsPageAfterPage) {
  for (std::size_t n = 0; n < bill_reader_settings::tenants_a_page + 1; ++n)
    tenant_of("tenant-" + std::to_string(1000 + n), "+1555010" + std::to_string(1000 + n));
  for (std::size_t n = 1; n <= bill_reader_settings::page + 1; ++n) record(static_cast<int>(n));
  at_twilio[main_account] = {{200, calls_page({listed(1), listed(static_cast<int>(bill_reader_settings::page) + 1)})}};
  EXPECT_THAT(listed_in(1min).twilio.unknown, IsEmpty());
  EXPECT_EQ(queries.size(), 2u);
  EXPECT_EQ(queries[0].from, call_database::time{day - days{1}});
  EXPECT_EQ(queries[0].to, call_database::time{day + days{1} + 1h});
}

}  // namespace
}  // namespace tonris::actors::test
