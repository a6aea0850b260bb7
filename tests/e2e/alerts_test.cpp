// config/prometheus/alerts.yml over what a gateway with a real fault shows: what was scraped before the fault and after
// it is given to Prometheus' own tester as two times of a node's life.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "tests/e2e/asking.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tests/places.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

using samples = std::map<std::string, std::string>;  // a series to its value

std::string alerts_file() {
  return tonris::test::source_dir() + "/config/prometheus/alerts.yml";
}

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// `tonris_calls_live 0`, `tonris_calls_ended_total{by="caller",reason="closed"} 0`: as Prometheus keeps it of a node.
samples samples_in(const std::string& shown) {
  static const auto rules = content_of(alerts_file());
  samples all{{R"(up{instance="a:9300",job="tonris"})", "1"}};
  std::istringstream lines{shown};
  for (std::string line; std::getline(lines, line);) {
    const auto value = line.rfind(' ');
    const auto name = line.substr(0, line.find_first_of("{ "));
    if (line.starts_with('#') || value == std::string::npos || !has(rules, name)) continue;
    auto series = line.substr(0, value);
    series = series.ends_with('}') ? series.substr(0, series.size() - 1) + "," : series + "{";
    all[series + R"(instance="a:9300",job="tonris"})"] = line.substr(value + 1);
  }
  return all;
}

class Alerts : public testing::Test {
 protected:
  void SetUp() override {
    if (shell("promtool --version").status != 0)
      GTEST_SKIP() << "promtool is not installed: tools/setup --checks does it";
  }
  samples scraped() {
    return samples_in(
        raw_exchange(w.gateway().port(), "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  }

  /// These alerts, of those that are meant, fire four minutes after the second scrape, of which the first has stood
  /// for ten; and no others.
  void expect_fired(const std::string& meant, const std::set<std::string>& names, const samples& before,
                    const samples& after) {
    const auto file = fs::path(w.gateway().tenants_file()).parent_path() / "alerts.yml";
    std::ofstream out{file};
    out << "rule_files: [" << alerts_file() << "]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n"
        << "    input_series:\n";
    for (const auto& [series, value] : after) {
      const auto then = before.find(series);
      out << "      - series: '" << series << "'\n        values: '" << (then == before.end() ? "_" : then->second)
          << "x9 " << value << "x10'\n";
    }
    out << "    promql_expr_test:\n      - expr: 'count by (alertname) (ALERTS{alertstate=\"firing\",alertname" << meant
        << "})'\n        eval_time: 14m\n        exp_samples:\n";
    for (const auto& name : names)
      out << "            - labels: '{alertname=\"" << name << "\"}'\n              value: 1\n";
    out.close();
    const auto end = shell("promtool test rules " + file.string());
    EXPECT_EQ(end.status, 0) << end.said;
  }

  world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};
};

/// What this machine's disk has left is not the test's business.
const std::string all_but_the_disks = "!=\"TonrisDiskNearFull\"", the_disks = "=\"TonrisDiskNearFull\"";

TEST_F(Alerts, AreSilentOverAGatewayThatServes) {
  w.start_gateway(one_tenant(), {{"ELEVENLABS_MAX_CALLS", "3"}});
  const auto before = scraped();
  auto options = w.caller();
  options.hang_up_after = 300ms;
  (void)w.call(options);
  EXPECT_TRUE(w.gateway().metric_comes_to(R"(tonris_calls_ended_total{by="caller",reason="caller_hung_up"})", 1));
  expect_fired(all_but_the_disks, {}, before, scraped());
}

/// Also where the doctor, who has the gateway's token and not Twilio's, finds its own signature in order.
TEST_F(Alerts, FireWhereAllThatTwilioSignsIsRefused) {
  const std::string other = "ffffffffffffffffffffffffffffffff";
  auto& gateway = w.start_gateway(one_tenant(), {{"TWILIO_AUTH_TOKEN", other}});
  const auto before = scraped();
  for (int i = 0; i < 8; ++i)
    w.post_webhook("CA0000000000000000000000000000000" + std::to_string(i), [](const auto&) {});
  const std::string refused = R"(tonris_signatures_refused_total{account="gateway"})";
  ASSERT_TRUE(gateway.metric_comes_to(refused, 8));
  const auto env = fs::path(gateway.tenants_file()).parent_path() / "doctor.env";
  std::ofstream{env} << "APP_BASE_URL=" << gateway.origin() << "\nPORT=" << gateway.port()
                     << "\nTWILIO_ACCOUNT_SID=" << account_sid << "\nTWILIO_AUTH_TOKEN=" << other
                     << "\nTWILIO_API_BASE_URL=" << w.on_loop([&] { return w.twilio().base_url(); })
                     << "\nELEVENLABS_API_BASE_URL=" << w.on_loop([&] { return w.vendor().base_url(); })
                     << "\nELEVENLABS_API_KEY=" << api_key << "\nADMIN_TOKEN=" << admin_token << "\n";
  fs::permissions(env, fs::perms::owner_read | fs::perms::owner_write);
  const auto looked =
      shell("env -i PATH=\"$PATH\" " + tonris::test::programs() + "/tonrisctl doctor --env-file " + env.string());
  EXPECT_TRUE(has(looked.said, "[signature_holds]") || has(looked.said, "signature")) << looked.said;
  EXPECT_GE(gateway.metric(R"(tonris_http_requests_total{endpoint="status"})"), 1) << looked.said;
  EXPECT_EQ(gateway.metric(refused), 8);
  expect_fired(all_but_the_disks, {"TonrisSignaturesRefused"}, before, scraped());
}

TEST_F(Alerts, FireWhereATenantHasAMistakeOrTheirFileIsNone) {
  const std::string mistaken = R"([{"id":"other","name":"O","twilioPhoneNumber":"+15550100003",
      "settings":{"elevenLabsAgentId":"agent_demo","language":"?"}},)" +
                               one_tenant().substr(1);
  auto& gateway = w.start_gateway(mistaken);
  EXPECT_TRUE(
      has(http_get(gateway, "/ready"), R"({"status":"ready","notice":"tenants of TENANTS_FILE with mistakes: 1"})"));
  expect_fired(all_but_the_disks, {"TonrisTenantsRefused"}, scraped(), scraped());
  const auto reread = [&](const std::string& tenants) {
    std::ofstream{gateway.tenants_file()} << tenants;
    gateway.signal(SIGHUP);
  };
  reread(one_tenant());
  ASSERT_TRUE(gateway.metric_comes_to("tonris_tenants_reload_successful", 1));
  const auto before = scraped();
  EXPECT_TRUE(has(http_get(gateway, "/ready"), R"({"status":"ready"})"));
  reread("{");
  ASSERT_TRUE(gateway.metric_comes_to("tonris_tenants_reload_successful", 0));
  expect_fired(all_but_the_disks, {"TonrisTenantsUnread"}, before, scraped());
}

