#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "tests/pair_relay.hpp"

namespace tonris::e2e {

struct websocket_pair : test::relayed_pair {
  bool is_open = false;       ///< its 101 has passed
  std::size_t of_client = 0;  ///< bytes behind that
};

/// Relays as a proxy that knows WebSockets does, and breaks them as some do once they are open.
class breaking_proxy final : public test::pair_relay<websocket_pair> {
 public:
  enum class manner {
    passes,
    cuts_after_opening,  ///< the 101 still passes
    stalls_after_opening,
    cuts_long_frames,  ///< what a client sends in more than 64 KiB
    loses_pings,       ///< a client's, which come by themselves
    adds_extension,    ///< to the 101
  };

  breaking_proxy() { begin(); }
  ~breaking_proxy() { end(); }

  [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(port()); }
  void be(manner how) { how_ = how; }

 private:
  bool pass_on(websocket_pair& one) override {
    constexpr std::size_t long_frame = 65'536, ping_bytes = 6;
    const auto bytes = read(one.client);
    if (bytes.empty()) return false;
    if (!one.is_open) return write(one.server, bytes);
    one.of_client += bytes.size();
    switch (how_.load()) {
      case manner::cuts_after_opening: return false;
      case manner::stalls_after_opening: return true;
      case manner::cuts_long_frames: return one.of_client < long_frame && write(one.server, bytes);
      case manner::loses_pings:
        if (bytes.size() == ping_bytes && bytes.front() == '\x89') return true;
        break;
      case manner::passes:
      case manner::adds_extension: break;
    }
    return write(one.server, bytes);
  }
  bool pass_back(websocket_pair& one) override {
    auto bytes = read(one.server);
    if (bytes.empty()) return false;
    if (!one.is_open && bytes.starts_with("HTTP/1.1 101 ")) {
      one.is_open = true;
      if (how_ == manner::adds_extension)
        bytes.insert(bytes.find("\r\n") + 2, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    }
    return write(one.client, bytes);
  }

  std::atomic<manner> how_{manner::passes};
};

}  // namespace tonris::e2e
