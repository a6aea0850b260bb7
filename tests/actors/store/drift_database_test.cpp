#include "actors/store/drift_database.hpp"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "tests/actors/store/a_directory.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

const sys_days today = 2026y / November / 22;
const model::currency euros = *model::currency::parse("EUR");

model::drift_row row(const std::string& tenant, model::micros ours, model::micros theirs,
                     model::currency in = model::us_dollars) {
  model::drift_row of;
  of.tenant = {tenant};
  of.in = in;
  of.ours = ours;
  of.theirs = theirs;
  of.calls = 3;
  of.only_ours = {2, 25'000, {}, 90};
  of.only_theirs = {1, 8'500, {}, 30};
  return of;
}

class DriftDatabase : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(make_data_dir(folder.data())); }
  drift_database open() { return drift_database::open(folder.data()).value(); }
  static std::vector<drift_database::kept_day> of(drift_database& db, std::optional<model::tenant_id> tenant = {}) {
    return db.days({std::move(tenant), today - days{1000}, today + days{1000}, 1000}).value().days;
  }

  a_directory folder;
};

TEST_F(DriftDatabase, GivesBackWhatWasKeptDayByDay) {
  const drift_database::kept_day first{today, {row("a", 1, 2), row("b", 3, 4, euros)}, {row("a", 5, 6)}};
  const drift_database::kept_day quiet{today + days{1}, {}, {}};
  {
    auto db = open();
    EXPECT_EQ(db.newest().value(), std::nullopt);
    ASSERT_TRUE(db.keep(quiet));
    ASSERT_TRUE(db.keep(first));
  }
  auto db = open();
  EXPECT_EQ(of(db), (std::vector{first, quiet}));
  EXPECT_EQ(db.newest().value(), today + days{1});
  const auto of_b = of(db, model::tenant_id{"b"});
  ASSERT_EQ(of_b.size(), 2u) << "the days were kept, whoever had calls";
  EXPECT_EQ(of_b[0].twilio, (std::vector{row("b", 3, 4, euros)}));
  EXPECT_TRUE(of_b[0].elevenlabs.empty());
}

TEST_F(DriftDatabase, KeepsADayOnce) {
  auto db = open();
  ASSERT_TRUE(db.keep({today, {row("a", 1, 2), row("b", 3, 4)}, {}}));
  ASSERT_TRUE(db.keep({today, {row("a", 1, 7)}, {}}));
  EXPECT_EQ(of(db), (std::vector{drift_database::kept_day{today, {row("a", 1, 7)}, {}}}));
}

TEST_F(DriftDatabase, KeepsWhatTheVendorsListsSayApart) {
  using bill = drift_database::bill;
  const drift_database::kept_day first{today,
                                       {row("a", 1, 2)},
                                       {},
                                       bill{bill::read_type::all, {row("", 0, 0), row("a", 0, 0)}},
                                       bill{bill::read_type::part, {row("", 0, 0)}}};
  auto db = open();
  ASSERT_TRUE(db.keep(first));
  ASSERT_TRUE(db.keep({today + days{1}}));
  EXPECT_EQ(of(db), (std::vector{first, drift_database::kept_day{today + days{1}}}));
  const auto of_a = of(db, model::tenant_id{"a"}).at(0);
  EXPECT_EQ(of_a.twilio_bill.unknown, (std::vector{row("a", 0, 0)}));
  EXPECT_TRUE(of_a.elevenlabs_bill.unknown.empty()) << "a stranger's is nobody else's business";
  EXPECT_EQ(of_a.elevenlabs_bill.read, bill::read_type::part);
  ASSERT_TRUE(db.keep({today}));
  EXPECT_EQ(of(db).at(0), drift_database::kept_day{today});
}

TEST_F(DriftDatabase, KnowsTheFirstDayThatWasNeverKept) {
  auto db = open();
  for (const int n : {0, 1, 3}) ASSERT_TRUE(db.keep({today + days{n}}));
  EXPECT_EQ(db.first_missing(today, today + days{4}).value(), today + days{2});
  EXPECT_EQ(db.first_missing(today, today + days{2}).value(), std::nullopt);
  EXPECT_EQ(db.first_missing(today - days{1}, today + days{2}).value(), today - days{1});
}

TEST_F(DriftDatabase, ForgetsTheEarliestOfTooManyAndNoneBecauseOfAClock) {
  auto db = open();
  ASSERT_TRUE(db.keep({today, {row("a", 1, 1)}, {}}));
  const auto number = std::to_string(today.time_since_epoch().count());
  auto beside = net::sqlite::database::open(folder.data() + "/drift.db");
  ASSERT_TRUE(beside) << beside.error().line;
  ASSERT_TRUE(
      beside->exec("WITH RECURSIVE ago(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM ago WHERE n < " +
                   std::to_string(drift_database::most_days - 1) + ") INSERT INTO days (day) SELECT " + number +
                   " - n FROM ago; INSERT INTO drift SELECT day, 'twilio', 'a', 'USD', 1, 1, 1, 0, 0, 0, 0, 0, 0"
                   " FROM days WHERE day < " +
                   number));
  const auto all = of(db);
  ASSERT_EQ(all.size(), static_cast<std::size_t>(drift_database::most_days));
  ASSERT_TRUE(db.keep({today + days{900}}));
  auto left = of(db);
  EXPECT_EQ(left.size(), all.size()) << "one came, one went";
  EXPECT_EQ(left.front(), all.at(1));
  ASSERT_TRUE(db.keep({today - days{900}, {row("a", 1, 1)}, {}}));
  EXPECT_EQ(of(db), left) << "itself";
}

TEST_F(DriftDatabase, KnowsWhatIsToBeMadeOnceMore) {
  auto db = open();
  for (const int n : {0, 1, 2, 3}) ASSERT_TRUE(db.keep({today + days{n}, {row("a", n, n)}, {}}));
  const auto all = of(db);
  EXPECT_EQ(db.first_to_make_anew(today + days{9}).value(), std::nullopt);
  ASSERT_TRUE(db.make_anew({today + days{1}, today + days{7}}));
  ASSERT_TRUE(db.make_anew_from(today + days{3}));
  EXPECT_EQ(of(db), all) << "they stand meanwhile";
  db = open();
  EXPECT_EQ(db.first_to_make_anew(today + days{1}).value(), std::nullopt);
  EXPECT_EQ(db.first_to_make_anew(today + days{9}).value(), today + days{1});
  ASSERT_TRUE(db.keep({today + days{1}, {row("a", 1, 1)}, {}}));
  EXPECT_EQ(db.first_to_make_anew(today + days{9}).value(), today + days{3}) << "what was never kept is not";
  EXPECT_EQ(db.newest().value(), today + days{3});
  EXPECT_EQ(db.newest(today + days{3}).value(), today + days{2});
}

TEST_F(DriftDatabase, SaysThatThereIsMoreThanWasWanted) {
  auto db = open();
  ASSERT_TRUE(db.keep({today, {row("a", 1, 2), row("b", 3, 4)}, {row("a", 1, 1)}}));
  for (const auto& [most, is_all] : {std::pair{2u, false}, {3u, true}}) {
    const auto found = db.days({{}, today, today + days{1}, most}).value();
    EXPECT_EQ(found.is_all, is_all) << most;
  }
}

TEST_F(DriftDatabase, IsItsOwnersAlone) {
  (void)open();
  struct stat status {};
  ASSERT_EQ(::stat((folder.data() + "/drift.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

}  // namespace
}  // namespace tonris::actors::test
