#include "actors/vendor/client.hpp"

#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::HasSubstr;
using testing::Not;

class VendorClient : public ActorTest {
 protected:
  struct pending {
    std::string url;
    net::http_request request;
    std::chrono::milliseconds timeout{};
    std::function<void(net::result<net::http_response>)> done;
  };

  void SetUp() override {
    vendor_client::config with;
    with.base_url = "https://api.example";
    with.api_key = config::secret{"xi-secret"};
    with.counters = &counters;
    with.get = [this](const std::string& url, net::http_request request, std::chrono::milliseconds timeout, auto done) {
      if (throws) throw std::runtime_error("the fake client's fault");
      asked.push_back({url, std::move(request), timeout, std::move(done)});
    };
    client = track(spawn_on<vendor_client>(system, unit, std::move(with)));
    settle();
  }
  void TearDown() override {
    client = nullptr;
    asked.clear();
    ActorTest::TearDown();
  }
  std::shared_ptr<std::optional<signed_url_answer>> fetch(const std::string& agent = "agent_1",
                                                          std::shared_ptr<const model::tenant> tenant = {}) {
    auto answer = std::make_shared<std::optional<signed_url_answer>>();
    system.spawn([answer, agent, tenant, to = client](caf::event_based_actor* self) {
      self->request(to, 10s, fetch_signed_url{{agent}, 2000ms, tenant})
          .then([answer](const signed_url_answer& a) { *answer = a; }, [](const caf::error&) {});
    });
    settle();
    return answer;
  }
  static net::result<net::http_response> http(unsigned status, std::string body) {
    return net::make_response(status, "application/json", std::move(body));
  }

  vendor_api client;
  std::deque<pending> asked;
  bool throws = false;
};

TEST_F(VendorClient, AsksWithItsKeyAndAnAgentThatCannotBreakOut) {
  fetch("agent 1&x=2");
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].url, "https://api.example/v1/convai/conversation/get-signed-url?agent_id=agent%201%26x%3D2");
  EXPECT_EQ(asked[0].request.method, "GET");
  EXPECT_EQ(asked[0].request.fields.get("xi-api-key"), "xi-secret");
  EXPECT_EQ(asked[0].timeout, fetch_signed_url{}.at_most);
}

TEST_F(VendorClient, GivesWhatTheVendorKnowsOfAConversationAsItCame) {
  using outcome = vendor_document::outcome;
  std::vector<vendor_document> answers;
  for (const auto& [status, body] :
       {std::pair{200U, "{}"}, std::pair{404U, "{}"}, std::pair{401U, "{}"}, std::pair{500U, "{}"}}) {
    asked.clear();
    system.spawn([&answers, to = client](caf::event_based_actor* self) {
      self->request(to, 10s, fetch_conversation{{"conv 1"}, nullptr})
          .then([&answers](const vendor_document& a) { answers.push_back(a); }, [](const caf::error&) {});
    });
    settle();
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0].url, "https://api.example/v1/convai/conversations/conv%201");
    EXPECT_EQ(asked[0].timeout, conversation_limit);
    asked[0].done(http(status, body));
    settle();
  }
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[0].is, outcome::found);
  EXPECT_EQ(answers[0].body, "{}");
  EXPECT_EQ(answers[1].is, outcome::unknown);
  EXPECT_EQ(answers[2].is, outcome::bad_key);
  EXPECT_EQ(answers[3].is, outcome::failed);
  EXPECT_EQ(counted(R"(tonris_vendor_request_seconds_count{request="conversation"})"), 4);
}

