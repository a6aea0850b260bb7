#include "actors/store/usage_database.hpp"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "model/text/iso_time.hpp"

namespace tonris::actors::test {
namespace {

class UsageDatabase : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/tonris-usage-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    directory = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  static usage_database::time at(const char* time) { return model::parse_iso_time(time).value(); }
  usage_database open() { return usage_database::open(directory).value(); }

  const usage_database::time now = at("2026-11-28T12:00:00.000Z");
  std::string directory;
};

TEST_F(UsageDatabase, GivesBackWhatWasWritten) {
  {
    auto db = open();
    EXPECT_TRUE(db.load(now).value().empty());
    ASSERT_TRUE(db.write({{{{"salon"}, {202611}, {561, 12'345, 3}}}, {{{"CA1"}, 60, 900}, {{"CA2"}, 5, 0}}, {}}, now));
    ASSERT_TRUE(db.write({{{{"salon"}, {202611}, {600, 13'000, 3}}}, {{{"CA1"}, 99, 1'339}}, {{"CA2"}}}, now));
  }
  const auto found = open().load(now).value();
  ASSERT_EQ(found.months.size(), 1u);
  EXPECT_EQ(found.months[0], (usage_snapshot::month{{"salon"}, {202611}, {600, 13'000, 3}}));
  ASSERT_EQ(found.calls.size(), 1u);
  EXPECT_EQ(found.calls[0], (usage_snapshot::call{{"CA1"}, 99, 1'339}));
}

TEST_F(UsageDatabase, NamesItsNodeOnceAndKeepsToWhomItsSumsAreTold) {
  {
    auto db = open();
    const auto first = db.identity("node-1").value();
    EXPECT_EQ(first.node, "node-1");
    EXPECT_EQ(first.told_to, "");
    usage_snapshot told;
    told.told_to = {"node-1", "a generation"};
    EXPECT_FALSE(told.empty());
    ASSERT_TRUE(db.write(told, now));
  }
  auto db = open();
  const auto again = db.identity("node-2").value();
  EXPECT_EQ(again.node, "node-1");
  EXPECT_EQ(again.told_to, "a generation");
  ASSERT_TRUE(db.write({{}, {{{"CA1"}, 60, 900}}, {}}, now));
  EXPECT_EQ(db.identity("node-2").value().told_to, "a generation");
}

TEST_F(UsageDatabase, NamesItsNodeWithWhatItIsToldWhereTheStartCouldNot) {
  usage_snapshot told;
  told.told_to = {"node-1", "a generation"};
  ASSERT_TRUE(open().write(told, now));
  const auto known = open().identity("node-2").value();
  EXPECT_EQ(known.node, "node-1") << "else its sums would be told once more, as another node's";
  EXPECT_EQ(known.told_to, "a generation");
}

TEST_F(UsageDatabase, KeepsThirteenMonthsAndLoadsTwo) {
  auto db = open();
  usage_snapshot months;
  for (const int month : {202509, 202510, 202512, 202610, 202611})
    months.months.push_back({{"salon"}, {month}, {1, 2, 3}});
  ASSERT_TRUE(db.write(months, now));
  EXPECT_EQ(db.load(now).value().months.size(), 2u);
  EXPECT_EQ(db.load(at("2026-12-31T00:00:00.000Z")).value().months.size(), 1u) << "November";
  EXPECT_EQ(db.load(at("2025-12-31T00:00:00.000Z")).value().months.size(), 3u)
      << "December's and all that is later: the clock was set back, and nothing of it is gone";
}

TEST_F(UsageDatabase, ForgetsCallsOfWhichNothingWasHeardForTwoDays) {
  auto db = open();
  ASSERT_TRUE(db.write({{}, {{{"CA1"}, 60, 900}}, {}}, now));
  EXPECT_EQ(db.load(now + std::chrono::hours{47}).value().calls.size(), 1u);
  EXPECT_TRUE(db.load(now + std::chrono::hours{49}).value().calls.empty());
}

TEST_F(UsageDatabase, IsItsOwnersAlone) {
  (void)open();
  struct stat file {};
  ASSERT_EQ(stat((directory + "/usage.db").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
}

TEST_F(UsageDatabase, IsLeftAsItIsWhenItIsNone) {
  std::ofstream(directory + "/usage.db") << "this is no database, but somebody's letter to a friend";
  const auto opened = usage_database::open(directory);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().line.find("usage.db"), std::string::npos);
  EXPECT_FALSE(opened.error().nothing_lost);
  EXPECT_EQ(std::filesystem::file_size(directory + "/usage.db"), 54u);
}

TEST_F(UsageDatabase, SaysThatNothingIsLostWhereThereWasNone) {
  const auto opened = usage_database::open(directory + "/nowhere");
  ASSERT_FALSE(opened);
  EXPECT_TRUE(opened.error().nothing_lost);
}

}  // namespace
}  // namespace tonris::actors::test
