#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <thread>

#include "actors/access/redis_store.hpp"
#include "actors/access/store.hpp"
#include "actors/runtime/io_loop.hpp"
#include "net/sqlite.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/net/lossy_proxy.hpp"
#include "tests/net/redis_server.hpp"
#include "tests/waiting.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

enum class kept_in { sqlite, redis };
constexpr auto one_id = "0123456789ab", two_id = "0123456789ac", three_id = "0123456789ad";

/// One gateway's store of keys.
struct node {
  explicit node(caf::actor_system& of) : system(of) {}
  ~node() { end(); }

  void open_file(const std::string& data_dir) {
    node_part part;
    part.name = "access_store";
    part.healthy = [](bool) {};
    part.random = [] { return 0u; };
    part.counters = &counters;
    store = open_access_store(system, data_dir, part).value();
  }
  void open_redis(const std::string& url) {
    loop = std::make_unique<net::loop>("redis");
    unit = std::make_unique<io_loop>(system, *loop);
    loop->start();
    redis_access_store::config with;
    with.loop = loop.get();
    with.options.address = model::read_redis_address(url).value();
    with.options.client_name = "tonris:test";
    with.counters = &counters;
    store = caf::actor_cast<access_store>(spawn_on<redis_access_store>(system, *unit, std::move(with)));
  }
  void end() {
    if (!store) return;
    {
      caf::scoped_actor self{system};
      self->monitor(store);
      self->send_exit(store, caf::exit_reason::user_shutdown);
      self->receive([](const caf::down_msg&) {});
    }
    store = nullptr;
    if (loop) loop->stop();  // its last turn may still be in the unit
    unit.reset();
    loop.reset();
  }
  template <class Answer, class Question>
  std::optional<Answer> ask(Question question) {
    return answer_of<Answer>(system, store, std::move(question));
  }
  std::optional<added_api_key> add(const model::kept_api_key& key) {
    return ask<added_api_key>(add_api_key{key, entry("key.create", key.tenant.value)});
  }
  std::vector<std::string> remove(const std::string& tenant, const std::string& id) {
    return ask<removed_api_keys>(remove_api_keys{{tenant}, id, entry("key.revoke", tenant)}).value().ids;
  }
  std::optional<model::kept_api_key> find(const std::string& id) {
    return ask<found_api_key>(find_api_key{id}).value().key;
  }
  std::vector<std::string> trail(const std::string& tenant = {}, std::int64_t before = 0, std::size_t most = 50) {
    const auto page = ask<audit_page>(list_audit{{tenant}, before, most}).value();
    next = page.next;
    std::vector<std::string> whats;
    for (const auto& e : page.entries) whats.push_back(e.what);
    return whats;
  }
  static model::audit_entry entry(const std::string& what, const std::string& tenant = "salon-1") {
    model::audit_entry made;
    made.at = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    made.who = "operator";
    made.what = what;
    made.tenant = {tenant};
    return made;
  }

  caf::actor_system& system;
  metrics counters;
  std::unique_ptr<net::loop> loop;
  std::unique_ptr<io_loop> unit;
  access_store store;
  std::int64_t next = 0;  // of the page that was read last
};

