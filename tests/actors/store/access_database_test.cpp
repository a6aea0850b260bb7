#include "actors/store/access_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/actors/store/stored_calls.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::ElementsAre;

class AccessDatabase : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(make_data_dir(directory.data()));
    open();
  }
  void open() {
    db.reset();
    auto opened = access_database::open(directory.data());
    ASSERT_TRUE(opened) << opened.error().line;
    db.emplace(std::move(*opened));
  }
  static model::kept_api_key key(std::string id, std::string tenant = "salon-1") {
    model::kept_api_key made;
    made.id = std::move(id);
    made.tenant = {std::move(tenant)};
    made.name = "our CRM";
    made.granted = {model::scope::read, model::scope::control};
    made.made_with = "k1";
    made.digest = "0123";
    made.created = now();
    return made;
  }
  static model::audit_entry entry(std::string what, std::string tenant = "salon-1", access_database::time at = now()) {
    model::audit_entry made;
    made.at = at;
    made.who = "operator";
    made.what = std::move(what);
    made.tenant = {std::move(tenant)};
    made.after = "{}";
    return made;
  }
  std::vector<std::string> audited(const std::string& tenant = "") {
    std::vector<std::string> words;
    for (const auto& one : db->audit({tenant}, 0, 200).value().entries) words.push_back(one.what);
    return words;
  }

  a_directory directory;
  std::optional<access_database> db;
};

TEST_F(AccessDatabase, KeepsAKeyWithTheEntryThatTellsOfIt) {
  const auto made = key("0123456789ab");
  ASSERT_EQ(db->add_key(made, entry("key.create")), true);
  open();
  EXPECT_EQ(db->key("0123456789ab").value(), made);
  EXPECT_EQ(db->key("ba9876543210").value(), std::nullopt);
  EXPECT_THAT(audited(), ElementsAre("key.create"));
}

TEST_F(AccessDatabase, ListsATenantsKeysAloneTheOldestFirst) {
  auto older = key("bbbbbbbbbbbb"), newer = key("aaaaaaaaaaaa"), others = key("cccccccccccc", "salon-2");
  older.created -= 1h;
  for (const auto& one : {newer, older, others}) ASSERT_EQ(db->add_key(one, entry("key.create")), true);
  EXPECT_THAT(db->keys_of({"salon-1"}).value(), ElementsAre(older, newer));
  EXPECT_THAT(db->keys_of({"salon-3"}).value(), ElementsAre());
}

TEST_F(AccessDatabase, RemovesAKeyOfThatTenantOnlyAndOnce) {
  ASSERT_EQ(db->add_key(key("0123456789ab"), entry("key.create")), true);
  EXPECT_EQ(db->remove_key({"salon-2"}, "0123456789ab", entry("key.revoke")), false);
  EXPECT_EQ(db->remove_key({"salon-1"}, "0123456789ab", entry("key.revoke")), true);
  EXPECT_EQ(db->remove_key({"salon-1"}, "0123456789ab", entry("key.revoke")), false);
  EXPECT_EQ(db->key("0123456789ab").value(), std::nullopt);
  EXPECT_THAT(audited(), ElementsAre("key.revoke", "key.create")) << "what changed nothing is not told";
}

TEST_F(AccessDatabase, RemovesAllKeysOfATenantThatGoes) {
  for (const auto* id : {"aaaaaaaaaaaa", "bbbbbbbbbbbb"}) ASSERT_EQ(db->add_key(key(id), entry("key.create")), true);
  ASSERT_EQ(db->add_key(key("cccccccccccc", "salon-2"), entry("key.create")), true);
  EXPECT_THAT(db->remove_keys_of({"salon-1"}, entry("key.revoke")).value(),
              ElementsAre("aaaaaaaaaaaa", "bbbbbbbbbbbb"));
  EXPECT_THAT(db->remove_keys_of({"salon-1"}, entry("key.revoke")).value(), ElementsAre());
  EXPECT_EQ(db->keys_of({"salon-2"}).value().size(), 1u);
}

