#include "actors/store/access_database.hpp"

#include <algorithm>
#include <array>

namespace tonris::actors {

namespace {

namespace sqlite = net::sqlite;
using std::chrono::milliseconds;

constexpr std::array migrations{R"(
CREATE TABLE api_keys (id TEXT PRIMARY KEY, tenant TEXT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,
                       made_with TEXT NOT NULL, digest TEXT NOT NULL, created_ms INTEGER NOT NULL,
                       last_used_day INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX api_keys_of_tenant ON api_keys (tenant, created_ms);
CREATE TABLE audit (seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, who TEXT NOT NULL,
                    what TEXT NOT NULL, tenant TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
                    secrets TEXT NOT NULL);
CREATE INDEX audit_of_tenant ON audit (tenant, seq);
)",
                                // once: an id of who tells until he knows that it is here.
                                R"(
ALTER TABLE audit ADD COLUMN once TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX audit_once ON audit (once) WHERE once <> '';
)"};

constexpr const char* select_keys =
    "SELECT id, tenant, name, scopes, made_with, digest, created_ms, last_used_day FROM api_keys ";
constexpr std::int64_t never = 0;  // of last_used_day: nobody used a key in 1970

std::int64_t in_ms(access_database::time at) {
  return std::chrono::floor<milliseconds>(at.time_since_epoch()).count();
}

model::kept_api_key key_in(const sqlite::statement& row) {
  model::kept_api_key key;
  key.id = row.text(0);
  key.tenant = {std::string(row.text(1))};
  key.name = row.text(2);
  // A scope that this version has no name for is none that it grants: neither are those beside it.
  key.granted = model::parse_scopes(row.text(3)).value_or(model::scopes{});
  key.made_with = row.text(4);
  key.digest = row.text(5);
  key.created = access_database::time{milliseconds{row.integer(6)}};
  if (row.integer(7) != never) key.last_used = std::chrono::sys_days{std::chrono::days{row.integer(7)}};
  return key;
}

sqlite::result<std::vector<model::kept_api_key>> keys_where(sqlite::database& db, const char* condition,
                                                            std::string_view value) {
  auto rows = db.prepare(std::string{select_keys} + condition);
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, value);
  std::vector<model::kept_api_key> found;
  auto row = rows->step();
  for (; row && *row; row = rows->step()) found.push_back(key_in(*rows));
  if (!row) return tl::unexpected(row.error());
  return found;
}

/// Who changes much pushes out what he did himself, and nobody else's.
sqlite::result<void> bound_tenant(sqlite::database& db, const model::tenant_id& tenant) {
  if (tenant.empty()) return {};
  auto remove = db.prepare(
      "DELETE FROM audit WHERE tenant = ?1 AND seq <="
      " (SELECT seq FROM audit WHERE tenant = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)");
  if (!remove) return tl::unexpected(remove.error());
  return remove->bind(1, tenant.value).bind(2, access_database::max_entries_of_a_tenant).run();
}

/// By their count: where a tenant's have gone, the numbers have gaps.
sqlite::result<void> bound_all(sqlite::database& db) {
  return db.exec(
      "DELETE FROM audit WHERE seq IN (SELECT seq FROM audit ORDER BY seq LIMIT"
      " max(0, (SELECT count(*) FROM audit) - " +
      std::to_string(access_database::max_entries) + "))");
}

sqlite::result<void> put_entry(sqlite::database& db, const model::audit_entry& entry, std::string_view once = {}) {
  auto put = db.prepare(
      "INSERT OR IGNORE INTO audit (at_ms, who, what, tenant, before, after, secrets, once)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  if (!put) return tl::unexpected(put.error());
  put->bind(1, in_ms(entry.at)).bind(2, entry.who).bind(3, entry.what).bind(4, entry.tenant.value);
  put->bind(5, entry.before).bind(6, entry.after).bind(7, entry.secrets).bind(8, once);
  if (auto done = put->run(); !done) return done;
  if (auto done = bound_tenant(db, entry.tenant); !done) return done;
  return bound_all(db);
}

}  // namespace

tl::expected<access_database, unusable_database> access_database::open(const std::string& data_dir) {
  if (auto made = make_data_dir(data_dir); !made) return tl::unexpected(made.error());
  const private_database file{"The store of keys", path_in(data_dir, "access.db"), migrations};
  auto db = file.open();
  if (!db) return tl::unexpected(db.error());
  return access_database(std::move(*db));
}

// --- keys

access_database::result<std::optional<model::kept_api_key>> access_database::key(std::string_view id) {
  auto found = keys_where(db_, "WHERE id = ?", id);
  if (!found) return tl::unexpected(found.error());
  if (found->empty()) return std::nullopt;
  return std::move(found->front());
}

access_database::result<std::vector<model::kept_api_key>> access_database::keys_of(const model::tenant_id& tenant) {
  return keys_where(db_, "WHERE tenant = ? ORDER BY created_ms, id", tenant.value);
}

access_database::result<std::vector<model::tenant_id>> access_database::tenants_with_keys() {
  auto rows = db_.prepare("SELECT DISTINCT tenant FROM api_keys");
  if (!rows) return tl::unexpected(rows.error());
  std::vector<model::tenant_id> found;
  auto row = rows->step();
  for (; row && *row; row = rows->step()) found.push_back({std::string{rows->text(0)}});
  if (!row) return tl::unexpected(row.error());
  return found;
}

access_database::result<bool> access_database::add_key(const model::kept_api_key& key,
                                                       const model::audit_entry& entry) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  const auto others = keys_of(key.tenant);
  if (!others) return tl::unexpected(others.error());
  if (others->size() >= model::max_api_keys_of_a_tenant) return false;
  auto put = db_.prepare("INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  if (!put) return tl::unexpected(put.error());
  const auto granted = to_string(key.granted);
  const auto last_used = key.last_used ? key.last_used->time_since_epoch().count() : never;
  put->bind(1, key.id).bind(2, key.tenant.value).bind(3, key.name).bind(4, granted).bind(5, key.made_with);
  put->bind(6, key.digest).bind(7, in_ms(key.created)).bind(8, std::int64_t{last_used});
  if (auto done = put->run(); !done) return tl::unexpected(done.error());
  if (auto done = put_entry(db_, entry); !done) return tl::unexpected(done.error());
  if (auto done = all->commit(); !done) return tl::unexpected(done.error());
  return true;
}

access_database::result<bool> access_database::remove_key(const model::tenant_id& tenant, std::string_view id,
                                                          const model::audit_entry& entry) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto remove = db_.prepare("DELETE FROM api_keys WHERE id = ? AND tenant = ?");
  if (!remove) return tl::unexpected(remove.error());
  if (auto done = remove->bind(1, id).bind(2, tenant.value).run(); !done) return tl::unexpected(done.error());
  if (db_.changed_rows() == 0) return false;
  if (auto done = put_entry(db_, entry); !done) return tl::unexpected(done.error());
  if (auto done = all->commit(); !done) return tl::unexpected(done.error());
  return true;
}

