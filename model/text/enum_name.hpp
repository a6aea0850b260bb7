#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tonris::model {

/// The value whose to_string is `name`, among the first `count` of an enumeration that counts from 0.
template <class Enum>
[[nodiscard]] std::optional<Enum> find_named(std::string_view name, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    if (to_string(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace tonris::model
