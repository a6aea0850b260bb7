#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace tonris::actors {

/// What stands in a path where its pattern has `{name}`. Views into both.
class path_parameters {
 public:
  static constexpr std::size_t most = 4;

  /// "" where the pattern has no such name.
  [[nodiscard]] std::string_view operator[](std::string_view name) const noexcept;

  void clear() noexcept { size_ = 0; }
  bool add(std::string_view name,
           std::string_view value) noexcept;  ///< false: that would be one too many

 private:
  std::array<std::pair<std::string_view, std::string_view>, most> all_;
  std::size_t size_ = 0;
};

/// Does that pattern describe the whole path? It is text, compared byte for byte, but for `{name}`, which is one
/// segment (not empty, up to the next '/' or the path's end), and, at its end, `{name...}`, which is whatever is left,
/// with slashes or without, and may be nothing. Nothing is decoded: %41 is no 'A'. `found` says what stands for the
/// names; after a no it is of no use.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view path, path_parameters& found) noexcept;

}  // namespace tonris::actors
