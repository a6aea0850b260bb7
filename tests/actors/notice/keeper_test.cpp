#include "actors/notice/keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <mutex>
#include <thread>

#include "model/webhook/event.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/metric_in.hpp"
#include "tests/waiting.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using model::tenant;
using state = notice_database::state;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tonris::test::comes_to;

/// A tenant, its server, and a clock that the test moves.
struct world {
  std::mutex lock;
  tenant_ptr salon;
  std::vector<send_notice> sent;
  std::map<std::string, unsigned> statuses;                    ///< by webhook; else 200
  std::vector<caf::typed_response_promise<notice_sent>> held;  ///< of a webhook called "slow"
  std::atomic<std::int64_t> offset_ms{0};
};

caf::behavior registry_of(caf::event_based_actor*, std::shared_ptr<world> known) {
  return {[known](const find_tenant_by_id& m) {
    const std::lock_guard guard{known->lock};
    found_tenant found;
    if (known->salon && m.id == known->salon->id) found.tenant = known->salon;
    return found;
  }};
}

caf::behavior server_of(caf::event_based_actor* self, std::shared_ptr<world> known) {
  return {[self, known](const send_notice& m) -> caf::result<notice_sent> {
    const std::lock_guard guard{known->lock};
    known->sent.push_back(m);
    if (m.webhook == "slow") return known->held.emplace_back(self->make_response_promise<notice_sent>());
    const auto status = known->statuses.contains(m.webhook) ? known->statuses[m.webhook] : 200;
    return notice_sent{status, status == 200 ? "" : "HTTP " + std::to_string(status), {}};
  }};
}

/// A real actor system and a real file.
class NoticeKeeper : public testing::Test {
 protected:
  NoticeKeeper() {
    (void)make_data_dir(directory.data());
    auto salon = std::make_shared<model::tenant>();
    salon->id = {"salon"};
    for (const auto* name : {"crm", "other", "slow"}) salon->webhooks.push_back({name, "https://crm.example", {}});
    known->salon = salon;
  }
  ~NoticeKeeper() override {
    stop();
    {
      const std::lock_guard guard{known->lock};
      known->held.clear();
    }
    caf::anon_send_exit(registry, caf::exit_reason::kill);
    caf::anon_send_exit(server, caf::exit_reason::kill);
    registry = nullptr;
    server = nullptr;
    system.await_all_actors_done();
  }
  void SetUp() override {
    registry = caf::actor_cast<tenant_registry>(system.spawn(registry_of, known));
    server = caf::actor_cast<notice_sending>(system.spawn(server_of, known));
    start();
  }
  void start() {
    notice_keeper_settings settings;
    settings.open = [this] { return notice_database::open(directory.data()); };
    settings.wall_clock = [from = known] {
      return std::chrono::system_clock::now() + std::chrono::milliseconds{from->offset_ms.load()};
    };
    settings.random = [] { return 0x80000000U; };
    settings.queue = queue;
    settings.registry = registry;
    settings.sender = server;
    settings.counters = &counters;
    keeper = keep_notices(system, std::move(settings));
    queue->wake_with([to = keeper] { caf::anon_send(to, notices_came{}); });
  }
  void stop() {
    queue->wake_with({});
    if (!keeper) return;
    caf::scoped_actor self{system};
    self->monitor(keeper);
    self->send_exit(keeper, caf::exit_reason::kill);  // as kill -9 does: it says nothing, and writes nothing more
    self->receive([](const caf::down_msg&) {});
    keeper = nullptr;
  }
  template <class Answer, class Question>
  std::optional<Answer> ask(Question question) {
    return answer_of<Answer>(system, keeper, std::move(question));
  }
  void tell(tenant::event what, const std::string& call = "CA1", std::vector<std::string> webhooks = {"crm"}) {
    queue->add(
        {{"salon"}, std::move(webhooks), what, {call}, call, R"({"type":")" + std::string{to_string(what)} + "\"}"});
  }
  std::vector<std::string> sent_to(const std::string& webhook) {
    const std::lock_guard guard{known->lock};
    std::vector<std::string> bodies;
    for (const auto& one : known->sent)
      if (one.webhook == webhook) bodies.push_back(one.body);
    return bodies;
  }
  void answers(const std::string& webhook, unsigned status) {
    const std::lock_guard guard{known->lock};
    known->statuses[webhook] = status;
  }
  /// Time passes, and whoever sleeps is woken.
  void pass(std::chrono::milliseconds time) {
    known->offset_ms += time.count();
    caf::anon_send(keeper, notices_came{});
  }
  std::vector<notice_database::notice> listed(state is) {
    return ask<deliveries_listed>(list_deliveries{{"salon"}, is, 0, 10}).value_or(deliveries_listed{}).page;
  }
  double counted(const std::string& name) const { return tonris::test::metric_in(counters.render(), name); }

  static constexpr auto started = R"({"type":"call.started"})";
  static constexpr auto ended = R"({"type":"call.ended"})";
  real_settings settings_of_system;
  caf::actor_system system{settings_of_system};
  metrics counters;
  a_directory directory;
  std::shared_ptr<world> known = std::make_shared<world>();
  std::shared_ptr<notice_queue> queue = std::make_shared<notice_queue>();
  tenant_registry registry;
  notice_sending server;
  notice_keeper keeper;
};

