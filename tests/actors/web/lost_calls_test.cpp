// Twilio asks what comes next of a call that this node does not have: whether another node does, and which of them
// writes it down.
#include "actors/admission/messages.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using who = lease_holder::who;

struct known_holders {
  std::optional<who> is = who::nobody;  ///< nothing: nobody can say
  int asked = 0;
};
caf::behavior fake_admission(caf::event_based_actor*, std::shared_ptr<known_holders> known) {
  return {[known](const find_lease_holder& m) -> caf::result<lease_holder> {
            EXPECT_EQ(m.call, some_call);
            ++known->asked;
            if (!known->is) return caf::make_error(caf::sec::runtime_error);
            return lease_holder{*known->is};
          },
          [](const call_refused&) {}};
}

class LostCalls : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    tenant->fallback.transfer_to = "+15550109999";
    replace(registry, {*tenant});
    settle();
    open();
  }
  void open() {
    auto with = front_config();
    with.webhooks.who_may_come = track_as<admission>(system.spawn(fake_admission, known));
    open_doors(std::move(with));
  }
  std::string ask(const std::string& query = {}, const std::string& dialled = {}) {
    auto fields = voice_form();
    fields[4].second = "in-progress";
    if (!dialled.empty()) fields.emplace_back("DialCallStatus", dialled);
    return post(next_path + query, fields).body;
  }
  std::vector<std::string> written() {
    std::vector<std::string> all;
    for (const auto& record : journal->take().records) all.push_back(record.json);
    return all;
  }

  std::shared_ptr<known_holders> known = std::make_shared<known_holders>();
};
const auto is_lost = HasSubstr(R"("endReason":"node_lost")");
const auto asks_again = [](int redirects) {
  return AllOf(HasSubstr("<Pause length=\"2\""),
               HasSubstr("/connect-action?redirects=" + std::to_string(redirects) + "#"), Not(HasSubstr("<Say")));
};

TEST_F(LostCalls, AreWrittenDownAtOnceWhereNobodyHasThem) {
  EXPECT_THAT(ask(), HasSubstr("<Dial"));
  EXPECT_THAT(written(), testing::ElementsAre(is_lost));
  pass(10min);
  EXPECT_EQ(known->asked, 1);
  EXPECT_THAT(written(), IsEmpty());
}

TEST_F(LostCalls, AreNoneWhoseRecordHasComeFromAnotherNode) {
  model::call_record known_here;
  known_here.call = some_call;
  stored->record = to_json(known_here);
  EXPECT_THAT(ask(), AllOf(HasSubstr("<Say"), Not(HasSubstr("<Redirect")))) << "its place is forgotten, or it had none";
  known->is = who::another;
  EXPECT_THAT(ask(), asks_again(1));
  known->is = who::nobody;
  pass(25s);
  EXPECT_THAT(written(), IsEmpty());
}

TEST_F(LostCalls, AreNoneWhereAnotherNodeHasThem) {
  known->is = who::another;
  EXPECT_THAT(ask(), asks_again(1));
  EXPECT_THAT(ask("?redirects=1"), asks_again(2));
  EXPECT_THAT(ask("?redirects=2"), AllOf(HasSubstr("<Say"), Not(HasSubstr("<Redirect"))));
  pass(10min);
  EXPECT_THAT(written(), IsEmpty()) << "the record is that node's to write";
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="gateway",reason="node_lost"})"), 0);
}

TEST_F(LostCalls, AreWrittenDownOnceTheirNodesLeaseHasRunOut) {
  known->is = who::another;
  EXPECT_THAT(ask(), asks_again(1));
  known->is = who::nobody;
  pass(24s);
  EXPECT_THAT(written(), IsEmpty());
  pass(1s);
  EXPECT_THAT(written(), testing::ElementsAre(AllOf(is_lost, Not(HasSubstr(R"("fallback")")))))
      << "its caller has heard a sentence, and has gone";
  pass(10min);
  EXPECT_THAT(written(), IsEmpty()) << "once";
}

TEST_F(LostCalls, AreWrittenDownOnceWhereTheirNodeGoesWhileTwilioAsksAgain) {
  known->is = who::another;
  EXPECT_THAT(ask(), asks_again(1));
  known->is = who::nobody;
  EXPECT_THAT(ask("?redirects=1"), HasSubstr("<Dial")) << "its tenant's fallback";
  EXPECT_THAT(written(), testing::ElementsAre(is_lost));
  pass(10min);
  EXPECT_THAT(written(), IsEmpty());
}

TEST_F(LostCalls, AreNotWrittenDownAgainWhereTheyHaveEnded) {
  known->is = who::over;
  EXPECT_THAT(ask(), asks_again(1));
  EXPECT_THAT(ask("?redirects=2"), HasSubstr("<Say"));
  pass(10min);
  EXPECT_THAT(written(), IsEmpty());
}

TEST_F(LostCalls, AreWrittenDownWhereNobodyEverSaysWhoHasThem) {
  known->is.reset();
  EXPECT_THAT(ask(), asks_again(1));
  for (int look = 1; look < 5; ++look) pass(25s);
  EXPECT_THAT(written(), IsEmpty());
  pass(25s);
  EXPECT_THAT(written(), testing::ElementsAre(is_lost));
}

TEST_F(LostCalls, AreNotSentRoundWithWhatTwilioTellsOnce) {
  known->is = who::another;
  EXPECT_THAT(ask({}, "completed"), Not(HasSubstr("<Redirect")));
  known->is = who::nobody;
  pass(25s);
  EXPECT_THAT(written(), SizeIs(1)) << "its node has gone since";
}

TEST_F(LostCalls, AreLookedAfterUpToABound) {
  known->is = who::another;
  for (std::size_t i = 0; i < twilio_webhooks::most_awaited_holders + 7; ++i) EXPECT_THAT(ask(), asks_again(1));
  const auto asked = known->asked;
  pass(25s);
  EXPECT_EQ(known->asked - asked, static_cast<int>(twilio_webhooks::most_awaited_holders));
  EXPECT_THAT(ask(), asks_again(1));
  pass(25s);
  EXPECT_EQ(known->asked - asked, static_cast<int>(twilio_webhooks::most_awaited_holders) + 2) << "there is room again";
}

}  // namespace
}  // namespace tonris::actors::test
