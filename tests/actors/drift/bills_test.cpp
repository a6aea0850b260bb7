#include "actors/drift/bills.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/call/record.hpp"
#include "model/usage_report/unknown_bills.hpp"
#include "tests/actors/fixture.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

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
std::string calls_page(const std::vector<std::string>& calls, const std::string& next = "",
                       const std::string& account = main_account) {
  std::string all;
  for (const auto& one : calls) all += (all.empty() ? "" : ",") + one;
  return R"({"calls":[)" + all + R"(],"next_page_uri":)" +
         (next.empty() ? "null" : "\"/2010-04-01/Accounts/" + account + "/Calls.json?" + next + "\"") + "}";
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
        return found_by(m.query);
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
      return {[this](const ask_twilio& m) { return answer_to(m); }};
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
  found_calls found_by(const model::call_query& query) const {
    found_calls found;
    for (const auto& one : records) {
      if (one.started < *query.from || one.started >= *query.to || found.records.size() >= query.limit) continue;
      if (query.after && !comes_before(*query.after, place_of(one))) continue;
      found.records.push_back(to_json(one));
      if (found.records.size() == query.limit) found.last = place_of(one);
    }
    if (!query.after) found.records.insert(found.records.end(), other_records.begin(), other_records.end());
    return found;
  }
  twilio_answer answer_to(const ask_twilio& question) {
    asked.push_back(question);
    const auto& account = question.as.sid.value;
    if (endless.contains(account)) {
      const bool is_first = question.target.find("?Page=1") == std::string::npos;
      return {200, calls_page({listed(1)}, is_first ? "Page=1" : "Page=2", account)};
    }
    auto& answers = at_twilio[account];
    if (answers.empty()) return {200, calls_page({})};
    auto answer = answers.front();
    if (answers.size() > 1 || !repeats) answers.pop_front();
    return answer;
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
  /// With an account of its own; without a token it is sealed.
  void tenant_with_account(const std::string& id, const std::string& account, const std::string& token) {
    auto& own = tenant_of(id, "+15550101" + account.substr(account.size() - 3)).secrets;
    own.account = {account};
    using form = model::tenant_secret::form;
    own.auth_tokens =
        token.empty() ? model::tenant_secret{form::sealed, "1.k1.AAAA.BBBB"} : model::tenant_secret{form::plain, token};
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
  std::shared_ptr<listing> list(sys_days of = day) {
    auto got = std::make_shared<listing>();
    system.spawn([got, of, to = reader](caf::event_based_actor* self) {
      self->request(to, caf::infinite, list_bills{of})
          .then([got](const bills_listed& listed) { got->listed = listed; },
                [got](const caf::error&) { got->failed = true; });
    });
    settle();
    return got;
  }
  bills_listed listed_in(minutes most, sys_days of = day) {
    const auto got = list(of);
    for (auto passed = 0s; passed < most && !got->listed && !got->failed; passed += 1s) pass(1s);
    EXPECT_TRUE(got->listed);
    return got->listed.value_or(bills_listed{});
  }
  /// The accounts that were asked, from that question on.
  std::vector<std::string> accounts_asked(std::size_t from = 0) const {
    std::vector<std::string> accounts;
    for (auto n = from; n < asked.size(); ++n) accounts.push_back(asked[n].as.sid.value);
    return accounts;
  }
  void fails(const std::string& account) {
    auto& answers = at_twilio[account];
    for (unsigned n = 0; n < bill_reader_settings::most_tries; ++n) answers.push_back({503, "{}"});
  }
  static std::vector<std::string> unknown_in(const drift_database::bill& bill) {
    std::vector<std::string> calls;
    for (const auto& row : bill.unknown)
      for (const auto& call : row.only_theirs.calls) calls.push_back(call.value);
    std::ranges::sort(calls);
    return calls;
  }
  double lists(const std::string& vendor, const std::string& outcome) {
    return counted(R"(tonris_bill_lists_total{outcome=")" + outcome + R"(",vendor=")" + vendor + "\"}");
  }

  std::vector<model::call_record> records;  ///< the newest first
  std::vector<std::string> other_records;   ///< behind them, as they are
  std::vector<model::call_query> queries;
  std::map<std::string, model::tenant> known;
  std::map<std::string, std::deque<twilio_answer>> at_twilio;        ///< by account
  std::map<std::string, std::deque<vendor_document>> at_elevenlabs;  ///< by tenant; "": the gateway's key
  std::vector<ask_twilio> asked;
  std::vector<fetch_conversations> fetched;
  std::vector<std::string> looked_up;
  std::set<std::string> endless;  ///< accounts: a page leads to another, which leads to it
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

// --- a day that one attempt is not enough for

const std::string third_account = "AC00000000000000000000000000000003",
                  fourth_account = "AC00000000000000000000000000000004",
                  fifth_account = "AC00000000000000000000000000000005";

TEST_F(BillReader, LetsNoSlowAccountUseUpTheTimeOfOthers) {
  captured_log log;
  record(1);
  tenant_with_account("slow", own_account, "token-2");
  tenant_with_account("away", third_account, "token-3");
  tenant_with_account("quick", fourth_account, "token-4");
  endless = {own_account};
  fails(third_account);
  at_twilio[fourth_account] = {{200, calls_page({listed(7)})}};
  const auto got = listed_in(40min);
  EXPECT_EQ(unknown_in(got.twilio), std::vector{sid_of(7)});
  EXPECT_EQ(got.twilio.read, read_type::part);
  EXPECT_TRUE(got.is_to_come);
  const auto order = accounts_asked();
  const auto turn = std::ranges::find(order, fourth_account) - std::ranges::find(order, own_account);
  EXPECT_LE(turn, bill_reader_settings::a_turn / bill_reader_settings::pause + 2) << "a turn, and one that is away";
  EXPECT_EQ(lists("twilio", "read"), 2);
  EXPECT_EQ(lists("twilio", "failed"), 1);
  EXPECT_EQ(lists("twilio", "to_come"), 1) << "it is slow, and has not failed";
  const auto said = log.text();
  EXPECT_THAT(said, HasSubstr("Of the lists for 2026-11-20 1 are to come, at the next look; 0 of them could not"));
  EXPECT_THAT(said, HasSubstr("The list of " + third_account + " for 2026-11-20 could not be read to its end"));
  EXPECT_THAT(said, testing::Not(HasSubstr("The list of " + own_account))) << "no line each";
}

TEST_F(BillReader, ReadsNothingTwiceOfADayAndGoesOnWithTheRest) {
  tenant_with_account("own", own_account, "token-2");
  at_twilio[main_account] = {{200, calls_page({listed(3), listed(4)})}};
  at_elevenlabs[""] = {page(talks_page({talk("conv_1", "agent_1"), talk("conv_2", "agent_1")}))};
  fails(own_account);
  const auto first = listed_in(5min);
  EXPECT_EQ(unknown_in(first.twilio), (std::vector{sid_of(3), sid_of(4)}));
  EXPECT_EQ(first.twilio.read, read_type::part);
  EXPECT_TRUE(first.is_to_come);
  const auto so_far = asked.size();
  record(3, "conv_1");  // from another node, which was away
  at_twilio[own_account] = {{200, calls_page({listed(7), listed(4)})}};
  const auto second = listed_in(5min);
  EXPECT_EQ(accounts_asked(so_far), std::vector{own_account});
  EXPECT_EQ(fetched.size(), 1u);
  EXPECT_EQ(unknown_in(second.twilio), (std::vector{sid_of(4), sid_of(7)}))
      << "each once, and none that we know by now";
  EXPECT_EQ(model::calls_only_theirs(second.twilio.unknown), 2u);
  EXPECT_EQ(unknown_in(second.elevenlabs), std::vector<std::string>{"conv_2"});
  EXPECT_EQ(second.twilio.read, read_type::all);
  EXPECT_EQ(second.elevenlabs.read, read_type::all);
  EXPECT_FALSE(second.is_to_come);
  EXPECT_EQ(lists("twilio", "read"), 2);
  EXPECT_EQ(lists("twilio", "failed"), 1);
  EXPECT_EQ(lists("elevenlabs", "read"), 1);
  EXPECT_EQ(listed_in(5min).twilio.read, read_type::all);
  EXPECT_EQ(asked.size(), so_far + 3) << "a day that is done is kept no longer: both are asked again";
}

TEST_F(BillReader, GoesOnAtTheNextAttemptWhereALongListHasStopped) {
  record(1);
  tenant_with_account("slow", own_account, "token-2");
  endless = {own_account};
  EXPECT_TRUE(listed_in(40min).is_to_come);
  const auto so_far = asked.size();
  endless.clear();
  at_twilio[own_account] = {{200, calls_page({listed(7)})}};
  const auto got = listed_in(5min);
  ASSERT_EQ(asked.size(), so_far + 1);
  EXPECT_THAT(asked.back().target, HasSubstr("?Page="));
  EXPECT_EQ(unknown_in(got.twilio), std::vector{sid_of(7)});
  EXPECT_EQ(got.twilio.read, read_type::all);
}

TEST_F(BillReader, KeepsNothingOfADayThatIsGivenUpOrOfAnother) {
  tenant_with_account("own", own_account, "token-2");
  const auto again = [this](sys_days of) {
    fails(own_account);
    const auto so_far = asked.size();
    EXPECT_TRUE(listed_in(5min, of).is_to_come);
    const auto asked_now = accounts_asked(so_far);
    return std::ranges::count(asked_now, main_account);
  };
  EXPECT_EQ(again(day), 1);
  EXPECT_EQ(again(day), 0);
  caf::anon_send(reader, give_up_bills{day - days{1}});
  EXPECT_EQ(again(day), 0) << "that is another one";
  caf::anon_send(reader, give_up_bills{day});
  EXPECT_EQ(again(day), 1);
  EXPECT_EQ(again(day + days{1}), 1);
  EXPECT_EQ(again(day), 1);
}

TEST_F(BillReader, AsksAgainBetweenAttemptsWhereATokenIsAnotherOne) {
  fails(main_account);
  tenant_with_account("sealed", own_account, "");
  tenant_with_account("stale", third_account, "old");
  at_twilio[third_account] = {{401, "{}"}};
  EXPECT_TRUE(listed_in(5min).is_to_come);
  EXPECT_EQ(lists("twilio", "refused"), 2);

  fails(main_account);
  EXPECT_TRUE(listed_in(5min).is_to_come);
  EXPECT_EQ(std::ranges::count(accounts_asked(), third_account), 1) << "its token is what it was";
  EXPECT_EQ(lists("twilio", "refused"), 2) << "each once a day";

  const auto so_far = asked.size();
  tenant_with_account("sealed", own_account, "token-2");
  tenant_with_account("stale", third_account, "new");
  at_twilio[own_account] = {{200, calls_page({listed(8)})}};
  const auto got = listed_in(5min);
  EXPECT_EQ(accounts_asked(so_far), (std::vector{main_account, own_account, third_account}));
  EXPECT_EQ(asked.back().as.token.reveal(), "new");
  EXPECT_FALSE(got.is_to_come);
  EXPECT_EQ(got.twilio.read, read_type::all);
  EXPECT_EQ(unknown_in(got.twilio), std::vector{sid_of(8)});
}

TEST_F(BillReader, FollowsAccountsThatComeAndGoBetweenAttempts) {
  fails(main_account);
  tenant_with_account("leaves", fourth_account, "token-4");
  tenant_with_account("never-read", fifth_account, "token-5");
  at_twilio[fourth_account] = {{200, calls_page({listed(7)})}};
  fails(fifth_account);
  EXPECT_TRUE(listed_in(5min).is_to_come);
  const auto so_far = asked.size();
  known.clear();
  tenant_with_account("comes", own_account, "token-2");
  const auto got = listed_in(5min);
  EXPECT_EQ(accounts_asked(so_far), (std::vector{main_account, own_account}));
  EXPECT_FALSE(got.is_to_come);
  EXPECT_EQ(got.twilio.read, read_type::all);
  EXPECT_EQ(unknown_in(got.twilio), std::vector{sid_of(7)}) << "it was billed to whoever has gone";
}

TEST_F(BillReader, KnowsTheCallsOfRecordsThatItCannotRead) {
  other_records = {R"({"callSid":")" + sid_of(3) +
                       R"(","state":"teleported","conversations":[)"
                       R"({"conversationId":"conv_1","startedAt":{}}]})",
                   R"({"callSid":7})", "not JSON"};
  at_twilio[main_account] = {{200, calls_page({listed(3), listed(4)})}};
  at_elevenlabs[""] = {page(talks_page({talk("conv_1", "agent_1")}))};
  const auto got = listed_in(1min);
  EXPECT_EQ(unknown_in(got.twilio), std::vector{sid_of(4)});
  EXPECT_THAT(got.elevenlabs.unknown, IsEmpty());
  EXPECT_EQ(counted("tonris_bill_records_unreadable_total"), 2);
}

}  // namespace
}  // namespace tonris::actors::test
