#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/bench/clock.hpp"
#include "tools/bench/outcome.hpp"

namespace tonris::bench {

struct child_plan {
  std::string program;  ///< path
  std::vector<std::string> arguments;
  /// The whole environment but PATH and the sanitizers' options, so that nothing of the caller's leaks in.
  std::vector<std::pair<std::string, std::string>> environment;
  std::string folder;  ///< working directory
  std::string log;     ///< file for stdout and stderr
  int core = -1;       ///< pinned to it; -1: not pinned
};

/// A process we started. Dies with us, whatever kills us.
class child {
 public:
  [[nodiscard]] static outcome<child> start(const child_plan& plan);
  child(child&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), log_(std::move(other.log_)), how_(std::move(other.how_)) {}
  child& operator=(child&&) = delete;
  ~child();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// How it ended ("exit status 2", "signal 11"); nothing while it runs.
  [[nodiscard]] std::optional<std::string> ended() noexcept;
  /// SIGTERM, then SIGKILL after `patience`. How it ended; "killed" when it had to be.
  std::string stop(nanos patience) noexcept;
  /// The last lines it printed.
  [[nodiscard]] std::string last_words() const;

 private:
  child(pid_t pid, std::string log) : pid_(pid), log_(std::move(log)) {}
  pid_t pid_;
  std::string log_;
  std::optional<std::string> how_;
};

/// Pins this thread; a sentence when that cannot be. Core -1: nothing.
[[nodiscard]] outcome<void> pin_to(int core);

/// A folder under the system's place for temporary files, removed with all in it.
class temporary_folder {
 public:
  [[nodiscard]] static outcome<temporary_folder> make();
  temporary_folder(temporary_folder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  temporary_folder& operator=(temporary_folder&&) = delete;
  ~temporary_folder();
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  explicit temporary_folder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace tonris::bench
