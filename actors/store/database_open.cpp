/// The call database's file: where it is, whose it is, and which schema it has.
#include <array>
#include <utility>

#include "actors/store/database.hpp"
#include "actors/store/private_database.hpp"

namespace tonris::actors {

namespace {

constexpr std::array migrations{R"(
CREATE TABLE checkpoints (call_sid TEXT PRIMARY KEY, json TEXT NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE records (call_sid TEXT PRIMARY KEY, tenant TEXT NOT NULL, started_at INTEGER NOT NULL, json TEXT NOT NULL);
CREATE INDEX records_by_start ON records (started_at);
CREATE TABLE events (id INTEGER PRIMARY KEY, call_sid TEXT NOT NULL, at_ms INTEGER NOT NULL, what TEXT NOT NULL,
                     detail TEXT NOT NULL);
CREATE INDEX events_of_call ON events (call_sid);
)",
                                R"(
CREATE INDEX records_of_caller ON records
  (tenant, CASE WHEN json_valid(json) THEN json_extract(json, '$.from') END, started_at);
)",
                                // Each index of the list ends with the row, which is in the order of time.
                                R"(
DROP INDEX records_of_caller;
CREATE TABLE calls (id INTEGER PRIMARY KEY, call_sid TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL,
                    direction TEXT NOT NULL, caller TEXT NOT NULL, called TEXT NOT NULL, agent TEXT NOT NULL,
                    variant TEXT NOT NULL, reason TEXT NOT NULL, ended_by TEXT NOT NULL, troubled TEXT NOT NULL,
                    refused INTEGER NOT NULL, seconds INTEGER NOT NULL, microdollars INTEGER NOT NULL,
                    success INTEGER NOT NULL, has_words INTEGER NOT NULL);
CREATE INDEX calls_of_tenant ON calls (tenant);
CREATE INDEX calls_of_caller ON calls (caller);
CREATE INDEX calls_of_number ON calls (called);
CREATE INDEX calls_of_agent ON calls (agent);
CREATE INDEX calls_of_variant ON calls (variant);
CREATE INDEX calls_by_reason ON calls (reason);
CREATE INDEX calls_by_end ON calls (ended_by);
CREATE INDEX calls_in_trouble ON calls (troubled) WHERE troubled <> '';
CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2');
CREATE TABLE retention (tenant TEXT PRIMARY KEY, days INTEGER NOT NULL, word_days INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE unlisted (call_sid TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO unlisted SELECT call_sid FROM records;
)",
                                // node: "" of this node's own, else the name of whose call it was.
                                R"(
ALTER TABLE records ADD COLUMN rev INTEGER NOT NULL DEFAULT 1;
ALTER TABLE records ADD COLUMN node TEXT NOT NULL DEFAULT '';
CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, call_sid TEXT NOT NULL UNIQUE, gone INTEGER NOT NULL,
                     learned TEXT NOT NULL, since_ms INTEGER NOT NULL);
CREATE INDEX outbox_in_order ON outbox (gone DESC, id);
CREATE TABLE gone (call_sid TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX gone_by_time ON gone (at_ms);
CREATE TABLE feed (only INTEGER PRIMARY KEY CHECK (only = 1), generation TEXT NOT NULL, position TEXT NOT NULL);
CREATE TABLE node (only INTEGER PRIMARY KEY CHECK (only = 1), name TEXT NOT NULL);
)",
                                // whose: the tenant as one word, so that a tenant's words are found by an intersection.
                                R"(
CREATE INDEX calls_of_tenant_by_reason ON calls (tenant, reason);
DROP TABLE words;
CREATE VIRTUAL TABLE words USING fts5 (text, whose, tokenize = 'unicode61 remove_diacritics 2');
INSERT OR IGNORE INTO unlisted SELECT call_sid FROM calls WHERE has_words = 1;
)",
                                // asked: by another node; untold: what no other was ever told of.
                                R"(
CREATE TABLE asked (node TEXT PRIMARY KEY, since_ms INTEGER NOT NULL, own INTEGER NOT NULL, before_ms INTEGER NOT NULL,
                    before_row INTEGER NOT NULL, asked_ms INTEGER NOT NULL, turn_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE untold (only INTEGER PRIMARY KEY CHECK (only = 1), since_ms INTEGER NOT NULL);
INSERT INTO untold SELECT 1, 0 FROM (SELECT 1 FROM records LIMIT 1) WHERE NOT EXISTS (SELECT 1 FROM node);
)",
                                // All records are listed once more, for their node's name.
                                R"(
ALTER TABLE calls ADD COLUMN node TEXT NOT NULL DEFAULT '';
CREATE INDEX calls_of_node ON calls (node);
INSERT OR IGNORE INTO unlisted SELECT call_sid FROM records;
)",
                                // changed_ms: when it was last written here; 0: not known, as long ago as its call.
                                R"(
