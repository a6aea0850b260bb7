#include "actors/experiment/keeper.hpp"

#include <gmock/gmock.h>

#include <map>

#include "actors/store/tenant_write.hpp"
#include "model/tenant/read_experiment.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using time = std::chrono::system_clock::time_point;

const time noon{1'795'341'600s};

model::tenant salon(const std::string& id = "salon") {
  model::tenant t;
  t.id = {id};
  t.name = "Salon";
  t.phone_number = "+15550100001";
  t.agents = {{{"agent_old"}, 80, "old"}, {{"agent_new"}, 20, "new"}};
  t.experiment = model::tenant::experiment_type{{}, true, noon - 24h};
  t.webhooks = {{"crm", "https://crm.example/", {model::tenant::event::experiment_stopped}},
                {"desk", "https://desk.example/", {model::tenant::event::call_ended}}};
  t.secrets.webhooks["crm"] = t.secrets.webhooks["desk"] = {model::tenant_secret::form::sealed, "k1:x"};
  return t;
}

class ExperimentKeeper : public ActorTest {
 protected:
  void SetUp() override {
    tenants = track_as<tenant_store>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const read_tenant_page& m) -> caf::result<tenant_page_read> {
                ++pages;
                if (is_away) return caf::make_error(caf::sec::runtime_error, "away");
                tenant_page page;
                for (auto at = kept.upper_bound(m.after.value); at != kept.end(); ++at) {
                  if (page.tenants.size() == page_size) {
                    page.last = page.tenants.back().id;
                    break;
                  }
                  page.tenants.push_back(at->second);
                }
                return tenant_page_read{page};
              },
              [this](const write_tenants& m) -> caf::result<tenants_written> { return write(m.writes.at(0)); }};
    }));
    calls = track_as<call_store>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const read_usage& m) -> caf::result<usage_read> {
        asked.push_back(m.wanted);
        if (calls_are_away) return caf::make_error(caf::sec::runtime_error, "away");
        call_database::usage_part part;
        for (auto at = static_cast<std::size_t>(m.wanted.behind); at < used.size(); ++at) {
          if (part.rows.size() == m.wanted.most) break;
          if (used[at].whose.started >= m.wanted.from) part.rows.push_back(used[at]);
          part.last = static_cast<std::int64_t>(at) + 1;
        }
        if (part.rows.size() < m.wanted.most) part.last = 0;
        return usage_read{part};
      }};
    }));
    access = track_as<access_registry>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const note_change& m) {
        noted.push_back(m.entry);
        return change_noted{};
      }};
    }));
  }
  void TearDown() override {
    tenants = nullptr;
    calls = nullptr;
    access = nullptr;
    keeper = nullptr;
    ActorTest::TearDown();
  }
  void start() {
    experiment_keeper_settings with;
    with.tenants = tenants;
    with.calls = calls;
    with.access = access;
    with.notices = notices;
    with.wall_clock = [this] { return now(); };
    with.random = [this] { return ++random; };
    with.counters = &counters;
    keeper = track_as<experiment_keeper>(caf::actor_cast<caf::actor>(keep_experiments(system, std::move(with))));
    settle();
  }
  time now() const { return noon + (scheduler.clock().now() - began); }

  caf::result<tenants_written> write(const tenant_write& m) {
    if (before_write) std::exchange(before_write, {})();
    auto& there = kept[m.id.value];
    if (there.etag != m.want && last_request != m.request)
      return tenants_written{{{tenant_written::outcome::stale, there.etag, {}}}};
    if (last_request != m.request) put(*model::parse_tenant(m.json));
    last_request = m.request;
    if (answers_lost > 0 && answers_lost-- > 0) return caf::make_error(caf::sec::request_timeout);
    return tenants_written{{{tenant_written::outcome::ok, there.etag, {}}}};
  }
  void put(const model::tenant& t) { kept[t.id.value] = {t.id, std::to_string(++changes) + "-x", to_json(t)}; }
  model::tenant get(const std::string& id = "salon") { return model::parse_tenant(kept.at(id).json).value(); }
  /// Half of them of each, the old one's all well.
  void take_calls(int many, bool new_goes_well = false) {
    for (int i = 0; i < many; ++i) {
      auto& one = used.emplace_back();
      one.whose = {{"salon"}, now(), {}, i % 2 == 0 ? "old" : "new"};
      one.used.outcome = model::end_reason::caller_hung_up;
      one.success = i % 2 == 0 || new_goes_well;
    }
  }
  void pass_slowly(std::chrono::seconds of) {
    for (auto passed = 0s; passed < of; passed += 1s) pass(1s);
  }
  void a_round() { pass_slowly(11min); }
  double counted_as(const std::string& outcome) {
    return counted(R"(tonris_experiments_total{outcome=")" + outcome + "\"}");
  }
  std::vector<unsigned> weights() {
    std::vector<unsigned> all;
    for (const auto& one : get().agents) all.push_back(one.weight);
    return all;
  }

  std::map<std::string, stored_tenant> kept;
  std::size_t page_size = 200;
  int changes = 0, pages = 0, answers_lost = 0;
  bool is_away = false, calls_are_away = false;
  std::function<void()> before_write;
  std::string last_request;
  std::vector<call_database::usage_wanted> asked;
  std::vector<call_database::usage_row> used;
  std::vector<model::audit_entry> noted;
  std::uint32_t random = 0;
  std::shared_ptr<notice_queue> notices = std::make_shared<notice_queue>();
  tenant_store tenants;
  call_store calls;
  access_registry access;
  experiment_keeper keeper;
  const caf::actor_clock::time_point began = scheduler.clock().now();
};

