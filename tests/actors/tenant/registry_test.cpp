#include "actors/tenant/registry.hpp"

#include <deque>

#include "actors/store/tenant_write.hpp"
#include "model/access/derived_keys.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

/// A store that a test fills, and that answers when it is told to.
struct told_store {
  std::deque<std::pair<look_up_tenants, caf::typed_response_promise<looked_up_tenants>>> asked;
  std::vector<model::tenant> tenants;
  std::string etag = "1-x";
  tenant_watcher watcher;
  bool holds_back = false, is_away = false, is_whole = true;

  [[nodiscard]] looked_up_tenants answer(const look_up_tenants& wanted) const {
    looked_up_tenants found;
    found.is_whole = is_whole;
    for (const auto& one : wanted.wanted) {
      auto& is = found.found.emplace_back();
      for (const auto& t : tenants) {
        const auto write = write_of(t, "");
        const bool meant = one.number.empty() ? t.id == one.id : write.numbers.at(0) == one.number;
        if (!meant) continue;
        const bool same = one.known_etag == etag;
        is = {same ? looked_up_tenant::outcome::unchanged : looked_up_tenant::outcome::found,
              {t.id, etag, same ? "" : write.json}};
      }
    }
    return found;
  }
};

/// The store answers its oldest question so: a promise is its actor's.
struct answer_so {
  using travels = in_process;
  looked_up_tenants with;
};

class TenantRegistry : public ActorTest {
 protected:
  static model::tenant tenant(std::string id, std::string number) {
    model::tenant t;
    t.id = {std::move(id)};
    t.name = "Salon";
    t.phone_number = std::move(number);
    return t;
  }
  void begin(bool knows_all_numbers) {
    store_actor = track(system.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {[this, self](const look_up_tenants& wanted) -> caf::result<looked_up_tenants> {
                ++questions;
                if (store.is_away) return caf::make_error(caf::sec::runtime_error, "away");
                if (!store.holds_back) return store.answer(wanted);
                store.asked.emplace_back(wanted, self->make_response_promise<looked_up_tenants>());
                return caf::delegated<looked_up_tenants>{};
              },
              [this](const answer_so& m) {
                store.asked.front().second.deliver(m.with);
                store.asked.pop_front();
              },
              [this](const watch_tenants& m) { store.watcher = m.watcher; }};
    }));
    tenant_registry_state::config with;
    with.store = caf::actor_cast<tenant_store>(store_actor);
    with.counters = &counters;
    with.seal = seal;
    with.default_tenant = {stands_in};
    if (has_mirror) {
      mirror = track(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
        return {[this](const look_up_tenants& wanted) -> caf::result<looked_up_tenants> {
                  if (mirrored.is_away) return caf::make_error(caf::sec::runtime_error, "away");
                  return mirrored.answer(wanted);
                },
                [this](const keep_copy& m) {
                  copies.push_back(m.tenant.id.value);
                  return copy_kept{};
                }};
      }));
      with.mirror = caf::actor_cast<tenant_mirror>(mirror);
    }
    registry = track(system.spawn(tenant_registrar, with));
    settle();
    ASSERT_TRUE(store.watcher);
    new_life(knows_all_numbers);
  }
  void new_life(bool knows_all_numbers) {
    auto numbers = std::make_shared<tenant_store_began::number_list>();
    for (const auto& t : store.tenants) numbers->emplace_back(called_numbers(t).at(0), t.id);
    tenant_store_began began;
    if (knows_all_numbers) began.numbers = std::move(numbers);
    caf::anon_send(store.watcher, began);
    settle();
  }
  void change(model::tenant to, std::string etag) {
    tenants_changed news;
    for (auto& t : store.tenants)
      if (t.id == to.id) {
        news.changes.push_back({2, t.id, called_numbers(t), called_numbers(to)});
        t = std::move(to);
        break;
      }
    store.etag = std::move(etag);
    caf::anon_send(store.watcher, news);
    settle();
  }
  struct answer {
    found_tenant found;
    bool failed = false, came = false;
    [[nodiscard]] std::string id() const { return found.tenant ? found.tenant->id.value : ""; }
  };
  template <class Question>
  std::shared_ptr<answer> ask(const Question& wanted) {
    auto got = std::make_shared<answer>();
    system.spawn([got, wanted, to = registry](caf::event_based_actor* self) {
      self->request(to, 10s, wanted)
          .then(
              [got](const found_tenant& found) {
                got->found = found;
                got->came = true;
              },
              [got](const caf::error&) { got->failed = got->came = true; });
    });
    settle();
    return got;
  }
  std::string find(const std::string& number) { return ask(find_tenant{number})->id(); }
  void TearDown() override {
    registry = nullptr;
    store_actor = nullptr;
    mirror = nullptr;
    store.watcher = nullptr;
    store.asked.clear();
    ActorTest::TearDown();
  }

  told_store store, mirrored;
  bool has_mirror = false;
  caf::actor mirror;
  std::vector<std::string> copies;
  int questions = 0;
  std::string stands_in;                          ///< DEFAULT_TENANT
  std::shared_ptr<const model::field_seal> seal;  ///< of their secrets
  caf::actor store_actor;
  tenant_registry registry;
};

