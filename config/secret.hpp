#pragma once

#include <iosfwd>
#include <string>
#include <utility>

namespace tonris::config {

/// A value that must never be printed: streaming it does not compile; `reveal` says that the reader knows.
class secret {
 public:
  secret() = default;
  explicit secret(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& reveal() const noexcept { return value_; }
  [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

 private:
  std::string value_;
};
std::ostream& operator<<(std::ostream&, const secret&) = delete;

}  // namespace tonris::config
