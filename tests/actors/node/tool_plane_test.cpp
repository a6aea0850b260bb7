/// What tenants' servers are told, over real sockets.
#include "actors/node/tool_plane.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <mutex>
#include <vector>

#include "model/text/webhook_signature.hpp"
#include "net/http_server.hpp"
#include "net/run_on.hpp"
#include "tests/actors/real_actors.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A plane that may call this machine, and a tenant's server there.
class ToolPlane : public testing::Test {
 protected:
  ToolPlane() {
    theirs.start();
    net::run_on(theirs, [this] {
      server = net::http_server::listen(theirs, "127.0.0.1", 0, {}, nullptr,
                                        [this](net::http_request request, net::http_responder responder) {
                                          const std::lock_guard guard{lock};
                                          came.push_back(std::move(request));
                                          responder.respond(answer);
                                        })
                   .value();
      server->start();
    });
    node_part part;
    part.name = "a_part";
    part.healthy = [](bool) {};
    part.random = [] { return 0U; };
    part.counters = &counters;
    plane = std::make_unique<tool_plane>(system, nullptr, model::allowed_hosts::parse("127.0.0.1").value(), &counters,
                                         tool_plane::parts{part, part, 0});
  }
  ~ToolPlane() override {
    caf::anon_send_exit(plane->forwarding(), caf::exit_reason::user_shutdown);
    caf::anon_send_exit(plane->telling(), caf::exit_reason::user_shutdown);
    system.await_all_actors_done();
    plane.reset();
    net::run_on(theirs, [this] { server.reset(); });
    theirs.stop();
  }
  notice_sent tell(const std::string& url) {
    const auto tenant = std::make_shared<model::tenant>();
    tenant->id = {"salon"};
    tenant->webhooks.push_back({"crm", url, {}});
    tenant->secrets.webhooks["crm"] = {model::tenant_secret::form::plain, secret};
    caf::scoped_actor self{system};
    notice_sent told;
    self->request(plane->telling(), 15s, send_notice{tenant, "crm", "msg_1", R"({"type":"call.ended"})"})
        .receive([&](const notice_sent& sent) { told = sent; }, [&](const caf::error&) { told.error = "no answer"; });
    return told;
  }
  std::string here() const { return "http://127.0.0.1:" + std::to_string(server->port()) + "/calls"; }

  real_settings settings;
  caf::actor_system system{settings};
  metrics counters;
  net::loop theirs{"theirs"};
  std::unique_ptr<net::http_server> server;
  std::mutex lock;
  std::vector<net::http_request> came;
  net::http_response answer = net::make_response(204, "text/plain", "");
  std::unique_ptr<tool_plane> plane;
};

TEST_F(ToolPlane, TellsATenantsServerWhatItCanVerify) {
  EXPECT_EQ(tell(here()).status, 204u);
  ASSERT_EQ(came.size(), 1u);
  const auto& fields = came[0].fields;
  EXPECT_EQ(came[0].method, "POST");
  EXPECT_EQ(came[0].target, "/calls");
  const auto timestamp = std::string{fields.get("webhook-timestamp")};
  EXPECT_EQ(model::verify_webhook(model::signing_key_of(secret), fields.get("webhook-id"), timestamp,
                                  fields.get("webhook-signature"), came[0].body, std::stoll(timestamp)),
            model::webhook_check::ok);
}

TEST_F(ToolPlane, FollowsNoRedirect) {
  answer = net::make_response(307, "text/plain", "");
  answer.fields.set("Location", here());
  EXPECT_EQ(tell(here()).status, 307u);
  EXPECT_EQ(came.size(), 1u);
}

TEST_F(ToolPlane, ReadsNoLongAnswer) {
  answer = net::make_response(200, "text/html", std::string(10 * 1024 * 1024, 'x'));
  EXPECT_EQ(tell(here()).status, 200u) << "what counts is its head";
  answer = net::make_response(200, "text/html", "short");
  EXPECT_EQ(tell(here()).status, 200u);
}

TEST_F(ToolPlane, CallsNoOtherAddressOfOurOwnNetwork) {
  for (const auto* url : {"http://127.0.0.2:9/", "https://localhost:9443/", "https://169.254.169.254/"}) {
    const auto told = tell(url);
    EXPECT_EQ(told.status, 0u) << url;
    EXPECT_THAT(told.error, HasSubstr("refused")) << url;
  }
}

TEST_F(ToolPlane, SaysWhenNobodyIsThere) {
  const auto gone = here();
  net::run_on(theirs, [this] { server.reset(); });
  const auto told = tell(gone);
  EXPECT_EQ(told.status, 0u);
  EXPECT_FALSE(told.error.empty());
}

}  // namespace
}  // namespace tonris::actors::test
