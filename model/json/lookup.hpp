#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <rapidjson/document.h>

#include "model/text/codec_error.hpp"

namespace tonris::model {

/// Typed look-ups in a wire's JSON: a field is there with the right type, or it is absent, or it is wrong. `null` is
/// absent, unknown fields are nobody's business, and of duplicate fields the first counts.

/// How big a message may be before a document is made of it.
struct json_limits {
  std::size_t bytes;
  std::size_t values = 100'000;  ///< a document takes about 16 bytes a value, whatever the text's size
  int depth = 64;                ///< so that whoever walks over the document may recurse
};

/// One well-formed JSON object, UTF-8 throughout, into `document`; else too_long, too_many (values, depth) or not_json.
[[nodiscard]] decoded<void> parse_object(std::string_view text, const json_limits& limits,
                                         rapidjson::Document& document);
/// The same for one JSON list.
[[nodiscard]] decoded<void> parse_list(std::string_view text, const json_limits& limits, rapidjson::Document& document);

/// The member of that name; nullptr when absent or null.
[[nodiscard]] const rapidjson::Value* find_field(const rapidjson::Value& object, std::string_view name) noexcept;

/// The text of a string.
[[nodiscard]] inline std::string_view text_of(const rapidjson::Value& string) noexcept {
  return {string.GetString(), string.GetStringLength()};
}
/// The value as JSON again, compact, as it was parsed: its numbers and the order of its members stay. Recursive: of a
/// document whose depth was bounded.
[[nodiscard]] std::string json_text(const rapidjson::Value& value);

/// Reads the fields of one object and keeps the first mistake, so that a reader goes straight on and looks at `mistake`
/// once. Every answer after a mistake, and of an absent field, is the type's zero. Views into the document.
class field_reader {
 public:
  explicit field_reader(const rapidjson::Value& object) noexcept : object_(object) {}

  /// "Optional" ones may be absent (missing_field is the others' mistake); all have to be of the type (bad_field).
  [[nodiscard]] std::string_view text(std::string_view name) noexcept;
  [[nodiscard]] std::string_view optional_text(std::string_view name) noexcept;
  /// A whole number, not negative, that fits into 63 bits. A fraction, even .0, is a mistake.
  [[nodiscard]] std::int64_t whole(std::string_view name) noexcept;
  [[nodiscard]] std::optional<std::int64_t> optional_whole(std::string_view name) noexcept;
  /// Any whole number that fits into 64 bits.
  [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view name) noexcept;
  [[nodiscard]] double number(std::string_view name) noexcept;
  [[nodiscard]] bool optional_flag(std::string_view name, bool when_absent) noexcept;
  /// nullptr when absent or after a mistake.
  [[nodiscard]] const rapidjson::Value* object(std::string_view name) noexcept;
  [[nodiscard]] const rapidjson::Value* optional_object(std::string_view name) noexcept;
  [[nodiscard]] const rapidjson::Value* optional_list(std::string_view name) noexcept;

  /// The value, whatever its type; nullptr when absent.
  [[nodiscard]] const rapidjson::Value* any(std::string_view name) const noexcept { return find_field(object_, name); }
  [[nodiscard]] bool has(std::string_view name) const noexcept { return any(name) != nullptr; }

  void refuse(codec_errc why) noexcept {
    if (!mistake_) mistake_ = why;
  }
  [[nodiscard]] std::optional<codec_errc> mistake() const noexcept { return mistake_; }

 private:
  [[nodiscard]] const rapidjson::Value* required(std::string_view name) noexcept;

  const rapidjson::Value& object_;
  std::optional<codec_errc> mistake_;
};

}  // namespace tonris::model
