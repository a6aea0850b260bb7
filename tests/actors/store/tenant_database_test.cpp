#include "actors/store/tenant_database.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/actors/store/a_directory.hpp"

namespace tonris::actors::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;
using outcome = tenant_written::outcome;

tenant_write write(std::string id, std::string want, std::vector<std::string> numbers, std::string json = "{}") {
  tenant_write w;
  w.id = {std::move(id)};
  w.want = std::move(want);
  w.request = "00000000000000" + std::to_string(10 + json.size() % 80);
  w.numbers = std::move(numbers);
  w.json = std::move(json);
  return w;
}

class TenantDatabase : public testing::Test {
 protected:
  tenant_database open(std::string_view generation = "first") {
    return tenant_database::open(directory.data(), generation).value();
  }
  tenant_written put(tenant_database& db, const tenant_write& w) {
    return db.write({w}, [this](const tenant_change& c) { changes.push_back(c); }).value().at(0);
  }
  tenant_written erase(tenant_database& db, const std::string& id, std::string_view want = "*") {
    return db.erase({id}, want, [this](const tenant_change& c) { changes.push_back(c); }).value();
  }
  static std::string found_by(tenant_database& db, std::string_view number) {
    const auto found = db.find_by_number(number).value();
    return found ? found->id.value : "";
  }

  a_directory directory;
  std::vector<tenant_change> changes;
};

TEST_F(TenantDatabase, FindsByIdAndByEachNumber) {
  auto db = open();
  const auto put_ = put(db, write("a", "", {"+1", "+2"}, R"({"id":"a"})"));
  ASSERT_EQ(put_.is, outcome::ok);
  EXPECT_EQ(found_by(db, "+1"), "a");
  EXPECT_EQ(found_by(db, "+2"), "a");
  EXPECT_EQ(found_by(db, "+3"), "");
  const auto a = db.find({"a"}).value().value();
  EXPECT_EQ(a.json, R"({"id":"a"})");
  EXPECT_EQ(a.etag, put_.etag);
  EXPECT_EQ(db.find({"b"}).value(), std::nullopt);
}

TEST_F(TenantDatabase, MakesChangesOnlyToWhatIsWanted) {
  auto db = open();
  EXPECT_EQ(put(db, write("a", "*", {"+1"})).is, outcome::unknown);
  EXPECT_EQ(put(db, write("a", "1-0", {"+1"})).is, outcome::unknown);
  const auto first = put(db, write("a", "", {"+1"}));
  const auto again = put(db, write("a", "", {"+1"}, "[1]"));
  EXPECT_EQ(again.is, outcome::exists);
  EXPECT_EQ(again.etag, first.etag);
  const auto second = put(db, write("a", first.etag, {"+1"}, "[2]"));
  EXPECT_EQ(second.is, outcome::ok);
  const auto late = put(db, write("a", first.etag, {"+1"}, "[33]"));
  EXPECT_EQ(late.is, outcome::stale);
  EXPECT_EQ(late.etag, second.etag);
  EXPECT_EQ(put(db, write("a", "*", {"+1"}, "[444]")).is, outcome::ok);
  EXPECT_EQ(changes.size(), 3u);
}

TEST_F(TenantDatabase, LetsARetryFindItsOwnWork) {
  auto db = open();
  const auto w = write("a", "", {"+1"});
  const auto first = put(db, w);
  const auto retry = put(db, w);
  EXPECT_EQ(retry.is, outcome::ok);
  EXPECT_EQ(retry.etag, first.etag);
  EXPECT_EQ(changes.size(), 1u) << "nothing was done twice";
}

TEST_F(TenantDatabase, GivesANumberToOneTenantOnly) {
  auto db = open();
  (void)put(db, write("a", "", {"+1", "+2"}));
  const auto taken = put(db, write("b", "", {"+3", "+2"}));
  EXPECT_EQ(taken.is, outcome::taken);
  EXPECT_EQ(taken.owner.value, "a");
  EXPECT_EQ(found_by(db, "+3"), "");
  (void)put(db, write("a", "*", {"+1"}, "[1]"));
  EXPECT_EQ(put(db, write("b", "", {"+3", "+2"})).is, outcome::ok) << "it is free now";
  EXPECT_EQ(found_by(db, "+2"), "b");
}

TEST_F(TenantDatabase, TellsOfEachChangeWithTheNumbersBeforeAndNow) {
  auto db = open();
  (void)put(db, write("a", "", {"+1"}));
  (void)put(db, write("a", "*", {"+2"}, "[1]"));
  (void)erase(db, "a");
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_THAT(changes[0].numbers_before, IsEmpty());
  EXPECT_THAT(changes[1].numbers_before, ElementsAre("+1"));
  EXPECT_THAT(changes[1].numbers_now, ElementsAre("+2"));
  EXPECT_THAT(changes[2].numbers_before, ElementsAre("+2"));
  EXPECT_THAT(changes[2].numbers_now, IsEmpty());
  EXPECT_LT(changes[0].seq, changes[1].seq);
  EXPECT_LT(changes[1].seq, changes[2].seq);
}

