#include "actors/node/tenant_overview.hpp"

#include <deque>
#include <map>

#include "actors/store/tenant_write.hpp"
#include "model/access/derived_keys.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// A store that a test fills, and whose parts of the list come when they are told to.
struct told_store {
  std::map<model::tenant_id, std::string> tenants;
  tenant_watcher watcher;
  bool is_whole = true, is_away = false, holds_back = false;
  std::deque<std::pair<read_tenant_page, caf::typed_response_promise<tenant_page_read>>> asked;

  static constexpr std::size_t page_size = 2;

  [[nodiscard]] tenant_page_read page(const model::tenant_id& after) const {
    tenant_page_read read;
    auto next = after.empty() ? tenants.begin() : tenants.upper_bound(after);
    for (; next != tenants.end(); ++next) {
      if (read.page.tenants.size() == page_size) {
        read.page.last = read.page.tenants.back().id;
        break;
      }
      read.page.tenants.push_back({next->first, "1-x", next->second});
    }
    return read;
  }
  [[nodiscard]] looked_up_tenants look_up(const look_up_tenants& wanted) const {
    looked_up_tenants found;
    found.is_whole = is_whole;
    for (const auto& one : wanted.wanted) {
      auto& answer = found.found.emplace_back();
      const auto there = tenants.find(one.id);
      if (there != tenants.end()) answer = {looked_up_tenant::outcome::found, {there->first, "1-x", there->second}};
    }
    return found;
  }
};
/// The store answers its oldest question for a part: a promise is its actor's.
struct answer_page {
  using travels = in_process;
  bool fails = false;
};

const std::string account = "AC00000000000000000000000000000002";

class TenantOverview : public ActorTest {
 protected:
  void begin() {
    const auto away = [] { return caf::make_error(caf::sec::runtime_error, "away"); };
    store_actor = track(system.spawn([this, away](caf::event_based_actor* self) -> caf::behavior {
      return {[this, away](const look_up_tenants& wanted) -> caf::result<looked_up_tenants> {
                if (store.is_away) return away();
                return store.look_up(wanted);
              },
              [this, away, self](const read_tenant_page& wanted) -> caf::result<tenant_page_read> {
                ++pages;
                if (store.is_away) return away();
                if (!store.holds_back) return store.page(wanted.after);
                store.asked.emplace_back(wanted, self->make_response_promise<tenant_page_read>());
                return caf::delegated<tenant_page_read>{};
              },
              [this, away](const answer_page& m) {
                auto& [wanted, to] = store.asked.front();
                if (m.fails)
                  to.deliver(away());
                else
                  to.deliver(store.page(wanted.after));
                store.asked.pop_front();
              },
              [this](const watch_tenants& m) { store.watcher = m.watcher; }};
    }));
    const auto who_may_come = track(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const reserve_places& m) {
        ++told;
        reserved.clear();
        for (const auto& [tenant, calls] : m.tenants) reserved[tenant.value] = calls;
      }};
    }));
    const auto calls = track(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const keep_records_for& m) { kept_for = m.rules; }};
    }));
    tenant_overview_state::config with;
    with.calls = caf::actor_cast<call_store>(calls);
    with.store = caf::actor_cast<tenant_store>(store_actor);
    with.copy = copy;
    with.who_may_come = caf::actor_cast<admission>(who_may_come);
    with.accounts = accounts;
    with.seal = std::make_shared<const model::field_seal>(std::vector<model::derived_keys>{});
    with.default_tenant = {"house"};
    with.default_trouble = [this](std::string why) { default_trouble = std::move(why); };
    with.counters = &counters;
    overview = track(system.spawn(oversee_tenants, with));
    settle();
    ASSERT_TRUE(store.watcher);
  }
  void put(const std::string& id, std::uint32_t reserves = 0, const std::string& token = {}) {
    model::tenant t;
    t.id = {id};
    t.name = "Salon";
    t.phone_number = "+15550100002";
    if (reserves > 0) t.limits.reserved_calls = reserves;
    auto document = to_json(t);
    if (!token.empty()) {  // as the store would have it, where no key seals
      document.pop_back();
      document += R"(,"secrets":{"twilio":{"accountSid":")" + account + R"(","authTokens":[")" + token + R"("]}}})";
    }
    store.tenants[t.id] = document;
  }
  void new_life(const std::string& believed = "gen-1") {
    caf::anon_send(store.watcher, tenant_store_began{true, nullptr, believed});
    settle();
  }
  void changed(const std::string& id) {
    caf::anon_send(store.watcher, tenants_changed{{{1, {id}, {}, {}}}});
    settle();
  }
  void answer(bool fails = false) {
    caf::anon_send(store_actor, answer_page{fails});
    settle();
  }
  [[nodiscard]] std::vector<std::string> tokens() const {
    account_tokens::reader reader{accounts};
    const auto* const found = reader.find(account);
    return found == nullptr ? std::vector<std::string>{} : found->tokens;
  }

  told_store store;
  tenant_mirror copy;  ///< set before `begin`
  std::shared_ptr<account_tokens> accounts = std::make_shared<account_tokens>();
  caf::actor store_actor;
  tenant_overview_actor overview;
  std::map<std::string, std::uint32_t> reserved;
  std::vector<call_database::retention_rule> kept_for;
  std::string default_trouble = "nobody said";
  int pages = 0, told = 0;
};

