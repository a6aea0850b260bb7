// A tenant's own server behaves as badly as it can, and nobody else's call, tool or webhook notices.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/neighbours.hpp"
#include "tests/e2e/tenant_server.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/webhooks_at_once.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto bad_number = "+15550100042";
const std::string secrets_key = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A server that floods, sends the gateway inside, or answers nothing, by the path it is asked for.
class bad_server {
 public:
  [[nodiscard]] std::string address() const { return server_.address(); }
  [[nodiscard]] int asked() const { return server_.asked; }

 private:
  void answer(const net::http_request& request, net::http_responder responder) {
    if (request.path() == "/flood")
      return responder.respond(net::make_response(200, "application/json", std::string(10UL * 1024 * 1024, 'x')));
    if (request.path() == "/away") {
      auto away = net::make_response(302, "text/plain", "");
      away.fields.set("Location", "http://169.254.169.254/latest/meta-data");
      return responder.respond(std::move(away));
    }
    server_.hanging.push_back(std::move(responder));
  }
  tenant_server server_{[this](const net::http_request& request, net::http_responder responder) {
    answer(request, std::move(responder));
  }};
};

/// Somebody does this again and again, with several hands, until it ends.
class busy_hands {
 public:
  explicit busy_hands(std::vector<std::function<void()>> each) {
    for (auto& what : each)
      hands_.emplace_back([this, what = std::move(what)] {
        while (!over_) what();
      });
  }
  ~busy_hands() {
    over_ = true;
    for (auto& one : hands_) one.join();
  }

 private:
  std::atomic<bool> over_{false};
  std::vector<std::thread> hands_;
};

/// The middle of three rounds of each, in turn: the machine has other work as well.
struct rounds {
  std::array<double, 3> frames{}, webhooks{}, tools{};
  void sort() {
    for (auto* of : {&frames, &webhooks, &tools}) std::ranges::sort(*of);
  }
};

class ForwardingStorm : public CallbackTest {
 protected:
  static std::string forwarded(const std::string& name, const std::string& url) {
    return "\"" + name + R"(":{"url":")" + url + R"(","timeoutMs":2000})";
  }
  /// The slowest of the good tenant's tool calls while the neighbours are measured.
  double measure(neighbours& others, const char* when, neighbours::figures& figures) {
    std::atomic<bool> over{false};
    double worst = 0;
    std::thread asks([&] {
      while (!over) {
        const auto began = steady_clock::now();
        EXPECT_TRUE(has(tool("book", R"({"tenantId":"good"})"), R"({"booked":true})"));
        worst = std::max(worst, std::chrono::duration<double, std::milli>(steady_clock::now() - began).count());
        std::this_thread::sleep_for(20ms);
      }
    });
    figures = others.measure(2s, 100ms);
    over = true;
    asks.join();
    neighbours::print(when, figures);
    std::printf("%-18s slowest tool call of another tenant %.1f ms\n", when, worst);
    return worst;
  }
  void measure_round(neighbours& others, const char* when, rounds& into, std::size_t round) {
    neighbours::figures figures{};
    into.tools[round] = measure(others, when, figures);
    into.frames[round] = figures.frames_p99;
    into.webhooks[round] = figures.webhooks_p99;
  }
  /// Generous: a test run has other work, and one process plays all of them (docs/performance.md has figures).
  static void compare(rounds& quiet, rounds& beside) {
    quiet.sort();
    beside.sort();
    std::printf("frames p99 %.2f -> %.2f ms, webhooks p99 %.1f -> %.1f ms, slowest tool %.1f -> %.1f ms\n",
                quiet.frames[1], beside.frames[1], quiet.webhooks[1], beside.webhooks[1], quiet.tools[1],
                beside.tools[1]);
    EXPECT_LT(beside.frames[1], 2 * quiet.frames[1] + 20);
    EXPECT_LT(beside.webhooks[1], quiet.webhooks[1] + 50);
    EXPECT_LT(beside.tools[1], quiet.tools[1] + 250);
  }
};

