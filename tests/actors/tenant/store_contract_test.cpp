#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <mutex>
#include <thread>

#include "actors/runtime/io_loop.hpp"
#include "actors/store/tenant_write.hpp"
#include "actors/tenant/import.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/actors/tenant/opened_stores.hpp"
#include "tests/net/redis_server.hpp"
#include "tests/waiting.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using outcome = tenant_written::outcome;
using looked = looked_up_tenant::outcome;

model::tenant tenant(std::string id, std::string number, std::string name = "Salon") {
  model::tenant t;
  t.id = {std::move(id)};
  t.name = std::move(name);
  t.phone_number = std::move(number);
  return t;
}

enum class kept_in { sqlite, redis };

/// What every tenant store keeps to, whatever it is kept in. Real time, real files, a real Redis.
class TenantStore : public testing::TestWithParam<kept_in> {
 protected:
  void SetUp() override {
    if (GetParam() == kept_in::redis) redis = std::make_unique<net::test::redis_server>();
    open();
  }
  ~TenantStore() override { end(); }

  void open() {
    if (GetParam() == kept_in::redis) {
      open_redis();
    } else {
      store = tenants_in_sqlite(system, directory.data(), counters);
    }
    watcher = system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const tenant_store_began& m) {
                const std::scoped_lock lock{heard_lock};
                began.push_back(m);
              },
              [this](const tenants_changed& m) {
                const std::scoped_lock lock{heard_lock};
                for (const auto& change : m.changes) changes.push_back(change);
              }};
    });
    caf::anon_send(store, watch_tenants{caf::actor_cast<tenant_watcher>(watcher)});
  }
  void open_redis() {
    loop = std::make_unique<net::loop>("redis");
    unit = std::make_unique<io_loop>(system, *loop);
    loop->start();
    auto with = tenants_at(redis->url(), *loop, counters);
    with.fresh_generation = [this] { return "generation " + std::to_string(++generations); };
    with.believed = believed;
    store = tenants_in_redis(system, *unit, std::move(with));
  }
  void wait_until_it_answers() { test::wait_until_it_answers(system, store); }
  void end() {
    if (!store) return;
    caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(watcher, caf::exit_reason::user_shutdown);
    store = nullptr;
    watcher = nullptr;
    system.await_all_actors_done();
    if (loop) loop->stop();  // its last turn may still be in the unit
    unit.reset();
    loop.reset();
  }

  template <class Answer, class Question>
  Answer ask(Question question) {
    return sure_answer_of<Answer>(system, store, std::move(question));
  }
  tenant_written put(const model::tenant& t, std::string_view want = "") {
    return ask<tenants_written>(write_tenants{{write_of(t, want)}}).answers.at(0);
  }
  looked_up_tenant look_up(tenant_wanted wanted) {
    return ask<looked_up_tenants>(look_up_tenants{{std::move(wanted)}}).found.at(0);
  }
  std::string found_by(const std::string& number) { return look_up({number, {}, {}}).tenant.id.value; }
  std::vector<std::string> import(const std::string& json) {
    caf::scoped_actor self{system};
    const auto done = import_tenants(
        self,
        {store, std::make_shared<const model::field_seal>(std::vector<model::derived_keys>{}),
         [] { return model::aead_nonce{}; }, [this](const model::tenant_id& id) { left.push_back(id.value); }},
        model::parse_tenants(json).value());
    EXPECT_TRUE(done);
    last_import = done ? *done : tenants_import{};
    return last_import.refused;
  }

  real_settings settings;
  caf::actor_system system{settings};
  metrics counters;
  a_directory directory;
  std::unique_ptr<net::test::redis_server> redis;
  std::unique_ptr<net::loop> loop;
  std::unique_ptr<io_loop> unit;
  std::atomic<int> generations{0};
  std::shared_ptr<std::string> believed = std::make_shared<std::string>();
  tenant_store store;
  caf::actor watcher;
  std::mutex heard_lock;
  std::vector<tenant_store_began> began;
  std::vector<tenant_change> changes;
  tenants_import last_import;
  std::vector<std::string> left;
};

INSTANTIATE_TEST_SUITE_P(Kept, TenantStore, testing::Values(kept_in::sqlite, kept_in::redis),
                         [](const auto& of) { return of.param == kept_in::redis ? "InRedis" : "InSqlite"; });

constexpr auto n1 = "+15550100001", n2 = "+15550100002", n3 = "+15550100003";