TEST_F(ExperimentKeeper, StopsAVariantThatLoses) {
  put(salon());
  take_calls(200);
  start();
  pass_slowly(60s);
  EXPECT_THAT(asked, IsEmpty()) << "now and then";
  a_round();
  EXPECT_THAT(weights(), ElementsAre(80u, 0u));
  EXPECT_EQ(asked[0].tenant, model::tenant_id{"salon"});
  EXPECT_EQ(asked[0].from, noon - 24h);
  EXPECT_EQ(get().secrets.webhooks.at("crm").text, "k1:x") << "what is sealed stays as it is";
  EXPECT_EQ(counted_as("stopped"), 1);
}

/// The old one has to serve all of the new one's calls, and does it well.
TEST_F(ExperimentKeeper, StopsAVariantWhoseAgentIsDead) {
  start();
  for (const auto outcome : {model::tenant::experiment_type::outcome_type::completed,
                             model::tenant::experiment_type::outcome_type::success}) {
    auto t = salon();
    t.experiment->outcome = outcome;
    put(t);
    used.clear();
    take_calls(200, true);
    for (auto& one : used) one.whose.agent = {"agent_old"};
    a_round();
    EXPECT_THAT(weights(), ElementsAre(80u, 0u));
  }
}

TEST_F(ExperimentKeeper, SaysSoInTheTrailAndToTheTenant) {
  put(salon());
  take_calls(200);
  start();
  a_round();
  ASSERT_EQ(noted.size(), 1u);
  EXPECT_EQ(noted[0].who, "experiment");
  EXPECT_EQ(noted[0].what, "experiment.stop");
  EXPECT_EQ(noted[0].tenant.value, "salon");
  EXPECT_THAT(noted[0].before, HasSubstr(R"("weight":20)"));
  EXPECT_THAT(noted[0].after, HasSubstr(R"("weight":0)"));
  EXPECT_THAT(noted[0].after, HasSubstr(R"("comparison":{"a":{"variant":"old","calls":100,"successes":100,"low":)"));
  const auto told = notices->take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_THAT(told[0].webhooks, ElementsAre("crm")) << "not whoever does not want to know";
  EXPECT_THAT(told[0].body, HasSubstr(R"("variant":"new","better":"old")"));
  EXPECT_THAT(told[0].subject, HasSubstr("new "));
}

TEST_F(ExperimentKeeper, LeavesAloneWhatIsTooEvenAndWhoDoesNotWantIt) {
  auto off = salon("a"), none = salon("b"), suspended = salon("c"), over = salon("d"), later = salon("e");
  off.experiment->stop_losing = false;
  none.experiment.reset();
  suspended.status = model::tenant::status_type::suspended;
  over.agents[0].weight = 0;
  later.experiment->since = noon + 48h;
  for (const auto& one : {off, none, suspended, over, later, salon()}) put(one);
  take_calls(200, true);
  start();
  a_round();
  EXPECT_EQ(asked.size(), 1u);
  EXPECT_EQ(counted_as("undecided"), 2) << "the one that is too even, and the one that has not begun";
  EXPECT_EQ(changes, 6);
  EXPECT_THAT(noted, IsEmpty());
}

