#include "net/sqlite.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace tonris::net::sqlite {
namespace {

namespace fs = std::filesystem;
using kind = error::kind;
using namespace std::string_literals;

class Sqlite : public testing::Test {
 protected:
  Sqlite() {
    auto made = (fs::temp_directory_path() / "tonris-sqlite-XXXXXX").string();
    directory = mkdtemp(made.data());
    path = (directory / "some.db").string();
  }
  ~Sqlite() override {
    fs::permissions(directory, fs::perms::owner_all);
    fs::remove_all(directory);
  }
  database opened() {
    auto db = database::open(path);
    EXPECT_TRUE(db) << db.error().line;
    return std::move(*db);
  }
  void write_file(const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
  std::string file() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path directory;
  std::string path;
};

TEST_F(Sqlite, MakesAFileWithAWriteAheadLog) {
  auto db = opened();
  auto mode = db.prepare("PRAGMA journal_mode");
  ASSERT_TRUE(mode);
  ASSERT_TRUE(mode->step());
  EXPECT_EQ(mode->text(0), "wal");
  EXPECT_EQ(db.read_number("PRAGMA synchronous"), 1);
  EXPECT_EQ(db.read_number("PRAGMA busy_timeout"), 5000);
}

TEST_F(Sqlite, GivesBackWhatWasBound) {
  auto db = opened();
  ASSERT_TRUE(db.exec("CREATE TABLE t (a, b, c, d, e)"));
  auto insert = db.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)");
  ASSERT_TRUE(insert) << insert.error().line;
  const auto text = "a\0'\"; DROP TABLE t; \xc3\xa9"s;
  const std::vector bytes{std::byte{0}, std::byte{255}, std::byte{7}};
  insert->bind(1, text).bind(2, std::numeric_limits<std::int64_t>::min()).bind(3, 0.1).bind(4, bytes);
  ASSERT_TRUE(insert->run());
  EXPECT_EQ(db.changed_rows(), 1);

  auto select = db.prepare("SELECT * FROM t");
  ASSERT_TRUE(select);
  ASSERT_EQ(select->step(), true);
  EXPECT_EQ(select->text(0), text);
  EXPECT_EQ(select->integer(1), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(select->real(2), 0.1);
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), select->blob(3).begin(), select->blob(3).end()));
  EXPECT_EQ(select->text(4), "");
  EXPECT_EQ(select->integer(4), 0);
  EXPECT_TRUE(select->blob(4).empty());
  EXPECT_EQ(select->step(), false);
}

TEST_F(Sqlite, KeepsAnEmptyTextAndAnEmptyBlobApartFromNull) {
  auto db = opened();
  auto empty = db.prepare("SELECT ? IS NULL, ? IS NULL");
  ASSERT_TRUE(empty);
  empty->bind(1, std::string_view{}).bind(2, std::span<const std::byte>{});
  ASSERT_EQ(empty->step(), true);
  EXPECT_EQ(empty->integer(0), 0);
  EXPECT_EQ(empty->integer(1), 0);
}

TEST_F(Sqlite, RunsAStatementAgainWithNothingLeftOfTheLastTime) {
  auto db = opened();
  ASSERT_TRUE(db.exec("CREATE TABLE t (a)"));
  auto insert = db.prepare("INSERT INTO t VALUES (?)");
  ASSERT_TRUE(insert);
  ASSERT_TRUE(insert->bind(1, "one").run());
  ASSERT_TRUE(insert->run());
  EXPECT_EQ(db.read_number("SELECT count(*) FROM t WHERE a IS NULL"), 1);
  EXPECT_EQ(db.read_number("SELECT a FROM t WHERE 0"), 0);
}

TEST_F(Sqlite, ReportsAMistakeInOneLine) {
  auto db = opened();
  EXPECT_EQ(db.exec("SELEC 1").error().line, "near \"SELEC\": syntax error");
  EXPECT_EQ(db.prepare("SELECT * FROM nowhere").error().line, "no such table: nowhere");
  EXPECT_FALSE(db.prepare("  "));
  auto one = db.prepare("SELECT ?");
  ASSERT_TRUE(one);
  EXPECT_FALSE(one->bind(2, std::int64_t{1}).step());
  one->reset();
  EXPECT_EQ(one->bind(1, std::int64_t{1}).step(), true);
}

TEST_F(Sqlite, UndoesATransactionThatIsNotCommitted) {
  auto db = opened();
  ASSERT_TRUE(db.exec("CREATE TABLE t (a)"));
  {
    auto undone = transaction::begin(db);
    ASSERT_TRUE(undone);
    ASSERT_TRUE(db.exec("INSERT INTO t VALUES (1)"));
  }
  EXPECT_EQ(db.read_number("SELECT count(*) FROM t"), 0);
  {
    auto kept = transaction::begin(db);
    ASSERT_TRUE(kept);
    ASSERT_TRUE(db.exec("INSERT INTO t VALUES (1)"));
    ASSERT_TRUE(kept->commit());
  }
  EXPECT_EQ(db.read_number("SELECT count(*) FROM t"), 1);
}

