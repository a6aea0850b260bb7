#include "actors/vendor/twilio_client.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;

class TwilioClient : public ActorTest {
 protected:
  struct pending {
    std::string url;
    net::http_request request;
    std::function<void(net::result<net::http_response>)> done;
  };

  void SetUp() override {
    twilio_client::config with;
    with.base_url = "https://api.example";
    with.random = [] { return 0xFFFFFFFFu; };
    with.counters = &counters;
    with.send = [this](const std::string& url, net::http_request request, std::chrono::milliseconds, auto answered) {
      asked.push_back({url, std::move(request), std::move(answered)});
    };
    with.send_once = [this](const std::string& url, net::http_request request, std::chrono::milliseconds,
                            auto answered) {
      asked_once.push_back({url, std::move(request), std::move(answered)});
    };
    client = track(spawn_on<twilio_client>(system, unit, std::move(with)));
    settle();
  }
  void TearDown() override {
    client = nullptr;
    asked.clear();
    asked_once.clear();
    ActorTest::TearDown();
  }
  std::shared_ptr<std::optional<twilio_answer>> ask(std::string form = {}, bool once = false) {
    auto answer = std::make_shared<std::optional<twilio_answer>>();
    ask_twilio wanted{{{"AC1"}, config::secret{"token-1"}}, "/2010-04-01/x", std::move(form), once};
    system.spawn([answer, wanted, to = client](caf::event_based_actor* self) {
      self->request(to, 60s, wanted).then([answer](const twilio_answer& a) { *answer = a; }, [](const caf::error&) {});
    });
    settle();
    return answer;
  }
  static net::result<net::http_response> http(unsigned status, std::string body = "{}", std::string after = {}) {
    auto response = net::make_response(status, "application/json", std::move(body));
    if (!after.empty()) response.fields.set("Retry-After", after);
    return response;
  }
  void answer_last(const net::result<net::http_response>& with) {
    asked.back().done(with);
    settle();
  }
  double requests(const std::string& result) {
    return counted(R"(tonris_twilio_requests_total{result=")" + result + R"("})");
  }

  twilio_rest client;
  std::deque<pending> asked, asked_once;
};

TEST_F(TwilioClient, AsksAndPostsByTheAccountsToken) {
  const auto looked = ask();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].url, "https://api.example/2010-04-01/x");
  EXPECT_EQ(asked[0].request.method, "GET");
  EXPECT_EQ(asked[0].request.fields.get("Authorization"), "Basic QUMxOnRva2VuLTE=");
  answer_last(http(200, "yes"));
  EXPECT_EQ((*looked)->status, 200u);
  EXPECT_EQ((*looked)->body, "yes");
  ask("VoiceUrl=x");
  EXPECT_EQ(asked[1].request.method, "POST");
  EXPECT_EQ(asked[1].request.body, "VoiceUrl=x");
  EXPECT_EQ(asked[1].request.fields.get("Content-Type"), "application/x-www-form-urlencoded");
  answer_last(http(404));
  EXPECT_EQ(requests("answered"), 2);
}

TEST_F(TwilioClient, AsksAgainWhatWasTurnedAway) {
  const auto answer = ask("a=b");
  answer_last(http(429, "{}", "2"));
  EXPECT_FALSE(*answer);
  pass(1999ms);
  EXPECT_EQ(asked.size(), 1u) << "as long as Retry-After says";
  pass(1ms);
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[1].request.body, "a=b");
  answer_last(http(429));
  pass(400ms);
  ASSERT_EQ(asked.size(), 3u);
  answer_last(http(200));
  EXPECT_EQ((*answer)->status, 200u);
  EXPECT_EQ(requests("turned_away"), 2);
}

TEST_F(TwilioClient, GivesUpWhatIsTurnedAwayTooOftenOrForTooLong) {
  const auto often = ask();
  for (unsigned n = 0; n < twilio_client::most_tries; ++n) {
    EXPECT_FALSE(*often);
    answer_last(http(429));
    pass(1s);
  }
  EXPECT_EQ((*often)->status, 429u);
  EXPECT_EQ(asked.size(), twilio_client::most_tries);
  const auto for_long = ask();
  answer_last(http(429, "{}", "60"));
  EXPECT_EQ((*for_long)->status, 429u);
}

TEST_F(TwilioClient, DoesNotAskAgainWhereNobodyKnowsWhatBecameOfIt) {
  for (const auto& broken :
       {net::result<net::http_response>{tl::unexpected(net::error{net::errc::read_timeout, "", 0})}, http(500),
        http(503)}) {
    const auto answer = ask("a=b");
    const auto sent = asked.size();
    answer_last(broken);
    pass(10s);
    EXPECT_EQ(asked.size(), sent);
    ASSERT_TRUE(*answer);
    EXPECT_EQ((*answer)->status, broken ? broken->status : 0u);
    EXPECT_EQ((*answer)->why.empty(), broken.has_value());
    EXPECT_TRUE((*answer)->sent);
  }
  EXPECT_EQ(requests("unanswered"), 1);
}

TEST_F(TwilioClient, IsBounded) {
  for (std::size_t n = 0; n < twilio_client::most_at_once; ++n) ask();
  const auto one_more = ask();
  ASSERT_TRUE(*one_more);
  EXPECT_EQ((*one_more)->status, 0u);
  EXPECT_THAT((*one_more)->why, HasSubstr("not sent"));
  EXPECT_FALSE((*one_more)->sent);
  EXPECT_EQ(asked.size(), twilio_client::most_at_once);
  EXPECT_EQ(requests("full"), 1);
}

TEST_F(TwilioClient, AnswersWhoStillWaitsWhenItEnds) {
  const auto answer = ask();
  caf::anon_send_exit(client, caf::exit_reason::kill);
  settle();
  ASSERT_TRUE(*answer);
  EXPECT_EQ((*answer)->status, 0u);
  asked[0].done(http(200));
  settle();
}

/// Whether it was done nobody knows; whether it was sent sometimes.
TEST_F(TwilioClient, SendsOnceWhatMakesSomething) {
  struct row {
    net::errc why;
    bool sent;
  };
  for (const auto& [why, sent] :
       {row{net::errc::read_timeout, true}, row{net::errc::reset, true}, row{net::errc::tls_failed, true},
        row{net::errc::connect_refused, false}, row{net::errc::resolve_failed, false}}) {
    const auto answer = ask("To=x", true);
    ASSERT_EQ(asked_once.size(), 1u);
    asked_once[0].done(tl::unexpected{net::error{why, "broken", 0}});
    settle();
    pass(10s);
    ASSERT_TRUE(*answer);
    EXPECT_EQ((*answer)->status, 0u);
    EXPECT_EQ((*answer)->sent, sent) << to_string(why);
    EXPECT_EQ(asked_once.size(), 1u) << "no second time";
    asked_once.clear();
  }
  const auto broken = ask("To=x", true);
  asked_once[0].done(http(502));
  settle();
  EXPECT_EQ((*broken)->status, 502u);
  EXPECT_TRUE(asked.empty());
}

TEST_F(TwilioClient, CountsHowLongEachTryTook) {
  ask();
  asked[0].done(http(429));
  settle();
  pass(1s);
  ASSERT_EQ(asked.size(), 2u);
  pass(400ms);
  asked[1].done(http(200));
  settle();
  EXPECT_EQ(counted(R"(tonris_vendor_request_seconds_count{request="twilio"})"), 2);
  EXPECT_EQ(counted(R"(tonris_vendor_request_seconds_bucket{request="twilio",le="0.025"})"), 1);
}

}  // namespace
}  // namespace tonris::actors::test