/// What every store of keys keeps to, whatever it is kept in. Real time, real files, a real Redis.
class AccessStores : public testing::TestWithParam<kept_in> {
 protected:
  void SetUp() override {
    if (GetParam() == kept_in::redis) {
      redis = std::make_unique<net::test::redis_server>();
      make_tenants();
    }
    open(here);
  }
  /// In Redis a key is made only for a tenant who is there.
  void make_tenants() const {
    redis->say({"SET", "{tonris}:gen", "one"});
    for (const auto* id : {"salon-1", "salon-2"}) redis->say({"HSET", std::string{"{tonris}:t:"} + id, "etag", "1-a"});
  }
  void open(node& at) {
    if (!redis) return at.open_file(directory.data());
    at.open_redis(redis->url());
    wait_until_it_answers(at);
  }
  static bool wait_until_it_answers(node& at) {
    return tonris::test::comes_to([&] { return at.ask<found_api_key>(find_api_key{one_id}).has_value(); });
  }
  [[nodiscard]] std::int64_t share_of_a_tenant() const {
    return redis ? redis_access_store::max_entries_of_a_tenant : access_database::max_entries_of_a_tenant;
  }
  [[nodiscard]] std::int64_t most_entries() const {
    return redis ? redis_access_store::max_entries : access_database::max_entries;
  }
  /// Entries as a store writes them, past its bounds.
  void write_entries(const std::string& tenant, std::int64_t count) const {
    const auto at = std::to_string(
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
    if (redis)
      return (void)redis->say(
          {"EVAL",
           "local n = redis.call('XLEN', KEYS[1]) for i = n + 1, n + ARGV[3] do redis.call('XADD', KEYS[1], i .. '-0', "
           "'at', ARGV[1], 'who', 'x', 'what', 'x', 'tenant', ARGV[2], 'before', '', 'after', '', 'secrets', '') "
           "redis.call('ZADD', KEYS[2], i, i) end",
           "2", "{tonris}:audit", "{tonris}:audits:" + tenant, at, tenant, std::to_string(count)});
    auto db = net::sqlite::database::open(directory.data() + "/access.db").value();
    const auto first =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(count);
    EXPECT_TRUE(db.exec(first + ") INSERT INTO audit (at_ms, who, what, tenant, before, after, secrets) SELECT " + at +
                        ", 'x', 'x', '" + tenant + "', '', '', '' FROM n"));
  }
  [[nodiscard]] std::int64_t entries_of(const std::string& tenant) {
    std::int64_t count = 0;
    here.next = 0;
    do count += static_cast<std::int64_t>(here.trail(tenant, here.next, 200).size());
    while (here.next != 0);
    return count;
  }
  static model::kept_api_key key(const std::string& id, const std::string& tenant = "salon-1", int second = 0) {
    model::kept_api_key made;
    made.id = id;
    made.tenant = {tenant};
    made.name = "our CRM, \"new\"";
    made.granted = {model::scope::read, model::scope::settings};
    made.made_with = "k1";
    made.digest = std::string(64, 'a');
    made.created = std::chrono::system_clock::time_point{20'000h + std::chrono::seconds{second}};
    return made;
  }

  a_directory directory;
  real_settings settings;
  caf::actor_system system{settings};
  std::unique_ptr<net::test::redis_server> redis;
  node here{system};
};

INSTANTIATE_TEST_SUITE_P(Kept, AccessStores, testing::Values(kept_in::sqlite, kept_in::redis),
                         [](const auto& of) { return of.param == kept_in::redis ? "InRedis" : "InSqlite"; });

TEST_P(AccessStores, KeepsAKeyAsItWasMade) {
  EXPECT_FALSE(here.find(one_id));
  ASSERT_FALSE(here.add(key(one_id)).value().too_many);
  EXPECT_EQ(here.find(one_id), key(one_id));
}

TEST_P(AccessStores, RemembersTheDayOfUseOfAKeyThatIsThere) {
  ASSERT_TRUE(here.add(key(one_id)));
  const std::chrono::sys_days day{std::chrono::days{20'001}};
  for (const auto* id : {one_id, two_id}) caf::anon_send(here.store, mark_api_key_used{id, day});
  EXPECT_EQ(here.find(one_id).value().last_used, day);
  EXPECT_FALSE(here.find(two_id)) << "a mark that comes late makes no key";
}

TEST_P(AccessStores, ListsATenantsKeysTheOldestFirst) {
  ASSERT_TRUE(here.add(key(one_id, "salon-1", 2)));
  ASSERT_TRUE(here.add(key(three_id, "salon-2", 0)));
  ASSERT_TRUE(here.add(key(two_id, "salon-1", 1)));
  const auto keys = here.ask<listed_api_keys>(list_api_keys{{"salon-1"}}).value().keys;
  EXPECT_THAT(keys, ElementsAre(key(two_id, "salon-1", 1), key(one_id, "salon-1", 2)));
  EXPECT_THAT(here.ask<listed_api_keys>(list_api_keys{{"nobody"}}).value().keys, IsEmpty());
}

TEST_P(AccessStores, RemovesAKeyOfItsTenantAlone) {
  ASSERT_TRUE(here.add(key(one_id)));
  ASSERT_TRUE(here.add(key(two_id)));
  EXPECT_THAT(here.remove("salon-2", one_id), IsEmpty());
  EXPECT_THAT(here.remove("salon-1", one_id), ElementsAre(one_id));
  EXPECT_THAT(here.remove("salon-1", one_id), IsEmpty());
  EXPECT_FALSE(here.find(one_id));
  EXPECT_TRUE(here.find(two_id));
  EXPECT_THAT(here.trail(), ElementsAre("key.revoke", "key.create", "key.create"))
      << "what changed nothing is not told";
}

TEST_P(AccessStores, RemovesAllKeysOfATenantThatGoes) {
  ASSERT_TRUE(here.add(key(one_id)));
  ASSERT_TRUE(here.add(key(two_id)));
  ASSERT_TRUE(here.add(key(three_id, "salon-2")));
  EXPECT_THAT(here.remove("salon-1", ""), testing::UnorderedElementsAre(one_id, two_id));
  EXPECT_FALSE(here.find(one_id));
  EXPECT_FALSE(here.find(two_id));
  EXPECT_TRUE(here.find(three_id));
}

TEST_P(AccessStores, KeepsAsManyAsATenantMayHaveAlsoOfManyAtOnce) {
  std::vector<std::thread> askers;
  std::atomic<int> added{0}, refused{0};
  for (int t = 0; t < 8; ++t)
    askers.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const auto id = std::string(10, '0') + std::to_string(t) + std::to_string(i);
        ++(here.add(key(id)).value().too_many ? refused : added);
      }
    });
  for (auto& one : askers) one.join();
  EXPECT_EQ(added, static_cast<int>(model::max_api_keys_of_a_tenant));
  EXPECT_EQ(refused, 30);
  EXPECT_EQ(here.ask<listed_api_keys>(list_api_keys{{"salon-1"}}).value().keys.size(), model::max_api_keys_of_a_tenant);
}

TEST_P(AccessStores, TellsTheTrailInPagesTheNewestFirst) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("c" + std::to_string(i))}));
  ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("other", "salon-2")}));
  EXPECT_THAT(here.trail({}, 0, 3), ElementsAre("other", "c4", "c3"));
  EXPECT_THAT(here.trail({}, here.next, 3), ElementsAre("c2", "c1", "c0"));
  EXPECT_EQ(here.next, 0);
  EXPECT_THAT(here.trail("salon-1", 0, 2), ElementsAre("c4", "c3"));
  EXPECT_THAT(here.trail("salon-1", here.next, 2), ElementsAre("c2", "c1"));
  EXPECT_THAT(here.trail("salon-1", here.next, 2), ElementsAre("c0"));
  EXPECT_EQ(here.next, 0);
  EXPECT_THAT(here.trail("nobody"), IsEmpty());
}

