#include <csignal>
#include <cstdlib>
#include <iostream>

#include "tools/ctl/program.hpp"

// tonrisctl: what an operator asks at three in the morning.
int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // of a peer that goes in the middle of a handshake
  const auto environment = [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  return tonris::ctl::run({argv + 1, argv + argc}, environment, std::cout, std::cerr);
}