TEST_F(VendorClient, GivesTheUrlAsTheVendorWroteIt) {
  const auto answer = fetch();
  asked[0].done(http(200, R"({"signed_url":"wss://agent.example/?a=1&conversation_signature=cvtkn_1"})"));
  settle();
  ASSERT_TRUE(*answer && (*answer)->url);
  EXPECT_EQ((*answer)->url->url, "wss://agent.example/?a=1&conversation_signature=cvtkn_1");
}

TEST_F(VendorClient, GivesEachAnswerToWhoAskedForIt) {
  const auto first = fetch("a"), second = fetch("b");
  asked[1].done(http(200, R"({"signed_url":"wss://b.example/"})"));
  settle();
  EXPECT_FALSE(*first);
  asked[0].done(http(200, R"({"signed_url":"wss://a.example/"})"));
  settle();
  EXPECT_EQ((*first)->url->url, "wss://a.example/");
  EXPECT_EQ((*second)->url->url, "wss://b.example/");
}

struct bad_answer {
  std::string why;
  std::optional<net::errc> error;
  unsigned status;
  std::string body;
  end_reason becomes;
};
class VendorClientFails : public VendorClient, public testing::WithParamInterface<bad_answer> {};

TEST_P(VendorClientFails, WithItsReason) {
  const auto& row = GetParam();
  const auto answer = fetch();
  if (row.error)
    asked[0].done(tl::unexpected(net::error{*row.error, "detail", 0}));
  else
    asked[0].done(http(row.status, row.body));
  settle();
  ASSERT_TRUE(*answer);
  EXPECT_FALSE((*answer)->url);
  EXPECT_EQ((*answer)->failure, row.becomes) << to_string((*answer)->failure);
  EXPECT_THAT((*answer)->detail, HasSubstr("signed URL"));
  EXPECT_THAT((*answer)->detail, Not(HasSubstr("xi-secret")));
  EXPECT_TRUE(alive(client));
}
INSTANTIATE_TEST_SUITE_P(
    Vendor, VendorClientFails,
    testing::Values(
        bad_answer{"Http400", {}, 400, "{}", end_reason::agent_refused},
        bad_answer{"Http401", {}, 401, R"({"detail":{"status":"invalid_api_key"}})", end_reason::agent_auth_failed},
        bad_answer{"Http401OutOfCredit",
                   {},
                   401,
                   R"({"detail":{"status":"quota_exceeded","message":"no"}})",
                   end_reason::agent_out_of_credit},
        bad_answer{"Http402", {}, 402, "", end_reason::agent_out_of_credit},
        bad_answer{"Http403", {}, 403, "", end_reason::agent_auth_failed},
        bad_answer{"Http404", {}, 404, "<html>", end_reason::agent_not_found},
        bad_answer{"Http422", {}, 422, "{}", end_reason::agent_refused},
        bad_answer{"Http429", {}, 429, "{}", end_reason::agent_busy},
        bad_answer{"Http500", {}, 500, "oops", end_reason::agent_unreachable},
        bad_answer{"Http503", {}, 503, "", end_reason::agent_unreachable},
        bad_answer{"Http302", {}, 302, "", end_reason::agent_unreachable},
        bad_answer{"NoJson", {}, 200, "<html>", end_reason::agent_protocol_error},
        bad_answer{"NoUrl", {}, 200, "{}", end_reason::agent_protocol_error},
        bad_answer{"NothingAtAll", {}, 200, "", end_reason::agent_protocol_error},
        bad_answer{"ReadTimeout", net::errc::read_timeout, 0, "", end_reason::agent_timeout},
        bad_answer{"ConnectTimeout", net::errc::connect_timeout, 0, "", end_reason::agent_timeout},
        bad_answer{"HandshakeTimeout", net::errc::handshake_timeout, 0, "", end_reason::agent_timeout},
        bad_answer{"NoName", net::errc::resolve_failed, 0, "", end_reason::agent_unreachable},
        bad_answer{"Reset", net::errc::reset, 0, "", end_reason::agent_unreachable},
        bad_answer{"BadCertificate", net::errc::certificate_refused, 0, "", end_reason::agent_unreachable},
        bad_answer{"Oversize", net::errc::too_big, 0, "", end_reason::agent_unreachable},
        bad_answer{"Aborted", net::errc::aborted, 0, "", end_reason::agent_unreachable}),
    [](const auto& row) { return row.param.why; });

TEST_F(VendorClient, HearsNoAnswerAfterItsEnd) {
  fetch();
  caf::anon_send_exit(client, caf::exit_reason::kill);
  settle();
  asked[0].done(http(200, R"({"signed_url":"wss://a.example/"})"));
  settle();
}

TEST_F(VendorClient, AnswersWhoStillWaitsWhenItEnds) {
  const auto answer = fetch();
  caf::anon_send_exit(client, caf::exit_reason::kill);
  settle();
  ASSERT_TRUE(*answer);
  EXPECT_EQ((*answer)->failure, end_reason::agent_unreachable);
}

TEST_F(VendorClient, AnswersAlsoWhenItCrashes) {
  const auto waiting = fetch();
  throws = true;
  const auto answer = fetch();
  ASSERT_TRUE(*answer);
  EXPECT_FALSE((*answer)->url);
  EXPECT_TRUE(*waiting);
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.vendor_client"})"), 1);
}

std::shared_ptr<model::tenant> with_key(model::tenant_secret key) {
  auto t = std::make_shared<model::tenant>();
  t->id = {"salon-1"};
  t->secrets.api_key = std::move(key);
  return t;
}

TEST_F(VendorClient, AsksWithTheTenantsKeyWhereHeHasOne) {
  fetch("agent_1", with_key({model::tenant_secret::form::plain, "xi-own"}));
  fetch("agent_1", with_key({}));
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].request.fields.get("xi-api-key"), "xi-own");
  EXPECT_EQ(asked[1].request.fields.get("xi-api-key"), "xi-secret");
}

TEST_F(VendorClient, AsksNothingWhereTheTenantsKeyCannotBeOpened) {
  const auto answer = fetch("agent_1", with_key({model::tenant_secret::form::sealed, "1.k1.AAAA.BBBB"}));
  EXPECT_TRUE(asked.empty()) << "the gateway's key would pay for it";
  ASSERT_TRUE(*answer);
  EXPECT_EQ((*answer)->failure, end_reason::agent_auth_failed);
  EXPECT_THAT((*answer)->detail, HasSubstr("SECRETS_KEY"));
}

TEST_F(VendorClient, ListsADaysConversationsPageByPageWithTheTenantsKey) {
  std::vector<vendor_document> came;
  const auto own = with_key({model::tenant_secret::form::plain, "xi-own"});
  const auto list = [&](const std::string& cursor) {
    system.spawn([&came, own, cursor, to = client](caf::event_based_actor* self) {
      self->request(to, 10s, fetch_conversations{std::chrono::sys_days{std::chrono::days{1}}, cursor, own})
          .then([&came](const vendor_document& page) { came.push_back(page); });
    });
    settle();
  };
  list("");
  list("next page");
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].url,
            "https://api.example/v1/convai/conversations?call_start_after_unix=86400&call_start_before_unix=172800"
            "&page_size=100");
  EXPECT_THAT(asked[1].url, HasSubstr("&cursor=next%20page"));
  EXPECT_EQ(asked[0].request.fields.get("xi-api-key"), "xi-own");
  asked[0].done(http(200, "{}"));
  asked[1].done(http(429, "{}"));
  settle();
  ASSERT_EQ(came.size(), 2u);
  EXPECT_EQ(came[0].is, vendor_document::outcome::found);
  EXPECT_EQ(came[1].is, vendor_document::outcome::failed) << "whoever asked may ask again";
  EXPECT_EQ(counted(R"(tonris_vendor_request_seconds_count{request="conversations"})"), 2);
}

TEST_F(VendorClient, RemembersAnAgentsSettingsForEachKey) {
  const auto ask_for_policy = [this](std::shared_ptr<const model::tenant> tenant) {
    system.spawn([tenant, to = client](caf::event_based_actor* self) {
      self->request(to, 10s, fetch_agent_policy{{"agent_1"}, tenant}).then([](const agent_policy_answer&) {});
    });
    settle();
  };
  const auto own = with_key({model::tenant_secret::form::plain, "xi-own"});
  ask_for_policy(nullptr);
  ask_for_policy(own);
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[1].request.fields.get("xi-api-key"), "xi-own");
  for (auto& one : asked) one.done(http(200, "{}"));
  settle();
  ask_for_policy(nullptr);
  ask_for_policy(own);
  EXPECT_EQ(asked.size(), 2u);
}

TEST_F(VendorClient, CountsHowLongEachRequestTook) {
  fetch();
  pass(300ms);
  asked[0].done(http(200, R"({"signed_url":"wss://api.example/x?cvtkn_1"})"));
  fetch();
  pass(2s);
  asked[1].done(tl::make_unexpected(net::error{net::errc::read_timeout, "", 0}));
  settle();
  EXPECT_EQ(counted(R"(tonris_vendor_request_seconds_bucket{request="signed_url",le="0.25"})"), 0);
  EXPECT_EQ(counted(R"(tonris_vendor_request_seconds_bucket{request="signed_url",le="0.5"})"), 1);
  EXPECT_EQ(counted(R"(tonris_vendor_request_seconds_count{request="signed_url"})"), 2) << "also what had no answer";
  EXPECT_EQ(counted(R"(tonris_vendor_request_seconds_count{request="agent_settings"})"), 0);
}

}  // namespace
}  // namespace tonris::actors::test