TEST_F(ForwardingStorm, OfOneTenantIsInNobodysWay) {
  tenant_server good([](const net::http_request&, net::http_responder responder) {
    responder.respond(net::make_response(200, "application/json", R"({"booked":true})"));
  });
  bad_server bad;
  start(
      "[" + tenant("good", "+15550100002", "agent_demo", tools(forwarded("book", good.address() + "/book"))) + "," +
          tenant("bad", bad_number, "agent_demo",
                 tools(forwarded("hang", bad.address() + "/hang") + "," + forwarded("flood", bad.address() + "/flood") +
                       "," + forwarded("away", bad.address() + "/away"))) +
          "]",
      {{"TOOL_ALLOWED_HOSTS", "127.0.0.1"}, {"LOG_LEVEL", "error"}});
  neighbours others(w);
  ASSERT_TRUE(others.place(10));
  std::atomic<int> apologies{0};
  std::vector<std::function<void()>> storm;
  for (const auto* name : {"hang", "hang", "hang", "flood", "away"})
    storm.emplace_back([&, name] {
      if (has(tool(name, R"({"tenantId":"bad"})"), "I cannot look that up right now.")) ++apologies;
    });
  rounds quiet, beside;
  for (std::size_t round = 0; round < quiet.frames.size(); ++round) {
    measure_round(others, "undisturbed", quiet, round);
    const busy_hands storming(storm);
    measure_round(others, "beside the storm", beside, round);
  }
  EXPECT_GT(apologies, 15);
  compare(quiet, beside);
}

/// It is told of hundreds of calls a second, and takes none of it.
TEST_F(ForwardingStorm, OfWebhooksThatNobodyAnswersIsInNobodysWay) {
  tenant_server good([](const net::http_request&, net::http_responder responder) {
    responder.respond(net::make_response(200, "application/json", R"({"booked":true})"));
  });
  bad_server bad;
  const auto told = [&](const std::string& name, const std::string& path) {
    return R"({"name":")" + name + R"(","url":")" + bad.address() + path +
           R"(","events":["call.started","call.ended"]})";
  };
  auto& gateway =
      start("[" + tenant("good", "+15550100002", "agent_demo", tools(forwarded("book", good.address() + "/book"))) +
                R"(,{"id":"bad","name":"Bad","twilioPhoneNumber":")" + bad_number +
                R"(","secrets":{"webhooks":{"one":")" + webhook_secret + R"(","two":")" + webhook_secret +
                R"("}},"settings":{"elevenLabsAgentId":"agent_demo","webhooks":[)" + told("one", "/hang") + "," +
                told("two", "/flood") + "]}}]",
            {{"TOOL_ALLOWED_HOSTS", "127.0.0.1"}, {"SECRETS_KEY", secrets_key}, {"LOG_LEVEL", "error"}});
  neighbours others(w);
  ASSERT_TRUE(others.place(10));
  std::atomic<int> calls{50'000};
  const auto come_and_go = [&] {
    const auto number = calls++;
    EXPECT_TRUE(has(voice_webhook(gateway, number, bad_number), "<Response"));
    (void)signed_webhook(gateway, "/api/webhooks/twilio/status", number, bad_number, "completed");
    std::this_thread::sleep_for(40ms);
  };
  rounds quiet, beside;
  for (std::size_t round = 0; round < quiet.frames.size(); ++round) {
    measure_round(others, "undisturbed", quiet, round);
    const busy_hands storming({come_and_go, come_and_go, come_and_go, come_and_go});
    measure_round(others, "beside the flood", beside, round);
  }
  compare(quiet, beside);
  EXPECT_GT(bad.asked(), 3) << "it was tried";
  EXPECT_GT(gateway.metric(R"(tonris_notices_total{event="call.ended"})"), 200) << "it was loud";
}

}  // namespace
}  // namespace tonris::e2e
