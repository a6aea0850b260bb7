#pragma once

#include <chrono>
#include <string>

#include "model/call/record.hpp"
#include "model/usage/rates.hpp"

namespace tonris::model::test {

inline constexpr call_record::time noon{std::chrono::seconds{1'795'341'600}};

/// Rates that are easily added up; `more` of them: R"("creditPrice":0.00015,)".
inline rate_card test_rates(const std::string& more = {}) {
  return rate_card::parse(R"({"rates":[{"from":"2025-01-01","twilioPerMinute":0.01,"mediaStreamPerMinute":0.002,)"
                          R"("elevenLabsPerMinute":0.06,"outboundPerMinute":0.02,"recordingPerMinute":0.003,)" +
                          more + R"("source":"of the test"}]})")
      .value();
}

/// Of a minute with an agent alone, and twice as much from that day on.
inline rate_card test_rates_dearer_from(const std::string& day) {
  const auto of_a_day = [](const std::string& from, const std::string& a_minute) {
    return R"({"from":")" + from + R"(","elevenLabsPerMinute":)" + a_minute +
           R"(,"twilioPerMinute":0,"mediaStreamPerMinute":0,"outboundPerMinute":0,"recordingPerMinute":0,)" +
           R"("source":"of the test"})";
  };
  return rate_card::parse(R"({"rates":[)" + of_a_day("2025-01-01", "0.06") + "," + of_a_day(day, "0.12") + "]}")
      .value();
}

}  // namespace tonris::model::test