TEST_P(AccessStores, TellsAnEntryAsItWasNoted) {
  auto entry = node::entry("tenant.change");
  entry.before = R"({"name":"a\nb"})";
  entry.after = R"({"name":"ä"})";
  entry.secrets = R"(["twilio.authTokens"])";
  ASSERT_TRUE(here.ask<change_noted>(note_change{entry}));
  auto told = here.ask<audit_page>(list_audit{}).value().entries;
  ASSERT_EQ(told.size(), 1u);
  EXPECT_GT(told[0].seq, 0);
  told[0].seq = 0;
  EXPECT_EQ(told[0], entry);
}

TEST_P(AccessStores, HasOneEntryOfAnIdHoweverOftenItIsTold) {
  for (const auto* const id : {"a", "a", "b", "", ""})
    ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry(std::string{"told "} + id), id}));
  EXPECT_THAT(here.trail(), ElementsAre("told ", "told ", "told b", "told a"));
  here.end();
  open(here);
  ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("told a", "salon-2"), "a"}));
  EXPECT_THAT(here.trail(), ElementsAre("told ", "told ", "told b", "told a"));
  EXPECT_THAT(here.trail("salon-2"), IsEmpty());
}

TEST_P(AccessStores, KeepsOfOneTenantItsShareOfTheTrail) {
  write_entries("salon-1", share_of_a_tenant());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("new")}));
  EXPECT_EQ(entries_of("salon-1"), share_of_a_tenant());
  EXPECT_EQ(entries_of(""), share_of_a_tenant());
  EXPECT_THAT(here.trail("salon-1", 0, 4), ElementsAre("new", "new", "new", "x"));
}