access_database::result<std::vector<std::string>> access_database::remove_keys_of(const model::tenant_id& tenant,
                                                                                  const model::audit_entry& entry) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  const auto keys = keys_of(tenant);
  if (!keys) return tl::unexpected(keys.error());
  std::vector<std::string> ids;
  for (const auto& key : *keys) ids.push_back(key.id);
  if (ids.empty()) return ids;
  auto remove = db_.prepare("DELETE FROM api_keys WHERE tenant = ?");
  if (!remove) return tl::unexpected(remove.error());
  if (auto done = remove->bind(1, tenant.value).run(); !done) return tl::unexpected(done.error());
  if (auto done = put_entry(db_, entry); !done) return tl::unexpected(done.error());
  if (auto done = all->commit(); !done) return tl::unexpected(done.error());
  return ids;
}

access_database::result<void> access_database::used(std::string_view id, std::chrono::sys_days day) {
  auto change = db_.prepare("UPDATE api_keys SET last_used_day = ? WHERE id = ?");
  if (!change) return tl::unexpected(change.error());
  return change->bind(1, std::int64_t{day.time_since_epoch().count()}).bind(2, id).run();
}

// --- the audit trail

access_database::result<void> access_database::note(const model::audit_entry& entry, std::string_view once) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  if (auto done = put_entry(db_, entry, once); !done) return done;
  return all->commit();
}

access_database::result<access_database::audit_page> access_database::audit(const model::tenant_id& tenant,
                                                                            std::int64_t before, std::size_t most) {
  const std::string columns = "SELECT seq, at_ms, who, what, tenant, before, after, secrets FROM audit WHERE ";
  auto rows = db_.prepare(columns + (tenant.empty() ? "?1 = ''" : "tenant = ?1") +
                          " AND (?2 = 0 OR seq < ?2) ORDER BY seq DESC LIMIT ?3");
  if (!rows) return tl::unexpected(rows.error());
  most = std::clamp<std::size_t>(most, 1, most_of_a_page);
  rows->bind(1, tenant.value).bind(2, before).bind(3, static_cast<std::int64_t>(most) + 1);
  audit_page page;
  auto row = rows->step();
  for (; row && *row; row = rows->step()) {
    if (page.entries.size() == most) {
      page.next = page.entries.back().seq;
      break;
    }
    page.entries.push_back({rows->integer(0),
                            time{milliseconds{rows->integer(1)}},
                            std::string(rows->text(2)),
                            std::string(rows->text(3)),
                            {std::string(rows->text(4))},
                            std::string(rows->text(5)),
                            std::string(rows->text(6)),
                            std::string(rows->text(7))});
  }
  if (!row) return tl::unexpected(row.error());
  return page;
}

access_database::result<void> access_database::prune(time now) {
  constexpr int parts = 10;
  // They are written in the order of their times.
  auto remove = db_.prepare(
      "DELETE FROM audit WHERE seq IN (SELECT seq FROM audit WHERE at_ms < ?1 ORDER BY seq"
      " LIMIT (SELECT count(*) / ?2 + 1 FROM audit))");
  if (!remove) return tl::unexpected(remove.error());
  return remove->bind(1, in_ms(now - kept_for)).bind(2, std::int64_t{parts}).run();
}

}  // namespace tonris::actors