TEST_F(NoticeKeeper, DeliversToEachWebhookInTheOrderOfTheCall) {
  tell(tenant::event::call_started, "CA1", {"crm", "other"});
  tell(tenant::event::call_ended, "CA1", {"crm"});
  ASSERT_TRUE(comes_to([&] { return sent_to("crm").size() == 2; }));
  EXPECT_THAT(sent_to("crm"), ElementsAre(started, ended));
  ASSERT_TRUE(comes_to([&] { return sent_to("other").size() == 1; }));
  EXPECT_TRUE(comes_to([&] { return listed(state::waiting).empty(); })) << "what was delivered is gone";
  EXPECT_EQ(counted(R"(tonris_notices_total{event="call.started"})"), 2);
  EXPECT_EQ(counted(R"(tonris_notice_attempts_total{outcome="delivered"})"), 3);
  const std::lock_guard guard{known->lock};
  for (const auto& one : known->sent)
    EXPECT_EQ(one.id, model::webhook_message_id(
                          {"salon"}, one.webhook,
                          one.body == started ? tenant::event::call_started : tenant::event::call_ended, "CA1"));
}

TEST_F(NoticeKeeper, TriesAgainWithTheSameIdAndInOrder) {
  answers("crm", 503);
  tell(tenant::event::call_started);
  tell(tenant::event::call_ended);
  ASSERT_TRUE(comes_to([&] { return sent_to("crm").size() == 1; }));
  tell(tenant::event::call_started, "CA2");
  ASSERT_TRUE(comes_to([&] { return sent_to("crm").size() == 2; })) << "another call does not wait";
  EXPECT_TRUE(comes_to([&] { return listed(state::waiting).back().attempts == 1; }));
  answers("crm", 200);
  pass(6s);
  ASSERT_TRUE(comes_to([&] { return sent_to("crm").size() == 5; }));
  const std::lock_guard guard{known->lock};
  EXPECT_EQ(known->sent[2].id, known->sent[0].id);
}

TEST_F(NoticeKeeper, GivesUpAfterADayAndKeepsADeadLetter) {
  answers("crm", 503);
  tell(tenant::event::call_started);
  tell(tenant::event::call_ended);
  ASSERT_TRUE(comes_to([&] { return sent_to("crm").size() == 1; }));
  for (int i = 0; i < 30 && listed(state::dead).empty(); ++i) {
    const auto before = sent_to("crm").size();
    pass(5h);
    (void)comes_to([&] { return sent_to("crm").size() > before; });
  }
  const auto dead = listed(state::dead);
  ASSERT_FALSE(dead.empty());
  EXPECT_EQ(dead.back().event, "call.started");
  EXPECT_EQ(dead.back().last_status, 503u);
  EXPECT_GT(dead.back().attempts, 4u);
  EXPECT_TRUE(comes_to([&] { return sent_to("crm").back() == ended; })) << "what follows has its turn";
}

TEST_F(NoticeKeeper, AsksNoMoreWhereItIsRefused) {
  for (const auto status : {400U, 410U}) {
    answers("crm", status);
    tell(tenant::event::call_started, "CA" + std::to_string(status));
    ASSERT_TRUE(comes_to([&] {
      return !listed(state::dead).empty() && listed(state::dead).front().last_status == status;
    })) << status;
  }
  EXPECT_EQ(sent_to("crm").size(), 2U);
  EXPECT_EQ(counted("tonris_notices_given_up_total"), 2);
}

