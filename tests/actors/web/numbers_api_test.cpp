#include "actors/web/numbers_api.hpp"

#include "tests/actors/vendor/numbers_at_twilio.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// What is kept of numbers, by a store that may be away.
struct kept_numbers {
  std::map<std::string, std::string> json;
  bool away = false;
};
caf::behavior keeper(caf::event_based_actor*, std::shared_ptr<kept_numbers> kept) {
  return {[kept](const keep_of_number& wanted) -> caf::result<number_kept> {
            if (kept->away) return caf::make_error(caf::sec::runtime_error, "away");
            if (wanted.json.empty())
              kept->json.erase(wanted.number);
            else
              kept->json[wanted.number] = wanted.json;
            return number_kept{};
          },
          [kept](const read_kept_of_number& wanted) -> caf::result<kept_of_number> {
            const auto found = kept->json.find(wanted.number);
            return kept_of_number{found == kept->json.end() ? "" : found->second};
          }};
}

class NumbersApi : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    tenant->numbers = {{second, {}, {}}};
    replace(registry, {*tenant});
    settle();
    at_twilio->calls[first] = elsewhere();
    at_twilio->calls[second] = {};
    auto with = front_config();
    with.numbers = {track_as<twilio_rest>(system.spawn(fake_twilio, at_twilio)),
                    {some_account, config::secret{"main-token"}},
                    origin,
                    track_as<tenant_store>(system.spawn(keeper, memory))};
    open_doors(std::move(with));
  }
  static model::twilio::call_handlers elsewhere() {
    model::twilio::call_handlers calls;
    calls.voice = {"https://user:pw@old.example/voice?key=1", "GET"};
    calls.fallback = {"", "POST"};
    calls.status = {"https://old.example/status", "POST"};
    return calls;
  }
  answer look() { return api("GET", "/api/tenants/salon-1/numbers", "admin"); }
  answer change(const std::string& what, const std::string& json = "{}") {
    return api("POST", "/api/tenants/salon-1/numbers/" + what, "admin", json);
  }
  [[nodiscard]] bool is_ours(const std::string& number) const {
    return at_twilio->calls.at(number) == model::twilio::gateway_handlers(origin);
  }

  static inline const std::string first = "+15550100002", second = "+15550100003";
  std::shared_ptr<numbers_at_twilio> at_twilio = std::make_shared<numbers_at_twilio>();
  std::shared_ptr<kept_numbers> memory = std::make_shared<kept_numbers>();
};