ALTER TABLE records ADD COLUMN changed_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX records_by_change ON records (max(changed_ms, started_at));
CREATE INDEX own_by_change ON records (max(changed_ms, started_at)) WHERE node = '';
)",
                                // unmerged: the full text's index has words that were deleted, as it may from before.
                                R"(
CREATE TABLE unmerged (only INTEGER PRIMARY KEY CHECK (only = 1));
INSERT INTO unmerged VALUES (1);
)",
                                // Four digits of an end are few calls; who wants more looks through those.
                                R"(
CREATE INDEX calls_by_callers_end ON calls (substr(caller, -4));
CREATE INDEX calls_by_numbers_end ON calls (substr(called, -4));
)",
                                // held: facts of calls whose record is to come from another node, in one each.
                                R"(
CREATE TABLE held (call_sid TEXT PRIMARY KEY, facts TEXT NOT NULL, since_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX held_in_order ON held (since_ms);
)",
                                // unconverted: a part of its cost is not in microdollars. All are listed once more.
                                R"(
ALTER TABLE calls ADD COLUMN unconverted INTEGER NOT NULL DEFAULT 0;
INSERT OR IGNORE INTO unlisted SELECT call_sid FROM records;
)",
                                // changed_days: of whose calls something has come since somebody looked at them.
                                R"(
CREATE TABLE changed_days (day INTEGER PRIMARY KEY, turn INTEGER NOT NULL);
)",
                                // aged: by which time things are old; what is here was not written later. waiting:
                                // records that are due, until Twilio has deleted what it keeps of theirs.
                                R"(
CREATE TABLE aged (only INTEGER PRIMARY KEY CHECK (only = 1), until_ms INTEGER NOT NULL);
INSERT INTO aged SELECT 1, newest FROM (SELECT max(max(changed_ms, started_at)) AS newest FROM records)
  WHERE newest IS NOT NULL;
CREATE TABLE waiting (call_sid TEXT PRIMARY KEY, since_ms INTEGER NOT NULL) WITHOUT ROWID;
)",
                                // shared_too_long: calls of which Redis may have what is past its days.
                                R"(
CREATE TABLE shared_too_long (id INTEGER PRIMARY KEY AUTOINCREMENT, call_sid TEXT NOT NULL UNIQUE);
)",
                                // aged_out: what went by its age, for the audit trail; told: it is being told, and no
                                // more comes to it.
                                R"(
CREATE TABLE aged_out (told INTEGER NOT NULL, tenant TEXT NOT NULL, records INTEGER NOT NULL,
                       transcripts INTEGER NOT NULL, PRIMARY KEY (told, tenant)) WITHOUT ROWID;
CREATE TABLE aged_out_told (only INTEGER PRIMARY KEY CHECK (only = 1), at_ms INTEGER NOT NULL);
)",
                                // whose: all that a call is filtered by, as words; also of calls without words. All are
                                // listed once more.
                                R"(
DROP INDEX calls_of_tenant_by_reason;
INSERT OR IGNORE INTO unlisted SELECT call_sid FROM records;
)",
                                // Whose words are due is found without those of whom they are gone.
                                R"(
CREATE INDEX IF NOT EXISTS calls_with_words ON calls (tenant) WHERE has_words = 1;
)"};

private_database file_in(const std::string& data_dir) {
  return {"The call store", path_in(data_dir, "tonris.db"), migrations};
}

}  // namespace

tl::expected<call_database, unusable_database> call_database::open(const std::string& data_dir) {
  if (auto made = make_data_dir(data_dir); !made) return tl::unexpected(made.error());
  auto lock = lock_data_dir(data_dir);
  if (!lock) return tl::unexpected(lock.error());
  auto db = file_in(data_dir).open();
  if (!db) return tl::unexpected(db.error());
  const auto unmerged = db->read_number("SELECT count(*) FROM unmerged");
  if (!unmerged)
    return tl::unexpected(unusable_database{"The call store cannot be read: " + unmerged.error().line, true});
  call_database opened(std::move(*db), std::move(*lock));
  opened.merge_.is_due = *unmerged > 0;
  return opened;
}

tl::expected<call_database, std::string> call_database::open_to_read(const std::string& data_dir) {
  auto db = file_in(data_dir).open_to_read();
  if (!db) return tl::unexpected(db.error());
  return call_database(std::move(*db), std::nullopt);
}

}  // namespace tonris::actors
