#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace tonris::e2e {

struct shell_end {
  int status = -1;
  std::string said;  ///< on both outputs
};

/// Runs a command to its end.
[[nodiscard]] inline shell_end shell(const std::string& command) {
  std::FILE* const program = ::popen((command + " 2>&1").c_str(), "r");
  if (program == nullptr) throw std::runtime_error("no shell");
  shell_end end;
  std::array<char, 512> piece{};
  while (std::fgets(piece.data(), piece.size(), program) != nullptr) end.said += piece.data();
  const int status = ::pclose(program);
  if (WIFEXITED(status)) end.status = WEXITSTATUS(status);
  return end;
}

}  // namespace tonris::e2e
