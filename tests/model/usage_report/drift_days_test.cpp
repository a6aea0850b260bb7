#include "model/usage_report/drift_days.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

using namespace std::chrono;

const sys_days end_of_bills = 2026y / November / 21;

TEST(DriftDays, DoubtAClockByTheNewestThatIsKept) {
  struct row {
    const char* what;
    std::optional<int> newest;  ///< so many days from the first that is not over
    clock_doubt is;
  };
  for (const auto& [what, newest, is] : {
           row{"nothing is kept", std::nullopt, clock_doubt::none},
           row{"the last day that is over", -1, clock_doubt::none},
           row{"two weeks are made up for", -15, clock_doubt::none},
           row{"more than that has gone by", -16, clock_doubt::ahead},
           row{"a month ahead", -31, clock_doubt::ahead},
           row{"a day that is not over", 0, clock_doubt::behind},
           row{"a month behind", 29, clock_doubt::behind},
       }) {
    const auto day = newest ? std::optional{end_of_bills + days{*newest}} : std::nullopt;
    EXPECT_EQ(doubt_of(day, end_of_bills, days{14}), is) << what;
  }
}

drift_row row_of(const std::string& tenant, std::size_t both, std::size_t ours, std::size_t theirs, micros bill,
                 currency in = us_dollars) {
  drift_row row;
  row.tenant = {tenant};
  row.in = in;
  row.theirs = bill;
  row.calls = both;
  row.only_ours.count = ours;
  row.only_theirs.count = theirs;
  return row;
}

TEST(DriftDays, MadeAnewNeverKnowLessOfATenantThanWasKept) {
  const auto euros = *currency::parse("EUR");
  using rows = std::vector<drift_row>;
  struct row {
    const char* what;
    rows kept, made, is;
  };
  const auto a_before = row_of("a", 3, 2, 0, 10), a_priced = row_of("a", 5, 0, 0, 25),
             a_pruned = row_of("a", 4, 0, 0, 20);
  const auto b = row_of("b", 1, 0, 0, 7), c = row_of("c", 1, 1, 0, 9);
  const rows a_in_two{row_of("a", 0, 0, 2, 0, euros), row_of("a", 3, 0, 0, 10)};
  for (const auto& [what, kept, made, is] : {
           row{"the first time", {}, {a_before, b}, {a_before, b}},
           row{"prices have come", {a_before}, {a_priced}, {a_priced}},
           row{"in another currency", {a_before}, a_in_two, a_in_two},
           row{"some records have gone", {a_before}, {a_pruned}, {a_before}},
           row{"all have gone", {a_before, b}, {}, {a_before, b}},
           row{"each tenant by itself", {a_before, b}, {a_priced, c}, {a_priced, b, c}},
           row{"none of the rows of one that has lost some",
               a_in_two,
               {a_pruned, b},
               [&] {
                 auto both = a_in_two;
                 both.push_back(b);
                 return both;
               }()},
       })
    EXPECT_EQ(made_anew(kept, made), is) << what;
}

}  // namespace
}  // namespace tonris::model
