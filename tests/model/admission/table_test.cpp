#include "model/admission/table.hpp"

#include <algorithm>
#include <ctime>
#include <map>
#include <random>
#include <set>

#include "tests/model/admission/contract.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using verdict = admission_verdict;

class pure_counts final : public test::admission_counts {
 public:
  admission_answer admit(const admission_place& who, const admission_limits& limits) override {
    return table_.admit(who, limits, now_);
  }
  renewal_answer renew(const std::vector<lease_renewal>& calls, usage_month month) override {
    return table_.renew(calls, month, now_);
  }
  release_verdict release(const lease_release& what) override { return table_.release(what, now_); }
  void reserve(const std::string& vendor, const tenant_id& tenant, std::uint64_t calls) override {
    table_.reserve(vendor, tenant, calls);
  }
  month_sums month(const tenant_id& tenant, usage_month month) override { return table_.month(tenant, month); }
  void be_young(std::chrono::milliseconds how_long) override { table_.be_young(now_ + how_long); }
  void pass(std::chrono::milliseconds time) override { now_ += time; }

 private:
  admission_table table_;
  admission_table::time now_{};
};

TEST(AdmissionTable, KeepsTheContractOfAdmission) {
  const test::contract_times times{admission_table::lease_time, 60s, 60s};
  for (const auto& one : test::admission_contract()) {
    SCOPED_TRACE(one.says);
    pure_counts counts;
    one.run(counts, times);
  }
}

TEST(AdmissionTable, TellsWhatItKnows) {
  admission_table table;
  admission_table::time now{};
  admission_limits limits;
  limits.calls_per_minute = 9;
  limits.vendor_calls = 9;
  EXPECT_EQ(table.live(test::salon, now), 0u);
  EXPECT_EQ(table.admit(test::place(1), limits, now).verdict, verdict::ok);
  EXPECT_EQ(table.live(test::salon, now), 1u);
  EXPECT_EQ(table.within_minute(test::salon, now), 1u);
  EXPECT_EQ(table.at_vendor("key", now), 1u);
  now += admission_table::lease_time;
  EXPECT_EQ(table.live(test::salon, now), 0u);
  EXPECT_EQ(table.at_vendor("key", now), 0u);
  now += 40s;
  EXPECT_EQ(table.within_minute(test::salon, now), 0u);
}

TEST(AdmissionTable, BooksNothingTwiceThatAFormerLifeHasBooked) {
  admission_table table;
  const admission_table::time now{};
  table.restore(test::salon, test::november, {100, 7000, 3});
  table.restore(test::call_of(1), 40, 3000, now);
  const auto renewed = table.renew({test::still(1, 0, 50, 3500)}, test::november, now);
  ASSERT_EQ(renewed.tenants.size(), 1u);
  EXPECT_EQ(renewed.tenants[0].month, (month_sums{110, 7500, 3}));
  EXPECT_EQ(table.live(test::salon, now), 1u) << "a call of the former life tells itself again";
}

TEST(AdmissionTable, ForgetsEndedCallsAndCallersInTheirTime) {
  admission_table table({.settle = 1min});
  admission_table::time now{};
  EXPECT_EQ(table.release(test::over(1), now), release_verdict::ok);
  now += 59s;
  EXPECT_EQ(table.admit(test::place(1), {}, now).verdict, verdict::ended);
  now += 2s;
  EXPECT_EQ(table.admit(test::place(1), {}, now).verdict, verdict::ok);
}

