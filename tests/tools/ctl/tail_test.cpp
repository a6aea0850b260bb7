#include "tools/ctl/tail.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "net/http_server.hpp"
#include "net/run_on.hpp"
#include "tools/ctl/program.hpp"

namespace tonris::ctl {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string call = "CA0123456789abcdef0123456789abcdef", other = "CA00000000000000000000000000000002";

std::string said(const std::string& id, const std::string& name, const std::string& of, const std::string& tenant,
                 const std::string& detail) {
  return "id: " + id + "\nevent: " + name + "\ndata: {\"callSid\":\"" + of + "\",\"tenantId\":\"" + tenant +
         "\",\"at\":\"2026-11-29T10:00:00.000Z\",\"detail\":\"" + detail + "\"}\n\n";
}
const std::string snapshot =
    "id: 4\nevent: snapshot\ndata: {\"calls\":[{\"callSid\":\"" + call +
    "\",\"tenantId\":\"salon\",\"state\":\"talking\",\"startedAt\":\"2026-11-29T09:59:00.000Z\"}]}\n\n";

tail_wanted of_call(const std::string& sid) {
  tail_wanted wanted;
  wanted.call = sid;
  return wanted;
}
tail_wanted of_tenant(const std::string& id) {
  tail_wanted wanted;
  wanted.tenant = id;
  return wanted;
}
tail_wanted in_json() {
  tail_wanted wanted;
  wanted.as_json = true;
  return wanted;
}

class Tail : public testing::Test {
 protected:
  Tail() { io.start(); }
  ~Tail() override {
    net::run_on(io, [this] { server.reset(); });
    io.stop();
  }

  /// Connections are answered with what `refusals` holds, then with these, one after the other; each then ends.
  void serve(std::vector<std::string> streams) {
    auto listening = net::http_server::listen(
        io, "127.0.0.1", 0, {}, nullptr,
        [this, streams = std::move(streams)](const net::http_request& request, net::http_responder responder) {
          const auto nth = asked.size();
          asked_at.push_back(std::chrono::steady_clock::now());
          asked.push_back(std::string{request.target} + " " + std::string{request.fields.get("Last-Event-ID")});
          if (nth < refusals.size())
            return responder.respond(net::make_response(refusals[nth].first, "application/json", refusals[nth].second));
          const auto turn = nth - refusals.size();
          if (turn >= streams.size())
            return responder.respond(
                net::make_response(404, "application/json", R"({"error":{"code":"x","message":"no such call"}})"));
          auto stream = responder.stream(net::make_response(200, "text/event-stream", {}), {}, 1'000'000);
          (void)stream.write(streams[turn]);
          stream.end();
        });
    ASSERT_TRUE(listening) << listening.error().detail;
    server = std::move(*listening);
    net::run_on(io, [this] { server->start(); });
  }
  int follow(tail_wanted wanted) {
    wanted.pause = 10ms;
    wanted.most_pause = 40ms;
    return follow_calls({"http://127.0.0.1:" + std::to_string(server->port()), config::secret{"word"}}, wanted, out,
                        err);
  }