TEST_F(ExperimentKeeper, StopsNoVariantBeforeHalfOfItsOrdinaryCallsAreJudged) {
  put(salon());
  take_calls(200);
  for (std::size_t n = 0; n < used.size(); ++n) {
    auto& one = used[n];
    one.whose.started = noon - 2h;
    if (one.whose.variant != "new") continue;
    one.success.reset();
    if (n % 10 == 1) one.used.outcome = model::end_reason::agent_lost;
  }
  start();
  a_round();
  EXPECT_THAT(weights(), ElementsAre(80u, 20u)) << "its lost calls stand alone";
  EXPECT_EQ(counted_as("undecided"), 1);
  for (auto& one : used)
    if (one.whose.variant == "new" && one.used.outcome == model::end_reason::caller_hung_up) one.success = false;
  a_round();
  EXPECT_THAT(weights(), ElementsAre(80u, 0u));
}

TEST_F(ExperimentKeeper, JudgesWhatAPersonPutBackByNewCallsAlone) {
  put(salon());
  take_calls(200);
  start();
  a_round();
  const auto stopped_at = get().experiment->since.value();
  EXPECT_GT(stopped_at, noon);
  auto by_hand = get();
  by_hand.agents[1].weight = 20;
  const auto before = get();
  begin_experiment(&before, by_hand, now());
  put(by_hand);
  a_round();
  EXPECT_THAT(weights(), ElementsAre(80u, 20u)) << "the old calls say nothing any more";
  take_calls(200);
  a_round();
  EXPECT_THAT(weights(), ElementsAre(80u, 0u));
  EXPECT_EQ(notices->take().size(), 2u);
}

TEST_F(ExperimentKeeper, DoesNotTouchWhatSomebodyChangedMeanwhile) {
  put(salon());
  take_calls(200);
  before_write = [this] {
    auto changed = salon();
    changed.agents[1].agent = {"agent_newer"};
    put(changed);
  };
  start();
  a_round();
  EXPECT_THAT(weights(), ElementsAre(80u, 20u));
  EXPECT_EQ(counted_as("overtaken"), 1);
  EXPECT_THAT(noted, IsEmpty());
  EXPECT_THAT(notices->take(), IsEmpty());
}

TEST_F(ExperimentKeeper, WritesOnceWhereTheAnswerIsLost) {
  put(salon());
  take_calls(200);
  answers_lost = 2;
  start();
  a_round();
  EXPECT_EQ(changes, 2) << "it finds its own work";
  EXPECT_EQ(noted.size(), 1u);
  EXPECT_EQ(counted_as("stopped"), 1);
}

TEST_F(ExperimentKeeper, TriesAgainInItsNextRound) {
  put(salon());
  take_calls(200);
  calls_are_away = true;
  start();
  a_round();
  EXPECT_EQ(counted_as("failed"), 1);
  calls_are_away = false;
  is_away = true;
  a_round();
  EXPECT_THAT(weights(), ElementsAre(80u, 20u));
  is_away = false;
  a_round();
  EXPECT_THAT(weights(), ElementsAre(80u, 0u));
}

TEST_F(ExperimentKeeper, ReadsCallsAndTenantsInPartsWithPauses) {
  page_size = 2;
  for (const auto* id : {"a", "b", "c", "salon"}) put(salon(id));
  take_calls(25'000, true);
  start();
  caf::anon_send(keeper, look_at_experiments{});
  settle();
  EXPECT_EQ(pages, 1);
  EXPECT_THAT(asked, IsEmpty());
  pass(100ms);
  EXPECT_EQ(asked.size(), 1u);
  caf::anon_send(keeper, look_at_experiments{});
  settle();
  EXPECT_EQ(pages, 1) << "one round at a time";
  for (int i = 0; i < 30; ++i) pass(100ms);
  EXPECT_EQ(pages, 2);
  EXPECT_EQ(asked.size(), 4u * 3u) << "three parts each";
}

TEST_F(ExperimentKeeper, ReadsABoundedNumberOfCalls) {
  put(salon());
  take_calls(250'000, true);
  start();
  a_round();
  EXPECT_EQ(asked.size(), 20u);
}

}  // namespace
}  // namespace tonris::actors::test