TEST_F(TenantRegistry, AsksTheStoreAtTheFirstCallOnly) {
  store.tenants = {tenant("a", "+15550100001")};
  begin(true);
  EXPECT_EQ(find("+15550100001"), "a");
  EXPECT_EQ(find("+15550100001"), "a");
  EXPECT_EQ(ask(find_tenant_by_id{{"a"}})->id(), "a");
  EXPECT_EQ(questions, 1);
  EXPECT_EQ(counted(R"(tonris_tenant_lookups_total{outcome="in_store"})"), 1);
}

TEST_F(TenantRegistry, AsksNothingAboutStrangersWhereItKnowsAllNumbers) {
  store.tenants = {tenant("a", "+15550100001")};
  begin(true);
  EXPECT_EQ(find("+15550109999"), "");
  EXPECT_FALSE(ask(find_tenant{"+15550109998", "+15550109997", "anonymous"})->found.from_tenant);
  EXPECT_EQ(questions, 0);
}

TEST_F(TenantRegistry, AsksOnceAboutAStrangerWhereTheStoreIsShared) {
  begin(false);
  EXPECT_EQ(find("+15550109999"), "");
  EXPECT_EQ(find("+15550109999"), "");
  EXPECT_EQ(questions, 1);
  pass(31s);
  EXPECT_EQ(find("+15550109999"), "");
  EXPECT_EQ(questions, 2) << "it may be somebody's by now";
}

TEST_F(TenantRegistry, FindsANumberInEitherOfItsForms) {
  for (const bool all : {true, false}) {
    store.tenants = {tenant("old", "+5215512345678"), tenant("new", "+2290190123456")};
    begin(all);
    for (const auto* number : {"+5215512345678", "+525512345678"}) EXPECT_EQ(find(number), "old") << number;
    for (const auto* number : {"+22990123456", "+2290190123456"}) EXPECT_EQ(find(number), "new") << number;
  }
}

TEST_F(TenantRegistry, KnowsACallThatComesFromATenant) {
  for (const bool all : {true, false}) {
    store.tenants = {tenant("a", "+15550100001"), tenant("b", "+15550100002")};
    begin(all);
    const auto from_tenant = [&](const find_tenant& wanted) { return ask(wanted)->found.from_tenant; };
    EXPECT_FALSE(from_tenant({"+15550100001", "+15550107777", ""}));
    EXPECT_FALSE(from_tenant({"+15550100001", "anonymous", "sip:desk@example.com"}));
    EXPECT_TRUE(from_tenant({"+15550100001", "+15550100002", ""}));
    EXPECT_TRUE(from_tenant({"+15550100001", "+15550107777", "+15550100002"})) << "forwarded by one";
    EXPECT_TRUE(from_tenant({"+15550100001", "+15550100001", ""})) << "its own, by way of a mobile that forwards";
    EXPECT_FALSE(from_tenant({"+15550100001", "+15550107777", "+15550100001"})) << "a direct call, of some carriers";
    EXPECT_TRUE(from_tenant({"+15550100001", "+15550100002", "+15550100001"}));
  }
}

TEST_F(TenantRegistry, ServesAChangeToTheNextCallButNotUnderACallsFeet) {
  store.tenants = {tenant("a", "+15550100001")};
  begin(true);
  const auto kept = ask(find_tenant{"+15550100001"})->found.tenant;
  change(tenant("a", "+15550100002"), "2-y");
  EXPECT_EQ(find("+15550100001"), "");
  EXPECT_EQ(find("+15550100002"), "a");
  EXPECT_EQ(ask(find_tenant_by_id{{"a"}})->found.tenant->phone_number, "+15550100002");
  EXPECT_EQ(kept->phone_number, "+15550100001");
}

TEST_F(TenantRegistry, UsesAnAnswerThatAChangeOvertookOnceAndDoesNotKeepIt) {
  store.tenants = {tenant("a", "+15550100001")};
  begin(false);
  store.holds_back = true;
  const auto first = ask(find_tenant{"+15550100001"});
  const auto old = store.answer(store.asked.front().first);
  auto renamed = tenant("a", "+15550100001");
  renamed.name = "Other";
  change(renamed, "2-y");
  caf::anon_send(store_actor, answer_so{old});  // was on its way
  settle();
  ASSERT_TRUE(first->came);
  EXPECT_EQ(first->found.tenant->name, "Salon");
  store.holds_back = false;
  EXPECT_EQ(ask(find_tenant{"+15550100001"})->found.tenant->name, "Other");
}