TEST_F(TenantDatabase, ErasesWhatIsWantedAndFreesItsNumbers) {
  auto db = open();
  const auto first = put(db, write("a", "", {"+1"}));
  EXPECT_EQ(erase(db, "b").is, outcome::unknown);
  EXPECT_EQ(erase(db, "a", "0-0").is, outcome::stale);
  EXPECT_EQ(erase(db, "a", first.etag).is, outcome::ok);
  EXPECT_EQ(erase(db, "a").is, outcome::unknown);
  EXPECT_EQ(found_by(db, "+1"), "");
  EXPECT_THAT(db.numbers().value(), IsEmpty());
}

TEST_F(TenantDatabase, ListsByIdInParts) {
  auto db = open();
  for (const auto* id : {"c", "a", "b"}) (void)put(db, write(id, "", {std::string{"+"} + id}));
  const auto ids = [](const tenant_page& page) {
    std::vector<std::string> all;
    for (const auto& t : page.tenants) all.push_back(t.id.value);
    return all;
  };
  const auto first = db.page({}, 2).value();
  EXPECT_THAT(ids(first), ElementsAre("a", "b"));
  EXPECT_EQ(first.last.value, "b");
  const auto second = db.page(first.last, 2).value();
  EXPECT_THAT(ids(second), ElementsAre("c"));
  EXPECT_EQ(second.last.value, "");
  EXPECT_THAT(ids(db.page({}, 1'000'000).value()), ElementsAre("a", "b", "c"));
}

TEST_F(TenantDatabase, KeepsAllOfItAndItsGenerationOverALife) {
  {
    auto db = open("first");
    auto w = write("a", "", {"+1"});
    w.imported = "digest";
    (void)put(db, w);
    (void)put(db, write("b", "", {"+2"}));
    EXPECT_EQ(db.generation(), "first");
  }
  auto db = open("second");
  EXPECT_EQ(db.generation(), "first");
  EXPECT_THAT(db.numbers().value(),
              UnorderedElementsAre(Pair("+1", model::tenant_id{"a"}), Pair("+2", model::tenant_id{"b"})));
  EXPECT_THAT(db.imported().value(), UnorderedElementsAre(Pair(model::tenant_id{"a"}, "digest")));
  (void)put(db, write("a", "*", {"+1"}, "[1]"));
  EXPECT_THAT(db.imported().value(), UnorderedElementsAre(Pair(model::tenant_id{"a"}, "digest")))
      << "who changes it by hand does not say what the file says";
}

TEST_F(TenantDatabase, IsForItsOwnerOnlyAndRefusesWhatIsNoDatabase) {
  { (void)open(); }
  const auto path = std::filesystem::path(directory.data()) / "tenants.db";
  EXPECT_EQ(std::filesystem::status(path).permissions() & std::filesystem::perms(0777), std::filesystem::perms(0600));
  std::ofstream{path} << "this is no database, whatever its name says; it is long enough to be looked at";
  const auto refused = tenant_database::open(directory.data(), "g");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().line, HasSubstr("The tenant store " + path.string()));
  EXPECT_FALSE(refused.error().passes);
}

TEST_F(TenantDatabase, TakesTenThousandInOneTransaction) {
  auto db = open();
  std::vector<tenant_write> many;
  for (int i = 10'000; i < 20'000; ++i) many.push_back(write("t" + std::to_string(i), "", {"+" + std::to_string(i)}));
  std::size_t told = 0;
  const auto answers = db.write(many, [&](const tenant_change&) { ++told; }).value();
  EXPECT_EQ(told, many.size());
  EXPECT_EQ(db.numbers().value().size(), many.size());
  EXPECT_EQ(found_by(db, "+15000"), "t15000");
}

TEST_F(TenantDatabase, OfAMirrorSaysWhoseCopyItIsWithoutMakingOne) {
  EXPECT_EQ(tenant_database::mirrored_generation(directory.data()), "");
  EXPECT_FALSE(std::filesystem::exists(directory.data() + "/tenant_mirror.db"));
  auto mirror = tenant_database::open_mirror(directory.data()).value();
  EXPECT_EQ(tenant_database::mirrored_generation(directory.data()), "");
  ASSERT_TRUE(mirror.believe("some data"));
  EXPECT_EQ(tenant_database::mirrored_generation(directory.data()), "some data") << "also while it is open";
}

}  // namespace
}  // namespace tonris::actors::test
