/// The tenants of a DATA_DIR whose gateway does not run.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "actors/store/access_database.hpp"
#include "actors/store/tenant_database.hpp"
#include "model/access/departed_keys.hpp"
#include "model/text/hex.hpp"
#include "net/random_bytes.hpp"
#include "tools/ctl/tenants.hpp"
#include "tools/ctl/tenants_without_gateway.hpp"

namespace tonris::ctl {

namespace {

using outcome = actors::tenant_written::outcome;

template <class T>
kept_tenants::result<T> or_line(actors::tenant_database::result<T>&& got) {
  if (!got) return tl::unexpected(std::move(got.error().line));
  return *std::move(got);
}

class kept_in_data_dir final : public kept_tenants {
 public:
  kept_in_data_dir(net::file_lock lock, actors::tenant_database db, std::string data_dir)
      : lock_(std::move(lock)), db_(std::move(db)), data_dir_(std::move(data_dir)) {}

  result<std::optional<actors::stored_tenant>> find(const model::tenant_id& id) override {
    return or_line(db_.find(id));
  }
  result<std::optional<actors::stored_tenant>> find_by_number(std::string_view number) override {
    return or_line(db_.find_by_number(number));
  }
  result<actors::tenant_page> page(const model::tenant_id& after) override {
    return or_line(db_.page(after, actors::max_tenant_page));
  }
  result<actors::tenant_written> write(const actors::tenant_write& wanted) override {
    auto done = db_.write({wanted}, [](const auto&) {});
    if (!done) return tl::unexpected(done.error().line);
    return std::move(done->at(0));
  }

  result<actors::tenant_written> erase(const model::tenant_id& id) override {
    auto keys = actors::access_database::open(data_dir_);
    if (!keys) return tl::unexpected(keys.error().line);
    auto done = or_line(db_.erase(id, "*", [](const auto&) {}));
    if (!done || done->is != outcome::ok) return done;
    if (const auto revoked = keys->remove_keys_of(id, model::keys_gone_with(id, std::chrono::system_clock::now()));
        !revoked)
      return tl::unexpected("tenant " + id.value +
                            " is removed, his keys could not be revoked: " + revoked.error().line);
    return done;
  }

 private:
  // owned
  net::file_lock lock_;  // given up after the database is closed
  actors::tenant_database db_;

  // given
  const std::string data_dir_;
};

}  // namespace

tl::expected<tenants_door, std::string> tenants_in(const std::string& data_dir) {
  if (auto made = actors::make_data_dir(data_dir); !made) return tl::unexpected(made.error().line);
  auto lock = actors::lock_data_dir(data_dir);
  if (!lock) return tl::unexpected(lock.error().line);
  std::uint8_t bytes[16];
  net::fill_with_random(bytes);
  auto db = actors::tenant_database::open(data_dir, model::to_hex(bytes));
  if (!db) return tl::unexpected(db.error().line);
  return door_to(std::make_unique<kept_in_data_dir>(std::move(*lock), std::move(*db), data_dir));
}

}  // namespace tonris::ctl