TEST_F(TenantRegistry, VerifiesWhatItHasAfterABreakWithoutReadingItAgain) {
  store.tenants = {tenant("a", "+15550100001")};
  begin(false);
  EXPECT_EQ(find("+15550100001"), "a");
  new_life(false);
  EXPECT_EQ(find("+15550100001"), "a");
  EXPECT_EQ(questions, 2);
  EXPECT_EQ(find("+15550100001"), "a");
  EXPECT_EQ(questions, 2) << "it is fresh again";
}

TEST_F(TenantRegistry, LooksUpEachCallsTenantWhileChangesAreNotHeardOf) {
  store.tenants = {tenant("a", "+15550100001")};
  begin(false);
  EXPECT_EQ(find("+15550100001"), "a");
  caf::anon_send(store.watcher, tenant_store_began{false, nullptr});
  settle();
  for (const auto* name : {"Salon", "Other", "Third"}) {
    store.tenants[0].name = name;  // by another node, unheard
    store.etag = std::string{"2-"} + name;
    EXPECT_EQ(ask(find_tenant{"+15550100001"})->found.tenant->name, name);
  }
  EXPECT_EQ(questions, 4);
}

TEST_F(TenantRegistry, ServesWhoIsAtHandWhileTheStoreIsAwayAndFailsForOthers) {
  store.tenants = {tenant("a", "+15550100001")};
  begin(false);
  EXPECT_EQ(find("+15550100001"), "a");
  new_life(false);
  store.is_away = true;
  EXPECT_EQ(find("+15550100001"), "a");
  EXPECT_EQ(ask(find_tenant{"+15550100001", "+15550107777"})->id(), "a") << "whoever calls";
  EXPECT_TRUE(ask(find_tenant{"+15550100002"})->failed) << "that is not the same as nobody's number";
  EXPECT_TRUE(ask(find_tenant_by_id{{"b"}})->failed);
  EXPECT_EQ(counted(R"(tonris_tenant_lookups_total{outcome="stale"})"), 2);
  EXPECT_EQ(counted(R"(tonris_tenant_lookups_total{outcome="failed"})"), 2);
}

TEST_F(TenantRegistry, DoesNotBelieveAStoreThatHasLostItsTenants) {
  store.tenants = {tenant("a", "+15550100001")};
  begin(false);
  EXPECT_EQ(find("+15550100001"), "a");
  store.tenants.clear();
  store.is_whole = false;
  new_life(false);
  EXPECT_EQ(find("+15550100001"), "a") << "he is served";
  EXPECT_TRUE(ask(find_tenant{"+15550100002"})->failed) << "nobody knows whose it is";
  store.tenants = {tenant("a", "+15550100001"), tenant("b", "+15550100002")};
  EXPECT_EQ(find("+15550100002"), "b") << "who is put there again is found";
}

TEST_F(TenantRegistry, ServesFromItsCopyWhoIsNotAtHandWhileTheStoreIsAway) {
  has_mirror = true;
  mirrored.tenants = {tenant("a", "+15550100001"), tenant("b", "+15550100002")};
  begin(false);
  store.is_away = true;
  EXPECT_EQ(find("+15550100001"), "a");
  EXPECT_EQ(ask(find_tenant_by_id{{"b"}})->id(), "b");
  const auto by_tenant = ask(find_tenant{"+15550100001", "+15550100002"});
  EXPECT_TRUE(by_tenant->found.from_tenant);
  EXPECT_TRUE(ask(find_tenant{"+15550100003"})->failed) << "no copy is not the same as nobody";
  EXPECT_EQ(counted(R"(tonris_tenant_lookups_total{outcome="mirrored"})"), 3);
  mirrored.is_away = true;
  EXPECT_TRUE(ask(find_tenant{"+15550100001"})->failed);
}

TEST_F(TenantRegistry, ServesFromItsCopyWhomTheStoreHasLost) {
  has_mirror = true;
  mirrored.tenants = {tenant("a", "+15550100001")};
  begin(false);
  store.is_whole = false;
  EXPECT_EQ(find("+15550100001"), "a");
  EXPECT_TRUE(ask(find_tenant{"+15550100002"})->failed);
  store.is_whole = true;
  EXPECT_EQ(find("+15550100001"), "") << "a store that has lost nobody is believed";
}

TEST_F(TenantRegistry, CopiesWhatItFetches) {
  has_mirror = true;
  store.tenants = {tenant("a", "+15550100001")};
  begin(false);
  EXPECT_EQ(find("+15550100001"), "a");
  EXPECT_EQ(find("+15550100001"), "a") << "at hand";
  EXPECT_EQ(find("+15550100002"), "");
  EXPECT_THAT(copies, testing::ElementsAre("a"));
  EXPECT_EQ(counted(R"(tonris_tenant_copies_total{outcome="kept"})"), 1);
}

