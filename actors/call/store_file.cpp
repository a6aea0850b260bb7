#include "actors/call/store_file.hpp"

#include <caf/make_message.hpp>
#include <caf/sec.hpp>

namespace tonris::actors {

call_database* store_file::open() {
  if (db_) return &*db_;
  if (last_try_ && steady::now() - *last_try_ < retry_wait) return nullptr;
  last_try_ = steady::now();
  auto db = settings_.open();
  if (!db) {
    health_.be_troubled("cannot be opened, it is tried again", db.error().line);
    return nullptr;
  }
  if (const auto shared = is_shared() ? db->share_as(settings_.node) : net::sqlite::result<void>{}; !shared) {
    health_.be_troubled("cannot be opened, it is tried again", shared.error().line);
    return nullptr;
  }
  db_ = std::move(*db);
  health_.be_well("The call store is open again");
  return &*db_;
}

caf::error store_file::unavailable() {
  return caf::make_error(caf::sec::runtime_error, "the call store is not open");
}

caf::error store_file::unreadable(const net::sqlite::error& why) {
  health_.complain("cannot be read", why.line);
  return caf::make_error(caf::sec::runtime_error, "the call store cannot be read");
}

void store_file::complain_of(const net::sqlite::result<void>& written) {
  if (!written) health_.complain("cannot be written", written.error().line);
}

}  // namespace tonris::actors
