#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "model/admission/table.hpp"

namespace tonris::model::test {

/// Counts to be tested, whatever they are kept in.
class admission_counts {
 public:
  admission_counts() = default;
  admission_counts(const admission_counts&) = delete;
  admission_counts& operator=(const admission_counts&) = delete;
  virtual ~admission_counts() = default;

  virtual admission_answer admit(const admission_place& who, const admission_limits& limits) = 0;
  virtual renewal_answer renew(const std::vector<lease_renewal>& calls, usage_month month) = 0;
  virtual release_verdict release(const lease_release& what) = 0;
  virtual void reserve(const std::string& vendor, const tenant_id& tenant, std::uint64_t calls) = 0;
  virtual month_sums month(const tenant_id& tenant, usage_month month) = 0;
  virtual void be_young(std::chrono::milliseconds how_long) = 0;
  virtual void pass(std::chrono::milliseconds time) = 0;
};

/// Times as they are tested: Redis' clock cannot be set, so there they are short.
struct contract_times {
  std::chrono::milliseconds lease, minute, caller_window;
};

struct admission_case {
  const char* says;
  std::function<void(admission_counts& at, const contract_times& times)> run;
};

inline constexpr usage_month november{202611}, december{202612};
inline const tenant_id salon{"salon"}, garage{"garage"}, bakery{"bakery"};

inline call_sid call_of(int number) {
  return {"CA" + std::to_string(number)};
}
inline admission_place place(int number, const tenant_id& tenant = salon, std::string caller = {},
                             std::string vendor = "key", usage_month month = november) {
  return {call_of(number), tenant, std::move(vendor), std::move(caller), month};
}
inline admission_limits at_most(std::uint64_t calls) {
  admission_limits limits;
  limits.calls = calls;
  return limits;
}
inline admission_verdict verdict_of(admission_counts& at, int number, const admission_limits& limits,
                                    const tenant_id& tenant = salon, std::string caller = {}) {
  return at.admit(place(number, tenant, std::move(caller)), limits).verdict;
}
inline lease_release over(int number, std::int64_t seconds = 5, const tenant_id& tenant = salon) {
  return {place(number, tenant), {}, seconds, 0, false};
}
inline lease_renewal still(int number, std::uint64_t epoch = 1, std::int64_t seconds = 10,
                           std::int64_t microdollars = 0, const tenant_id& tenant = salon) {
  return {call_of(number), tenant, "key", epoch, seconds, microdollars};
}

/// What is asked of every keeper of the counts.
inline const std::vector<admission_case>& admission_contract() {
  using v = admission_verdict;
  using remark = renewal_answer::remark::what;
  static const std::vector<admission_case> cases{
      {"lets in as many as it may, and says how many there are",
       [](auto& at, const auto&) {
         for (std::uint64_t n = 1; n <= 3; ++n) {
           const auto answer = at.admit(place(static_cast<int>(n)), at_most(3));
           EXPECT_EQ(answer.verdict, v::ok);
           EXPECT_EQ(answer.met, n);
           EXPECT_EQ(answer.epoch, 1u);
           EXPECT_FALSE(answer.again);
         }
         const auto full = at.admit(place(4), at_most(3));
         EXPECT_EQ(full.verdict, v::concurrency);
         EXPECT_EQ(full.met, 3u);
       }},
      {"lets nobody in where none may be",
       [](auto& at, const auto&) { EXPECT_EQ(verdict_of(at, 1, at_most(0)), v::concurrency); }},
      {"counts one tenant's calls apart from another's",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         EXPECT_EQ(verdict_of(at, 2, at_most(1)), v::concurrency);
         EXPECT_EQ(verdict_of(at, 3, at_most(1), garage), v::ok);
       }},
      {"knows a retry as the same place, also when it is full",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         const auto again = at.admit(place(1), at_most(1));
         EXPECT_EQ(again.verdict, v::ok);
         EXPECT_TRUE(again.again);
         EXPECT_EQ(again.epoch, 1u);
         EXPECT_EQ(again.met, 1u);
         EXPECT_EQ(at.month(salon, november), (month_sums{5, 0, 1})) << "booked once";
       }},
      {"gives a place that is given back to the next",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         EXPECT_EQ(at.release(over(1)), release_verdict::ok);
         EXPECT_EQ(verdict_of(at, 2, at_most(1)), v::ok);
       }},
      {"takes a place back once",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(2)), v::ok);
         EXPECT_EQ(at.release(over(1, 61)), release_verdict::ok);
         EXPECT_EQ(at.release(over(1, 61)), release_verdict::again);
         EXPECT_EQ(at.month(salon, november), (month_sums{61, 0, 1}));
       }},
      {"lets nobody in again who has ended",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(2)), v::ok);
         EXPECT_EQ(at.release(over(1)), release_verdict::ok);
         EXPECT_EQ(verdict_of(at, 1, at_most(2)), v::ended);
       }},
      {"lets an admission that comes after its release in nowhere",
       [](auto& at, const auto&) {
         EXPECT_EQ(at.release(over(1, 0)), release_verdict::ok) << "nobody heard whether it was let in";
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ended);
         EXPECT_EQ(verdict_of(at, 2, at_most(1)), v::ok);
       }},
      {"frees a place that nobody renews",
       [](auto& at, const auto& times) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         at.pass(times.lease + times.lease / 4);
         EXPECT_EQ(verdict_of(at, 2, at_most(1)), v::ok);
       }},
      {"holds a place as long as it is renewed",
       [](auto& at, const auto& times) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         for (int n = 0; n < 4; ++n) {
           at.pass(times.lease / 2);
           EXPECT_TRUE(at.renew({still(1)}, november).remarks.empty());
         }
         EXPECT_EQ(verdict_of(at, 2, at_most(1)), v::concurrency);
       }},
      {"renews beyond a limit that was lowered",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(2)), v::ok);
         EXPECT_EQ(verdict_of(at, 2, at_most(2)), v::ok);
         const auto renewed = at.renew({still(1), still(2)}, november);
         ASSERT_EQ(renewed.tenants.size(), 1u);
         EXPECT_EQ(renewed.tenants[0].live, 2u);
         EXPECT_EQ(verdict_of(at, 3, at_most(1)), v::concurrency);
       }},
      {"adopts a call that was taken while nobody could say",
       [](auto& at, const auto&) {
         const auto renewed = at.renew({still(1, 0, 30)}, november);
         ASSERT_EQ(renewed.remarks.size(), 1u);
         EXPECT_EQ(renewed.remarks[0].is, remark::epoch);
         EXPECT_EQ(renewed.remarks[0].epoch, 1u);
         EXPECT_EQ(verdict_of(at, 2, at_most(1)), v::concurrency);
         EXPECT_EQ(at.month(salon, november).seconds, 30);
       }},
      {"tells a call its epoch that never heard it",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         const auto renewed = at.renew({still(1, 0, 30)}, november);
         ASSERT_EQ(renewed.remarks.size(), 1u);
         EXPECT_EQ(renewed.remarks[0].epoch, 1u);
         EXPECT_EQ(at.month(salon, november).seconds, 30) << "the first slice is part of it";
       }},
      {"renews no call that has ended",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         EXPECT_EQ(at.release(over(1)), release_verdict::ok);
         const auto renewed = at.renew({still(1)}, november);
         ASSERT_EQ(renewed.remarks.size(), 1u);
         EXPECT_EQ(renewed.remarks[0].is, remark::ended);
         EXPECT_TRUE(renewed.tenants.empty());
         EXPECT_EQ(verdict_of(at, 2, at_most(1)), v::ok);
       }},
      {"fences off another epoch",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         const auto renewed = at.renew({still(1, 7)}, november);
         ASSERT_EQ(renewed.remarks.size(), 1u);
         EXPECT_EQ(renewed.remarks[0].is, remark::fenced);
         auto former = over(1);
         former.epoch = 7;
         EXPECT_EQ(at.release(former), release_verdict::fenced);
         EXPECT_EQ(verdict_of(at, 2, at_most(1)), v::concurrency);
       }},
      {"gives a lapsed call a new epoch, and books it no second time",
       [](auto& at, const auto& times) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         at.pass(times.lease + times.lease / 4);
         EXPECT_EQ(verdict_of(at, 2, at_most(1)), v::ok);
         const auto answer = at.admit(place(1), at_most(2));
         EXPECT_EQ(answer.verdict, v::ok);
         EXPECT_EQ(answer.epoch, 2u);
         EXPECT_FALSE(answer.again);
         EXPECT_EQ(at.month(salon, november), (month_sums{10, 0, 2}));
       }},
      {"books seconds and money in sums, once however often they are told",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         for (int n = 0; n < 3; ++n) at.renew({still(1, 1, 20, 3000)}, november);
         EXPECT_EQ(at.month(salon, november), (month_sums{20, 3000, 1}));
         auto end = over(1, 17);
         end.microdollars = 2500;
         EXPECT_EQ(at.release(end), release_verdict::ok);
         EXPECT_EQ(at.month(salon, november), (month_sums{17, 2500, 1})) << "what was not used comes back";
       }},
      {"takes no smaller sum from a renewal that comes late",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         at.renew({still(1, 1, 20, 3000)}, november);
         const auto late = at.renew({still(1, 1, 15, 2000)}, november);
         ASSERT_EQ(late.tenants.size(), 1u);
         EXPECT_EQ(late.tenants[0].month.seconds, 20);
         EXPECT_EQ(late.tenants[0].month.microdollars, 3000);
       }},
      {"books what is used after midnight to the new month",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         at.renew({still(1, 1, 20)}, november);
         at.renew({still(1, 1, 30)}, december);
         EXPECT_EQ(at.month(salon, november), (month_sums{20, 0, 1}));
         EXPECT_EQ(at.month(salon, december), (month_sums{10, 0, 0}));
       }},
      {"undoes a call that never began",
       [](auto& at, const auto&) {
         auto limits = at_most(5);
         limits.calls_per_minute = 1;
         limits.caller_calls = 1;
         EXPECT_EQ(at.admit(place(1, salon, "h1"), limits).verdict, v::ok);
         lease_release undone{place(1, salon, "h1"), 1, 0, 0, true};
         EXPECT_EQ(at.release(undone), release_verdict::ok);
         EXPECT_EQ(at.month(salon, november), (month_sums{0, 0, 0}));
         EXPECT_EQ(at.admit(place(2, salon, "h1"), limits).verdict, v::ok);
       }},
      {"lets a call in anew that never began, unless nobody heard whether it was let in",
       [](auto& at, const auto&) {
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ok);
         EXPECT_EQ(at.release({place(1), 1, 0, 0, true}), release_verdict::ok);
         const auto anew = at.admit(place(1), at_most(1));
         EXPECT_EQ(anew.verdict, v::ok);
         EXPECT_FALSE(anew.again);
         EXPECT_EQ(at.month(salon, november), (month_sums{5, 0, 1}));
         EXPECT_EQ(at.release({place(1), {}, 0, 0, true}), release_verdict::ok);
         EXPECT_EQ(verdict_of(at, 1, at_most(1)), v::ended);
       }},
      {"lets in so many within any minute",
       [](auto& at, const auto& times) {
         auto limits = at_most(100);
         limits.calls_per_minute = 2;
         EXPECT_EQ(verdict_of(at, 1, limits), v::ok);
         at.pass(times.minute / 2);
         EXPECT_EQ(verdict_of(at, 2, limits), v::ok);
         const auto full = at.admit(place(3), limits);
         EXPECT_EQ(full.verdict, v::rate);
         EXPECT_EQ(full.met, 2u);
         EXPECT_EQ(at.release(over(1)), release_verdict::ok);
         EXPECT_EQ(verdict_of(at, 3, limits), v::rate) << "an end gives no start back";
         at.pass(times.minute * 3 / 4);
         EXPECT_EQ(verdict_of(at, 4, limits), v::ok) << "the window slides";
         EXPECT_EQ(verdict_of(at, 5, limits), v::rate);
       }},
      {"counts no refused call towards the rate",
       [](auto& at, const auto& times) {
         auto limits = at_most(100);
         limits.calls_per_minute = 1;
         EXPECT_EQ(verdict_of(at, 1, limits), v::ok);
         at.pass(times.minute * 3 / 4);
         for (int n = 2; n < 10; ++n) EXPECT_EQ(verdict_of(at, n, limits), v::rate);
         at.pass(times.minute / 2);
         EXPECT_EQ(verdict_of(at, 10, limits), v::ok);
       }},
      {"counts each caller of a tenant by himself",
       [](auto& at, const auto& times) {
         auto limits = at_most(100);
         limits.caller_calls = 2;
         limits.caller_window = times.caller_window;
         EXPECT_EQ(verdict_of(at, 1, limits, salon, "h1"), v::ok);
         EXPECT_EQ(verdict_of(at, 2, limits, salon, "h1"), v::ok);
         const auto too_many = at.admit(place(3, salon, "h1"), limits);
         EXPECT_EQ(too_many.verdict, v::caller);
         EXPECT_EQ(too_many.met, 2u);
         EXPECT_EQ(verdict_of(at, 4, limits, salon, "h2"), v::ok);
         EXPECT_EQ(verdict_of(at, 5, limits, garage, "h1"), v::ok);
         at.pass(times.caller_window + times.caller_window / 4);
         EXPECT_EQ(verdict_of(at, 6, limits, salon, "h1"), v::ok);
       }},
      {"takes nobody once the month's minutes are booked",
       [](auto& at, const auto&) {
         auto limits = at_most(100);
         limits.month_seconds = 60;
         EXPECT_EQ(verdict_of(at, 1, limits), v::ok);
         at.renew({still(1, 1, 59)}, november);
         EXPECT_EQ(verdict_of(at, 2, limits), v::ok);
         const auto used = at.admit(place(3), limits);
         EXPECT_EQ(used.verdict, v::minutes);
         EXPECT_EQ(used.met, 64u);
         EXPECT_EQ(at.admit(place(3, salon, {}, "key", december), limits).verdict, v::ok) << "a new month";
       }},
      {"takes nobody once the month's money is booked",
       [](auto& at, const auto&) {
         auto limits = at_most(100);
         limits.month_microdollars = 500'000;
         EXPECT_EQ(verdict_of(at, 1, limits), v::ok);
         at.renew({still(1, 1, 59, 500'000)}, november);
         const auto used = at.admit(place(2), limits);
         EXPECT_EQ(used.verdict, v::cost);
         EXPECT_EQ(used.met, 500'000u);
       }},
      {"says the first of several limits that are met",
       [](auto& at, const auto& times) {
         auto limits = at_most(1);
         limits.calls_per_minute = limits.caller_calls = limits.month_seconds = limits.vendor_calls = 1;
         limits.caller_window = times.caller_window;
         EXPECT_EQ(at.admit(place(1, salon, "h1"), limits).verdict, v::ok);
         EXPECT_EQ(at.admit(place(2, salon, "h1"), limits).verdict, v::concurrency);
         limits.calls = 9;
         EXPECT_EQ(at.admit(place(2, salon, "h1"), limits).verdict, v::caller);
         EXPECT_EQ(at.admit(place(2, salon, "h2"), limits).verdict, v::rate);
         limits.calls_per_minute = 9;
         EXPECT_EQ(at.admit(place(2, salon, "h2"), limits).verdict, v::minutes);
         limits.month_seconds = 0;
         EXPECT_EQ(at.admit(place(2, salon, "h2"), limits).verdict, v::vendor);
       }},
      {"shares the vendor's key among tenants",
       [](auto& at, const auto&) {
         auto limits = at_most(100);
         limits.vendor_calls = 2;
         EXPECT_EQ(verdict_of(at, 1, limits, salon), v::ok);
         EXPECT_EQ(verdict_of(at, 2, limits, garage), v::ok);
         const auto full = at.admit(place(3, bakery), limits);
         EXPECT_EQ(full.verdict, v::vendor);
         EXPECT_EQ(full.met, 2u);
         EXPECT_EQ(at.admit(place(3, bakery, {}, "another key"), limits).verdict, v::ok);
         EXPECT_EQ(at.release(over(1)), release_verdict::ok);
         EXPECT_EQ(verdict_of(at, 4, limits, bakery), v::ok);
       }},
      {"frees a place at the vendor that nobody renews",
       [](auto& at, const auto& times) {
         auto limits = at_most(100);
         limits.vendor_calls = 1;
         EXPECT_EQ(verdict_of(at, 1, limits, salon), v::ok);
         at.pass(times.lease + times.lease / 4);
         EXPECT_EQ(verdict_of(at, 2, limits, garage), v::ok);
         EXPECT_EQ(verdict_of(at, 3, limits, salon), v::vendor);
       }},
      {"refuses nobody a place that is reserved for him",
       [](auto& at, const auto&) {
         auto limits = at_most(1000);
         limits.vendor_calls = 20;
         at.reserve("key", salon, 5);
         at.reserve("key", garage, 5);
         int of_bakery = 0, of_salon = 0, of_garage = 0;
         for (int n = 0; n < 40; ++n) of_bakery += verdict_of(at, n, limits, bakery) == v::ok;
         for (int n = 100; n < 140; ++n) of_salon += verdict_of(at, n, limits, salon) == v::ok;
         for (int n = 200; n < 240; ++n) of_garage += verdict_of(at, n, limits, garage) == v::ok;
         EXPECT_EQ(of_bakery, 10);
         EXPECT_EQ(of_salon, 5);
         EXPECT_EQ(of_garage, 5);
       }},
      {"lets a tenant use more than its reservation while others do not need theirs",
       [](auto& at, const auto&) {
         auto limits = at_most(1000);
         limits.vendor_calls = 10;
         at.reserve("key", salon, 2);
         at.reserve("key", garage, 3);
         int of_salon = 0;
         for (int n = 0; n < 20; ++n) of_salon += verdict_of(at, n, limits, salon) == v::ok;
         EXPECT_EQ(of_salon, 7);
       }},
      {"lets only retries in while the counts are young",
       [](auto& at, const auto& times) {
         EXPECT_EQ(verdict_of(at, 1, at_most(9)), v::ok);
         at.be_young(times.lease / 2);
         EXPECT_EQ(verdict_of(at, 2, at_most(9)), v::young);
         EXPECT_EQ(verdict_of(at, 1, at_most(9)), v::ok);
         EXPECT_TRUE(at.renew({still(3, 4)}, november).remarks.empty()) << "a node tells its calls";
         at.pass(times.lease * 5 / 8);
         EXPECT_EQ(verdict_of(at, 4, at_most(2)), v::concurrency);
       }},
  };
  return cases;
}

}  // namespace tonris::model::test