TEST_F(NoticeKeeper, DeliversADeadLetterAgainOnceItsTenantAsks) {
  answers("crm", 400);
  tell(tenant::event::call_started);
  ASSERT_TRUE(comes_to([&] { return listed(state::dead).size() == 1; }));
  const auto id = listed(state::dead).front().id;
  EXPECT_THAT(ask<notice_redelivered>(redeliver_notice{{"another"}, id})->which, IsEmpty());
  answers("crm", 200);
  EXPECT_EQ(ask<notice_redelivered>(redeliver_notice{{"salon"}, id})->which.size(), 1U);
  ASSERT_TRUE(comes_to([&] { return sent_to("crm").size() == 2; }));
  EXPECT_TRUE(comes_to([&] { return listed(state::dead).empty() && listed(state::waiting).empty(); }));
}

TEST_F(NoticeKeeper, HasOneUnderWayOfAnEndpointAndKeepsNobodyElseWaiting) {
  tell(tenant::event::call_started, "CA1", {"slow"});
  tell(tenant::event::call_started, "CA2", {"slow"});
  ASSERT_TRUE(comes_to([&] { return sent_to("slow").size() == 1; }));
  tell(tenant::event::call_started, "CA3", {"crm"});
  ASSERT_TRUE(comes_to([&] { return sent_to("crm").size() == 1; }));
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(sent_to("slow").size(), 1U);
}

TEST_F(NoticeKeeper, SendsInAMinuteAgainWhatItCannotWriteDown) {
  tell(tenant::event::call_started, "CA1", {"slow"});
  ASSERT_TRUE(comes_to([&] { return sent_to("slow").size() == 1; }));
  {
    auto other = net::sqlite::database::open(directory.data() + "/notices.db").value();
    const auto held = net::sqlite::transaction::begin(other).value();
    ASSERT_TRUE(other.exec("DELETE FROM notices WHERE 0"));
    {
      const std::lock_guard guard{known->lock};
      known->held.back().deliver(notice_sent{200, {}, {}});
    }
    std::this_thread::sleep_for(500ms);  // longer than it waits for the file
    for (int i = 0; i < 5; ++i) pass(10s);
    std::this_thread::sleep_for(500ms);
    EXPECT_EQ(sent_to("slow").size(), 1U) << "not as fast as it fails";
  }
  pass(11s);
  ASSERT_TRUE(comes_to([&] { return sent_to("slow").size() == 2; }));
  const std::lock_guard guard{known->lock};
  EXPECT_EQ(known->sent.front().id, known->sent.back().id);
}

TEST_F(NoticeKeeper, SendsAgainInItsNextLifeWhatWasUnderWay) {
  tell(tenant::event::call_started, "CA1", {"slow"});
  ASSERT_TRUE(comes_to([&] { return sent_to("slow").size() == 1; }));
  stop();
  tell(tenant::event::call_ended, "CA1", {"crm"});  // while nobody is there
  start();
  ASSERT_TRUE(comes_to([&] { return sent_to("slow").size() == 2; }));
  ASSERT_TRUE(comes_to([&] { return sent_to("crm").size() == 1; }));
  const std::lock_guard guard{known->lock};
  EXPECT_EQ(known->sent[1].id, known->sent[0].id);
}

TEST_F(NoticeKeeper, BuriesWhatIsOfAWebhookThatIsGone) {
  tell(tenant::event::call_started, "CA1", {"former"});
  ASSERT_TRUE(comes_to([&] { return listed(state::dead).size() == 1; }));
  EXPECT_THAT(listed(state::dead).front().last_error, HasSubstr("no such webhook"));
  EXPECT_THAT(sent_to("former"), IsEmpty());
}

TEST_F(NoticeKeeper, WritesWhatWaitsBeforeItEnds) {
  stop();
  tell(tenant::event::call_started, "CA1", {"slow"});
  start();
  EXPECT_TRUE(ask<notices_flushed>(flush_notices{}));
  EXPECT_EQ(listed(state::waiting).size(), 1U);
}

TEST_F(NoticeKeeper, ListsInPages) {
  answers("crm", 400);
  for (const auto* call : {"CA1", "CA2", "CA3"}) tell(tenant::event::call_started, call);
  ASSERT_TRUE(comes_to([&] { return listed(state::dead).size() == 3; }));
  const auto first = ask<deliveries_listed>(list_deliveries{{"salon"}, state::dead, 0, 2}).value();
  EXPECT_EQ(first.page.size(), 2U);
  ASSERT_NE(first.next, 0);
  const auto second = ask<deliveries_listed>(list_deliveries{{"salon"}, state::dead, first.next, 2}).value();
  EXPECT_EQ(second.page.size(), 1U);
  EXPECT_EQ(second.next, 0);
}

}  // namespace
}  // namespace tonris::actors::test
