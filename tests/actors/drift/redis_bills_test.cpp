// Who reads the vendors' lists of a day, and what stands for all: real actors, a real Redis, real time.
#include "actors/drift/redis_bills.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <mutex>
#include <thread>

#include "actors/runtime/io_loop.hpp"
#include "model/money/unknown_text.hpp"
#include "model/text/redis_address.hpp"
#include "model/usage_report/unknown_bills.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/telemetry/captured_log.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;
using bill = drift_database::bill;
using read_type = bill::read_type;
using testing::HasSubstr;
using testing::IsEmpty;

const sys_days day = 2026y / November / 20;

/// So many calls of that tenant's that nobody knows.
model::drift_row unknown(const std::string& tenant, std::size_t count) {
  model::drift_row row;
  row.tenant = {tenant};
  row.only_theirs = {count, static_cast<model::micros>(count) * 8'500, {}, static_cast<std::int64_t>(count) * 60};
  return row;
}
bill of(read_type read, std::size_t count = 0) {
  return {read, count == 0 ? std::vector<model::drift_row>{} : std::vector{unknown("salon-1", count)}};
}

/// A gateway's own reader.
struct vendors {
  std::mutex lock;
  std::vector<sys_days> asked, given_up;
  bills_listed listed{of(read_type::all, 3), of(read_type::all)};
  bool fails = false;
};
caf::behavior fake_reader(caf::event_based_actor*, std::shared_ptr<vendors> known) {
  return {[known](const list_bills& m) -> caf::result<bills_listed> {
            const std::scoped_lock lock{known->lock};
            known->asked.push_back(m.day);
            if (known->fails) return caf::make_error(caf::sec::runtime_error, "our own records cannot be read");
            return known->listed;
          },
          [known](const give_up_bills& m) {
            const std::scoped_lock lock{known->lock};
            known->given_up.push_back(m.day);
          }};
}

struct node {
  node(caf::actor_system& in, const net::test::redis_server& redis, std::string name) : system(in) {
    loop = std::make_unique<net::loop>("redis");
    unit = std::make_unique<io_loop>(system, *loop);
    loop->start();
    reader = system.spawn(fake_reader, known);
    redis_bills::config with;
    with.loop = loop.get();
    with.options.address = model::read_redis_address(redis.url()).value();
    with.options.client_name = "tonris:test";
    with.node = std::move(name);
    with.reader = caf::actor_cast<bill_reader>(reader);
    with.has_all_records = [this] { return has_all.load(); };
    with.counters = &counters;
    with.lease = lease;
    with.renewal = 100ms;
    sharing = caf::actor_cast<bill_sharing>(spawn_on<redis_bills>(system, *unit, std::move(with)));
  }
  ~node() { end(); }
  void end() {
    if (!loop) return;
    caf::scoped_actor self{system};
    for (const auto& one : {caf::actor_cast<caf::actor>(sharing), reader}) {
      self->monitor(one);
      self->send_exit(one, caf::exit_reason::user_shutdown);
      self->receive([](const caf::down_msg&) {});
    }
    sharing = nullptr;
    reader = nullptr;
    if (loop) loop->stop();  // its last turn may still be in the unit
    unit.reset();
    loop.reset();
  }
  template <class Answer, class Question>
  std::optional<Answer> ask(Question question) {
    caf::scoped_actor self{system};
    std::optional<Answer> got;
    self->request(sharing, 20s, std::move(question))
        .receive([&](Answer& answer) { got = std::move(answer); }, [](const caf::error&) {});
    return got;
  }
  std::optional<bills_listed> list(sys_days of_day = day) { return ask<bills_listed>(list_bills{of_day}); }
  bool is_elsewhere() {
    const auto listed = list();
    return listed && listed->is_to_come && listed->is_elsewhere;
  }
  std::optional<bills_shared> share(bill twilio, bill elevenlabs = {}) {
    return ask<bills_shared>(share_bills{day, std::move(twilio), std::move(elevenlabs)});
  }
  std::size_t times_asked() {
    const std::scoped_lock lock{known->lock};
    return known->asked.size();
  }
  void will_list(bill twilio, bool is_to_come = false) {
    const std::scoped_lock lock{known->lock};
    known->listed = {std::move(twilio), of(read_type::all), is_to_come};
  }
  double failures() const {
    const auto text = counters.render();
    const std::string name = "\ntonris_bill_sharing_failures_total ";
    const auto at = text.find(name);
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size()));
  }

  static constexpr milliseconds lease{400};
  caf::actor_system& system;
  metrics counters;
  std::atomic<bool> has_all{true};
  std::shared_ptr<vendors> known = std::make_shared<vendors>();
  std::unique_ptr<net::loop> loop;
  std::unique_ptr<io_loop> unit;
  caf::actor reader;
  bill_sharing sharing;
};

