#include "actors/store/tenant_database.hpp"

#include <algorithm>
#include <array>

namespace tonris::actors {

namespace {

namespace sqlite = net::sqlite;
template <class T>
using result = sqlite::result<T>;
using outcome = tenant_written::outcome;

constexpr std::array migrations{R"(
CREATE TABLE life (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tenants (id TEXT PRIMARY KEY, etag TEXT NOT NULL, json TEXT NOT NULL,
                      imported TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE numbers (number TEXT PRIMARY KEY, tenant TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX numbers_of_tenant ON numbers (tenant);
INSERT INTO life VALUES ('seq', '0');
)",
                                R"(
CREATE TABLE kept_numbers (number TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
)"};

private_database file_in(const std::string& data_dir) {
  // Changes are rare, and who is called has to be found while the disk is full.
  return {"The tenant store", path_in(data_dir, "tenants.db"), migrations, false};
}

stored_tenant row_of(const sqlite::statement& at) {
  return {{std::string{at.text(0)}}, std::string{at.text(1)}, std::string{at.text(2)}};
}

/// A retry carries the request that the ETag ends with.
bool is_of_request(std::string_view etag, std::string_view request) {
  const auto dash = etag.find('-');
  return dash != std::string_view::npos && etag.substr(dash + 1) == request;
}

/// Why a change cannot be made to what is there; nothing: it can.
std::optional<tenant_written> refused(std::string_view want, const std::string& there) {
  if (want.empty()) return there.empty() ? std::nullopt : std::optional{tenant_written{outcome::exists, there}};
  if (there.empty()) return tenant_written{outcome::unknown};
  if (want != "*" && want != there) return tenant_written{outcome::stale, there};
  return std::nullopt;
}

}  // namespace

/// One statement, prepared once; `each` is given every row.
template <class Each, class... Values>
result<void> tenant_database::rows(const char* sql, Each each, const Values&... values) {
  auto made = statements_.find(sql);
  if (made == statements_.end()) {
    auto prepared = db_.prepare(sql);
    if (!prepared) return tl::unexpected(prepared.error());
    made = statements_.emplace(sql, std::move(*prepared)).first;
  }
  auto& statement = made->second;
  int parameter = 0;
  (statement.bind(++parameter, values), ...);
  while (true) {
    const auto there = statement.step();
    if (there && *there) {
      each(statement);
      continue;
    }
    statement.reset();
    if (!there) return tl::unexpected(there.error());
    return {};
  }
}

template <class... Values>
result<void> tenant_database::run(const char* sql, const Values&... values) {
  return rows(
      sql, [](const sqlite::statement&) {}, values...);
}

/// The first column of all rows; `Text` is made of it.
template <class Text, class... Values>
result<std::vector<Text>> tenant_database::texts(const char* sql, const Values&... values) {
  std::vector<Text> all;
  auto done = rows(
      sql, [&](const sqlite::statement& at) { all.push_back(Text{std::string{at.text(0)}}); }, values...);
  if (!done) return tl::unexpected(done.error());
  return all;
}

tl::expected<tenant_database, unusable_database> tenant_database::open(const std::string& data_dir,
                                                                       std::string_view new_generation) {
  if (auto made = make_data_dir(data_dir); !made) return tl::unexpected(made.error());
  const auto file = file_in(data_dir);
  auto db = file.open();
  if (!db) return tl::unexpected(db.error());
  tenant_database opened(std::move(*db));
  auto done = opened.read_generation();
  if (done && opened.generation_.empty()) {
    opened.generation_ = new_generation;
    done = opened.run("INSERT INTO life VALUES ('generation', ?)", new_generation);
  }
  if (done) return opened;
  return tl::unexpected(unusable_database{"The tenant store " + file.path + " cannot be used: " + done.error().line});
}

tl::expected<tenant_database, unusable_database> tenant_database::open_mirror(const std::string& data_dir) {
  if (auto made = make_data_dir(data_dir); !made) return tl::unexpected(made.error());
  const private_database file{"The copy of the tenants", path_in(data_dir, "tenant_mirror.db"), migrations};
  auto db = file.open();
  if (!db) return tl::unexpected(db.error());
  tenant_database opened(std::move(*db));
  if (auto done = opened.read_generation(); !done)
    return tl::unexpected(unusable_database{file.path + " cannot be used: " + done.error().line});
  return opened;
}

std::string tenant_database::mirrored_generation(const std::string& data_dir) {
  auto db =
      private_database{"The copy of the tenants", path_in(data_dir, "tenant_mirror.db"), migrations}.open_to_read();
  if (!db) return {};
  tenant_database opened(std::move(*db));
  return opened.read_generation() ? opened.generation_ : std::string{};
}

tl::expected<tenant_database, std::string> tenant_database::open_to_read(const std::string& data_dir) {
  auto db = file_in(data_dir).open_to_read();
  if (!db) return tl::unexpected(db.error());
  tenant_database opened(std::move(*db));
  if (auto done = opened.read_generation(); !done) return tl::unexpected(done.error().line);
  return opened;
}

result<void> tenant_database::read_generation() {
  return rows("SELECT value FROM life WHERE name = 'generation'",
              [this](const sqlite::statement& at) { generation_ = at.text(0); });
}

// --- reading

result<std::optional<stored_tenant>> tenant_database::find(const model::tenant_id& id) {
  std::optional<stored_tenant> found;
  auto done = rows(
      "SELECT id, etag, json FROM tenants WHERE id = ?", [&](const sqlite::statement& at) { found = row_of(at); },
      std::string_view{id.value});
  if (!done) return tl::unexpected(done.error());
  return found;
}

result<std::optional<stored_tenant>> tenant_database::find_by_number(std::string_view number) {
  std::optional<stored_tenant> found;
  auto done = rows(
      "SELECT id, etag, json FROM tenants WHERE id = (SELECT tenant FROM numbers WHERE number = ?)",
      [&](const sqlite::statement& at) { found = row_of(at); }, number);
  if (!done) return tl::unexpected(done.error());
  return found;
}

result<tenant_page> tenant_database::page(const model::tenant_id& after, std::size_t most) {
  most = std::min(most, max_tenant_page);
  tenant_page found;
  std::size_t bytes = 0;
  bool is_full = false;
  const auto add = [&](const sqlite::statement& at) {
    is_full = bytes >= max_tenant_page_bytes;
    if (is_full) return;
    bytes += at.text(2).size();
    found.tenants.push_back(row_of(at));
  };
  auto done = rows("SELECT id, etag, json FROM tenants WHERE id > ? ORDER BY id LIMIT ?", add,
                   std::string_view{after.value}, static_cast<std::int64_t>(most));
  if (!done) return tl::unexpected(done.error());
  if (is_full || (most > 0 && found.tenants.size() == most)) found.last = found.tenants.back().id;
  return found;
}

result<tenant_database::number_list> tenant_database::numbers() {
  number_list all;
  auto done = rows("SELECT number, tenant FROM numbers", [&](const sqlite::statement& at) {
    all.emplace_back(at.text(0), model::tenant_id{std::string{at.text(1)}});
  });
  if (!done) return tl::unexpected(done.error());
  return all;
}

result<tenant_database::digests> tenant_database::imported() {
  digests all;
  auto done = rows("SELECT id, imported FROM tenants WHERE imported != ''", [&](const sqlite::statement& at) {
    all.emplace(model::tenant_id{std::string{at.text(0)}}, at.text(1));
  });
  if (!done) return tl::unexpected(done.error());
  return all;
}

result<std::string> tenant_database::etag_of(const model::tenant_id& id) {
  std::string etag;
  auto done = rows(
      "SELECT etag FROM tenants WHERE id = ?", [&](const sqlite::statement& at) { etag = at.text(0); },
      std::string_view{id.value});
  if (!done) return tl::unexpected(done.error());
  return etag;
}

result<std::vector<std::string>> tenant_database::numbers_of(const model::tenant_id& id) {
  return texts<std::string>("SELECT number FROM numbers WHERE tenant = ? ORDER BY number", std::string_view{id.value});
}

result<std::optional<model::tenant_id>> tenant_database::other_owner(const tenant_write& wanted) {
  for (const auto& number : wanted.numbers) {
    auto owners = texts<model::tenant_id>("SELECT tenant FROM numbers WHERE number = ? AND tenant != ?",
                                          std::string_view{number}, std::string_view{wanted.id.value});
    if (!owners) return tl::unexpected(owners.error());
    if (!owners->empty()) return owners->front();
  }
  return std::nullopt;
}

result<std::uint64_t> tenant_database::next_seq() {
  std::uint64_t seq = 0;
  auto done = run("UPDATE life SET value = value + 1 WHERE name = 'seq'");
  if (done)
    done = rows("SELECT CAST(value AS INTEGER) FROM life WHERE name = 'seq'",
                [&](const sqlite::statement& at) { seq = static_cast<std::uint64_t>(at.integer(0)); });
  if (!done) return tl::unexpected(done.error());
  return seq;
}

// --- writing

result<std::vector<tenant_written>> tenant_database::write(const std::vector<tenant_write>& writes,
                                                           const on_change& changed) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  std::vector<tenant_written> answers;
  std::vector<tenant_change> changes;
  for (const auto& wanted : writes) {
    auto one = write_one(wanted);
    if (!one) return tl::unexpected(one.error());
    answers.push_back(std::move(one->answer));
    if (one->change) changes.push_back(std::move(*one->change));
  }
  if (auto done = all->commit(); !done) return tl::unexpected(done.error());
  for (const auto& change : changes) changed(change);
  return answers;
}

result<tenant_database::numbered_change> tenant_database::write_one(const tenant_write& wanted) {
  const auto there = etag_of(wanted.id);
  if (!there) return tl::unexpected(there.error());
  if (is_of_request(*there, wanted.request)) {
    if (auto done = keep_imported(wanted); !done) return tl::unexpected(done.error());
    return numbered_change{{outcome::ok, *there}, {}};
  }
  if (auto no = refused(wanted.want, *there)) return numbered_change{std::move(*no), {}};
  auto owner = other_owner(wanted);
  if (!owner) return tl::unexpected(owner.error());
  if (*owner) return numbered_change{{outcome::taken, {}, std::move(**owner)}, {}};
  auto before = numbers_of(wanted.id);
  if (!before) return tl::unexpected(before.error());
  const auto seq = next_seq();
  if (!seq) return tl::unexpected(seq.error());
  tenant_change change{*seq, wanted.id, std::move(*before), wanted.numbers};
  const auto etag = std::to_string(*seq) + "-" + wanted.request;
  if (auto done = put_row(wanted, change, etag); !done) return tl::unexpected(done.error());
  return numbered_change{{outcome::ok, etag}, std::move(change)};
}

result<void> tenant_database::put_row(const tenant_write& wanted, const tenant_change& change,
                                      const std::string& etag) {
  const std::string_view id = wanted.id.value;
  auto done = run("DELETE FROM numbers WHERE tenant = ?", id);
  for (const auto& number : change.numbers_now)
    if (done) done = run("INSERT OR REPLACE INTO numbers VALUES (?, ?)", std::string_view{number}, id);
  if (done)
    done =
        run("INSERT INTO tenants VALUES (?, ?, ?, '') ON CONFLICT (id) DO UPDATE SET etag = excluded.etag, "
            "json = excluded.json",
            id, std::string_view{etag}, std::string_view{wanted.json});
  if (done) done = keep_imported(wanted);
  return done;
}

result<void> tenant_database::keep_imported(const tenant_write& wanted) {
  if (!wanted.imported) return {};
  return run("UPDATE tenants SET imported = ? WHERE id = ?", std::string_view{*wanted.imported},
             std::string_view{wanted.id.value});
}

result<tenant_written> tenant_database::erase(const model::tenant_id& id, std::string_view want,
                                              const on_change& changed) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  const auto there = etag_of(id);
  if (!there) return tl::unexpected(there.error());
  if (there->empty()) return tenant_written{outcome::unknown};
  if (auto no = refused(want, *there)) return *no;
  auto before = numbers_of(id);
  if (!before) return tl::unexpected(before.error());
  const auto seq = next_seq();
  if (!seq) return tl::unexpected(seq.error());
  auto done = run("DELETE FROM numbers WHERE tenant = ?", std::string_view{id.value});
  if (done) done = run("DELETE FROM tenants WHERE id = ?", std::string_view{id.value});
  if (done) done = all->commit();
  if (!done) return tl::unexpected(done.error());
  changed({*seq, id, std::move(*before), {}});
  return tenant_written{outcome::ok};
}

// --- numbers at Twilio

result<void> tenant_database::keep_of_number(std::string_view number, std::string_view json) {
  if (json.empty()) return run("DELETE FROM kept_numbers WHERE number = ?", number);
  return run("INSERT OR REPLACE INTO kept_numbers VALUES (?, ?)", number, json);
}

result<std::string> tenant_database::kept_of_number(std::string_view number) {
  std::string json;
  auto done = rows(
      "SELECT json FROM kept_numbers WHERE number = ?", [&](const sqlite::statement& at) { json = at.text(0); },
      number);
  if (!done) return tl::unexpected(done.error());
  return json;
}

// --- of a mirror

result<void> tenant_database::put_copy(const stored_tenant& tenant, const std::vector<std::string>& numbers) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  const std::string_view id{tenant.id.value};
  auto done = run("DELETE FROM numbers WHERE tenant = ?", id);
  for (const auto& number : numbers)
    if (done) done = run("INSERT OR REPLACE INTO numbers VALUES (?, ?)", std::string_view{number}, id);
  if (done)
    done = run("INSERT OR REPLACE INTO tenants VALUES (?, ?, ?, '')", id, std::string_view{tenant.etag},
               std::string_view{tenant.json});
  if (done) done = all->commit();
  return done;
}

result<void> tenant_database::drop_copy(const model::tenant_id& id) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto done = run("DELETE FROM numbers WHERE tenant = ?", std::string_view{id.value});
  if (done) done = run("DELETE FROM tenants WHERE id = ?", std::string_view{id.value});
  if (done) done = all->commit();
  return done;
}

result<void> tenant_database::believe(std::string_view generation) {
  auto done = run("INSERT OR REPLACE INTO life VALUES ('generation', ?)", generation);
  if (done) generation_ = generation;
  return done;
}

}  // namespace tonris::actors
