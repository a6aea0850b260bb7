#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tonris::actors {

/// The recordings in one directory: those that are coming in, and those that are whole. One thread at a time; blocks on
/// the disk. What it cannot do it says by false or "".
class audio_files {
 public:
  static constexpr std::uint64_t max_bytes = 200ULL * 1024 * 1024;            ///< of one
  static constexpr std::uint64_t max_incoming_bytes = 1024ULL * 1024 * 1024;  ///< of all that are not whole yet

  explicit audio_files(std::string directory) : directory_(std::move(directory)) {}

  /// Makes the directory, for its owner only, and deletes what is not in `known`.
  [[nodiscard]] bool open(const std::vector<std::string>& known);

  [[nodiscard]] std::uint64_t begin();  ///< the number of a new one; 0: it cannot be written
  /// False: it has gone over a bound, or the disk does not take it; it is deleted.
  [[nodiscard]] bool append(std::uint64_t number, std::string_view bytes);
  void drop(std::uint64_t number);
  struct whole {
    std::string name;  ///< "": there is none of that number, or it could not be written
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] whole finish(std::uint64_t number);
  void remove(const std::string& name) const;

 private:
  struct close {
    void operator()(std::FILE* file) const noexcept { (void)std::fclose(file); }
  };
  struct incoming {
    std::string name;
    std::unique_ptr<std::FILE, close> file;
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] std::string path_of(const std::string& name) const { return directory_ + "/" + name; }

  const std::string directory_;
  std::unordered_map<std::uint64_t, incoming> incoming_;
  std::uint64_t incoming_bytes_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace tonris::actors