class RedisBills : public testing::Test {
 protected:
  void SetUp() override {
    begin_life("one");
    one = std::make_unique<node>(system, redis, "a");
    two = std::make_unique<node>(system, redis, "b");
    for (auto* const at : {one.get(), two.get()})
      ASSERT_TRUE(comes_to([&] { return at->share({}).has_value(); })) << "it is connected";
  }
  void begin_life(const std::string& name) { redis.say({"SET", "{tonris}:gen", name}); }
  std::string holder() { return redis.say({"GET", "{tonris}:bills_by:2026-11-20"}); }
  template <class Check>
  static bool comes_to(Check check) {
    for (int i = 0; i < 500; ++i, std::this_thread::sleep_for(10ms))
      if (check()) return true;
    return false;
  }

  net::test::redis_server redis;
  real_settings settings;
  caf::actor_system system{settings};
  std::unique_ptr<node> one, two;
};

TEST_F(RedisBills, AreReadByOneGatewayForAll) {
  one->will_list(of(read_type::part, 1), true);  // half of them for now
  const auto begun = one->list();
  ASSERT_TRUE(begun);
  EXPECT_TRUE(begun->is_to_come && !begun->is_elsewhere);
  EXPECT_EQ(holder(), "a");
  for (const auto until = steady_clock::now() + 3 * node::lease; steady_clock::now() < until;) {
    ASSERT_TRUE(two->is_elsewhere()) << "it is renewed between two attempts";
    std::this_thread::sleep_for(50ms);
  }
  one->will_list(of(read_type::all, 3));
  const auto read = one->list();
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->is_to_come);
  EXPECT_EQ(read->twilio, of(read_type::all, 3));
  EXPECT_EQ(holder(), "(nil)");
  const auto got = two->list();
  ASSERT_TRUE(got);
  EXPECT_FALSE(got->is_to_come);
  EXPECT_EQ(got->twilio, of(read_type::all, 3));
  EXPECT_EQ(got->elevenlabs, of(read_type::all));
  EXPECT_EQ(one->list()->twilio, of(read_type::all, 3)) << "as who has read it, too";
  EXPECT_EQ(one->times_asked(), 2u);
  EXPECT_EQ(two->times_asked(), 0u);
}

TEST_F(RedisBills, AreReadByTheNextOnceTheLeaseOfOneThatHasDiedHasRunOut) {
  one->will_list({}, true);
  ASSERT_TRUE(one->list());
  ASSERT_TRUE(two->is_elsewhere());
  one->end();
  two->will_list(of(read_type::all, 2));
  std::optional<bills_listed> got;
  ASSERT_TRUE(comes_to([&] {
    got = two->list();
    return got && !got->is_to_come;
  }));
  EXPECT_EQ(got->twilio, of(read_type::all, 2));
  EXPECT_EQ(two->times_asked(), 1u);
}

TEST_F(RedisBills, AreHeldNoLongerThanTheirReaderGoesOn) {
  one->known->fails = true;
  EXPECT_FALSE(one->list());
  EXPECT_TRUE(comes_to([&] { return holder() == "(nil)"; })) << "before the lease runs out";
  EXPECT_TRUE(two->list());
  EXPECT_EQ(two->times_asked(), 1u);
  one->known->fails = false;
  one->will_list({}, true);
  ASSERT_TRUE(one->list(day + days{1}));
  EXPECT_EQ(redis.say({"GET", "{tonris}:bills_by:2026-11-21"}), "a");
  ASSERT_TRUE(one->list(day + days{2}));
  EXPECT_TRUE(comes_to([&] {
    return redis.say({"EXISTS", "{tonris}:bills_by:2026-11-21"}) == "0";
  })) << "one day at a time";
}

TEST_F(RedisBills, AreNotReadByAGatewayThatLacksTheOthersRecords) {
  one->has_all = false;
  EXPECT_TRUE(one->is_elsewhere());
  EXPECT_EQ(holder(), "(nil)");
  EXPECT_EQ(one->times_asked(), 0u);
  two->will_list({}, true);
  ASSERT_TRUE(two->list());
  EXPECT_EQ(holder(), "b");
  two->has_all = false;
  EXPECT_TRUE(two->is_elsewhere()) << "not any more";
  EXPECT_TRUE(comes_to([&] { return holder() == "(nil)"; }));
  one->has_all = true;
  EXPECT_EQ(one->list()->twilio, of(read_type::all, 3));
  EXPECT_EQ(two->list()->twilio, of(read_type::all, 3));
  EXPECT_EQ(one->times_asked(), 1u);
}

