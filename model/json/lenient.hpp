#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <rapidjson/document.h>

namespace tonris::model {

/// Look-ups in a document whose writer may change it without asking: a field of another type than expected is as absent
/// as one that is missing or null, so nothing is ever refused. Of an object that is not there every field is absent, so
/// that a path is read in one go: `lenient_object(root).object("data").text("id")`. Views into the document.
class lenient_object {
 public:
  /// nullptr, or what is no object: nothing is in it.
  explicit lenient_object(const rapidjson::Value* value) noexcept
      : object_(value != nullptr && value->IsObject() ? value : nullptr) {}

  [[nodiscard]] bool exists() const noexcept { return object_ != nullptr; }
  [[nodiscard]] const rapidjson::Value* any(std::string_view name) const noexcept;
  [[nodiscard]] lenient_object object(std::string_view name) const noexcept { return lenient_object{any(name)}; }
  [[nodiscard]] const rapidjson::Value* list(std::string_view name) const noexcept;

  /// "" when absent.
  [[nodiscard]] std::string_view text(std::string_view name) const noexcept;
  /// An identifier or a number of a telephone: "" too when it is longer than `max_bytes`, or has a control character or
  /// bytes beyond ASCII in it.
  [[nodiscard]] std::string token(std::string_view name, std::size_t max_bytes = 256) const;
  [[nodiscard]] std::optional<double> number(std::string_view name) const noexcept;
  /// A whole number, also as "1767225675" or 1767225675.0: vendors are not of one mind.
  [[nodiscard]] std::optional<std::int64_t> whole(std::string_view name) const noexcept;
  [[nodiscard]] std::optional<bool> flag(std::string_view name) const noexcept;
  /// The value as JSON text, whatever its type; "" when absent.
  [[nodiscard]] std::string json(std::string_view name) const;

 private:
  const rapidjson::Value* object_;
};

}  // namespace tonris::model
