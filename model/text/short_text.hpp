#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tonris::model {

/// A stranger's text in memory that does not grow: its first `Most` bytes, and '?' for each that is no printable ASCII.
/// Nothing in it moves a terminal's cursor or begins a line of a log.
template <std::size_t Most>
class short_text {
  static_assert(Most < 256);

 public:
  short_text() = default;
  explicit short_text(std::string_view text) noexcept : size_(static_cast<std::uint8_t>(std::min(text.size(), Most))) {
    std::transform(text.begin(), text.begin() + size_, bytes_.begin(),
                   [](char c) { return c < ' ' || c > '~' ? '?' : c; });
  }

  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  bool operator==(const short_text& other) const noexcept { return view() == other.view(); }

 private:
  std::array<char, Most> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace tonris::model
