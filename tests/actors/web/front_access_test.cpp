/// Who comes in at the administration API, and what it costs the others when somebody tries.
#include <thread>

#include "actors/web/front.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::scope;
using testing::HasSubstr;
using testing::Not;

class FrontAccess : public FrontTest {
 protected:
  static inline const std::string record_path = "/api/calls/" + some_call.value;

  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  void open_with_waits(std::size_t most) {
    auto with = front_config();
    with.max_late_answers = most;
    open_doors(std::move(with));
  }
  void let_time_pass(std::chrono::milliseconds time) {
    std::this_thread::sleep_for(time);
    settle();
  }
  static std::string forged(std::uint8_t id) { return model::make_api_key({{id}, {0xff}}); }
  double unauthorized() { return counted(R"(tonris_http_refused_total{endpoint="api",reason="unauthorized"})"); }
};

TEST_F(FrontAccess, LetsATenantSeeItsOwnCallsAlone) {
  post(voice_path, voice_form());
  const auto own = make_key("salon-1", {scope::read}), others = make_key("salon-2", {scope::read});
  EXPECT_EQ(api("GET", record_path, own).status, 200u);
  const auto hidden = api("GET", record_path, others), nobodys = api("GET", "/api/calls/CA9", others);
  EXPECT_EQ(hidden.status, 404u);
  EXPECT_EQ(hidden.body, nobodys.body);
}

TEST_F(FrontAccess, LetsATenantSeeTheEventsOfItsOwnCallsAlone) {
  post(voice_path, voice_form());
  stored->events.emplace_back();
  const auto own = make_key("salon-1", {scope::read}), others = make_key("salon-2", {scope::read});
  EXPECT_EQ(api("GET", record_path + "/timeline", own).body, to_json(stored->events));
  EXPECT_EQ(api("GET", record_path + "/timeline", others).status, 404u);
}

TEST_F(FrontAccess, TellsATenantWhatItsKeyIsNotFor) {
  const auto key = make_key("salon-1", {scope::recordings});
  const auto refused = api("GET", record_path, key);
  EXPECT_EQ(refused.status, 403u);
  EXPECT_THAT(refused.body, HasSubstr(R"("forbidden")"));
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="api",reason="forbidden"})"), 1);
}

TEST_F(FrontAccess, RefusesEveryWrongKeyInTheSameWords) {
  const auto right = make_key("salon-1", {scope::read});
  const auto with_its_id = model::make_api_key({{1}, {0xff}});
  ASSERT_EQ(model::api_key_id(with_its_id), model::api_key_id(right));
  const auto words = api("GET", record_path, "").body;
  for (const auto& wrong : {std::string{"x"}, right + "0", with_its_id, forged(9), right.substr(0, 20)}) {
    const auto refused = api("GET", record_path, wrong);
    EXPECT_EQ(refused.status, 401u) << wrong;
    EXPECT_EQ(refused.body, words) << wrong;
  }
  EXPECT_EQ(unauthorized(), 6);
}

TEST_F(FrontAccess, KeepsTheRequestWhileItLooksTheKeyUp) {
  const auto key = make_key("salon-1", {scope::read});
  kept->holds_back = true;
  EXPECT_EQ(exchange("GET /api/calls/CA9 HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\nAuthorization: Bearer " + key +
                     "\r\n\r\n")
                .status,
            0u);
  kept->answer_all();
  settle();
  const auto got = answer_on(*streams.back());
  EXPECT_EQ(got.status, 404u);
  EXPECT_THAT(got.head, HasSubstr("X-Request-Id: mine"));
  EXPECT_THAT(got.body, HasSubstr("call_not_found"));
}

TEST_F(FrontAccess, SaysThatItCannotTellWhileNobodyKnowsTheKey) {
  const auto key = make_key("salon-1", {scope::read});
  kept->is_away = true;
  EXPECT_EQ(api("GET", record_path, key).status, 503u) << "not 401: the key may be right";
  EXPECT_EQ(api("GET", "/api/calls/CA9", "admin").status, 404u) << "the operator needs no look-up";
}

TEST_F(FrontAccess, IsOffForTenantsAsWellWithoutAnOperator) {
  const auto key = make_key("salon-1", {scope::read});
  auto with = front_config();
  with.admin_token = "";
  open_doors(std::move(with));
  EXPECT_EQ(api("GET", record_path, key).status, 403u);
}

