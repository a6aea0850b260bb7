/// What the alerts and the dashboard ask Prometheus for, beside what a gateway shows it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "model/call/end_reason.hpp"
#include "tests/actors/node/shown_metrics.hpp"
#include "tests/places.hpp"

namespace tonris::actors::test {
namespace {

std::string file(const std::string& path) {
  std::ifstream in{tonris::test::source_dir() + "/" + path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// `metric{label="a|b"}`: one for each word.
struct selected {
  std::string metric, label, value;
};

std::vector<selected> selected_in(const std::string& text) {
  static const std::regex selector{R"re(((?:tonris|process)_\w+)\{([^}]*)\})re"},
      matcher{R"re((\w+)(?:=~|!~|=)\\?"([^"\\]*)\\?")re"};
  std::vector<selected> all;
  for (std::sregex_iterator one{text.begin(), text.end(), selector}; one != std::sregex_iterator{}; ++one) {
    const auto inside = (*one)[2].str();
    for (std::sregex_iterator label{inside.begin(), inside.end(), matcher}; label != std::sregex_iterator{}; ++label) {
      std::istringstream words{(*label)[2].str()};
      for (std::string word; std::getline(words, word, '|');) all.push_back({(*one)[1], (*label)[1], word});
    }
  }
  return all;
}

std::set<std::string> metrics_in(const std::string& text) {
  static const std::regex name{R"(\b(tonris|process)_\w+)"};
  std::set<std::string> all;
  for (std::sregex_iterator one{text.begin(), text.end(), name}; one != std::sregex_iterator{}; ++one)
    all.insert(one->str());
  return all;
}

bool is_shown(const std::string& metric, const families& of_gateway) {
  if (of_gateway.contains(metric)) return true;
  for (const auto* const part : {"_bucket", "_sum", "_count"})
    if (metric.ends_with(part) && of_gateway.contains(metric.substr(0, metric.rfind(part)))) return true;
  return false;
}

class Monitoring : public testing::TestWithParam<std::string> {};

TEST_P(Monitoring, AsksForMetricsThatThereAre) {
  const auto text = file(GetParam());
  const auto shown = families_in(everything_shown());
  const auto asked = metrics_in(text);
  ASSERT_GT(asked.size(), 10u);
  for (const auto& metric : asked) EXPECT_TRUE(is_shown(metric, shown)) << metric;
}

TEST_P(Monitoring, AsksForLabelsThatThereAre) {
  const auto shown = everything_shown();
  for (const auto& one : selected_in(file(GetParam()))) {
    if (one.label == "instance") continue;  // Prometheus' own
    const std::regex line{"\n" + one.metric + R"(\{[^\n]*\b)" + one.label + "=\"" + one.value + "\""};
    EXPECT_TRUE(std::regex_search(shown, line)) << one.metric << " has no " << one.label << " " << one.value;
  }
}

/// `sum by (label) (rate(metric…`
std::vector<selected> grouped_in(const std::string& text) {
  static const std::regex grouping{R"re(by \(([\w, ]+)\) \((?:\w+\()?((?:tonris|process)_\w+))re"}, word{R"(\w+)"};
  std::vector<selected> all;
  for (std::sregex_iterator one{text.begin(), text.end(), grouping}; one != std::sregex_iterator{}; ++one) {
    const auto labels = (*one)[1].str();
    for (std::sregex_iterator label{labels.begin(), labels.end(), word}; label != std::sregex_iterator{}; ++label)
      all.push_back({(*one)[2], label->str(), {}});
  }
  return all;
}

TEST_P(Monitoring, SumsUpByLabelsThatThereAre) {
  const auto shown = everything_shown();
  for (const auto& one : grouped_in(file(GetParam()))) {
    if (one.label == "instance" || one.label == "job") continue;  // Prometheus' own
    const std::regex line{"\n" + one.metric + R"(\{[^\n]*\b)" + one.label + "=\""};
    EXPECT_TRUE(std::regex_search(shown, line)) << one.metric << " has no " << one.label;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Monitoring, testing::Values("config/prometheus/alerts.yml", "config/grafana/tonris.json"),
                         [](const auto& row) { return row.index == 0 ? "Alerts" : "Dashboard"; });

std::set<std::string> ordinary_ends() {
  std::set<std::string> all;
  for (std::size_t i = 0; i < model::end_reason_count; ++i)
    if (const auto reason = static_cast<model::end_reason>(i); gravity_of(reason) == model::gravity::ordinary)
      all.emplace(to_string(reason));
  return all;
}

/// A reason that is new, or weighed anew, is missed here until the alert knows it.
TEST(MonitoringOfLostCalls, LeavesOutWhatIsOrdinaryAndNothingElse) {
  static const std::regex left_out{R"re(tonris_calls_ended_total\{reason!~"([^"]*)"\})re"};
  const auto text = file("config/prometheus/alerts.yml");
  int times = 0;
  for (std::sregex_iterator one{text.begin(), text.end(), left_out}; one != std::sregex_iterator{}; ++one, ++times) {
    std::set<std::string> named;
    std::istringstream words{(*one)[1].str()};
    for (std::string word; std::getline(words, word, '|');) named.insert(word);
    EXPECT_EQ(named, ordinary_ends());
  }
  EXPECT_EQ(times, 2) << "how many there are, and whether they are many of all";
}

/// Those whose call is counted as ended, unlike one that is refused at the webhook.
TEST(MonitoringOfLostCalls, IsSilentOverPlacedCallsThatNobodyTook) {
  const auto text = file("tests/monitoring/alerts_test.yml");
  const auto healthy = text.substr(text.find("all are silent over a healthy node"));
  using model::end_reason;
  for (const auto reason : {end_reason::callee_busy, end_reason::callee_no_answer, end_reason::callee_unreachable,
                            end_reason::call_canceled, end_reason::machine_answered})
    EXPECT_NE(healthy.find("reason=\"" + std::string{to_string(reason)} + "\",by=\"" +
                           std::string{to_string(who(reason))} + '"'),
              std::string::npos)
        << to_string(reason);
}

TEST(MonitoringOfLabels, SeesEachWordOfASelector) {
  const auto all = selected_in(R"(rate(tonris_a_total{x=~"b|c",y="d"}[5m]) > tonris_e)");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].metric + all[1].label + all[1].value, "tonris_a_totalxc");
  EXPECT_EQ(all[2].metric + all[2].label + all[2].value, "tonris_a_totalyd");
}

TEST(MonitoringOfLabels, SeesEachWordOfASum) {
  const auto all = grouped_in("sum by (le, b) (rate(tonris_a_bucket{x=\"y\"}[5m])) + max by (c) (tonris_d)");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].metric + all[0].label, "tonris_a_bucketle");
  EXPECT_EQ(all[1].metric + all[1].label, "tonris_a_bucketb");
  EXPECT_EQ(all[2].metric + all[2].label, "tonris_dc");
}

void expect_questions(const rapidjson::Value& panel) {
  if (std::string{panel["type"].GetString()} == "row") return;
  EXPECT_GT(panel["targets"].Size(), 0u) << panel["title"].GetString();
  for (const auto& target : panel["targets"].GetArray()) {
    EXPECT_STREQ(target["datasource"]["uid"].GetString(), "${datasource}") << "one that nobody else has";
    EXPECT_FALSE(metrics_in(target["expr"].GetString()).empty()) << target["expr"].GetString();
  }
}

/// Whoever adds a queue shows how long it is.
TEST(Dashboard, ShowsWhateverWaitsIsBehindOrIsLost) {
  const auto asked = metrics_in(file("config/grafana/tonris.json"));
  int families = 0;
  for (const auto& [name, family] : families_in(everything_shown())) {
    for (const auto* const end :
         {"_waiting", "_held", "_dead", "_behind_seconds", "_unread_seconds", "_dropped_total"}) {
      if (!name.ends_with(end)) continue;
      ++families;
      EXPECT_TRUE(asked.contains(name)) << name;
    }
  }
  EXPECT_GT(families, 10);
}

TEST(Dashboard, IsAsGrafanaImportsIt) {
  const auto text = file("config/grafana/tonris.json");
  rapidjson::Document json;
  ASSERT_FALSE(json.Parse(text.c_str()).HasParseError());
  EXPECT_STREQ(json["uid"].GetString(), "tonris");
  std::set<int> ids;
  for (const auto& panel : json["panels"].GetArray()) {
    EXPECT_TRUE(ids.insert(panel["id"].GetInt()).second) << "two panels have the id " << panel["id"].GetInt();
    EXPECT_LE(panel["gridPos"]["x"].GetInt() + panel["gridPos"]["w"].GetInt(), 24) << panel["title"].GetString();
    expect_questions(panel);
  }
}

}  // namespace
}  // namespace tonris::actors::test
