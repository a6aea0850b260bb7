#include "actors/recording/retention_trail.hpp"

#include <gmock/gmock.h>

#include <utility>

#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RetentionTrail : public ActorTest {
 protected:
  void SetUp() override {
    calls = track_as<call_store>(system.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {[this, self](read_aged_out) -> caf::result<aged_out_read> {
                ++asked;
                auto promise = self->make_response_promise<aged_out_read>();
                if (what.empty())
                  waits = promise;
                else
                  promise.deliver(aged_out_read{what});
                return promise;
              },
              [this](const aged_out_read& gone) { waits.deliver(aged_out_read{gone.what}); },
              [this](const aged_out_told& m) {
                told.push_back(m.tenant ? m.tenant->value : "all others");
                if (m.tenant)
                  std::erase_if(what.tenants, [&](const auto& one) { return one.tenant == *m.tenant; });
                else
                  what.other_tenants = 0;
              }};
    }));
    access = track_as<access_registry>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const note_change& m) -> caf::result<change_noted> {
        if (noted.size() == until_it_fails) return caf::make_error(caf::sec::runtime_error, "away");
        ids.push_back(m.once);
        if (loses_answers) return caf::make_error(caf::sec::runtime_error, "it is written, and nobody knows");
        noted.push_back(m.entry);
        return change_noted{};
      }};
    }));
  }
  void TearDown() override {
    waits = {};
    calls = nullptr;
    access = nullptr;
    trail = nullptr;
    ActorTest::TearDown();
  }
  void start() {
    trail = track_as<retention_trail>(
        caf::actor_cast<caf::actor>(keep_retention_trail(system, {calls, access, &counters})));
    settle();
  }
  std::vector<std::string> whose() const {
    std::vector<std::string> all;
    for (const auto& one : noted) all.push_back(one.tenant.value);
    return all;
  }

  call_database::aged_out what;
  caf::typed_response_promise<aged_out_read> waits;
  int asked = 0;
  std::size_t until_it_fails = 1'000;
  bool loses_answers = false;
  std::vector<model::audit_entry> noted;
  std::vector<std::string> ids;  // of those, and of what was written without an answer
  std::vector<std::string> told;
  call_store calls;
  access_registry access;
  retention_trail trail;
};

TEST_F(RetentionTrail, SaysOfEachTenantHowMuchWentAndOfTheOthersTogether) {
  what.tenants = {{{"salon-1"}, 412, 30}, {{"salon-2"}, 0, 7}};
  what.others = {{}, 5, 2};
  what.other_tenants = 3;
  start();
  ASSERT_THAT(whose(), ElementsAre("", "salon-1", "salon-2"));
  for (const auto& one : noted) {
    EXPECT_EQ(one.who, "retention");
    EXPECT_EQ(one.what, "records.delete");
    EXPECT_EQ(one.after, "");
  }
  EXPECT_EQ(noted[0].before, R"({"tenants":3,"records":5,"transcripts":2})");
  EXPECT_EQ(noted[1].before, R"({"records":412,"transcripts":30})");
  EXPECT_EQ(noted[2].before, R"({"records":0,"transcripts":7})");
  EXPECT_THAT(told, ElementsAre("all others", "salon-1", "salon-2")) << "each once it is written";
  EXPECT_TRUE(waits.pending()) << "for what goes next";
}

TEST_F(RetentionTrail, TriesAgainWhatCannotBeWrittenAndNothingTwice) {
  what.tenants = {{{"salon-1"}, 1, 0}, {{"salon-2"}, 2, 0}};
  until_it_fails = 1;
  start();
  EXPECT_THAT(whose(), ElementsAre("salon-1"));
  pass(retention_trail_settings::retry_pause);
  EXPECT_THAT(whose(), ElementsAre("salon-1"));
  until_it_fails = 1'000;
  pass(retention_trail_settings::retry_pause);
  EXPECT_THAT(whose(), ElementsAre("salon-1", "salon-2"));
  EXPECT_THAT(told, ElementsAre("salon-1", "salon-2"));
}

TEST_F(RetentionTrail, TellsByOneIdWhatMayBeWrittenAlready) {
  what.tenants = {{{""}, 1, 0}, {{"salon-1"}, 2, 0}};
  what.others = {{}, 5, 2};
  what.other_tenants = 3;
  what.telling = "node-1/1795958198791";
  loses_answers = true;
  start();
  pass(retention_trail_settings::retry_pause);
  loses_answers = false;
  pass(retention_trail_settings::retry_pause);
  const std::string of_all = "retention/node-1/1795958198791/*", of_nobody = "retention/node-1/1795958198791/";
  EXPECT_THAT(ids, ElementsAre(of_all, of_all, of_all, of_nobody, of_nobody + "salon-1"));
  EXPECT_EQ(noted.size(), 3u);
}

TEST_F(RetentionTrail, WaitsForWhatGoesHoweverLong) {
  start();
  EXPECT_EQ(asked, 1);
  for (int i = 0; i < 3; ++i) pass(retention_trail_settings::asked_for);
  EXPECT_GE(asked, 3) << "a store that has begun anew knows nothing of who asked the one before";
  EXPECT_THAT(noted, IsEmpty());
  ASSERT_TRUE(waits.pending());
  call_database::aged_out gone;
  gone.tenants = {{{"salon-1"}, 1, 0}};
  caf::anon_send(caf::actor_cast<caf::actor>(calls), aged_out_read{gone});
  settle();
  EXPECT_THAT(whose(), ElementsAre("salon-1"));
}

}  // namespace
}  // namespace tonris::actors::test
