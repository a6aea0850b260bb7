// Every number adds up: what records, usage, the month's meter, the metrics and the simulators say of the same calls.
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "model/call/record.hpp"
#include "model/money/call_cost.hpp"
#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/text.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

struct sums {
  std::uint64_t calls = 0, refused = 0;
  std::int64_t seconds = 0;
  model::micros cost = 0;
  std::map<std::string, std::uint64_t> outcomes;
  bool operator==(const sums&) const = default;
};
std::ostream& operator<<(std::ostream& out, const sums& of) {
  out << of.calls << " calls, " << of.refused << " refused, " << of.seconds << " s, " << of.cost << " millionths";
  for (const auto& [reason, times] : of.outcomes) out << ", " << reason << " " << times;
  return out;
}

class Books : public CallbackTest {
 protected:
  static constexpr std::uint32_t taken_calls = 24, refused_calls = 4;

  std::string ask(const std::string& path) {
    const auto answer = send("GET", path, "", "Authorization: Bearer " + admin_token + "\r\n");
    EXPECT_TRUE(has(answer, " 200 ")) << answer;
    return answer;
  }
  static std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

  std::vector<model::call_record> records() {
    std::vector<model::call_record> all;
    std::istringstream lines{ask("/api/calls/export?format=ndjson")};
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with('{')) continue;  // the answer's head, and the chunks'
      const auto record = model::parse_call_record(line);
      EXPECT_TRUE(record) << line;
      if (record) all.push_back(*record);
    }
    return all;
  }
  static sums of(const std::vector<model::call_record>& all, const std::string& tenant) {
    sums total;
    for (const auto& one : all) {
      if (!tenant.empty() && one.tenant.value != tenant) continue;
      ++total.outcomes[std::string{to_string(*one.reason)}];
      if (*one.reason == model::end_reason::month_minutes) {
        ++total.refused;
        continue;
      }
      ++total.calls;
      total.seconds += one.metered_seconds;
      total.cost += model::total(one.cost).value_or(0);
    }
    return total;
  }
  static sums of(const rapidjson::Value& item) {
    sums total;
    total.calls = item["calls"].GetUint64();
    total.refused = item["refused"].GetUint64();
    total.seconds = item["seconds"].GetInt64();
    total.cost = std::llround(item["cost"].GetDouble() * 1e6);
    for (const auto& one : item["outcomes"].GetObject()) total.outcomes[one.name.GetString()] = one.value.GetUint64();
    return total;
  }

  /// Calls of both tenants, ended by their callers or by the operator, after two seconds to four.
  void make_calls() {
    std::vector<talking> calls;
    for (std::uint32_t i = 0; i < taken_calls; ++i) {
      auto options = w.caller();
      options.call_sid = sid_of(i + 1);
      options.to = i % 3 == 0 ? "+15550100003" : "+15550100002";
      options.hang_up_after = 2s + 100ms * i;
      if (i % 4 == 3) options.hang_up_after = 60s;
      calls.push_back(call(std::move(options)));
    }
    for (std::uint32_t i = 0; i < refused_calls; ++i) {
      auto options = w.caller();
      options.call_sid = sid_of(taken_calls + i + 1);
      options.to = "+15550100004";
      calls.push_back(call(std::move(options)));
    }
    for (std::uint32_t i = 3; i < taken_calls; i += 4) {
      wait_until_it_talks(calls[i]);
      EXPECT_TRUE(has(
          send("POST", "/api/calls/" + calls[i].sid + "/hangup", "", "Authorization: Bearer " + admin_token + "\r\n"),
          " 202 "));
    }
    for (auto& one : calls) {
      const auto report = one.report.get();
      EXPECT_TRUE(report.reached);
      EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
    }
  }
  /// What ElevenLabs charged for the conversations; each is told twice.
  void tell_charges() {
    for (const auto& one : w.conversations())
      for (int twice = 0; twice < 2; ++twice)
        EXPECT_TRUE(
            has(post_call(transcription(one.facts.conversation_id, one.facts.variables.at("call_sid"))), " 200 "));
  }
  bool comes_true(const std::function<bool()>& what) {
    for (int tries = 0; tries < 100; ++tries, std::this_thread::sleep_for(100ms))
      if (what()) return true;
    return false;
  }
};

TEST_F(Books, RecordsUsageMeterMetricsAndSimulatorsAgree) {
  start("[" + tenant("salon", "+15550100002", "agent_demo") + "," + tenant("clinic", "+15550100003", "agent_demo") +
        "," + tenant("broke", "+15550100004", "agent_demo", R"("limits":{"minutesPerMonth":0})") + "]");
  make_calls();
  ASSERT_TRUE(comes_true([&] { return records().size() == taken_calls + refused_calls; })) << records().size();
  tell_charges();
  ASSERT_TRUE(comes_true([&] {
    std::size_t told = 0;
    for (const auto& one : records()) told += one.cost.elevenlabs && one.cost.elevenlabs->is_final;
    return told == w.conversations().size();
  }));

  const auto all = records();
  const auto total = of(all, "");
  EXPECT_EQ(total.calls, taken_calls);
  EXPECT_EQ(total.refused, refused_calls);
  EXPECT_GE(total.seconds, static_cast<std::int64_t>(taken_calls));
  EXPECT_GT(total.cost, 0);

  rapidjson::Document usage;
  usage.Parse(body_of(ask("/api/usage?by=tenant")).c_str());
  ASSERT_FALSE(usage.HasParseError());
  EXPECT_EQ(of(usage["total"]), total);
  EXPECT_EQ(usage["items"].Size(), 3U);
  for (const auto& item : usage["items"].GetArray())
    EXPECT_EQ(of(item), of(all, item["tenantId"].GetString())) << item["tenantId"].GetString();

  for (const auto* zone : {"UTC", "Pacific/Kiritimati", "America/Los_Angeles"}) {
    rapidjson::Document days;
    days.Parse(body_of(ask("/api/usage?by=day,agent&zone=" + std::string{zone})).c_str());
    ASSERT_FALSE(days.HasParseError());
    EXPECT_EQ(of(days["total"]), total) << zone;
  }

  for (const auto* tenant : {"salon", "clinic"}) {
    rapidjson::Document meter;
    meter.Parse(body_of(ask("/api/tenants/" + std::string{tenant} + "/live")).c_str());
    ASSERT_FALSE(meter.HasParseError());
    const auto his = of(all, tenant);
    EXPECT_EQ(meter["month"]["calls"].GetUint64(), his.calls) << tenant;
    EXPECT_EQ(std::llround(meter["month"]["minutes"].GetDouble() * 60), his.seconds) << tenant;
  }

  const auto& gateway = w.gateway();
  for (const auto& [reason, times] : total.outcomes) {
    const auto* const family = reason == "month_minutes" ? "tonris_calls_refused_total" : "tonris_calls_ended_total";
    const auto by = reason == "caller_hung_up" ? "caller" : reason == "operator_hung_up" ? "operator" : "tenant";
    EXPECT_EQ(gateway.metric(std::string{family} + "{by=\"" + by + "\",reason=\"" + reason + "\"}"),
              static_cast<double>(times));
  }
  EXPECT_EQ(w.conversations().size(), taken_calls) << "in the vendor's own books";
}

}  // namespace
}  // namespace tonris::e2e
