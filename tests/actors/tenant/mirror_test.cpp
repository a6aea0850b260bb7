#include "actors/tenant/mirror.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "actors/store/tenant_write.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/waiting.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using tonris::test::comes_to;

/// A real file, and a shared store that the test plays.
class TenantMirror : public testing::Test {
 protected:
  void SetUp() override {
    store = system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const look_up_tenants& wanted) -> caf::result<looked_up_tenants> {
                const std::scoped_lock lock{held};
                ++asked;
                if (is_away) return caf::make_error(caf::sec::runtime_error, "away");
                looked_up_tenants found;
                found.is_whole = is_whole;
                for (const auto& one : wanted.wanted) {
                  auto& answer = found.found.emplace_back();
                  const auto there = kept.find(one.id.value);
                  if (there == kept.end()) continue;
                  const bool same = there->second.etag == one.known_etag;
                  answer.is = same ? looked_up_tenant::outcome::unchanged : looked_up_tenant::outcome::found;
                  answer.tenant = there->second;
                }
                return found;
              },
              [this](const write_tenants& m) {
                const std::scoped_lock lock{held};
                tenants_written written;
                for (const auto& one : m.writes) {
                  const bool there = kept.contains(one.id.value);
                  written.answers.push_back({there ? tenant_written::outcome::exists : tenant_written::outcome::ok});
                  if (!there) kept[one.id.value] = {one.id, "9-r", one.json};
                }
                return written;
              },
              [this](const watch_tenants& m) {
                const std::scoped_lock lock{held};
                watcher = m.watcher;
              }};
    });
    open();
  }
  ~TenantMirror() override {
    end();
    stop(store);  // it may still be told of a watcher, which then is held by nobody who lets go of it
    watcher = nullptr;
  }
  template <class Actor>
  void stop(const Actor& actor) {
    caf::scoped_actor self{system};
    self->monitor(actor);
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    self->receive([](const caf::down_msg&) {});
  }
  void open() {
    node_part part;
    part.name = "tenant_mirror";
    part.healthy = [](bool) {};
    part.random = [] { return 0u; };
    part.counters = &counters;
    mirror = spawn_tenant_mirror(system,
                                 {[data = directory.data()] { return tenant_database::open_mirror(data); },
                                  caf::actor_cast<tenant_store>(store)},
                                 part);
  }
  void end() {
    stop(mirror);
    const std::scoped_lock lock{held};
    watcher = nullptr;
  }
  static stored_tenant tenant(const std::string& id, const std::string& number, const std::string& etag = "1-x") {
    model::tenant t;
    t.id = {id};
    t.name = "Salon";
    t.phone_number = number;
    return {t.id, etag, to_json(t)};
  }
  template <class Answer, class Question>
  Answer ask(Question question) {
    return sure_answer_of<Answer>(system, mirror, std::move(question));
  }
  void keep(const stored_tenant& what) { (void)ask<copy_kept>(keep_copy{what}); }
  std::string found_by(const std::string& number) {
    const auto found = ask<looked_up_tenants>(look_up_tenants{{{number, {}, {}}}});
    EXPECT_FALSE(found.is_whole) << "who has no copy may be there all the same";
    return found.found.at(0).tenant.id.value;
  }
  /// As the store tells its watchers.
  template <class News>
  void tell(const News& news) {
    ASSERT_TRUE(comes_to([&] {
      const std::scoped_lock lock{held};
      return watcher != nullptr;
    }));
    const std::scoped_lock lock{held};
    caf::anon_send(watcher, news);
  }
  void in_store(const std::vector<stored_tenant>& tenants) {
    const std::scoped_lock lock{held};
    kept.clear();
    for (const auto& one : tenants) kept[one.id.value] = one;
  }

  a_directory directory;
  metrics counters;
  real_settings settings;
  caf::actor_system system{settings};
  std::mutex held;
  std::map<std::string, stored_tenant> kept;
  int asked = 0;
  bool is_away = false, is_whole = true;
  tenant_watcher watcher;
  caf::actor store;
  tenant_mirror mirror;
};

constexpr auto n1 = "+15550100001", n2 = "+15550100002";

TEST_F(TenantMirror, KeepsCopiesOverALife) {
  keep(tenant("a", n1));
  end();
  open();
  EXPECT_EQ(found_by(n1), "a");
  EXPECT_EQ(found_by(n2), "");
}

TEST_F(TenantMirror, GivesANumberToWhoeverWasCopiedLast) {
  keep(tenant("a", n1));
  keep(tenant("b", n1));
  EXPECT_EQ(found_by(n1), "b");
  keep(tenant("b", n2));
  EXPECT_EQ(found_by(n1), "") << "that it was a's before is no reason to give it back";
}

TEST_F(TenantMirror, VerifiesAllOfThemAfterABreak) {
  std::vector<stored_tenant> now;
  for (int i = 0; i < 30; ++i) {
    const auto id = "t" + std::to_string(100 + i);
    keep(tenant(id, "+155501002" + std::to_string(10 + i)));
    now.push_back(tenant(id, "+155501003" + std::to_string(10 + i), "2-y"));
  }
  now.pop_back();
  in_store(now);
  tell(tenant_store_began{true, nullptr, {}});
  EXPECT_TRUE(comes_to([&] { return found_by("+15550100310") == "t100" && found_by("+15550100338") == "t128"; }));
  EXPECT_TRUE(comes_to([&] { return found_by("+15550100239") == ""; })) << "who has gone has no copy";
}

TEST_F(TenantMirror, KeepsWhomAStoreThatHasLostTenantsDoesNotHave) {
  keep(tenant("a", n1));
  is_whole = false;
  tell(tenant_store_began{true, nullptr, {}});
  EXPECT_TRUE(comes_to([&] {
    const std::scoped_lock lock{held};
    return asked > 0;
  }));
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(found_by(n1), "a");
}

TEST_F(TenantMirror, ReadsAgainWhatChanges) {
  keep(tenant("a", n1));
  in_store({tenant("a", n2, "2-y"), tenant("b", n1, "3-z")});
  tell(tenants_changed{{{2, {"a"}, {n1}, {n2}}, {3, {"b"}, {}, {n1}}}});
  EXPECT_TRUE(comes_to([&] { return found_by(n2) == "a"; }));
  EXPECT_EQ(found_by(n1), "") << "b was never fetched here";
}

TEST_F(TenantMirror, RemembersWhichDataWasBelieved) {
  tell(tenant_store_began{false, nullptr, "a generation"});
  tell(tenant_store_began{true, nullptr, ""});
  (void)found_by(n1);
  end();
  EXPECT_EQ(tenant_database::open_mirror(directory.data()).value().generation(), "a generation");
  open();
}

TEST_F(TenantMirror, RestoresWhoIsNotThere) {
  keep(tenant("a", n1));
  keep(tenant("b", n2));
  in_store({tenant("b", n2, "7-q")});
  const auto done_so = ask<restored_tenants>(restore_tenants{});
  EXPECT_EQ(done_so.restored, 1u);
  EXPECT_EQ(done_so.there, 1u);
  const std::scoped_lock lock{held};
  EXPECT_EQ(kept.at("b").etag, "7-q") << "who is there stays as he is";
  EXPECT_TRUE(kept.contains("a"));
}

}  // namespace
}  // namespace tonris::actors::test