TEST_F(TenantRegistry, WaitsForASilentStoreNoLongerThanItsPatience) {
  store.tenants = {tenant("a", "+15550100001")};
  begin(false);
  store.holds_back = true;
  const auto asked = ask(find_tenant{"+15550100001"});
  EXPECT_FALSE(asked->came);
  pass(500ms);
  EXPECT_TRUE(asked->failed);
}

TEST_F(TenantRegistry, TellsATenantThatItCannotReadFromNone) {
  begin(true);
  auto broken = tenant("a", "+15550100001");
  store.tenants = {broken};
  new_life(true);
  store.tenants[0].name = "";  // which no version of this writes
  EXPECT_TRUE(ask(find_tenant{"+15550100001"})->failed) << "the number is somebody's";
  EXPECT_EQ(counted("tonris_tenants_unreadable_total"), 1);
}

TEST_F(TenantRegistry, GivesTheDefaultTenantWhereNobodyHasTheNumber) {
  stands_in = "b";
  store.tenants = {tenant("a", "+15550100001"), tenant("b", "+15550100002")};
  for (const bool knows_all_numbers : {false, true}) {
    begin(knows_all_numbers);
    const auto nobodys = [&](bool or_default) { return ask(find_tenant{"+15550100009", {}, {}, or_default})->found; };
    for (int n = 0; n < 2; ++n) {
      const auto found = nobodys(true);
      ASSERT_TRUE(found.tenant) << knows_all_numbers << n;
      EXPECT_EQ(found.tenant->id.value, "b");
      EXPECT_TRUE(found.is_default);
    }
    EXPECT_FALSE(nobodys(false).tenant) << "who did not ask for him";
    const auto own = ask(find_tenant{"+15550100001", {}, {}, true})->found;
    EXPECT_EQ(own.tenant->id.value, "a");
    EXPECT_FALSE(own.is_default);
    EXPECT_FALSE(ask(find_tenant{"+15550100002", {}, {}, true})->found.is_default) << "his own number";
  }
}

TEST_F(TenantRegistry, GivesTheDefaultTenantNoNumberThatMayBeSomebodys) {
  stands_in = "b";
  store.tenants = {tenant("a", "+15550100001"), tenant("b", "+15550100002")};
  begin(false);
  ASSERT_EQ(find("+15550100002"), "b") << "he is at hand";
  store.is_away = true;
  EXPECT_TRUE(ask(find_tenant{"+15550100009", {}, {}, true})->failed) << "nobody can say that it is nobody's";
  store.is_away = false;
  store.tenants[0].name = "";  // which no version of this writes
  EXPECT_TRUE(ask(find_tenant{"+15550100001", {}, {}, true})->failed) << "it is somebody's who cannot be read";
  store.tenants.clear();
  store.is_whole = false;
  EXPECT_TRUE(ask(find_tenant{"+15550100001", {}, {}, true})->failed) << "the store has lost its tenants";
}

TEST_F(TenantRegistry, KnowsNobodyWhereTheDefaultTenantIsNone) {
  stands_in = "gone";
  store.tenants = {tenant("a", "+15550100001")};
  begin(true);
  const auto got = ask(find_tenant{"+15550100009", {}, {}, true});
  EXPECT_TRUE(got->came);
  EXPECT_FALSE(got->failed || got->found.tenant);
  EXPECT_EQ(find("+15550100001"), "a");
  store.is_away = true;
  EXPECT_TRUE(ask(find_tenant{"+15550100009", {}, {}, true})->failed) << "nobody can say who he is";
  EXPECT_EQ(find("+15550100001"), "a");
}

TEST_F(TenantRegistry, OpensWhatItsTenantsEntrustToTheGateway) {
  const auto keys = derive(*model::parse_key_ring("k1:" + std::string(43, 'A') + "="));
  seal = std::make_shared<const model::field_seal>(keys);
  auto t = tenant("a", "+15550100001");
  t.secrets.api_key = {model::tenant_secret::form::plain, "sk_own"};
  ASSERT_TRUE(seal_secrets(t.secrets, t.id, *seal, [] { return model::aead_nonce{}; }));
  store.tenants = {t};
  begin(true);
  EXPECT_EQ(ask(find_tenant{"+15550100001"})->found.tenant->secrets.api_key,
            (model::tenant_secret{model::tenant_secret::form::plain, "sk_own"}));
  seal = std::make_shared<const model::field_seal>(std::vector<model::derived_keys>{});
  begin(true);
  EXPECT_EQ(ask(find_tenant{"+15550100001"})->found.tenant->secrets.api_key.is, model::tenant_secret::form::sealed)
      << "SECRETS_KEY is another one";
}

}  // namespace
}  // namespace tonris::actors::test