TEST_F(RedisBills, AreNotReadBySuchAGatewayEitherWhileRedisIsAway) {
  redis.stop();
  one->has_all = false;
  EXPECT_TRUE(one->is_elsewhere()) << "what it found would be told all later";
  EXPECT_EQ(one->times_asked(), 0u);
}

TEST_F(RedisBills, AreReadByEachWhileRedisIsAwayAndThenStandOnce) {
  redis.stop();
  one->will_list(of(read_type::all, 3));
  two->will_list(of(read_type::all, 2));
  EXPECT_EQ(one->list()->twilio, of(read_type::all, 3));
  EXPECT_EQ(two->list()->twilio, of(read_type::all, 2));
  EXPECT_FALSE(one->share(of(read_type::all, 3)));
  EXPECT_GT(one->failures(), 0);
  redis.start();
  begin_life("two");
  std::optional<bills_shared> all;
  ASSERT_TRUE(comes_to([&] { return (all = one->share(of(read_type::all, 3), of(read_type::all))).has_value(); }));
  EXPECT_EQ(all->twilio, of(read_type::all, 3));
  ASSERT_TRUE(comes_to([&] { return (all = two->share(of(read_type::all, 2), of(read_type::all))).has_value(); }));
  EXPECT_EQ(all->twilio, of(read_type::all, 2)) << "its reader knew more records";
  all = one->share(of(read_type::all, 3), of(read_type::all));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->twilio, of(read_type::all, 2)) << "never the sum";
  EXPECT_EQ(one->list()->twilio, of(read_type::all, 2));
  EXPECT_EQ(one->times_asked(), 1u) << "nor is it read again";
}

TEST_F(RedisBills, StandAsTheyWereReadFurthest) {
  struct row {
    bill offered, stands;
  };
  for (const auto& [offered, stands] :
       {row{{}, {}}, row{of(read_type::part, 2), of(read_type::part, 2)},
        row{of(read_type::part, 1), of(read_type::part, 2)}, row{{}, of(read_type::part, 2)},
        row{of(read_type::all, 5), of(read_type::all, 5)}, row{of(read_type::part, 9), of(read_type::all, 5)},
        row{of(read_type::all, 6), of(read_type::all, 5)}, row{of(read_type::all, 4), of(read_type::all, 4)},
        row{of(read_type::all, 0), of(read_type::all, 0)}, row{{}, of(read_type::all, 0)}}) {
    const auto all = one->share(offered);
    ASSERT_TRUE(all);
    EXPECT_EQ(all->twilio, stands);
    EXPECT_EQ(all->elevenlabs, bill{}) << "each vendor's by itself";
    EXPECT_EQ(two->share({})->twilio, stands);
  }
  const auto for_ms = std::stoll(redis.say({"PTTL", "{tonris}:bills:2026-11-20"}));
  EXPECT_GT(for_ms, milliseconds{days{19}}.count());
  EXPECT_LE(for_ms, milliseconds{redis_bills::kept_for}.count());
}

TEST_F(RedisBills, OfMoreTenantsThanAreSharedAreReadByEach) {
  captured_log log;
  bill many{read_type::all, {}};
  for (int n = 0; n < 60'000; ++n) many.unknown.push_back(unknown("a-tenant-of-a-long-name-" + std::to_string(n), 1));
  ASSERT_GT(model::text_of_unknown(many.unknown).size(), model::most_unknown_bytes);
  one->will_list(many);
  two->will_list(many);
  EXPECT_EQ(one->list()->twilio, many);
  EXPECT_EQ(holder(), "(nil)");
  EXPECT_EQ(two->list()->twilio, many);
  EXPECT_EQ(two->times_asked(), 1u);
  EXPECT_EQ(redis.say({"EXISTS", "{tonris}:bills:2026-11-20"}), "0");
  EXPECT_THAT(log.text(), HasSubstr("each gateway reads their lists itself"));
}

TEST_F(RedisBills, OfAnotherVersionThatCannotBeReadLeaveOnesOwn) {
  redis.say({"HSET", "{tonris}:bills:2026-11-20", "twilio:read", "2", "twilio:unknown", "0", "twilio:rows", "{}",
             "elevenLabs:read", "7", "elevenLabs:rows", "[]"});
  const auto all = one->share(of(read_type::all, 1), of(read_type::part, 1));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->twilio, of(read_type::all, 1));
  EXPECT_EQ(all->elevenlabs, of(read_type::part, 1));
}

TEST_F(RedisBills, ThatAreGivenUpTheirOwnReaderHearsOf) {
  caf::anon_send(one->sharing, give_up_bills{day});
  EXPECT_TRUE(comes_to([&] {
    const std::scoped_lock lock{one->known->lock};
    return one->known->given_up == std::vector{day};
  }));
  EXPECT_THAT(two->known->given_up, IsEmpty());
}

}  // namespace
}  // namespace tonris::actors::test
