#include "actors/drift/bill_lists.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tonris::actors::test {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;
using outcome = bill_metrics::outcome;
using read_type = drift_database::bill::read_type;
using step = bill_list::next;

const sys_days day = 2026y / November / 20;

bill_list account(const std::string& sid, const std::string& token = "token") {
  return {day, twilio_account{{sid}, tonris::config::secret{token}}, model::tenant_id{}};
}
bill_list key_of(const std::string& tenant, const std::string& key,
                 model::tenant_secret::form is = model::tenant_secret::form::plain) {
  auto whose = std::make_shared<model::tenant>();
  whose->id = {tenant};
  whose->secrets.api_key = {is, key};
  return {day, std::move(whose), {tenant}};
}
std::vector<model::unknown_bill> unknown(const std::string& call, const std::string& parent = "") {
  return {{{{call}, {"salon"}, {17'000, model::us_dollars}, 60}, {parent}}};
}

class BillLists : public testing::Test {
 protected:
  void begin(std::vector<bill_list> tenants, const std::vector<std::string>& records = {}) {
    model::known_ids ours;
    for (const auto& one : records) ours.add(one);
    bill_lists::found found;
    found.gateways.push_back(account("main"));
    found.tenants = std::move(tenants);
    closed.clear();
    for (const auto* one : lists.begin(std::move(found), ours)) closed.push_back(one->name());
    known = std::move(ours);
  }
  /// Those that wait, in their order.
  std::vector<std::string> waiting() {
    std::vector<std::string> names;
    for (const auto& one : lists.waiting()) names.push_back(one.list.name());
    return names;
  }
  std::string turn() { return lists.has_turn(now) ? lists.at_turn().name() : ""; }
  void end(const std::string& whose, outcome how, std::vector<model::unknown_bill> of = {}) {
    ASSERT_EQ(turn(), whose);
    (void)lists.ended(how, std::move(of));
  }
  void has_turn(const std::string& whose, step then) {
    ASSERT_EQ(turn(), whose);
    lists.took(then, now);
  }

  bill_lists lists{day};
  bill_lists::time now{1h};
  std::vector<std::string> closed;
  model::known_ids known;
};
using names = std::vector<std::string>;

TEST_F(BillLists, HaveTheirTurnsOneAfterTheOther) {
  begin({account("a"), account("b")});
  end("main", outcome::read);
  ASSERT_EQ(turn(), "a");
  lists.took(step::page, now);
  EXPECT_EQ(turn(), "a") << "page after page";
  now += bill_reader_settings::a_turn;
  EXPECT_EQ(turn(), "a") << "it is asked once more at the most";
  lists.took(step::page, now);
  EXPECT_EQ(turn(), "b");
  now += bill_reader_settings::a_turn;
  lists.took(step::page, now);
  EXPECT_EQ(turn(), "a") << "and then goes on";
  end("a", outcome::read);
  end("b", outcome::read);
  EXPECT_EQ(turn(), "");
  EXPECT_TRUE(lists.waiting().empty());
}

TEST_F(BillLists, AreAskedWhileOneThatHasFailedWaits) {
  begin({account("a"), account("b")});
  end("main", outcome::read);
  ASSERT_EQ(turn(), "a");
  lists.took(step::again, now);
  const auto then = now + bill_reader_settings::before_again;
  end("b", outcome::read);
  EXPECT_EQ(turn(), "");
  EXPECT_EQ(lists.next_turn(), then);
  now = then;
  EXPECT_EQ(turn(), "a");
}

TEST_F(BillLists, OfAnotherAttemptAreThoseThatAreLeft) {
  const auto all = [] {
    return std::vector{account("a"), account("b"), account("c"), account("d"), account("e"), account("f")};
  };
  begin(all());
  EXPECT_EQ(waiting(), (names{"main", "a", "b", "c", "d", "e", "f"}));
  has_turn("main", step::again);
  end("a", outcome::read, unknown("CA1"));
  end("b", outcome::failed);
  has_turn("c", step::again);
  end("d", outcome::cut);
  EXPECT_TRUE(lists.told().is_to_come);
  EXPECT_EQ(model::calls_only_theirs(lists.told().twilio.unknown), 1u);
  begin(all());
  EXPECT_EQ(waiting(), (names{"main", "e", "f", "c", "b"}))
      << "the gateway's, those whose turn has not come, that was asked, that has failed";
  EXPECT_TRUE(known.has("CA1")) << "it is told once";
}

TEST_F(BillLists, KeepNothingUnknownThatIsKnownByNow) {
  begin({account("a"), account("b")});
  end("main", outcome::read, unknown("CA1"));
  end("a", outcome::read, unknown("CA3", "CA2"));
  EXPECT_EQ(model::calls_only_theirs(lists.told().twilio.unknown), 2u);
  EXPECT_EQ(lists.room(), bill_reader_settings::most_unknown - 2);
  begin({account("a"), account("b")}, {"CA1"});
  EXPECT_EQ(lists.told().twilio.unknown.at(0).only_theirs.calls, (std::vector<model::call_sid>{{"CA3"}}));
  begin({account("a"), account("b")}, {"CA1", "CA2"});
  EXPECT_TRUE(lists.told().twilio.unknown.empty()) << "a leg of a call that is ours";
}

/// As of keys that open one workspace.
TEST_F(BillLists, TellOnceWhatSeveralHave) {
  begin({account("a"), account("b")});
  end("main", outcome::read);
  end("a", outcome::failed, unknown("CA1"));
  end("b", outcome::read, unknown("CA1"));
  EXPECT_EQ(lists.told().twilio.unknown.at(0).only_theirs, (model::drift_row::stray_calls{1, 17'000, {{"CA1"}}, 60}));
  begin({account("b")});
  EXPECT_EQ(model::calls_only_theirs(lists.told().twilio.unknown), 1u) << "also where one of them has gone";
}

TEST_F(BillLists, FollowTheirKeysFromAttemptToAttempt) {
  using form = model::tenant_secret::form;
  begin({key_of("salon", "1.k1.AAAA", form::sealed), key_of("shop", "xi-1"), key_of("cafe", "xi-3")});
  EXPECT_EQ(closed, names{"own:salon"});
  end("main", outcome::read);
  end("own:shop", outcome::read, unknown("conv_1"));
  end("own:cafe", outcome::refused);

  begin({key_of("salon", "1.k1.AAAA", form::sealed), key_of("shop", "xi-1"), key_of("cafe", "xi-3")});
  EXPECT_EQ(closed, names{}) << "once a day";
  EXPECT_EQ(waiting(), names{});

  begin({key_of("salon", "xi-opened"), key_of("shop", "xi-2"), key_of("cafe", "xi-4")});
  EXPECT_EQ(waiting(), (names{"own:salon", "own:shop", "own:cafe"})) << "another key may open another workspace";
  EXPECT_EQ(model::calls_only_theirs(lists.told().elevenlabs.unknown), 1u) << "and what was billed by the former stays";

  begin({});
  EXPECT_EQ(waiting(), names{});
  EXPECT_FALSE(lists.told().is_to_come);
}

TEST(BillList, IsCutWhereThereIsNoRoomForWhatIsUnknown) {
  auto list = account("AC00000000000000000000000000000001");
  const auto call = [](const std::string& sid) {
    return R"({"sid":")" + sid +
           R"(","direction":"inbound","to":"+15550100002","from":"+15550100001","duration":"61",)" +
           R"("price":"-0.01700","price_unit":"USD","start_time":"Fri, 20 Nov 2026 11:00:01 +0000"})";
  };
  const twilio_answer answer{200, R"({"calls":[)" + call("CA00000000000000000000000000000001") + "," +
                                      call("CA00000000000000000000000000000002") + R"(],"next_page_uri":null})"};
  const auto news = list.take(answer, model::known_ids{}, 1);
  EXPECT_EQ(news.step, step::end);
  EXPECT_EQ(news.how, outcome::cut);
  EXPECT_EQ(list.unknown(), 1u);
}

/// An hour later the vendor may no longer know the way to the next page.
TEST(BillList, IsNotRefusedWhereOnlyAPageIsGone) {
  const std::string sid = "AC00000000000000000000000000000001";
  auto list = account(sid);
  const twilio_answer first{200, R"({"calls":[{"sid":"CA00000000000000000000000000000001","direction":"inbound",)"
                                 R"("to":"+15550100002","from":"+15550100001","duration":"0","price":null,)"
                                 R"("price_unit":"USD","start_time":"Fri, 20 Nov 2026 11:00:01 +0000"}],)"
                                 R"("next_page_uri":"/2010-04-01/Accounts/)" +
                                     sid + R"(/Calls.json?Page=1"})"};
  ASSERT_EQ(list.take(first, model::known_ids{}, 1).step, step::page);
  EXPECT_EQ(list.take(twilio_answer{404, "{}"}, model::known_ids{}, 1).step, step::again);
  EXPECT_EQ(list.take(twilio_answer{401, "{}"}, model::known_ids{}, 1).how, outcome::refused);
  const auto refused = account(sid).take(twilio_answer{404, "{}"}, model::known_ids{}, 1);
  EXPECT_EQ(refused.step, step::end);
  EXPECT_EQ(refused.how, outcome::refused);
}

}  // namespace
}  // namespace tonris::actors::test
