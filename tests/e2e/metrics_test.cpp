// What a running gateway shows to Prometheus.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class Metrics : public testing::Test {
 protected:
  void call_once() {
    w.sounds = [](const std::string&, const sim::conversation_facts&) { return identified_audio(3, 100); };
    w.start_gateway();
    silent says;
    listener hears;
    auto options = w.caller();
    options.hang_up_after = 2500ms;
    const auto report = w.call(options, says, hears);
    EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
    ASSERT_TRUE(w.gateway().metric_comes_to("tonris_call_duration_seconds_count", 1));
  }
  std::string shown() {
    const auto answer =
        raw_exchange(w.gateway().port(), "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }
  double value(const std::string& name) { return w.gateway().metric(name); }

  world w{[](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.greeting = sim::utterance{"Good morning.", "greeting"};
    return std::optional{agent};
  }};
};

TEST_F(Metrics, TellHowLongACallsPartsTook) {
  call_once();
  EXPECT_EQ(value("tonris_call_setup_seconds_count"), 1);
  EXPECT_GT(value("tonris_call_setup_seconds_sum"), 0);
  EXPECT_EQ(value("tonris_first_audio_seconds_count"), 1);
  EXPECT_LT(value("tonris_first_audio_seconds_sum"), 2.5);
  EXPECT_GT(value("tonris_call_duration_seconds_sum"), 1);
  EXPECT_GE(value(R"(tonris_vendor_request_seconds_count{request="signed_url"})"), 1);
  EXPECT_GT(value("tonris_added_latency_seconds_count"), 5) << "one in eight of some 120 frames";
  EXPECT_LT(value("tonris_added_latency_seconds_sum"), 1);
}

TEST_F(Metrics, TellWhatTheProcessIs) {
  w.start_gateway(one_tenant(), {{"MAX_CALLS", "77"}});
  EXPECT_EQ(value("tonris_calls_capacity"), 77);
  EXPECT_EQ(value(R"(tonris_part_degraded{part="call_store"})"), 0);
  EXPECT_GT(value("process_cpu_seconds_total"), 0);
  EXPECT_GT(value("process_resident_memory_bytes"), 1e6);
  EXPECT_GE(value("process_open_fds"), 5);
  EXPECT_GT(value("process_max_fds"), value("process_open_fds"));
  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(value("process_start_time_seconds"), now, 60);
  EXPECT_TRUE(has(shown(), "\ntonris_build_info{version=\""));
}

TEST_F(Metrics, AreAsPrometheusWantsThem) {
  if (shell("promtool --version").status != 0)
    GTEST_SKIP() << "promtool is not installed: tools/setup --checks does it";
  call_once();
  const auto file = std::filesystem::path(w.gateway().data_dir()).parent_path() / "metrics.txt";
  std::ofstream{file, std::ios::binary} << shown();
  const auto checked = shell("promtool check metrics <" + file.string());
  EXPECT_EQ(checked.status, 0) << checked.said;
  EXPECT_EQ(checked.said, "");
}

}  // namespace
}  // namespace tonris::e2e
