#include "actors/access/registry.hpp"

#include "tests/actors/access/fake_store.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class AccessRegistry : public ActorTest {
 protected:
  void SetUp() override {
    store = track(system.spawn(fake_access_store, kept));
    registry = spawn(some_digests());
  }
  void TearDown() override {
    kept->held.clear();
    registry = nullptr;
    store = nullptr;
    ActorTest::TearDown();
  }
  access_registry spawn(std::shared_ptr<const model::api_key_digests> digests,
                        std::optional<std::chrono::milliseconds> remembers = {}) {
    access_registry_state::config config;
    config.store = store;
    config.digests = std::move(digests);
    config.wall_clock = [this] { return wall; };
    config.random = [this] {
      model::api_key_seed seed;
      seed.id[0] = ++seeds;
      return seed;
    };
    config.counters = &counters;
    config.remembers = remembers;
    return track(system.spawn(run_access_registry, std::move(config)));
  }
  template <class Answer, class Question>
  std::shared_ptr<std::optional<Answer>> begin(const Question& question) {
    auto got = std::make_shared<std::optional<Answer>>();
    system.spawn([got, question, to = registry](caf::event_based_actor* self) {
      self->request(to, 10s, question).then([got](const Answer& answer) { *got = answer; }, [](const caf::error&) {});
    });
    settle();
    return got;
  }
  template <class Answer, class Question>
  std::optional<Answer> ask(const Question& question) {
    return *begin<Answer>(question);
  }
  std::string create(const std::string& tenant = "salon-1", model::scopes granted = {model::scope::read}) {
    return ask<created_api_key>(create_api_key{{}, {tenant}, "our CRM", granted}).value().text;
  }
  std::optional<model::principal> check(const std::string& text) {
    return ask<checked_api_key>(check_api_key{text}).value().who;
  }
  std::vector<std::string> revoke(const std::string& tenant, const std::string& id) {
    return ask<removed_api_keys>(revoke_api_keys{{}, {tenant}, id}).value().ids;
  }
  static std::string id_of(const std::string& text) { return std::string{model::api_key_id(text).value()}; }

  std::shared_ptr<kept_access> kept = std::make_shared<kept_access>();
  std::chrono::system_clock::time_point wall{std::chrono::days{20'000}};
  std::uint8_t seeds = 0;
  access_store store;
  access_registry registry;
};

TEST_F(AccessRegistry, MakesAKeyThatOpensWhatItsScopesAreFor) {
  const auto text = create("salon-1", {model::scope::read, model::scope::control});
  const auto who = check(text);
  ASSERT_TRUE(who);
  EXPECT_EQ(
      *who,
      (model::principal{
          model::principal::kind::tenant, {"salon-1"}, {model::scope::read, model::scope::control}, id_of(text)}));
  EXPECT_THAT(kept->keys.at(id_of(text)).digest, Not(HasSubstr(text)));
}

TEST_F(AccessRegistry, TellsInTheTrailWhoMadeAndRevokedItAndNothingThatOpens) {
  const auto text = create();
  const model::principal by{model::principal::kind::tenant, {"salon-1"}, {model::scope::settings}, "aaaaaaaaaaaa"};
  ASSERT_TRUE(ask<removed_api_keys>(revoke_api_keys{by, {"salon-1"}, id_of(text)}));
  ASSERT_EQ(kept->trail.size(), 2u);
  EXPECT_EQ(kept->trail[0].who, "operator");
  EXPECT_EQ(kept->trail[0].what, "key.create");
  EXPECT_EQ(kept->trail[0].tenant.value, "salon-1");
  EXPECT_EQ(kept->trail[0].at, wall);
  EXPECT_THAT(kept->trail[0].after, HasSubstr(R"("name":"our CRM")"));
  EXPECT_THAT(kept->trail[0].after, Not(HasSubstr("tnr_")));
  EXPECT_THAT(kept->trail[0].after, Not(HasSubstr("digest")));
  EXPECT_EQ(kept->trail[1].who, "key aaaaaaaaaaaa");
  EXPECT_EQ(kept->trail[1].before, R"({"keyId":")" + id_of(text) + R"("})");
}

TEST_F(AccessRegistry, OpensNothingWithWhatIsNoKeyOrNobodys) {
  const auto text = create();
  const int asked = kept->found;
  for (const auto& none : {std::string{}, std::string{"tnr_"}, text + "0", text.substr(1)}) EXPECT_FALSE(check(none));
  EXPECT_EQ(kept->found, asked) << "not worth a look";
  EXPECT_FALSE(check(model::make_api_key({{9, 9, 9, 9, 9, 9}, {}})));
  model::api_key_seed forged{{1}, {42}};
  ASSERT_EQ(id_of(model::make_api_key(forged)), id_of(text));
  EXPECT_FALSE(check(model::make_api_key(forged))) << "another secret under a known id";
  EXPECT_TRUE(check(text));
}

TEST_F(AccessRegistry, AsksItsStoreOnceForAKeyAndForOneThatIsNot) {
  const auto text = create(), nobodys = model::make_api_key({{9}, {}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(check(text));
    EXPECT_FALSE(check(nobodys));
  }
  EXPECT_EQ(kept->found, 2);
  EXPECT_EQ(counted(R"(tonris_api_key_lookups_total{from="known"})"), 4);
}

TEST_F(AccessRegistry, RevokesAtOnceAndOfThatTenantOnly) {
  const auto text = create();
  EXPECT_TRUE(check(text));
  EXPECT_THAT(revoke("salon-2", id_of(text)), testing::IsEmpty());
  EXPECT_TRUE(check(text));
  EXPECT_THAT(revoke("salon-1", id_of(text)), testing::ElementsAre(id_of(text)));
  EXPECT_FALSE(check(text));
}

TEST_F(AccessRegistry, RevokesAllKeysOfATenantThatGoes) {
  const auto one = create(), two = create(), others = create("salon-2");
  for (const auto& text : {one, two, others}) EXPECT_TRUE(check(text));
  EXPECT_EQ(revoke("salon-1", "").size(), 2u);
  EXPECT_FALSE(check(one));
  EXPECT_FALSE(check(two));
  EXPECT_TRUE(check(others));
}

TEST_F(AccessRegistry, DoesNotRememberWhatWasLookedUpBeforeAKeyWasRevoked) {
  const auto text = create();
  kept->holds_back = true;
  const auto before = begin<checked_api_key>(check_api_key{text});
  EXPECT_FALSE(*before) << "it waits for the store";
  kept->holds_back = false;
  EXPECT_EQ(revoke("salon-1", id_of(text)).size(), 1u);
  kept->answer_all();
  settle();
  EXPECT_FALSE(check(text)) << "the answer of before is older than the revocation";
}

TEST_F(AccessRegistry, SaysThatItDoesNotKnowWhileItsStoreIsAway) {
  const auto known = create(), other = create();
  EXPECT_TRUE(check(known));
  kept->is_away = true;
  EXPECT_TRUE(check(known)) << "what it remembers goes on";
  EXPECT_FALSE(ask<checked_api_key>(check_api_key{other})) << "an error, no refusal";
  EXPECT_FALSE(ask<created_api_key>(create_api_key{{}, {"salon-1"}, "x", {}}));
  EXPECT_FALSE(ask<removed_api_keys>(revoke_api_keys{{}, {"salon-1"}, id_of(known)}));
  kept->is_away = false;
  EXPECT_TRUE(check(other));
}

TEST_F(AccessRegistry, NoticesSoonWhatAnotherNodeHasMadeAndRevoked) {
  registry = spawn(some_digests(), 500ms);
  const auto text = create();
  EXPECT_TRUE(check(text));
  const auto made = kept->keys.extract(id_of(text));  // by another node
  EXPECT_TRUE(check(text)) << "it was asked for a moment ago";
  pass(500ms);
  EXPECT_FALSE(check(text));
  kept->keys[id_of(text)] = made.mapped();
  pass(500ms);
  EXPECT_TRUE(check(text));
  kept->is_away = true;
  pass(500ms);
  EXPECT_FALSE(ask<checked_api_key>(check_api_key{text})) << "an error: it may have been revoked";
}

TEST_F(AccessRegistry, CountsFromItsQuestionHowLongAnAnswerIsGood) {
  registry = spawn(some_digests(), 500ms);
  const auto text = create();
  kept->holds_back = true;
  const auto slow = begin<checked_api_key>(check_api_key{text});
  pass(400ms);
  kept->holds_back = false;
  kept->answer_all();
  settle();
  EXPECT_TRUE(slow->value().who);
  kept->keys.clear();
  pass(100ms);
  EXPECT_FALSE(check(text));
}

TEST_F(AccessRegistry, RemembersTheDayOfUseOnceADay) {
  const auto text = create();
  const auto day = std::chrono::sys_days{std::chrono::days{20'000}};
  EXPECT_TRUE(check(text));
  EXPECT_EQ(kept->used.at(id_of(text)), day);
  kept->used.clear();
  EXPECT_TRUE(check(text));
  settle();
  EXPECT_TRUE(kept->used.empty());
  wall += 25h;
  EXPECT_TRUE(check(text));
  settle();
  EXPECT_EQ(kept->used.at(id_of(text)), day + std::chrono::days{1});
}

TEST_F(AccessRegistry, MakesNoKeyWithoutSecretsKeyAndNotMoreThanATenantMayHave) {
  const auto with = registry;
  registry = spawn(std::make_shared<const model::api_key_digests>(std::vector<model::derived_keys>{}));
  EXPECT_EQ(ask<created_api_key>(create_api_key{{}, {"salon-1"}, "x", {}})->is,
            created_api_key::outcome::no_secrets_key);
  registry = with;
  for (std::size_t i = 0; i < model::max_api_keys_of_a_tenant; ++i) EXPECT_NE(create(), "");
  const auto refused = ask<created_api_key>(create_api_key{{}, {"salon-1"}, "x", {}});
  EXPECT_EQ(refused->is, created_api_key::outcome::too_many);
  EXPECT_EQ(refused->text, "") << "it opens nothing, so nobody is told of it";
}

TEST_F(AccessRegistry, RemembersABoundedNumberOfKeys) {
  const auto text = create();
  EXPECT_TRUE(check(text));
  for (std::size_t i = 0; i < access_registry_state::max_known + 10; ++i) {
    model::api_key_seed seed{
        {0, 0, 0, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)},
        {}};
    caf::anon_send(registry, check_api_key{model::make_api_key(seed)});
  }
  settle();
  const int asked = kept->found;
  EXPECT_TRUE(check(text)) << "pushed out by a flood, and asked for again";
  EXPECT_EQ(kept->found, asked + 1);
}

TEST_F(AccessRegistry, HandsTheTrailOn) {
  model::audit_entry entry;
  entry.who = "TENANTS_FILE";
  entry.tenant = {"salon-1"};
  ASSERT_TRUE(ask<change_noted>(note_change{entry}));
  EXPECT_EQ(kept->trail.at(0).at, wall);
  EXPECT_EQ(ask<audit_page>(list_audit{{"salon-1"}})->entries.size(), 1u);
  EXPECT_EQ(ask<audit_page>(list_audit{{"salon-2"}})->entries.size(), 0u);
}

}  // namespace
}  // namespace tonris::actors::test