TEST_P(AccessStores, LeavesTheOthersEntriesWhereOneTenantFloodsTheTrail) {
  ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("theirs", "salon-2")}));
  ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("of all", "")}));
  write_entries("salon-1", most_entries() - 3);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("new")}));
  EXPECT_THAT(here.trail("salon-2"), ElementsAre("theirs"));
  const auto count = entries_of("");
  EXPECT_LT(count, most_entries());
  EXPECT_EQ(count, entries_of("salon-1") + 2) << "and those of all tenants";
}

TEST_P(AccessStores, KeepsTheNewestEntriesOfTheTrail) {
  ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("oldest", "salon-1")}));
  for (int tenant = 0; tenant < 10; ++tenant)
    write_entries("t" + std::to_string(tenant), share_of_a_tenant() - (tenant == 0 ? 1 : 0));
  EXPECT_EQ(entries_of("salon-1"), 1);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("new")}));
  EXPECT_EQ(entries_of(""), most_entries());
  EXPECT_THAT(here.trail("salon-1"), ElementsAre("new", "new", "new"));
}

TEST_P(AccessStores, KeepsBothOverALife) {
  ASSERT_TRUE(here.add(key(one_id)));
  here.end();
  open(here);
  EXPECT_TRUE(here.find(one_id));
  EXPECT_EQ(here.trail().size(), 1u);
}

// --- what only a store that is shared can meet

class SharedAccessStore : public AccessStores {};
INSTANTIATE_TEST_SUITE_P(Kept, SharedAccessStore, testing::Values(kept_in::redis),
                         [](const auto&) { return "InRedis"; });

TEST_P(SharedAccessStore, ShowsEachNodeWhatAnotherHasMadeAndRevoked) {
  node other{system};
  open(other);
  ASSERT_TRUE(here.add(key(one_id)));
  EXPECT_EQ(other.find(one_id), key(one_id));
  EXPECT_THAT(other.remove("salon-1", one_id), ElementsAre(one_id));
  EXPECT_FALSE(here.find(one_id));
  EXPECT_THAT(here.trail(), ElementsAre("key.revoke", "key.create"));
}

TEST_P(SharedAccessStore, RefusesEveryQuestionWhileRedisIsAway) {
  ASSERT_TRUE(here.add(key(one_id)));
  redis->pause();
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(here.ask<found_api_key>(find_api_key{one_id}));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 1s) << "an API client gets its answer";
  EXPECT_FALSE(here.add(key(two_id)));
  EXPECT_FALSE(here.ask<change_noted>(note_change{node::entry("x")}));
  EXPECT_FALSE(here.ask<audit_page>(list_audit{}));
  redis->resume();
  ASSERT_TRUE(wait_until_it_answers(here));
  EXPECT_TRUE(here.find(one_id));
}

TEST_P(SharedAccessStore, HasAnEntryOnceOfWhichTheAnswerWasLost) {
  net::test::lossy_proxy far{redis->port()};
  node other{system};
  other.open_redis(far.url());
  ASSERT_TRUE(wait_until_it_answers(other));
  far.lose_every(1);
  EXPECT_FALSE(other.ask<change_noted>(note_change{node::entry("told"), "node-1/7/salon-1"}));
  EXPECT_GT(far.lost(), 0u);
  ASSERT_EQ(redis->say({"XLEN", "{tonris}:audit"}), "1") << "else this test says nothing: it is written";
  far.lose_every(0);
  ASSERT_TRUE(wait_until_it_answers(other));
  EXPECT_TRUE(other.ask<change_noted>(note_change{node::entry("told"), "node-1/7/salon-1"}));
  EXPECT_THAT(here.trail(), ElementsAre("told"));
}