TEST_P(TenantStore, TellsNobodyFromSomebodyAndUnchangedFromChanged) {
  EXPECT_EQ(look_up({n1, {}, {}}).is, looked::nobody);
  EXPECT_EQ(look_up({"", {"a"}, {}}).is, looked::nobody);
  const auto made = put(tenant("a", n1));
  const auto by_number = look_up({n1, {}, {}}), by_id = look_up({"", {"a"}, {}});
  EXPECT_EQ(by_number.is, looked::found);
  EXPECT_EQ(by_number.tenant.json, to_json(tenant("a", n1)));
  EXPECT_EQ(by_id.tenant.etag, made.etag);
  const auto known = look_up({n1, {}, made.etag});
  EXPECT_EQ(known.is, looked::unchanged);
  EXPECT_EQ(known.tenant.id.value, "a");
}

TEST_P(TenantStore, AnswersSeveralLookUpsInTheirOrder) {
  (void)put(tenant("a", n1));
  (void)put(tenant("b", n2));
  const auto found = ask<looked_up_tenants>(look_up_tenants{{{n2, {}, {}}, {n3, {}, {}}, {"", {"a"}, {}}}}).found;
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].tenant.id.value, "b");
  EXPECT_EQ(found[1].is, looked::nobody);
  EXPECT_EQ(found[2].tenant.id.value, "a");
}

TEST_P(TenantStore, LetsEachOfFiftyWritersOfOneTenantWinOnce) {
  auto etag = put(tenant("a", n1)).etag;
  std::vector<std::thread> writers;
  std::atomic<int> won{0};
  for (int i = 0; i < 50; ++i)
    writers.emplace_back([&, i] {
      for (std::string known = etag;;) {
        const auto done = put(tenant("a", n1, "by " + std::to_string(i)), known);
        if (done.is == outcome::ok) break;
        known = done.etag;
      }
      ++won;
    });
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(won, 50);
  EXPECT_EQ(look_up({n1, {}, {}}).tenant.etag.substr(0, 3), "51-");
}

TEST_P(TenantStore, GivesANumberThatFiftyWantToOne) {
  std::vector<std::thread> writers;
  std::atomic<int> won{0}, too_late{0};
  for (int i = 0; i < 50; ++i)
    writers.emplace_back([&, i] {
      const auto done = put(tenant("t" + std::to_string(i), n1));
      ++(done.is == outcome::ok ? won : too_late);
    });
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(too_late, 49);
}

TEST_P(TenantStore, TellsItsWatcherOfAChangeBeforeWhoeverMadeIt) {
  (void)put(tenant("a", n1));
  // The watcher is another actor: what it was sent first it handles first.
  caf::scoped_actor self{system};
  (void)put(tenant("a", n2), "*");
  std::this_thread::sleep_for(50ms);
  const std::scoped_lock lock{heard_lock};
  ASSERT_GE(changes.size(), 2u) << "told by the answer, by Redis' channel, or by both";
  EXPECT_THAT(changes.back().numbers_before, ElementsAre(n1));
  EXPECT_THAT(changes.back().numbers_now, ElementsAre(n2));
  ASSERT_GE(began.size(), 1u);
}

TEST_P(TenantStore, ErasesWithItsNumbers) {
  const auto made = put(tenant("a", n1));
  EXPECT_EQ(ask<tenants_written>(erase_tenant{{"a"}, "0-0"}).answers.at(0).is, outcome::stale);
  EXPECT_EQ(ask<tenants_written>(erase_tenant{{"a"}, made.etag}).answers.at(0).is, outcome::ok);
  EXPECT_EQ(ask<tenants_written>(erase_tenant{{"a"}, "*"}).answers.at(0).is, outcome::unknown);
  EXPECT_EQ(found_by(n1), "");
  EXPECT_EQ(put(tenant("b", n1)).is, outcome::ok);
}

TEST_P(TenantStore, ListsAllOfThemInParts) {
  for (const auto* id : {"c", "a", "b"}) (void)put(tenant(id, std::string{"+1555010000"} + std::to_string(id[0] % 10)));
  std::vector<std::string> ids;
  model::tenant_id after;
  do {
    const auto part = ask<tenant_page_read>(read_tenant_page{after, 2}).page;
    for (const auto& t : part.tenants) ids.push_back(t.id.value);
    after = part.last;
  } while (!after.empty());
  EXPECT_THAT(ids, ElementsAre("a", "b", "c"));
}