TEST_F(TenantOverview, TellsOfAllTenantsOnceTheyAreRead) {
  for (const auto* id : {"a", "b", "c"}) put(id);
  put("house", 3);
  put("own", 0, "own-token");
  begin();
  EXPECT_FALSE(accounts->is_published());
  new_life();
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(told, 1);
  EXPECT_THAT(reserved, ElementsAre(Pair("house", 3)));
  EXPECT_THAT(tokens(), ElementsAre("own-token"));
  EXPECT_EQ(default_trouble, "");
}

TEST_F(TenantOverview, TellsTheCallStoreHowLongRecordsStay) {
  put("b");
  put("c");
  for (const auto& [id, kept] : std::map<std::string, std::string>{
           {"a", R"("retention":{"days":90,"transcriptDays":7})"}, {"c", R"("retention":{"days":10})"}})
    store.tenants[{id}] =
        R"({"id":")" + id + R"(","name":"A","twilioPhoneNumber":"+15551234567","settings":{)" + kept + "}}";
  begin();
  new_life();
  EXPECT_EQ(kept_for,
            (std::vector<call_database::retention_rule>{{{"a"}, std::chrono::days{90}, std::chrono::days{7}},
                                                        {{"c"}, std::chrono::days{10}, std::chrono::days{10}}}));
  store.tenants.erase({"a"});
  changed("a");
  pass(1s);
  EXPECT_EQ(kept_for.size(), 1u);
}

TEST_F(TenantOverview, KeepsWhoIsKnownWhereTheStoreHasLostItsTenants) {
  put("house", 3);
  put("own", 0, "own-token");
  put("back", 1);
  begin();
  new_life();
  store.tenants.clear();
  put("back");  // restored, and reserves nothing now
  store.is_whole = false;
  new_life("");
  changed("own");
  pass(100ms);
  EXPECT_EQ(told, 2);
  EXPECT_THAT(reserved, ElementsAre(Pair("house", 3)));
  EXPECT_THAT(tokens(), ElementsAre("own-token"));
  EXPECT_EQ(default_trouble, "");
  put("own", 0, "another-token");  // restored, with what is new
  changed("own");
  pass(100ms);
  EXPECT_THAT(tokens(), ElementsAre("another-token"));
  store.is_whole = true;
  new_life("gen-2");
  pass(100ms);
  EXPECT_THAT(reserved, IsEmpty()) << "an operator says that all are back";
  EXPECT_EQ(default_trouble, "DEFAULT_TENANT is no tenant");
}

TEST_F(TenantOverview, KeepsWhoIsKnownWhileTheStoreIsAway) {
  put("own", 0, "own-token");
  begin();
  new_life();
  store.is_away = true;
  caf::anon_send(store.watcher, tenant_store_began{false, nullptr, ""});
  settle();
  pass(3s);
  EXPECT_THAT(tokens(), ElementsAre("own-token"));
  store.is_away = false;
  store.tenants.clear();
  new_life();
  pass(100ms);
  EXPECT_THAT(tokens(), IsEmpty());
}

