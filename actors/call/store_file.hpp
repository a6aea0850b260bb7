#pragma once

#include <caf/error.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "actors/call/call_store.hpp"
#include "actors/call/store_health.hpp"
#include "actors/store/database.hpp"
#include "net/sqlite.hpp"

namespace tonris::actors {

/// The database as one life of the call store has it open, and what is said where it cannot be used. The store's own,
/// on its thread; what it is given outlives it.
class store_file {
 public:
  static constexpr std::chrono::milliseconds retry_wait{1000};  ///< after what failed

  store_file(const store_settings& settings, store_health& health) : settings_(settings), health_(health) {}

  /// Opens it where it is not, each second at most. Null: it cannot be opened now.
  [[nodiscard]] call_database* open();
  [[nodiscard]] call_database* if_open() noexcept { return db_ ? &*db_ : nullptr; }
  void close() { db_.reset(); }  ///< with the actor's end, not with its last handle
  /// Other nodes have what is in it.
  [[nodiscard]] bool is_shared() const noexcept { return !settings_.node.empty(); }

  // --- what is said

  [[nodiscard]] static caf::error unavailable();  ///< it is not open, or not all is written
  [[nodiscard]] caf::error unreadable(const net::sqlite::error& why);
  void complain_of(const net::sqlite::result<void>& written);
  /// What cannot be read is told the operator, and is nothing to who asks.
  template <class T>
  [[nodiscard]] T or_nothing(net::sqlite::result<T> read) {
    if (read) return std::move(*read);
    health_.complain("cannot be read", read.error().line);
    return {};
  }

 private:
  using steady = std::chrono::steady_clock;

  // given
  const store_settings& settings_;
  store_health& health_;
  // state
  std::optional<call_database> db_;
  std::optional<steady::time_point> last_try_;
};

}  // namespace tonris::actors
