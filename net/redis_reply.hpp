#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::net {

/// One answer of a Redis (RESP2), or what it pushes to a subscriber.
struct redis_reply {
  enum class kind : std::uint8_t {
    nil,
    status,   ///< "OK", "PONG"
    failure,  ///< an error; its first word says which
    text,     ///< any bytes
    integer,
    items,
  };
  kind is = kind::nil;
  std::string text;  ///< of a status, a failure, a text
  std::int64_t integer = 0;
  std::vector<redis_reply> items;

  [[nodiscard]] bool is_failure() const noexcept { return is == kind::failure; }
  [[nodiscard]] bool is_status(std::string_view what) const noexcept { return is == kind::status && text == what; }
  /// The text of an item; "" where there is none.
  [[nodiscard]] std::string_view text_at(std::size_t index) const noexcept {
    return index < items.size() ? std::string_view{items[index].text} : std::string_view{};
  }

  friend bool operator==(const redis_reply&, const redis_reply&) = default;
};

}  // namespace tonris::net
