#include "actors/tool/forwarder.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "model/text/webhook_signature.hpp"
#include "model/tracing/trace_context.hpp"
#include "tests/actors/fixture.hpp"
#include "tests/actors/held_requests.hpp"

namespace tonris::actors::test {
namespace {

using model::elevenlabs::tool_outcome;
using testing::HasSubstr;

class ToolForwarder : public ActorTest {
 protected:
  using answer = std::shared_ptr<std::optional<forwarded_tool>>;

  void SetUp() override { traced(0); }
  /// A new one, where that share of the calls' traces is told.
  void traced(double share) {
    tool_forwarder::config with;
    with.traced_share = share;
    with.unix_now = [] { return std::int64_t{1'800'000'000}; };
    with.counters = &counters;
    with.allowed = model::allowed_hosts::parse("crm.internal").value();
    with.send = held.sender();
    forwarder = track(spawn_on<tool_forwarder>(system, unit, std::move(with)));
    settle();
  }
  void TearDown() override {
    forwarder = nullptr;
    asked.clear();
    ActorTest::TearDown();
  }
  static std::shared_ptr<model::tenant> salon(const std::string& id = "salon",
                                              const std::string& url = "https://crm.example/services") {
    auto tenant = std::make_shared<model::tenant>();
    tenant->id = {id};
    tenant->tools["services"].url = url;
    return tenant;
  }
  answer ask(const std::shared_ptr<model::tenant>& tenant, bool get = false) {
    auto came = std::make_shared<std::optional<forwarded_tool>>();
    forward_tool wanted;
    wanted.tenant = tenant;
    wanted.tool = "services";
    wanted.get = get;
    wanted.parameters = R"({"day":"Tuesday"})";
    wanted.id = "request-1";
    wanted.call = some_call;
    wanted.trace_parent = theirs;
    system.spawn([came, wanted, to = forwarder](caf::event_based_actor* self) {
      self->request(to, 60s, wanted).then([came](const forwarded_tool& a) { *came = a; }, [](const caf::error&) {});
    });
    settle();
    return came;
  }
  void answer_last(net::result<net::http_response> with) {
    held.answer_last(std::move(with));
    settle();
  }

  std::string theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";  ///< traceparent of who asks
  tool_forwarding forwarder;
  held_requests held;
  std::deque<held_requests::one>& asked = held.all;
};

TEST_F(ToolForwarder, PassesOnWhatIsAskedAndWhatIsAnswered) {
  const auto came = ask(salon());
  ASSERT_EQ(asked.size(), 1u);
  const auto& sent = asked[0];
  EXPECT_EQ(sent.url, "https://crm.example/services");
  EXPECT_EQ(sent.request.method, "POST");
  EXPECT_EQ(sent.request.body, R"({"day":"Tuesday"})");
  EXPECT_EQ(sent.request.fields.get("Content-Type"), "application/json");
  EXPECT_EQ(sent.request.fields.get("X-Tonris-Tenant"), "salon");
  EXPECT_EQ(sent.request.fields.get("X-Tonris-Call"), some_call.value);
  EXPECT_EQ(sent.request.fields.get("traceparent"), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  EXPECT_FALSE(sent.request.fields.has("webhook-signature")) << "there is no key to sign with";
  EXPECT_EQ(sent.timeout, 4s);
  answer_last(net::make_response(200, "application/json", R"({"services":["cut"]})"));
  EXPECT_EQ((*came)->answer.json, R"({"services":["cut"]})");
}

TEST_F(ToolForwarder, BelongsToTheCallsTraceWhereWhoAsksHasNone) {
  theirs = {};
  (void)ask(salon());
  EXPECT_FALSE(asked.back().request.fields.has("traceparent")) << "no trace is told to anybody";
  traced(1);
  (void)ask(salon());
  EXPECT_EQ(asked.back().request.fields.get("traceparent"), model::traceparent_of(some_call, 1));
  theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  (void)ask(salon());
  EXPECT_EQ(asked.back().request.fields.get("traceparent"), theirs);
}

TEST_F(ToolForwarder, AsksWithGetByTheQuery) {
  (void)ask(salon(), true);
  EXPECT_EQ(asked[0].url, "https://crm.example/services?day=Tuesday");
  EXPECT_EQ(asked[0].request.method, "GET");
  EXPECT_EQ(asked[0].request.body, "");
}

TEST_F(ToolForwarder, SignsWithTheToolsKeyTheBodyOrTheAddress) {
  const auto tenant = salon();
  tenant->secrets.tool_keys["services"] = {model::tenant_secret::form::plain, "a key of the tool's own"};
  const auto key = model::signing_key_of("a key of the tool's own");
  for (const bool get : {false, true}) {
    (void)ask(tenant, get);
    const auto& fields = asked.back().request.fields;
    EXPECT_EQ(fields.get("webhook-id"), "request-1");
    EXPECT_EQ(model::verify_webhook(
                  key, fields.get("webhook-id"), fields.get("webhook-timestamp"), fields.get("webhook-signature"),
                  get ? "https://crm.example/services?day=Tuesday" : R"({"day":"Tuesday"})", 1'800'000'010),
              model::webhook_check::ok);
  }
}

TEST_F(ToolForwarder, ApologisesForWhateverGoesWrong) {
  const auto tenant = salon();
  tenant->tools["services"].unavailable = "Please ask me again in a minute.";
  const struct {
    net::result<net::http_response> said;
    tool_outcome outcome;
  } rows[] = {
      {held_requests::failure(net::errc::read_timeout), tool_outcome::timed_out},
      {held_requests::failure(net::errc::connect_timeout), tool_outcome::timed_out},
      {held_requests::failure(net::errc::too_big), tool_outcome::too_large},
      {held_requests::failure(net::errc::address_refused), tool_outcome::refused},
      {held_requests::failure(net::errc::connect_refused), tool_outcome::unreachable},
      {held_requests::failure(net::errc::certificate_refused), tool_outcome::unreachable},
      {net::make_response(302, "text/html", ""), tool_outcome::server_error},
      {net::make_response(500, "text/html", "<b>"), tool_outcome::server_error},
  };
  for (std::size_t n = 0; n < std::size(rows); ++n) {
    const auto other = std::make_shared<model::tenant>(*tenant);  // so that no circuit opens
    other->id = {"salon-" + std::to_string(n)};
    const auto came = ask(other);
    answer_last(rows[n].said);
    ASSERT_TRUE(*came) << n;
    EXPECT_EQ((*came)->answer.outcome, rows[n].outcome) << n;
    EXPECT_EQ((*came)->answer.json, R"({"error":"Please ask me again in a minute."})") << n;
  }
}

TEST_F(ToolForwarder, CallsNoAddressOfOurOwnNetworkUnlessItIsAllowed) {
  for (const auto* url : {"https://127.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[::1]/",
                          "http://crm.example/", "https://user:word@crm.example/"}) {
    const auto came = ask(salon("salon", url));
    ASSERT_TRUE(*came) << url;
    EXPECT_EQ((*came)->answer.outcome, tool_outcome::refused) << url;
  }
  EXPECT_TRUE(asked.empty());
  (void)ask(salon("salon", "http://crm.internal/"));
  EXPECT_EQ(asked.size(), 1u);
}

TEST_F(ToolForwarder, LetsOneTenantTakeNoOthersPlace) {
  for (std::size_t n = 0; n < tool_forwarder::most_of_a_tenant; ++n) (void)ask(salon());
  const auto refused = ask(salon());
  ASSERT_TRUE(*refused);
  EXPECT_EQ((*refused)->answer.outcome, tool_outcome::refused);
  const auto other = ask(salon("other"));
  EXPECT_FALSE(*other) << "his is asked";
  answer_last(net::make_response(200, "application/json", "{}"));
  EXPECT_EQ((*other)->answer.outcome, tool_outcome::answered);
  answer_last(net::make_response(200, "application/json", "{}"));
  EXPECT_FALSE(*ask(salon())) << "there is room again";
}

TEST_F(ToolForwarder, LeavesAServerAloneThatFailsAgainAndAgain) {
  for (int n = 0; n < 5; ++n) {
    (void)ask(salon());
    answer_last(held_requests::failure(net::errc::read_timeout));
  }
  EXPECT_EQ(counted(R"(tonris_tool_circuit_total{change="opened"})"), 1);
  const auto refused = ask(salon());
  ASSERT_TRUE(*refused) << "at once";
  EXPECT_EQ((*refused)->answer.outcome, tool_outcome::refused);
  EXPECT_FALSE(*ask(salon("other"))) << "another tenant's, at the same host";
  pass(15s);
  const auto probe = ask(salon());
  answer_last(net::make_response(200, "application/json", "{}"));
  EXPECT_EQ((*probe)->answer.outcome, tool_outcome::answered);
  EXPECT_EQ(counted(R"(tonris_tool_circuit_total{change="closed"})"), 1);
}

TEST_F(ToolForwarder, AsksAgainWhereThatIsSafe) {
  (void)ask(salon(), true);
  answer_last(held_requests::failure(net::errc::reset));
  ASSERT_EQ(asked.size(), 1u) << "a GET, once more";
  answer_last(held_requests::failure(net::errc::reset));
  EXPECT_TRUE(asked.empty()) << "and no third time";
  (void)ask(salon());
  answer_last(held_requests::failure(net::errc::reset));
  EXPECT_TRUE(asked.empty()) << "a POST may have been done";
}

}  // namespace
}  // namespace tonris::actors::test