TEST_F(TenantOverview, TellsWhatTheNodesOwnCopyKnowsWhereTheStoreIsAwayAtTheStart) {
  put("own", 0, "own-token");
  told_store copied = store;
  for (const auto* id : {"a", "b", "c"}) put(id);
  copy = track_as<tenant_mirror>(system.spawn([&copied](caf::event_based_actor*) -> caf::behavior {
    return {[&copied](const read_tenant_page& wanted) { return copied.page(wanted.after); }};
  }));
  begin();
  pass(499ms);
  EXPECT_FALSE(accounts->is_published());
  pass(1ms);
  EXPECT_THAT(tokens(), ElementsAre("own-token"));
  put("own", 0, "new-token");
  new_life();
  pass(100ms);
  EXPECT_THAT(tokens(), ElementsAre("new-token"));
  copy = nullptr;
}

TEST_F(TenantOverview, AsksItsCopyForNothingOnceAllAreRead) {
  put("own", 0, "own-token");
  int asked = 0;
  copy = track_as<tenant_mirror>(system.spawn([&asked](caf::event_based_actor*) -> caf::behavior {
    return {[&asked](const read_tenant_page&) { return ++asked, tenant_page_read{}; }};
  }));
  begin();
  new_life();
  pass(2s);
  EXPECT_EQ(asked, 0);
  copy = nullptr;
}

TEST_F(TenantOverview, TellsNothingOfAHalfReading) {
  for (const auto* id : {"a", "b", "c"}) put(id, 1);
  put("own", 0, "own-token");
  begin();
  store.holds_back = true;
  new_life();
  answer();
  changed("a");
  pass(200ms);
  EXPECT_EQ(told, 0) << "the first reading is not done";
  answer();
  EXPECT_EQ(told, 1);
  EXPECT_EQ(reserved.size(), 3u);
  new_life();  // all are read again
  answer();
  put("a", 7);
  changed("a");
  pass(200ms);
  EXPECT_THAT(tokens(), ElementsAre("own-token")) << "who comes on the second page is known";
  EXPECT_EQ(reserved["a"], 7u);
  answer();
  pass(200ms);
  EXPECT_EQ(reserved["a"], 7u) << "which the reading had passed";
}

TEST_F(TenantOverview, ReadsAllAgainWhereAPartDoesNotCome) {
  for (const auto* id : {"a", "b"}) put(id, 1);
  put("own", 0, "own-token");
  begin();
  new_life();
  store.holds_back = true;
  new_life();
  answer();
  answer(true);
  changed("a");
  pass(200ms);
  EXPECT_THAT(tokens(), ElementsAre("own-token"));
  store.holds_back = false;
  store.tenants.erase({"own"});
  pass(1s);
  pass(100ms);
  EXPECT_THAT(tokens(), IsEmpty());
  EXPECT_EQ(reserved.size(), 2u);
}

TEST_F(TenantOverview, ForgetsWhoWasRemoved) {
  put("a", 2);
  put("b", 1);
  put("own", 0, "own-token");
  begin();
  new_life();
  store.tenants.erase({"a"});
  store.tenants.erase({"own"});
  changed("a");
  changed("own");
  pass(100ms);
  EXPECT_THAT(reserved, ElementsAre(Pair("b", 1)));
  EXPECT_THAT(tokens(), IsEmpty());
}

TEST_F(TenantOverview, SaysThatTheDefaultTenantIsGoneAndBack) {
  put("house");
  begin();
  new_life();
  EXPECT_EQ(default_trouble, "");
  const auto document = store.tenants.at({"house"});
  store.tenants.clear();
  changed("house");
  pass(100ms);
  EXPECT_EQ(default_trouble, "DEFAULT_TENANT is no tenant");
  store.tenants[{"house"}] = document;
  changed("house");
  pass(100ms);
  EXPECT_EQ(default_trouble, "");
}

TEST_F(TenantOverview, TellsManyChangesAtOnce) {
  begin();
  new_life();
  for (int i = 0; i < 50; ++i) {
    put("t" + std::to_string(i), 1);
    changed("t" + std::to_string(i));
  }
  EXPECT_EQ(told, 1);
  pass(100ms);
  EXPECT_EQ(told, 2);
  EXPECT_EQ(reserved.size(), 50u);
}

}  // namespace
}  // namespace tonris::actors::test
