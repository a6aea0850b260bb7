#include "actors/call/bring_fact.hpp"

#include <gmock/gmock.h>

#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using unanswered = fact_door::unanswered;

enum class supervisor_does : std::uint8_t { know_the_call, not_know_it, fail };

class BringFact : public ActorTest {
 protected:
  call_supervisor supervisor_that(supervisor_does what) {
    return track_as<call_supervisor>(system.spawn([this, what](caf::event_based_actor*) -> caf::behavior {
      return {[this, what](const learn_fact& m) -> caf::result<fact_learned> {
        told.push_back(m.call);
        if (what == supervisor_does::fail) return caf::make_error(caf::sec::runtime_error, "not now");
        return fact_learned{what == supervisor_does::know_the_call};
      }};
    }));
  }
  std::vector<fact_went> brought(const fact_door& through) {
    std::vector<fact_went> went;
    const learn_fact fact{some_call, model::call_record::note{{}, "Paid.", "operator", {}}};
    track(system.spawn([&](caf::event_based_actor* self) {
      bring_fact(self, through, fact, [&went](fact_went where) { went.push_back(where); });
    }));
    settle();
    return went;
  }
  std::vector<model::call_sid> told;
  std::shared_ptr<call_journal> journal = std::make_shared<call_journal>(nullptr);
};

TEST_F(BringFact, TellsWhoRemembersTheCallAndElseTheStoreAndNeverNobody) {
  const struct {
    const char* why;
    supervisor_does supervisor;
    unanswered policy;
    bool has_journal;
    fact_went where;
    std::size_t written;
  } rows[] = {
      {"it is remembered", supervisor_does::know_the_call, unanswered::is_stored, true, fact_went::to_the_call, 0},
      {"it is only stored", supervisor_does::not_know_it, unanswered::is_told_again, true, fact_went::to_the_store, 1},
      {"it is nowhere", supervisor_does::not_know_it, unanswered::is_stored, false, fact_went::nowhere, 0},
      {"nobody answers", supervisor_does::fail, unanswered::is_told_again, true, fact_went::unanswered, 0},
      {"nor is it told again", supervisor_does::fail, unanswered::is_stored, true, fact_went::to_the_store, 1},
  };
  for (const auto& row : rows) {
    told.clear();
    (void)journal->take();
    const fact_door through{supervisor_that(row.supervisor), row.has_journal ? journal : nullptr, 2s, row.policy};
    EXPECT_EQ(brought(through), std::vector{row.where}) << row.why;
    EXPECT_EQ(told, std::vector{some_call}) << row.why;
    const auto facts = journal->take().facts;
    ASSERT_EQ(facts.size(), row.written) << row.why;
    for (const auto& one : facts) EXPECT_EQ(std::get<model::call_record::note>(one.what).text, "Paid.") << row.why;
  }
}

}  // namespace
}  // namespace tonris::actors::test
