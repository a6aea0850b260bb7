#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace tonris::actors::test {

/// A DATA_DIR that is not made yet, gone with the test.
class a_directory {
 public:
  a_directory() {
    auto made = (std::filesystem::temp_directory_path() / "tonris-store-XXXXXX").string();
    path = mkdtemp(made.data());
  }
  ~a_directory() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string data() const { return (path / "data").string(); }
  [[nodiscard]] std::filesystem::path database() const { return path / "data" / "tonris.db"; }

  std::filesystem::path path;
};

}  // namespace tonris::actors::test
