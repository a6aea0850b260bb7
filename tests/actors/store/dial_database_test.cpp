#include "actors/store/dial_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/actors/store/a_directory.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class DialDatabase : public testing::Test {
 protected:
  DialDatabase() { (void)make_data_dir(directory.data()); }
  dial_database open() { return dial_database::open(directory.data()).value(); }
  model::dial placed(const std::string& ticket, dial_database::time at) const {
    model::dial one;
    one.asked.tenant = {"salon-1"};
    one.asked.to = "+15550109999";
    one.asked.from = "+15550100002";
    one.shown_by = {ticket};
    one.began_at = at;
    return one;
  }
  static std::vector<std::string> tickets(const dial_database::kept& of) {
    std::vector<std::string> all;
    for (const auto& one : of.dials) all.push_back(one.shown_by.value);
    return all;
  }
  const dial_database::time start{std::chrono::milliseconds{1'800'000'000'000}};
  a_directory directory;
};

TEST_F(DialDatabase, KeepsWhatADialIsNowForTheNextLife) {
  auto first = placed("t1", start);
  {
    auto db = open();
    ASSERT_TRUE(db.write({{first, placed("t2", start + 1s)}, {}, {}}, start));
    first.state = model::dial::state_type::placed;
    first.call = {"CA00000000000000000000000000000001"};
    ASSERT_TRUE(db.write({{first}, {{"t2"}}, {}}, start));
  }
  const auto found = open().load(start).value();
  EXPECT_THAT(found.dials, ElementsAre(first));
  EXPECT_EQ(found.unreadable, 0u);
}

TEST_F(DialDatabase, HasNothingLeftOfWhatIsGone) {
  const auto is_on_disk = [&](const std::string& words) {
    for (const auto& file : std::filesystem::directory_iterator(directory.data())) {
      std::ifstream in{file.path(), std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
      if (bytes.find(words) != std::string::npos) return true;
    }
    return false;
  };
  auto db = open();
  auto old = placed("t2", start);
  old.asked.to = "+15550108888";
  ASSERT_TRUE(db.write({{placed("t1", start + 1h), old}, {}, {}}, start + 1h));
  ASSERT_TRUE(is_on_disk("+15550109999") && is_on_disk("+15550108888"));
  ASSERT_TRUE(db.write({{}, {{"t1"}}, {}}, start + 1h));
  EXPECT_FALSE(is_on_disk("+15550109999")) << "nor in the write-ahead log";
  EXPECT_TRUE(is_on_disk("+15550108888"));
  ASSERT_TRUE(db.write({}, start + 25h));
  EXPECT_FALSE(is_on_disk("+15550108888"));
}

TEST_F(DialDatabase, KnowsADayAndNoMore) {
  auto db = open();
  ASSERT_TRUE(db.write({{placed("new", start + 1h), placed("old", start)}, {}, {}}, start + 1h));
  EXPECT_THAT(tickets(db.load(start + 2h).value()), ElementsAre("old", "new")) << "the oldest first";
  EXPECT_THAT(tickets(db.load(start + 24h).value()), ElementsAre("new"));
  ASSERT_TRUE(db.write({}, start + 24h));
  EXPECT_THAT(tickets(db.load(start + 2h).value()), ElementsAre("new")) << "the other is deleted";
}

TEST_F(DialDatabase, KnowsWhatATenantHasTriedUntilItsDayIsOver) {
  const dial_database::attempts tried{{"salon-1"}, {start, start + 2s}, 7, start + 24h};
  {
    auto db = open();
    ASSERT_TRUE(db.write({{}, {}, {tried}}, start));
  }
  auto db = open();
  EXPECT_THAT(db.load(start + 1h).value().tried, ElementsAre(tried));
  EXPECT_THAT(db.load(start + 24h).value().tried, IsEmpty());
}

TEST_F(DialDatabase, SaysHowManyItCannotReadAndLeavesAFileOfANewerVersionAlone) {
  auto raw = net::sqlite::database::open(directory.data() + "/outbound.db", {}).value();
  {
    auto db = open();
    ASSERT_TRUE(db.write({{placed("t1", start)}, {}, {}}, start));
    ASSERT_TRUE(raw.exec("INSERT INTO dials VALUES ('t2', " + std::to_string(1'800'000'000'001) + ", '{}')"));
    const auto found = db.load(start).value();
    EXPECT_EQ(found.unreadable, 1u);
    EXPECT_THAT(tickets(found), ElementsAre("t1"));
  }
  ASSERT_TRUE(raw.exec("PRAGMA user_version = 99"));
  EXPECT_FALSE(dial_database::open(directory.data()));
}

}  // namespace
}  // namespace tonris::actors::test
