#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace tonris::e2e {

/// A stranger: so many connections that send one request over and over, as fast as it is taken, without waiting for
/// the answers, which are read and dropped; or each once, to come anew as soon as it is answered. On a thread of its
/// own, with a low priority, until destroyed.
class flood {
 public:
  enum class manner { stays, comes_anew };
  flood(std::uint16_t port, std::string request, std::size_t connections, manner how = manner::stays);
  ~flood();
  flood(const flood&) = delete;
  flood& operator=(const flood&) = delete;

  [[nodiscard]] std::uint64_t answered_bytes() const noexcept { return answered_; }
  [[nodiscard]] std::uint64_t answers() const noexcept { return answers_; }  ///< of one that comes anew

 private:
  struct peer;
  void run(std::uint16_t port, std::size_t connections);
  void read(peer& from);
  void write(peer& to);

  const manner how_;
  const std::string requests_;  ///< one after the other
  std::atomic<bool> over_{false};
  std::atomic<std::uint64_t> answered_{0}, answers_{0};
  std::thread thread_;
};

}  // namespace tonris::e2e
