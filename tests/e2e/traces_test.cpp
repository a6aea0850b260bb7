// What an OpenTelemetry collector is told of calls, and that no call minds what it makes of that.
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "model/tracing/trace_context.hpp"
#include "tests/e2e/exact_call.hpp"
#include "tests/e2e/tenant_server.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tests/free_port.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

/// Keeps what it is told, and answers as it is set.
class collector {
 public:
  enum class manner { takes, refuses, stalls };

  [[nodiscard]] std::string address() const { return server_.address(); }
  void be(manner how) { how_ = how; }
  [[nodiscard]] std::vector<net::http_request> told() {
    const std::lock_guard lock{guard_};
    return told_;
  }
  [[nodiscard]] std::size_t asked() const { return static_cast<std::size_t>(server_.asked); }

 private:
  void take(net::http_request request, net::http_responder responder) {
    switch (how_) {
      case manner::refuses: return responder.respond(net::make_response(503, "text/plain", ""));
      case manner::stalls: return server_.hanging.push_back(std::move(responder));
      case manner::takes: break;
    }
    {
      const std::lock_guard lock{guard_};
      told_.push_back(std::move(request));
    }
    responder.respond(net::make_response(200, "application/json", "{}"));
  }

  std::mutex guard_;
  std::vector<net::http_request> told_;
  std::atomic<manner> how_{manner::takes};
  tenant_server server_{[this](net::http_request request, net::http_responder responder) {
    take(std::move(request), std::move(responder));
  }};
};

class Traces : public testing::Test {
 protected:
  gateway_process& start(const std::string& endpoint, std::map<std::string, std::string> more = {}) {
    say_ids(w);
    more["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
    more["LOG_LEVEL"] = "info";
    return w.start_gateway(one_tenant(), std::move(more));
  }
  /// Some calls at once, and each byte of them where it belongs.
  void expect_calls_exact(std::uint32_t from, std::uint32_t to) {
    std::vector<std::unique_ptr<exact_call>> calls;
    for (auto id = from; id < to; ++id) {
      auto& call = *calls.emplace_back(std::make_unique<exact_call>(id));
      auto options = options_of(w, call);
      options.hang_up_after_last_word = 300ms;
      call.report = w.place(options, call.says, call.hears);
    }
    for (auto& call : calls) expect_exact(w, *call);
  }
  static void expect_spans(const std::string& body, const std::vector<std::string>& once_each) {
    for (const auto& span : once_each)
      EXPECT_EQ(count_of(body, "\"name\":\"" + span + "\""), 1u) << span << " in " << body;
  }
  double lost(const std::string& why) { return w.gateway().metric("tonris_traces_dropped_total{why=\"" + why + "\"}"); }

  world w{[](const std::string&, std::uint64_t) { return std::optional{exact_agent()}; }};
};

TEST_F(Traces, AreOneACall) {
  collector there;
  start(there.address() + "/otel/");
  expect_calls_exact(1, 2);
  ASSERT_TRUE(w.gateway().metric_comes_to("tonris_traces_sent_total", 1));
  const auto told = there.told();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].target, "/otel/v1/traces");
  EXPECT_EQ(told[0].fields.get("Content-Type"), "application/json");
  const auto& body = told[0].body;
  expect_spans(body, {"call", "webhook", "signed_url", "conversation"});
  const auto trace = to_string(model::trace_id_of(model::call_sid{sid_of(1)}));
  EXPECT_GE(count_of(body, R"("traceId":")" + trace + "\""), 4u) << body;
  EXPECT_TRUE(has(body, R"({"key":"tonris.call.end_reason","value":{"stringValue":"caller_hung_up"}})")) << body;
  EXPECT_FALSE(has(body, w.caller().from.substr(0, 8))) << "a caller's number: " << body;
}

TEST_F(Traces, AreNotToldWithoutACollectorOrAShare) {
  collector there;
  start("");
  expect_calls_exact(1, 2);
  start(there.address(), {{"OTEL_TRACES_SAMPLER_ARG", "0"}});
  expect_calls_exact(2, 3);
  std::this_thread::sleep_for(4s);
  EXPECT_EQ(there.asked(), 0u);
}

TEST_F(Traces, HoldNoCallBackWhateverTheirCollectorDoes) {
  collector there;
  start(there.address());
  there.be(collector::manner::refuses);
  expect_calls_exact(1, 9);
  EXPECT_TRUE(w.gateway().metric_comes_to(R"(tonris_traces_dropped_total{why="collector"})", 8, 30s))
      << lost("collector");
  EXPECT_TRUE(w.gateway().log_says("The collector of OTEL_EXPORTER_OTLP_ENDPOINT takes no traces: HTTP 503"));
  there.be(collector::manner::stalls);
  expect_calls_exact(9, 17);
  there.be(collector::manner::takes);
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_traces_sent_total", 8, 30s)) << "what stalled is asked once more";
  EXPECT_TRUE(w.gateway().log_says("takes traces again"));
  EXPECT_EQ(w.gateway().stop(), 0);
}

TEST_F(Traces, HoldNeitherCallNorStopBackWhereNobodyIsThere) {
  start("http://127.0.0.1:" + std::to_string(test::free_port()));
  expect_calls_exact(1, 9);
  EXPECT_TRUE(w.gateway().metric_comes_to(R"(tonris_traces_dropped_total{why="collector"})", 8, 30s));
  expect_calls_exact(9, 11);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(w.gateway().stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 10s);
}

}  // namespace
}  // namespace tonris::e2e