TEST_F(FrontAccess, AnswersAWrongKeyLateAndLaterEachTime) {
  open_with_waits(8);
  EXPECT_EQ(api("GET", record_path, forged(9)).status, 0u);
  EXPECT_EQ(api("GET", record_path, forged(9)).status, 0u);
  let_time_pass(110ms);
  EXPECT_EQ(answer_on(*streams[0]).status, 401u);
  EXPECT_EQ(answer_on(*streams[1]).status, 0u);
  let_time_pass(110ms);
  EXPECT_EQ(answer_on(*streams[1]).status, 401u);
  EXPECT_EQ(get(record_path).status, 401u) << "who shows nothing tries nothing";
}

TEST_F(FrontAccess, AnswersRightKeysAtOnceWhileWrongOnesWait) {
  post(voice_path, voice_form());
  const auto key = make_key("salon-1", {scope::read});
  open_with_waits(64);
  const std::string same_id = model::make_api_key({{1}, {0xff}});
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(api("GET", record_path, i % 2 == 0 ? same_id : "wrong").status, 0u);
    EXPECT_EQ(api("GET", record_path, key).status, 200u) << i;
    EXPECT_EQ(api("GET", record_path, "admin").status, 200u) << i;
    EXPECT_EQ(post(voice_path, voice_form()).status, 200u) << i;
  }
}

TEST_F(FrontAccess, LetsABoundedNumberWait) {
  open_with_waits(2);
  for (const auto id : {7, 8}) EXPECT_EQ(api("GET", record_path, forged(static_cast<std::uint8_t>(id))).status, 0u);
  EXPECT_EQ(api("GET", record_path, forged(9)).status, 401u);
  EXPECT_EQ(counted("tonris_late_answers_full_total"), 1);
  let_time_pass(110ms);
  EXPECT_EQ(api("GET", record_path, forged(10)).status, 0u) << "there is room again";
}

TEST_F(FrontAccess, LooksABoundedNumberOfKeysUpAtOnce) {
  const auto right = make_key("salon-1", {scope::read});
  kept->holds_back = true;
  for (int i = 0; i < 256; ++i) EXPECT_EQ(api("GET", record_path, forged(9)).status, 0u);
  EXPECT_EQ(api("GET", record_path, right).status, 503u);
  EXPECT_EQ(api("GET", "/api/calls/CA9", "admin").status, 404u);
  kept->holds_back = false;
  kept->answer_all();
  settle();
  EXPECT_EQ(api("GET", "/api/calls/CA9", right).status, 404u);
}

/// Whoever asks it whose a key is ends before he is told.
access_registry::behavior_type fatal_registry(access_registry::pointer self) {
  return {
      [self](const check_api_key&) -> caf::result<checked_api_key> {
        caf::anon_send_exit(caf::actor_cast<caf::actor>(self->current_sender()), caf::exit_reason::kill);
        return self->make_response_promise<checked_api_key>();
      },
      [](const create_api_key&) { return created_api_key{}; },
      [](const revoke_api_keys&) { return removed_api_keys{}; },
      [](const list_api_keys&) { return listed_api_keys{}; },
      [](const note_change&) { return change_noted{}; },
      [](const list_audit&) { return audit_page{}; },
  };
}

TEST_F(FrontAccess, HasRoomAgainWhereWhoeverLooksAKeyUpEndsWithoutAWord) {
  auto with = front_config();
  with.access = track(system.spawn(fatal_registry));
  open_doors(std::move(with));
  for (int i = 0; i < 300; ++i) {
    const auto got = api("GET", record_path, forged(9));
    ASSERT_EQ(got.status, 503u) << i;
    ASSERT_THAT(got.body, Not(HasSubstr("too many"))) << i;
  }
}

TEST_F(FrontAccess, IsNotDisturbedByAnAnswerForAFrontThatIsGone) {
  const auto key = make_key("salon-1", {scope::read});
  kept->holds_back = true;
  EXPECT_EQ(api("GET", record_path, key).status, 0u);
  open_doors();
  kept->answer_all();
  settle();
  EXPECT_EQ(answer_on(*streams.back()).status, 500u);
}

}  // namespace
}  // namespace tonris::actors::test