TEST_F(Sqlite, FindsInTheNextLifeWhatWasCommitted) {
  {
    auto db = opened();
    ASSERT_TRUE(db.exec("CREATE TABLE t (a); INSERT INTO t VALUES (7)"));
  }
  EXPECT_EQ(opened().read_number("SELECT a FROM t"), 7);
}

TEST_F(Sqlite, LeavesAFileAloneThatIsNoDatabase) {
  for (const auto& bytes : {std::string("hello"), std::string(10'000, 'x')}) {
    write_file(bytes);
    const auto db = database::open(path);
    ASSERT_FALSE(db);
    EXPECT_EQ(db.error().is, kind::corrupt);
    EXPECT_EQ(db.error().line, "file is not a database");
    EXPECT_EQ(file(), bytes);
  }
}

TEST_F(Sqlite, SaysSoWhenPagesAreBroken) {
  {
    auto db = opened();
    ASSERT_TRUE(db.exec("CREATE TABLE t (a)"));
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(db.exec("INSERT INTO t VALUES (zeroblob(1000))"));
  }
  auto bytes = file();
  ASSERT_GT(bytes.size(), 50'000u);
  std::fill(bytes.begin() + 4096, bytes.end(), '\x5a');
  write_file(bytes);
  auto db = opened();
  const auto count = db.read_number("SELECT count(*) FROM t");
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().is, kind::corrupt);
}

TEST_F(Sqlite, CannotOpenWhereThereIsNoDirectory) {
  const auto db = database::open((directory / "none" / "some.db").string());
  ASSERT_FALSE(db);
  EXPECT_EQ(db.error().is, kind::cannot_open);
  EXPECT_EQ(db.error().line, "unable to open database file");
}

TEST_F(Sqlite, CannotMakeAFileInADirectoryItMayNotWriteTo) {
  if (geteuid() == 0) path = "/proc/tonris.db";  // root may write everywhere else
  fs::permissions(directory, fs::perms::owner_read | fs::perms::owner_exec);
  const auto db = database::open(path);
  ASSERT_FALSE(db);
  EXPECT_EQ(db.error().is, kind::cannot_open);
}

TEST_F(Sqlite, ReadsWithoutWritingWhenAskedTo) {
  EXPECT_EQ(database::open(path, {.read_only = true}).error().is, kind::cannot_open);
  EXPECT_FALSE(fs::exists(path));
  ASSERT_TRUE(opened().exec("CREATE TABLE t (a)"));
  auto reader = database::open(path, {.read_only = true});
  ASSERT_TRUE(reader) << reader.error().line;
  EXPECT_EQ(reader->read_number("SELECT count(*) FROM t"), 0);
  EXPECT_EQ(reader->exec("INSERT INTO t VALUES (1)").error().is, kind::read_only);
}

TEST_F(Sqlite, ReadsWhileAnotherConnectionWrites) {
  auto writer = opened();
  ASSERT_TRUE(writer.exec("CREATE TABLE t (a)"));
  auto writing = transaction::begin(writer);
  ASSERT_TRUE(writing);
  ASSERT_TRUE(writer.exec("INSERT INTO t VALUES (1)"));
  auto reader = database::open(path, {.read_only = true});
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->read_number("SELECT count(*) FROM t"), 0);
  ASSERT_TRUE(writing->commit());
  EXPECT_EQ(reader->read_number("SELECT count(*) FROM t"), 1);
}

TEST_F(Sqlite, GivesUpOnALockAfterTheBusyTimeout) {
  auto first = opened();
  auto holding = transaction::begin(first);
  ASSERT_TRUE(holding);
  auto second = database::open(path, {.busy_timeout = std::chrono::milliseconds{20}});
  ASSERT_TRUE(second);
  EXPECT_EQ(transaction::begin(*second).error().is, kind::busy);
}

TEST_F(Sqlite, SaysSoWhenItIsFullAndGoesOnAfterwards) {
  auto db = opened();
  ASSERT_TRUE(db.exec("CREATE TABLE t (a); PRAGMA max_page_count=10"));
  {
    auto writing = transaction::begin(db);
    ASSERT_TRUE(writing);
    const auto inserted = db.exec("INSERT INTO t VALUES (zeroblob(100000))");
    ASSERT_FALSE(inserted);
    EXPECT_EQ(inserted.error().is, kind::full);
    EXPECT_EQ(inserted.error().line, "database or disk is full");
  }
  ASSERT_TRUE(db.exec("PRAGMA max_page_count=1000"));
  EXPECT_TRUE(db.exec("INSERT INTO t VALUES (zeroblob(100000))"));
}

}  // namespace
}  // namespace tonris::net::sqlite