TEST_P(TenantStore, KeepsWhatANumberDidAlsoOverALife) {
  const auto kept = [this] { return ask<kept_of_number>(read_kept_of_number{"+15550100001"}).json; };
  EXPECT_EQ(kept(), "");
  ask<number_kept>(keep_of_number{"+15550100001", R"({"trunk":"TK1"})"});
  ask<number_kept>(keep_of_number{"+15550100002", R"({"trunk":"TK2"})"});
  EXPECT_EQ(kept(), R"({"trunk":"TK1"})");
  ask<number_kept>(keep_of_number{"+15550100001", R"({"trunk":"TK3"})"});
  end();
  open();
  EXPECT_EQ(kept(), R"({"trunk":"TK3"})") << "apart from the tenants, of whom there are none";
  ask<number_kept>(keep_of_number{"+15550100001", ""});
  EXPECT_EQ(kept(), "");
}

TEST_P(TenantStore, KeepsThemOverALife) {
  const auto made = put(tenant("a", n1));
  end();
  open();
  EXPECT_EQ(look_up({n1, {}, made.etag}).is, looked::unchanged);
}

TEST_P(TenantStore, ListsLargeDocumentsInPartsThatItCanCarry) {
  constexpr int many = 300;
  std::vector<tenant_write> writes;
  for (int i = 0; i < many; ++i) {
    auto large = tenant("t" + std::to_string(1000 + i), "+1555" + std::to_string(1'000'000 + i));
    large.prompt = std::string(60'000, 'x');
    writes.push_back(write_of(large, ""));
  }
  for (const auto& answer : ask<tenants_written>(write_tenants{writes}).answers) ASSERT_EQ(answer.is, outcome::ok);
  int listed = 0;
  model::tenant_id after;
  do {
    const auto part = ask<tenant_page_read>(read_tenant_page{after, 200}).page;
    std::size_t bytes = 0;
    for (const auto& t : part.tenants) bytes += t.json.size();
    EXPECT_LT(bytes, 2 * max_tenant_page_bytes);
    ASSERT_FALSE(part.tenants.empty());
    listed += static_cast<int>(part.tenants.size());
    after = part.last;
  } while (!after.empty());
  EXPECT_EQ(listed, many);
}

// --- TENANTS_FILE

std::string item(const std::string& id, const std::string& number, const std::string& name = "Salon") {
  return R"({"id":")" + id + R"(","name":")" + name + R"(","twilioPhoneNumber":")" + number + R"("})";
}

TEST_P(TenantStore, TakesInAFileAndTheSameFileAgainChangesNothing) {
  const auto file = "[" + item("a", n1) + "," + item("b", n2) + "]";
  EXPECT_THAT(import(file), IsEmpty());
  EXPECT_THAT(last_import.changes.added, ElementsAre("a", "b"));
  const auto etag = look_up({n1, {}, {}}).tenant.etag;
  (void)put(tenant("b", n2, "By hand"), "*");
  EXPECT_THAT(import(file), IsEmpty());
  EXPECT_EQ(to_string(last_import.changes), "nothing changed");
  EXPECT_EQ(look_up({n1, {}, {}}).tenant.etag, etag);
  EXPECT_EQ(look_up({n2, {}, {}}).tenant.json, to_json(tenant("b", n2, "By hand")))
      << "what was changed by hand stays until the file says something else";
}

TEST_P(TenantStore, TakesInMoreThanItsLinkCarriesAtOnce) {
  std::string file;
  for (int i = 0; i < 2'500; ++i)
    file += (file.empty() ? "[" : ",") + item("t" + std::to_string(1000 + i), "+1555" + std::to_string(1'000'000 + i));
  EXPECT_THAT(import(file + "]"), IsEmpty());
  EXPECT_EQ(last_import.changes.added.size(), 2'500u);
  EXPECT_EQ(found_by("+15551002499"), "t3499");
}

TEST_P(TenantStore, FollowsAFileThatChanges) {
  (void)import("[" + item("a", n1) + "," + item("b", n2) + "]");
  (void)put(tenant("own", n3));
  (void)import("[" + item("a", n1, "Renamed") + "]");
  EXPECT_EQ(to_string(last_import.changes), "1 changed (a), 1 removed (b)");
  EXPECT_EQ(found_by(n2), "");
  EXPECT_EQ(found_by(n3), "own") << "it is none of the file's";
  EXPECT_THAT(left, ElementsAre("b"));
}

TEST_P(TenantStore, LetsTheFilesTenantsChangeTheirNumbersWithEachOther) {
  (void)import("[" + item("a", n1) + "," + item("b", n2) + "]");
  const std::vector<const char*> keys{"{tonris}:keys:a", "{tonris}:keys:b"};
  for (const auto* key : keys)
    if (redis) (void)redis->say({"SADD", key, "0123456789ab"});
  EXPECT_THAT(import("[" + item("a", n2) + "," + item("b", n1) + "]"), IsEmpty());
  EXPECT_EQ(to_string(last_import.changes), "2 changed (a, b)");
  for (const auto* key : keys) {
    if (!redis) break;
    EXPECT_EQ(redis->say({"SCARD", key}), "1") << "its keys are its own whatever its number is";
  }
  EXPECT_EQ(found_by(n1), "b");
  EXPECT_EQ(found_by(n2), "a");
  EXPECT_THAT(left, IsEmpty()) << "who is only made room for";
}

TEST_P(TenantStore, LeavesAMistakenTenantOfTheFileAsItWasUnlessItsNumberIsAnothersNow) {
  (void)import("[" + item("a", n1) + "," + item("b", n2) + "]");
  (void)import("[" + item("a", n1, "") + "," + item("b", n2) + "]");
  EXPECT_EQ(found_by(n1), "a");
  EXPECT_EQ(last_import.kept, 1u);
  (void)import("[" + item("a", "555") + "," + item("c", n1) + "]");
  EXPECT_EQ(found_by(n1), "c");
  EXPECT_EQ(last_import.kept, 0u);
}

TEST_P(TenantStore, RefusesTheFilesTenantWhoseIdOrNumberIsAnothers) {
  (void)put(tenant("own", n1));
  EXPECT_THAT(import("[" + item("own", n2) + "," + item("a", n1) + "," + item("b", n3) + "]"),
              UnorderedElementsAre("tenant own: another one of that id is there, which is not of the file",
                                   "tenant a: its number is that of tenant own"));
  EXPECT_EQ(found_by(n3), "b") << "the others are served";
}

/// A restore brings its tenants back, and not what TENANTS_FILE has said.
TEST_P(TenantStore, KnowsTheFilesTenantsAgainThatARestoreBroughtBack) {
  (void)put(tenant("a", n1));
  const auto etag = look_up({n1, {}, {}}).tenant.etag;
  const auto file = "[" + item("a", n1) + "]";
  EXPECT_THAT(import(file), IsEmpty());
  EXPECT_EQ(look_up({n1, {}, {}}).tenant.etag, etag);
  EXPECT_THAT(import(file), IsEmpty());
  EXPECT_EQ(to_string(last_import.changes), "nothing changed");
  (void)import("[]");
  EXPECT_EQ(found_by(n1), "") << "who left the file leaves the store";
}

// --- what only a store that is shared can meet

/// A TenantStore in Redis.
class SharedTenantStore : public TenantStore {
 protected:
  bool comes_to(const std::function<bool()>& what) {
    return tonris::test::comes_to([&] {
      const std::scoped_lock lock{heard_lock};
      return what();
    });
  }
};
INSTANTIATE_TEST_SUITE_P(Kept, SharedTenantStore, testing::Values(kept_in::redis),
                         [](const auto&) { return "InRedis"; });

TEST_P(SharedTenantStore, SaysThatItHearsOfNoChangeWhileOnlyTheSubscriptionIsLost) {
  ASSERT_TRUE(comes_to([&] { return !began.empty() && began.back().announces; }));
  const auto to = redis->connect();
  const auto say = [&](const std::vector<std::string>& words) { return redis->ask(to.get(), words); };
  ASSERT_EQ(say({"CONFIG", "SET", "maxclients", "2"}), "OK");  // the link's, and this one
  ASSERT_EQ(say({"CLIENT", "KILL", "TYPE", "pubsub"}), "1");
  ASSERT_TRUE(comes_to([&] { return !began.back().announces; }));
  ASSERT_EQ(say({"CONFIG", "SET", "maxclients", "100"}), "OK");
  ASSERT_TRUE(comes_to([&] { return began.back().announces; })) << "and that it hears of them again";
}

TEST_P(SharedTenantStore, IsOpenedWhileRedisIsFullOfMemory) {
  (void)put(tenant("a", n1));
  redis->say({"CONFIG", "SET", "maxmemory", "1"});
  redis->say({"CLIENT", "KILL", "TYPE", "normal"});
  wait_until_it_answers();
  EXPECT_EQ(found_by(n1), "a");
}

/// A node that has believed other data before, as its mirror tells it.
TEST_P(SharedTenantStore, SaysThatTenantsAreLostUntilAnOperatorSaysThatTheyAreBack) {
  (void)put(tenant("a", n1));
  EXPECT_TRUE(ask<looked_up_tenants>(look_up_tenants{{{n2, {}, {}}}}).is_whole);
  redis->restart();
  wait_until_it_answers();
  EXPECT_FALSE(ask<looked_up_tenants>(look_up_tenants{{{n1, {}, {}}}}).is_whole);
  EXPECT_EQ(put(tenant("a", n1)).is, outcome::ok) << "who is brought in again is taken";
  EXPECT_EQ(found_by(n1), "a");
  EXPECT_FALSE(ask<looked_up_tenants>(look_up_tenants{{{n2, {}, {}}}}).is_whole) << "that may not have been all";
  (void)ask<declared_whole>(declare_whole{});
  EXPECT_TRUE(ask<looked_up_tenants>(look_up_tenants{{{n2, {}, {}}}}).is_whole);
  EXPECT_EQ(*believed, "generation 2");
}

TEST_P(SharedTenantStore, KnowsInItsNextLifeWhichDataItHasBelieved) {
  (void)put(tenant("a", n1));
  end();
  redis->restart();
  open();
  EXPECT_FALSE(ask<looked_up_tenants>(look_up_tenants{{{n1, {}, {}}}}).is_whole);
  end();
  believed = std::make_shared<std::string>();
  open();
  EXPECT_FALSE(ask<looked_up_tenants>(look_up_tenants{{{n1, {}, {}}}}).is_whole) << "nor does a new node believe it";
}

TEST_P(SharedTenantStore, HearsFromItsDataWhatWasSaidAtAnotherNode) {
  (void)put(tenant("a", n1));
  redis->restart();
  wait_until_it_answers();
  EXPECT_FALSE(ask<looked_up_tenants>(look_up_tenants{{{n1, {}, {}}}}).is_whole);
  redis->say({"SET", "{tonris}:lost", "0"});
  EXPECT_TRUE(comes_to([&] { return !began.empty() && !began.back().believed.empty(); })) << "without a call";
}

TEST_P(SharedTenantStore, NoticesByAnyQuestionThatAllOfItsDataWasDeletedUnderIt) {
  const auto lists = [this] {
    bool answers = false;
    caf::scoped_actor self{system};
    self->request(store, 1s, read_tenant_page{{}, 1})
        .receive([&](const tenant_page_read&) { answers = true; }, [](const caf::error&) {});
    return answers;
  };
  const std::function<void()> questions[] = {
      [&] { EXPECT_EQ(put(tenant("a", n1), "*").is, outcome::lost); },
      [&] {
        EXPECT_EQ(ask<tenants_written>(erase_tenant{{"a"}, "*"}).answers.at(0).is, outcome::lost);
      },
      [&] { EXPECT_FALSE(lists()); }};
  for (const auto& question : questions) {
    redis->say({"FLUSHALL"});
    question();
    const auto to = redis->connect();
    bool opened = false;
    for (int i = 0; i < 100 && !opened; ++i, std::this_thread::sleep_for(10ms))
      opened = redis->ask(to.get(), {"EXISTS", "{tonris}:gen"}) == "1";
    ASSERT_TRUE(opened) << "without a further question";
    wait_until_it_answers();
  }
}

TEST_P(SharedTenantStore, AnswersForChangesThatItsEndLeavesUnmade) {
  redis->say({"CLIENT", "PAUSE", "600"});
  std::vector<tenant_write> many;
  for (int i = 0; i < 100; ++i) many.push_back(write_of(tenant("t" + std::to_string(i), n1), ""));
  caf::scoped_actor self{system};
  auto asked = self->request(store, 5s, write_tenants{many});
  std::this_thread::sleep_for(50ms);
  self->send_exit(store, caf::exit_reason::user_shutdown);
  const auto begun = std::chrono::steady_clock::now();
  asked.receive([](const tenants_written&) { ADD_FAILURE() << "nobody knows"; },
                [](const caf::error& why) { EXPECT_NE(why, caf::sec::request_timeout); });
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 2s);
}

TEST_P(SharedTenantStore, NoticesThatAllOfItsDataWasDeletedUnderIt) {
  (void)put(tenant("a", n1));
  redis->say({"FLUSHALL"});
  caf::scoped_actor self{system};
  self->request(store, 1s, look_up_tenants{{{n1, {}, {}}}})
      .receive([](const looked_up_tenants&) { ADD_FAILURE() << "nobody knows"; }, [](const caf::error&) {});
  wait_until_it_answers();
  EXPECT_FALSE(ask<looked_up_tenants>(look_up_tenants{{{n1, {}, {}}}}).is_whole);
}

}  // namespace
}  // namespace tonris::actors::test