TEST_F(NumbersApi, TellsWhereTheCallsOfATenantsNumbersGo) {
  const auto got = look();
  EXPECT_EQ(got.status, 200u);
  EXPECT_THAT(got.body, HasSubstr(R"({"number":"+15550100002","state":"elsewhere",)"
                                  R"("voiceUrl":"https://old.example/voice")"));
  EXPECT_THAT(got.body, AllOf(Not(HasSubstr("pw")), Not(HasSubstr("key=1"))));
  EXPECT_THAT(got.body, HasSubstr(R"("number":"+15550100003")"));
  EXPECT_EQ(at_twilio->posts, 0);
  EXPECT_EQ(api("GET", "/api/tenants/nobody/numbers", "admin").status, 404u);
}

TEST_F(NumbersApi, SaysWhatItWouldChangeAndChangesNothing) {
  const auto got = change("attach", R"({"dryRun":true})");
  EXPECT_THAT(got.body, HasSubstr(R"({"field":"VoiceUrl","from":"https://old.example/voice",)"
                                  R"("to":"https://gw.example.com/api/webhooks/twilio/elevenlabs"})"));
  EXPECT_EQ(at_twilio->posts, 0);
  EXPECT_THAT(memory->json, IsEmpty());
  EXPECT_EQ(at_twilio->calls[first], elsewhere());
}

TEST_F(NumbersApi, AttachesAndPutsBackWhatWasThere) {
  const auto before = at_twilio->calls;
  EXPECT_THAT(change("attach").body, AllOf(HasSubstr(R"("state":"attached")"), Not(HasSubstr("error"))));
  EXPECT_TRUE(is_ours(first) && is_ours(second));
  const auto posts = at_twilio->posts;
  change("attach");
  EXPECT_EQ(at_twilio->posts, posts) << "nothing is left to be changed";
  EXPECT_THAT(change("detach").body, Not(HasSubstr("error")));
  EXPECT_EQ(at_twilio->calls[first], before.at(first));
  EXPECT_EQ(at_twilio->calls[second].voice.url, "");
  EXPECT_THAT(memory->json, IsEmpty());
  EXPECT_THAT(change("detach").body, Not(HasSubstr("error"))) << "nothing is the gateway's any more";
}

TEST_F(NumbersApi, ChangesTheOneThatIsNamedAlone) {
  change("attach", R"({"number":"+1 555 010 0003"})");
  EXPECT_TRUE(is_ours(second));
  EXPECT_FALSE(is_ours(first));
  EXPECT_EQ(change("attach", R"({"number":"+15550109999"})").status, 400u);
  EXPECT_EQ(change("attach", R"({"number":"x"})").status, 400u);
  EXPECT_EQ(change("attach", R"({"wrong":1})").status, 400u);
}

TEST_F(NumbersApi, SaysWhatTwilioDidNotDo) {
  const auto says = [&](twilio_answer said) {
    at_twilio->next = {std::move(said)};
    return change("attach", R"({"number":"+15550100002"})").body;
  };
  EXPECT_THAT(says({401, R"({"code":20003,"message":"Authenticate"})", {}}),
              HasSubstr(R"("code":"twilio_unauthorized")"));
  EXPECT_THAT(says({404, R"({"code":20404,"message":"gone"})", {}}), HasSubstr(R"("code":"twilio_number_unknown")"));
  EXPECT_THAT(says({429, "{}", {}}), HasSubstr(R"("code":"twilio_busy")"));
  EXPECT_THAT(says({503, "<html>", {}}), HasSubstr(R"("code":"twilio_unavailable")"));
  EXPECT_THAT(says({200, "<html>", {}}), HasSubstr(R"("code":"twilio_unreadable")"));
  EXPECT_THAT(says({0, {}, "read_timeout"}), HasSubstr(R"("code":"twilio_no_answer")"));
  EXPECT_THAT(says({200, R"({"incoming_phone_numbers":[],"next_page_uri":null})", {}}),
              HasSubstr(R"("code":"twilio_number_unknown","message":"account )" + some_account.value));
  EXPECT_EQ(at_twilio->posts, 0);
  EXPECT_EQ(at_twilio->calls[first], elsewhere());
}

TEST_F(NumbersApi, SaysWhereNobodyKnowsWhetherItWasDone) {
  at_twilio->next = {answer_of(*at_twilio, {{}, model::twilio::numbers_target(some_account, first), ""}),
                     {0, {}, "read_timeout"}};
  const auto got = change("attach", R"({"number":"+15550100002"})");
  EXPECT_THAT(got.body, HasSubstr(R"("code":"twilio_no_answer")"));
  EXPECT_EQ(memory->json.size(), 1u) << "what was there is kept all the same";
  EXPECT_THAT(change("attach").body, Not(HasSubstr("error")));
  change("detach");
  EXPECT_EQ(at_twilio->calls[first], elsewhere());
}

TEST_F(NumbersApi, ChangesNothingWhoseWayBackCannotBeKept) {
  memory->away = true;
  EXPECT_THAT(change("attach").body, HasSubstr(R"("code":"store_unavailable")"));
  EXPECT_EQ(at_twilio->posts, 0);
}

TEST_F(NumbersApi, BelievesWhatTwilioShowsAndNotThatItSaidYes) {
  at_twilio->forgets = true;
  EXPECT_THAT(change("attach").body, HasSubstr(R"("code":"twilio_refused")"));
}

TEST_F(NumbersApi, PutsNothingBackThatItDoesNotKnow) {
  at_twilio->calls[first] = model::twilio::gateway_handlers(origin);  // as in the console
  EXPECT_THAT(change("detach").body, HasSubstr(R"("code":"nothing_kept")"));
  EXPECT_TRUE(is_ours(first));
}

TEST_F(NumbersApi, AreTheOperators) {
  using model::scope;
  const auto key = make_key("salon-1", {scope::read, scope::control, scope::settings, scope::recordings});
  EXPECT_EQ(api("GET", "/api/tenants/salon-1/numbers", key).status, 403u);
  EXPECT_EQ(api("POST", "/api/tenants/salon-1/numbers/attach", key, "{}").status, 403u);
  EXPECT_THAT(at_twilio->targets, IsEmpty());
}

TEST_F(NumbersApi, AreInTheAuditTrailWhenTheyAreChanged) {
  look();
  change("attach", R"({"dryRun":true})");
  EXPECT_THAT(kept->trail, IsEmpty());
  change("attach");
  ASSERT_EQ(kept->trail.size(), 2u);
  EXPECT_EQ(kept->trail[0].what, "number.attach");
  EXPECT_EQ(kept->trail[0].tenant, tenant->id);
  EXPECT_THAT(kept->trail[0].before + kept->trail[1].before, AllOf(HasSubstr("old.example"), Not(HasSubstr("pw"))));
}

/// What Twilio says to the change of the first number, and what the trail then has.
TEST_F(NumbersApi, AreInTheAuditTrailWhereverTwilioMayHaveChangedThem) {
  const twilio_answer not_sent{0, {}, "full", false};
  const struct {
    twilio_answer said;
    const char* code;
    bool is_noted;
  } rows[] = {
      {{0, {}, "read_timeout"}, "twilio_no_answer", true},
      {{503, "<html>", {}}, "twilio_unavailable", true},
      {{200, "<html>", {}}, "twilio_unreadable", true},
      {{302, "", {}}, "twilio_refused", true},
      {{400, R"({"code":21402,"message":"no"})", {}}, "twilio_refused", false},
      {{429, "{}", {}}, "twilio_busy", false},
      {not_sent, "twilio_busy", false},
  };
  for (const auto& row : rows) {
    kept->trail.clear();
    at_twilio->next = {answer_of(*at_twilio, {{}, model::twilio::numbers_target(some_account, first), ""}), row.said};
    EXPECT_THAT(change("attach", R"({"number":"+15550100002"})").body,
                HasSubstr(std::string{R"("code":")"} + row.code + "\""));
    EXPECT_EQ(kept->trail.size(), row.is_noted ? 1u : 0u) << row.code;
  }
}

TEST_F(NumbersApi, AreInTheAuditTrailWhereTwilioShowsSomethingElseThanItTook) {
  at_twilio->forgets = true;
  EXPECT_THAT(change("attach", R"({"number":"+15550100002"})").body, HasSubstr(R"("code":"twilio_refused")"));
  EXPECT_EQ(kept->trail.size(), 1u);
}

TEST_F(NumbersApi, AreInTheAuditTrailWhereTheyWerePutBackAndTheStoreIsAway) {
  change("attach", R"({"number":"+15550100002"})");
  kept->trail.clear();
  memory->away = true;
  EXPECT_THAT(change("detach", R"({"number":"+15550100002"})").body, HasSubstr(R"("code":"store_unavailable")"));
  EXPECT_EQ(at_twilio->calls[first], elsewhere());
  ASSERT_EQ(kept->trail.size(), 1u);
  EXPECT_EQ(kept->trail[0].what, "number.detach");
}

TEST_F(NumbersApi, AreNotInTheAuditTrailWhereTwilioWasNotAskedToChangeThem) {
  memory->away = true;
  EXPECT_THAT(change("attach").body, HasSubstr(R"("code":"store_unavailable")"));
  EXPECT_THAT(kept->trail, IsEmpty());
}

}  // namespace
}  // namespace tonris::actors::test
