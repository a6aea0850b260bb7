// A tenant compares two agents, and the gateway stops the one that loses.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/waiting.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class Experiment : public CallbackTest {
 protected:
  Experiment() = default;
  explicit Experiment(world::behaviour agents) : CallbackTest(std::move(agents)) {}
  std::string ask(const std::string& path) {
    return send("GET", path, "", "Authorization: Bearer " + admin_token + "\r\n");
  }
  bool comes_to_say(const std::string& path, const std::string& text, std::chrono::seconds at_most = 10s) {
    return comes_to([&] { return has(ask(path), text); }, at_most);
  }
  static std::string text_of(const std::string& record, const std::string& member) {
    const auto key = "\"" + member + R"(":")";
    const auto at = record.find(key);
    if (at == std::string::npos) return {};
    return record.substr(at + key.size(), record.find('"', at + key.size()) - at - key.size());
  }
  /// So many at once, each from a number of its own; their records.
  std::vector<std::string> records_of_calls(int many) {
    std::vector<talking> calls;
    for (int n = 0; n < many; ++n) {
      auto options = w.caller();
      options.from = "+1555020" + std::to_string(1000 + callers++);
      options.hang_up_after = 300ms;
      calls.push_back(call(std::move(options)));
    }
    std::vector<std::string> records;
    for (auto& one : calls) {
      (void)one.report.get();
      records.push_back(w.record(one.sid));
    }
    return records;
  }
  /// ElevenLabs judges each: those of the old agent went well, those of the new one did not.
  void judge(const std::vector<std::string>& records) {
    for (const auto& record : records) {
      auto report = transcription(text_of(record, "conversationId"), text_of(record, "callSid"));
      const auto success = report.find(R"("call_successful":"success")");
      if (text_of(record, "variant") == "new") report.replace(success, 27, R"("call_successful":"failure")");
      for (const auto* agent : {"agent_old", "agent_new"})
        if (text_of(record, "agentId") == agent) report.replace(report.find("agent_demo"), 10, agent);
      EXPECT_TRUE(has(post_call(report), " 200 ")) << record;
    }
  }
  static std::map<std::string, int> variants_of(const std::vector<std::string>& records) {
    std::map<std::string, int> counts;
    for (const auto& record : records) ++counts[text_of(record, "variant")];
    return counts;
  }

  int callers = 0;
};

TEST_F(Experiment, StopsTheVariantThatLosesAndSaysWhy) {
  start(one_tenant(R"("agents":[{"agentId":"agent_old","weight":50,"variant":"old"},)"
                   R"({"agentId":"agent_new","weight":50,"variant":"new"}],)"
                   R"("experiment":{"outcome":"success","stopLosing":true})"),
        {{"EXPERIMENT_ROUND", "1"}});
  const std::string compare = "/api/usage/variants?tenant=salon-1&a=old&b=new";
  const auto records = records_of_calls(30);
  const auto dealt = variants_of(records);
  ASSERT_EQ(dealt.size(), 2u) << "both have had calls, and nobody else";
  ASSERT_TRUE(has(ask(compare), R"("says":"not enough yet; new no calls, old no calls")")) << "none is judged yet";

  judge(records);
  const auto calls_of = [&](const char* variant) { return std::to_string(dealt.at(variant)) + " calls ("; };
  EXPECT_TRUE(comes_to_say(compare, R"("says":"old is better: 100.0 % of )" + calls_of("old"))) << ask(compare);
  EXPECT_TRUE(has(ask(compare), ", new 0.0 % of " + calls_of("new"))) << ask(compare);
  EXPECT_TRUE(comes_to_say("/api/tenants/salon-1", R"("weight":0)")) << ask("/api/tenants/salon-1");
  EXPECT_TRUE(w.gateway().metric_comes_to(R"(tonris_experiments_total{outcome="stopped"})", 1));
  EXPECT_TRUE(has(ask("/api/audit"), R"("experiment.stop")"));
  EXPECT_TRUE(w.gateway().log_says("Variant new of tenant salon-1 gets no more calls: old is better: "));

  const auto later = variants_of(records_of_calls(6));
  EXPECT_EQ(later, (std::map<std::string, int>{{"old", 6}})) << "from now on";
}

/// ElevenLabs knows no agent_new.
class ExperimentWithADeadAgent : public Experiment {
 protected:
  ExperimentWithADeadAgent()
      : Experiment([](const std::string& agent, std::uint64_t) {
          return agent == "agent_new" ? std::nullopt : std::optional{quiet_agent()};
        }) {}
};

TEST_F(ExperimentWithADeadAgent, CountsWhatTheOtherServedAgainstItAndStopsIt) {
  start(one_tenant(R"("agents":[{"agentId":"agent_old","weight":50,"variant":"old"},)"
                   R"({"agentId":"agent_new","weight":50,"variant":"new"}],)"
                   R"("experiment":{"outcome":"completed","stopLosing":true})"),
        {{"EXPERIMENT_ROUND", "1"}});
  const auto records = records_of_calls(30);
  for (const auto& record : records) EXPECT_EQ(text_of(record, "agentId"), "agent_old") << record;
  const auto dealt = variants_of(records);
  ASSERT_EQ(dealt.size(), 2u) << "each keeps what was drawn for it";
  const std::string compare = "/api/usage/variants?tenant=salon-1&a=old&b=new&outcome=completed";
  EXPECT_TRUE(comes_to_say(compare, R"("says":"old is better: )")) << ask(compare);
  EXPECT_TRUE(comes_to_say(compare, "new 0.0 % of " + std::to_string(dealt.at("new")) + " calls (")) << ask(compare);
  EXPECT_TRUE(comes_to_say("/api/tenants/salon-1", R"("weight":0)")) << ask("/api/tenants/salon-1");
}

}  // namespace
}  // namespace tonris::e2e
