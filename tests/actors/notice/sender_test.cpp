#include "actors/notice/sender.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "model/text/webhook_signature.hpp"
#include "tests/actors/fixture.hpp"
#include "tests/actors/held_requests.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

class NoticeSender : public ActorTest {
 protected:
  using answer = std::shared_ptr<std::optional<notice_sent>>;

  void SetUp() override {
    notice_sender::config with;
    with.unix_now = [] { return std::int64_t{1'800'000'000}; };
    with.counters = &counters;
    with.allowed = model::allowed_hosts::parse("crm.internal").value();
    with.send = held.sender();
    sender = track(spawn_on<notice_sender>(system, unit, std::move(with)));
    settle();
  }
  void TearDown() override {
    sender = nullptr;
    asked.clear();
    ActorTest::TearDown();
  }
  static std::shared_ptr<model::tenant> salon(const std::string& url = "https://crm.example/calls") {
    auto tenant = std::make_shared<model::tenant>();
    tenant->id = {"salon"};
    tenant->webhooks.push_back({"crm", url, {model::tenant::event::call_ended}});
    tenant->secrets.webhooks["crm"] = {model::tenant_secret::form::plain, secret};
    return tenant;
  }
  answer send(const tenant_ptr& tenant, const std::string& webhook = "crm") {
    auto came = std::make_shared<std::optional<notice_sent>>();
    const send_notice wanted{tenant, webhook, "msg_1", R"({"type":"call.ended"})"};
    system.spawn([came, wanted, to = sender](caf::event_based_actor* self) {
      self->request(to, 60s, wanted).then([came](const notice_sent& a) { *came = a; }, [](const caf::error&) {});
    });
    settle();
    return came;
  }
  void answer_last(net::result<net::http_response> with) {
    held.answer_last(std::move(with));
    settle();
  }

  notice_sending sender;
  held_requests held;
  std::deque<held_requests::one>& asked = held.all;
};

TEST_F(NoticeSender, SignsWhatItSends) {
  const auto came = send(salon());
  ASSERT_EQ(asked.size(), 1u);
  const auto& sent = asked[0];
  EXPECT_EQ(sent.url, "https://crm.example/calls");
  EXPECT_EQ(sent.request.method, "POST");
  EXPECT_EQ(sent.request.body, R"({"type":"call.ended"})");
  EXPECT_EQ(sent.request.fields.get("Content-Type"), "application/json");
  EXPECT_EQ(sent.timeout, notice_sender::limit);
  const auto& fields = sent.request.fields;
  EXPECT_EQ(fields.get("webhook-id"), "msg_1");
  EXPECT_EQ(fields.get("webhook-timestamp"), "1800000000");
  EXPECT_EQ(model::verify_webhook(model::signing_key_of(secret), "msg_1", "1800000000", fields.get("webhook-signature"),
                                  sent.request.body, 1'800'000'010),
            model::webhook_check::ok);
  answer_last(net::make_response(204, "text/plain", ""));
  EXPECT_EQ((*came)->status, 204u);
  EXPECT_THAT((*came)->error, IsEmpty());
}

TEST_F(NoticeSender, SaysWhatCame) {
  auto busy = net::make_response(503, "text/html", "<b>secret words of theirs</b>");
  busy.fields.set("Retry-After", "120");
  auto date = net::make_response(429, "text/html", "");
  date.fields.set("Retry-After", "Fri, 31 Dec 2027 23:59:59 GMT");
  const struct {
    net::result<net::http_response> said;
    unsigned status;
    const char* error;
    std::chrono::seconds retry_after;
  } rows[] = {
      {busy, 503, "HTTP 503", 120s},
      {date, 429, "HTTP 429", 0s},
      {net::make_response(302, "text/html", ""), 302, "HTTP 302", 0s},
      {tl::make_unexpected(net::error{net::errc::read_timeout, "", 0}), 0, "read_timeout", 0s},
      {tl::make_unexpected(net::error{net::errc::address_refused, "", 0}), 0, "address_refused", 0s},
  };
  for (const auto& row : rows) {
    const auto came = send(salon());
    answer_last(row.said);
    ASSERT_TRUE(*came) << row.error;
    EXPECT_EQ((*came)->status, row.status) << row.error;
    EXPECT_EQ((*came)->error, row.error);
    EXPECT_EQ((*came)->retry_after, row.retry_after) << row.error;
  }
}

TEST_F(NoticeSender, CallsNoAddressOfOurOwnNetworkUnlessItIsAllowed) {
  for (const auto* url : {"https://127.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[::1]/",
                          "http://crm.example/", "https://user:word@crm.example/"}) {
    const auto came = send(salon(url));
    ASSERT_TRUE(*came) << url;
    EXPECT_EQ((*came)->status, 0u) << url;
    EXPECT_THAT((*came)->error, HasSubstr("its url is refused")) << url;
  }
  EXPECT_TRUE(asked.empty());
  (void)send(salon("http://crm.internal/"));
  EXPECT_EQ(asked.size(), 1u);
}

TEST_F(NoticeSender, SendsNothingUnsigned) {
  const auto tenant = salon();
  tenant->secrets.webhooks["crm"] = {model::tenant_secret::form::sealed, "sealed"};
  const auto came = send(tenant);
  ASSERT_TRUE(*came);
  EXPECT_THAT((*came)->error, HasSubstr("secret"));
  EXPECT_TRUE(asked.empty());
  EXPECT_THAT((*send(salon(), "another"))->error, HasSubstr("no such webhook"));
}

TEST_F(NoticeSender, TakesNoMoreThanItCan) {
  for (std::size_t n = 0; n < notice_sender::most_at_once; ++n) (void)send(salon());
  const auto refused = send(salon());
  ASSERT_TRUE(*refused);
  EXPECT_THAT((*refused)->error, HasSubstr("too many"));
  answer_last(net::make_response(200, "text/plain", ""));
  EXPECT_FALSE(*send(salon())) << "there is room again";
}

}  // namespace
}  // namespace tonris::actors::test
