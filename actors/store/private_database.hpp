#pragma once

#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "net/file_lock.hpp"
#include "net/sqlite.hpp"

namespace tonris::actors {

/// Why a file of DATA_DIR cannot be used.
struct unusable_database {
  std::string line;     ///< for the operator
  bool passes = false;  ///< perhaps: the disk is full, say. Worth another try
};

/// A database of this node's own: for its owner only, with a schema that grows by steps.
struct private_database {
  std::string_view called;  ///< "The call store"
  std::string path;
  /// Step n takes a file from version n (PRAGMA user_version) to n + 1. Steps that were released do not change.
  std::span<const char* const> migrations;
  bool write_ahead = true;  ///< net::sqlite::open_options

  /// Makes the file where there is none; the directory has to be there. One that is no database, or that a newer
  /// version wrote, is left as it is. Blocks on the disk.
  [[nodiscard]] tl::expected<net::sqlite::database, unusable_database> open() const;
  /// For a look at it while the gateway may run or not: nothing is made or changed.
  [[nodiscard]] tl::expected<net::sqlite::database, std::string> open_to_read() const;
};

/// Makes DATA_DIR, for its owner only, where there is none.
[[nodiscard]] tl::expected<void, unusable_database> make_data_dir(const std::string& data_dir);

/// `tonris.lock`: one process at a time writes in a DATA_DIR.
[[nodiscard]] tl::expected<net::file_lock, unusable_database> lock_data_dir(const std::string& data_dir);

[[nodiscard]] std::string path_in(const std::string& data_dir, std::string_view file);

}  // namespace tonris::actors