TEST_F(Alerts, FireWhereTheDirectoryOfTheDataIsGone) {
  auto& gateway = w.start_gateway();
  const auto before = scraped();
  const auto all = gateway.metric("tonris_data_disk_size_bytes");
  EXPECT_GT(all, 0);
  const auto elsewhere = gateway.data_dir() + ".gone";
  fs::rename(gateway.data_dir(), elsewhere);
  EXPECT_TRUE(gateway.metric_comes_to("tonris_data_disk_size_bytes", 0));
  expect_fired(the_disks, {"TonrisDiskNearFull"}, before, scraped());
  fs::rename(elsewhere, gateway.data_dir());
  EXPECT_TRUE(gateway.metric_comes_to("tonris_data_disk_size_bytes", all));
  if (fs::space(gateway.data_dir()).available > 5'000'000'000) expect_fired(the_disks, {}, before, scraped());
}

TEST_F(Alerts, AreSilentOverPlacedCallsThatNobodyAnswers) {
  w.phone = [](const sim::call_order& order) {
    sim::pick_up how;
    how.what = order.to.ends_with('1') ? sim::pick_up::kind::busy : sim::pick_up::kind::no_answer;
    return how;
  };
  auto& gateway = w.start_gateway(one_tenant(R"("outbound":{"enabled":true,"allowed":["+1"]})"));
  const auto before = scraped();
  for (int i = 1; i <= 6; ++i) {
    const auto said = shell("curl -s -w '\n%{http_code}\n' -H 'Authorization: Bearer " + admin_token + "' -d '" +
                            R"({"tenantId":"salon-1","to":"+1555010900)" + std::to_string(i) + "\"}' " +
                            gateway.origin() + "/api/calls")
                          .said;
    EXPECT_TRUE(has(said, "\n201\n")) << said;
  }
  EXPECT_TRUE(gateway.metric_comes_to(R"(tonris_calls_ended_total{by="caller",reason="callee_no_answer"})", 5));
  EXPECT_TRUE(gateway.metric_comes_to(R"(tonris_calls_ended_total{by="caller",reason="callee_busy"})", 1));
  expect_fired(all_but_the_disks, {}, before, scraped());
}

}  // namespace
}  // namespace tonris::e2e