  net::loop io{"gateway"};
  std::unique_ptr<net::http_server> server;
  std::vector<std::pair<unsigned, std::string>> refusals;
  std::vector<std::chrono::steady_clock::time_point> asked_at;
  std::vector<std::string> asked;  ///< what was asked for, and behind which event; read when all is over
  std::ostringstream out, err;
};

TEST_F(Tail, GoesOnWhereItsConnectionBrokeUntilTheCallHasEnded) {
  serve({snapshot + said("5", "caller_said", call, "salon", "Are you\\nopen?"), said("6", "ended", call, "salon", "")});
  EXPECT_EQ(follow(of_call(call)), found) << err.str();
  EXPECT_THAT(err.str(), IsEmpty()) << "a connection that ends is nothing to tell of";
  EXPECT_EQ(out.str(), "2026-11-29T09:59:00.000Z  " + call + "  salon  live  talking\n" + "2026-11-29T10:00:00.000Z  " +
                           call + "  salon  caller_said  Are you open?\n" + "2026-11-29T10:00:00.000Z  " + call +
                           "  salon  ended\n");
  EXPECT_THAT(asked, ElementsAre("/api/calls/" + call + "/events ", "/api/calls/" + call + "/events 5"));
}

TEST_F(Tail, ShowsOneTenantsCallsAndSaysWhatIsMissed) {
  serve({snapshot + said("5", "answered", other, "clinic", ""), snapshot});
  EXPECT_EQ(follow(of_tenant("salon")), cannot);
  EXPECT_THAT(out.str(), HasSubstr("(some of what happened was missed)\n"));
  EXPECT_THAT(out.str(), Not(HasSubstr(other)));
  EXPECT_THAT(err.str(), HasSubstr("says: no such call"));
}

TEST_F(Tail, WritesLinesOfJson) {
  serve({said("5", "answered", call, "salon", "")});
  EXPECT_EQ(follow(in_json()), cannot);
  EXPECT_THAT(out.str(), HasSubstr(R"({"event":"answered","callSid":")" + call + R"(","tenantId":"salon",)"));
}

TEST_F(Tail, StopsWhereNobodyReadsIt) {
  serve({snapshot, snapshot, snapshot});
  out.setstate(std::ios::badbit);
  EXPECT_EQ(follow({}), found);
  EXPECT_THAT(err.str(), IsEmpty());
}

const std::string full =
    R"({"error":{"code":"unavailable","message":"too many clients watch calls: try again later"}})";

TEST_F(Tail, SaysOnceWhatKeepsItFromWatchingAndTriesOnLessAndLessOften) {
  refusals = {{503, full}, {503, full}, {503, full}, {502, "<html>"}, {503, full}};
  serve({snapshot + said("5", "ended", call, "salon", "")});
  EXPECT_EQ(follow(of_call(call)), found) << err.str();
  const auto gateway = "tonrisctl: The gateway at http://127.0.0.1:" + std::to_string(server->port());
  const auto says_full = gateway + " says: too many clients watch calls: try again later; it is tried again\n";
  EXPECT_EQ(err.str(), says_full + gateway + " answered with status 502; it is tried again\n" + says_full);
  ASSERT_EQ(asked_at.size(), 6u);
  std::chrono::milliseconds least = 10ms;  // 10, 20, 40, 40, 40
  for (std::size_t n = 1; n < asked_at.size(); ++n) {
    EXPECT_GE(asked_at[n] - asked_at[n - 1], least) << n;
    least = std::min<std::chrono::milliseconds>(2 * least, 40ms);
  }
}

TEST_F(Tail, EndsWhereThereIsNoSuchTenantOrCall) {
  const std::string no_tenant = R"({"error":{"code":"tenant_not_found","message":"no such tenant is known"}})";
  refusals = {{404, no_tenant}};
  serve({});
  EXPECT_EQ(follow(of_tenant("no such")), not_found);
  EXPECT_THAT(err.str(), HasSubstr("says: no such tenant is known\n"));
  EXPECT_THAT(asked, ElementsAre("/api/calls/events?tenant=no%20such "));
}

TEST_F(Tail, EndsWhereAnotherTryIsNoUse) {
  refusals = {{401, R"({"error":{"code":"unauthorized","message":"send a token"}})"}};
  serve({});
  EXPECT_EQ(follow({}), cannot);
  EXPECT_THAT(err.str(), HasSubstr("says: send a token\n"));
}

TEST_F(Tail, SaysThatNobodyAnswers) {
  EXPECT_EQ(follow_calls({"http://127.0.0.1:1", config::secret{"word"}}, {}, out, err), cannot);
  EXPECT_THAT(err.str(), HasSubstr("does not answer: connect_refused"));
}

}  // namespace
}  // namespace tonris::ctl