/// Else their ids were all that is ever kept.
TEST_P(SharedAccessStore, ForgetsTheIdsOfEntriesThatHaveLeftTheTrail) {
  for (const auto* const id : {"a", "b"}) ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry(id), id}));
  redis->say({"XTRIM", "{tonris}:audit", "MAXLEN", "1"});
  ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("c"), "c"}));
  EXPECT_EQ(redis->say({"ZRANGE", "{tonris}:audit:once", "0", "-1"}), "b c");
  EXPECT_NE(redis->say({"PTTL", "{tonris}:audit:once"}), "-1");
}

TEST_P(SharedAccessStore, RefusesEveryQuestionOfDataThatIsGone) {
  ASSERT_TRUE(here.add(key(one_id)));
  redis->say({"FLUSHALL"});
  EXPECT_FALSE(here.ask<found_api_key>(find_api_key{one_id})) << "not: there is no such key";
  EXPECT_FALSE(here.add(key(two_id)));
  EXPECT_EQ(redis->say({"KEYS", "*"}), "") << "and nothing is written into it";
  make_tenants();
  EXPECT_FALSE(here.find(one_id));
}

TEST_P(SharedAccessStore, RevokesWhileRedisIsFullOfMemory) {
  ASSERT_TRUE(here.add(key(one_id)));
  redis->say({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_THAT(here.remove("salon-1", one_id), ElementsAre(one_id));
  EXPECT_FALSE(here.find(one_id));
}

TEST_P(SharedAccessStore, ChangesNothingAtAReplica) {
  ASSERT_TRUE(here.add(key(one_id)));
  redis->say({"REPLICAOF", "127.0.0.1", "1"});
  EXPECT_FALSE(here.add(key(two_id)));
  redis->say({"REPLICAOF", "NO", "ONE"});
  ASSERT_TRUE(wait_until_it_answers(here));
  EXPECT_FALSE(here.find(two_id));
}

TEST_P(SharedAccessStore, MakesNoKeyForATenantWhoHasGone) {
  redis->say({"DEL", "{tonris}:t:salon-1"});
  EXPECT_FALSE(here.add(key(one_id)));
  EXPECT_FALSE(here.find(one_id));
  EXPECT_THAT(here.trail(), IsEmpty());
}

TEST_P(SharedAccessStore, ForgetsOfATenantsListWhatHasLeftTheTrail) {
  write_entries("salon-1", 500);
  write_entries("salon-2", redis_access_store::max_entries - 500);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("new")}));
  EXPECT_EQ(redis->say({"XLEN", "{tonris}:audit"}), std::to_string(redis_access_store::max_entries));
  EXPECT_EQ(redis->say({"ZCARD", "{tonris}:audits:salon-1"}), "500");
  EXPECT_EQ(here.ask<audit_page>(list_audit{}).value().entries.at(0).seq, 10'003);
}

TEST_P(SharedAccessStore, DropsOldEntriesTwoAChange) {
  const auto old = std::chrono::system_clock::now() - redis_access_store::kept_for - 24h;
  for (int i = 1; i <= 4; ++i)
    redis->say({"XADD", "{tonris}:audit", std::to_string(i) + "-0", "at",
                std::to_string(std::chrono::floor<std::chrono::milliseconds>(old.time_since_epoch()).count()), "who",
                "x", "what", "old", "tenant", "", "before", "", "after", "", "secrets", ""});
  ASSERT_TRUE(here.ask<change_noted>(note_change{node::entry("new")}));
  EXPECT_THAT(here.trail(), ElementsAre("new", "old", "old"));
}

}  // namespace
}  // namespace tonris::actors::test