TEST(AdmissionTable, KnowsSoManyEndedCallsAndNoMore) {
  admission_table table;
  const admission_table::time now{};
  for (std::size_t n = 0; n < admission_table::max_ended + 10; ++n)
    EXPECT_EQ(table.release(test::over(static_cast<int>(n), 0), now + n * 1us), release_verdict::ok);
  EXPECT_EQ(table.crowded_out(), 10u);
  EXPECT_EQ(table.admit(test::place(100'000), {}, now + 1s).verdict, verdict::ended);
  EXPECT_EQ(table.admit(test::place(1), {}, now + 1s).verdict, verdict::ok) << "one of the oldest";
}

/// Beside it the same told in the plainest way: sets of calls, looked through each time.
struct plain_counts {
  struct call {
    std::string tenant;
    admission_table::time till;
  };
  std::map<int, call> live;
  std::multimap<std::string, admission_table::time> admitted;

  std::size_t of(const std::string& tenant, admission_table::time now) const {
    return static_cast<std::size_t>(std::count_if(live.begin(), live.end(), [&](const auto& one) {
      return one.second.tenant == tenant && one.second.till > now;
    }));
  }
  std::size_t all(admission_table::time now) const {
    return static_cast<std::size_t>(
        std::count_if(live.begin(), live.end(), [&](const auto& one) { return one.second.till > now; }));
  }
};

TEST(AdmissionTable, NeverPassesALimitNorRefusesAReservedPlaceInSixtyThousandOperations) {
  constexpr std::uint64_t vendor_limit = 20;
  const std::map<std::string, std::uint64_t> reserved{{"a", 5}, {"b", 3}, {"c", 0}, {"d", 2}};
  const std::map<std::string, std::uint64_t> most{{"a", 7}, {"b", 12}, {"c", 20}, {"d", 4}};
  std::mt19937 random{20261122};
  admission_table table;
  plain_counts plain;
  admission_table::time now{};
  for (const auto& [tenant, calls] : reserved) table.reserve("key", {tenant}, calls);
  int next = 0;
  for (int n = 0; n < 60'000; ++n) {
    now += std::chrono::milliseconds{random() % 700};
    const auto which = std::next(reserved.begin(), static_cast<int>(random() % 4));
    const auto& tenant = which->first;
    const auto dice = random() % 10;
    if (dice < 5) {
      admission_limits limits;
      limits.calls = most.at(tenant);
      limits.vendor_calls = vendor_limit;
      const auto before = plain.of(tenant, now), total = plain.all(now);
      const auto answer = table.admit(test::place(++next, {tenant}), limits, now);
      if (answer.verdict == verdict::ok) {
        plain.live[next] = {tenant, now + admission_table::lease_time};
        ASSERT_LT(before, most.at(tenant));
        ASSERT_LT(total, vendor_limit);
        ASSERT_EQ(answer.met, before + 1);
      } else if (answer.verdict == verdict::concurrency) {
        ASSERT_EQ(before, most.at(tenant));
      } else {
        ASSERT_EQ(answer.verdict, verdict::vendor);
        ASSERT_GE(before, which->second) << "a place that was reserved is refused";
        ASSERT_EQ(answer.met, total);
      }
    } else if (!plain.live.empty()) {
      const auto one = std::next(plain.live.begin(), static_cast<int>(random() % plain.live.size()));
      const tenant_id of{one->second.tenant};
      if (dice < 8 && one->second.till > now) {
        const auto renewed = table.renew({test::still(one->first, 0, 10, 0, of)}, test::november, now);
        ASSERT_EQ(renewed.tenants.size(), 1u);
        one->second.till = now + admission_table::lease_time;
      } else {
        ASSERT_EQ(table.release(test::over(one->first, 10, of), now), release_verdict::ok);
        plain.live.erase(one);
      }
    }
    std::erase_if(plain.live, [&](const auto& one) { return one.second.till <= now && random() % 2 == 0; });
    for (const auto& [name, calls] : reserved) ASSERT_EQ(table.live({name}, now), plain.of(name, now));
    ASSERT_EQ(table.at_vendor("key", now), plain.all(now));
  }
}

TEST(AdmissionTable, LetsInNoMoreThanTheRateInAnyMinute) {
  std::mt19937 random{20261122};
  admission_table table;
  admission_table::time now{};
  admission_limits limits;
  limits.calls_per_minute = 30;
  std::vector<admission_table::time> in;
  for (int n = 0; n < 20'000; ++n) {
    now += std::chrono::milliseconds{random() % 200};
    if (table.admit(test::place(n), limits, now).verdict == verdict::ok) in.push_back(now);
  }
  ASSERT_GT(in.size(), 900u);
  for (std::size_t n = 30; n < in.size(); ++n) ASSERT_GE(in[n] - in[n - 30], 60s);
}

/// CPU time of one admission with every limit set and of the release that follows, in seconds, while so many calls
/// live.
double cost_of_a_call(int live) {
  constexpr int calls = 20'000;
  admission_table table;
  admission_table::time now{};
  admission_limits limits;
  limits.calls = limits.calls_per_minute = limits.caller_calls = limits.vendor_calls = 1'000'000;
  limits.month_seconds = limits.month_microdollars = 1'000'000'000;
  const auto one = [](int n) {
    return test::place(n, {"t" + std::to_string(n % 100)}, "caller" + std::to_string(n % 5000));
  };
  for (int n = 0; n < live; ++n) EXPECT_EQ(table.admit(one(n), limits, now).verdict, verdict::ok);
  const auto began = std::clock();
  for (int n = live; n < live + calls; ++n) {
    now += 200us;
    if (table.admit(one(n), limits, now).verdict != verdict::ok) ADD_FAILURE();
    (void)table.release({one(n - live), {}, 5, 0, false}, now);
  }
  return static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC / calls;
}

TEST(AdmissionTable, CostsNoMoreWithFiftyThousandCallsThanWithFive) {
  const auto few = cost_of_a_call(5), many = cost_of_a_call(50'000);
  RecordProperty("microseconds_with_five_calls", std::to_string(few * 1e6));
  RecordProperty("microseconds_with_fifty_thousand_calls", std::to_string(many * 1e6));
  EXPECT_LT(many, few * 10 + 20e-6) << "what grows with the calls shows a hundred times";
}

}  // namespace
}  // namespace tonris::model