TEST_F(AccessDatabase, KeepsABoundedNumberOfKeysATenant) {
  for (std::size_t i = 0; i < model::max_api_keys_of_a_tenant; ++i)
    ASSERT_EQ(db->add_key(key("key " + std::to_string(i)), entry("key.create")), true);
  EXPECT_EQ(db->add_key(key("one more"), entry("key.create")), false);
  EXPECT_EQ(db->add_key(key("another's", "salon-2"), entry("key.create")), true);
  EXPECT_EQ(audited().size(), model::max_api_keys_of_a_tenant + 1);
}

TEST_F(AccessDatabase, RemembersTheDayAKeyWasUsed) {
  ASSERT_EQ(db->add_key(key("0123456789ab"), entry("key.create")), true);
  const auto day = std::chrono::floor<std::chrono::days>(now());
  ASSERT_TRUE(db->used("0123456789ab", day));
  EXPECT_EQ(db->key("0123456789ab").value()->last_used, day);
  EXPECT_TRUE(db->used("ba9876543210", day)) << "gone meanwhile";
}

TEST_F(AccessDatabase, ShowsItsTrailInPagesTheNewestFirst) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(db->note(entry("change " + std::to_string(i))));
  ASSERT_TRUE(db->note(entry("another's", "salon-2")));
  auto page = db->audit({"salon-1"}, 0, 2).value();
  ASSERT_EQ(page.entries.size(), 2u);
  EXPECT_EQ(page.entries[0].what, "change 5");
  EXPECT_EQ(page.entries[0].seq, 5);
  EXPECT_EQ(page.next, 4);
  page = db->audit({"salon-1"}, page.next, 3).value();
  EXPECT_THAT(page.entries, testing::SizeIs(3));
  EXPECT_EQ(page.next, 0) << "that was all";
  EXPECT_EQ(audited().front(), "another's");
}

TEST_F(AccessDatabase, GivesAnEntryBackAsItWasWritten) {
  auto one = entry("tenant.change");
  put_change(R"({"name":"A","secrets":{"k":"1"}})", R"({"name":"B","secrets":{"k":"2"}})", one);
  ASSERT_TRUE(db->note(one));
  one.seq = 1;
  EXPECT_THAT(db->audit({}, 0, 1).value().entries, ElementsAre(one));
}

TEST_F(AccessDatabase, ForgetsEntriesByTheirAgeButNeverManyAtOnce) {
  const auto old = now() - access_database::kept_for - 1h;
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(db->note(entry("old", "", old)));
  ASSERT_TRUE(db->note(entry("new")));
  ASSERT_TRUE(db->prune(now()));
  EXPECT_EQ(audited().size(), 27u) << "a tenth a day: the clock may be wrong";
  for (int day = 0; day < 30; ++day) ASSERT_TRUE(db->prune(now()));
  EXPECT_THAT(audited(), ElementsAre("new"));
}

TEST_F(AccessDatabase, IsItsOwnersAlone) {
  ASSERT_EQ(db->add_key(key("0123456789ab"), entry("key.create")), true);
  struct stat found {};
  const auto path = directory.data() + "/access.db";
  ASSERT_EQ(stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
}

TEST_F(AccessDatabase, LeavesAFileThatIsNoneAsItIs) {
  db.reset();
  const auto path = directory.data() + "/access.db";
  for (const auto* beside : {"", "-wal", "-shm"}) std::filesystem::remove(path + beside);
  std::ofstream{path} << "no database, but something that somebody may still want";
  const auto opened = access_database::open(directory.data());
  ASSERT_FALSE(opened);
  EXPECT_FALSE(opened.error().passes);
  EXPECT_THAT(opened.error().line, testing::HasSubstr("The store of keys " + path));
  std::ifstream in{path};
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>{in}, {}).substr(0, 11), "no database");
}

}  // namespace
}  // namespace tonris::actors
