#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tonris::actors {

/// How a route may be asked: some of HTTP's methods, or by the opening of a WebSocket.
class methods {
 public:
  enum one : std::uint8_t { get = 1, head = 2, post = 4, put = 8, patch = 16, remove = 32, websocket = 64 };

  constexpr methods(one method) noexcept : bits_(method) {}  // NOLINT(google-explicit-constructor): a set of one
  [[nodiscard]] friend constexpr methods operator|(methods a, methods b) noexcept {
    return methods{static_cast<one>(a.bits_ | b.bits_)};
  }
  friend constexpr bool operator==(methods, methods) noexcept = default;

  [[nodiscard]] constexpr bool has(one method) const noexcept { return (bits_ & method) != 0; }
  [[nodiscard]] bool has(std::string_view method) const noexcept;  ///< "GET", as it came

  [[nodiscard]] std::string allow() const;     ///< the field that goes with 405: "GET, POST"
  [[nodiscard]] std::string in_words() const;  ///< "POST or GET", "only GET"; HEAD goes without saying

 private:
  std::uint8_t bits_;
};

[[nodiscard]] constexpr methods operator|(methods::one a, methods::one b) noexcept {
  return methods{a} | methods{b};
}

}  // namespace tonris::actors
