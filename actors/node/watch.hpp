#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "net/http_server.hpp"

/// What an operator has to hear of and no call tells him. Looked at about once a second; one thread each.
namespace tonris::actors {

/// One loop's connections that cannot be accepted, and those given up for others: a crowd outside is told of once a
/// minute.
class connection_watch {
 public:
  using time = std::chrono::steady_clock::time_point;

  connection_watch(std::function<std::size_t()> open_descriptors, std::size_t descriptor_limit)
      : open_descriptors_(std::move(open_descriptors)), descriptor_limit_(descriptor_limit) {}

  void look(const net::http_server_stats& so_far, time now);

 private:
  [[nodiscard]] std::string descriptors() const;

  const std::function<std::size_t()> open_descriptors_;
  const std::size_t descriptor_limit_;

  std::uint64_t failed_told_ = 0, given_up_told_ = 0;
  time given_up_told_at_ = time::min();
};

/// Exceptions that ended a connection and no actor, in the whole process.
class exception_watch {
 public:
  void look();

 private:
  std::uint64_t told_ = 0;
};

}  // namespace tonris::actors
