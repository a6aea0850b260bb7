#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <rapidjson/document.h>

namespace tonris::sim {

/// The simulators' own reading and writing of JSON: what they check must not be read by the code they check, and what
/// they send not be written by it. Typed look-ups that answer nothing instead of failing; for .cpp files only.

/// One well-formed JSON object of at most `max_bytes`? No recursion, UTF-8 validated.
[[nodiscard]] bool parse_object(std::string_view text, rapidjson::Document& out,
                                std::size_t max_bytes = 4 * 1024 * 1024);
[[nodiscard]] const rapidjson::Value* find(const rapidjson::Value& object, std::string_view key) noexcept;
[[nodiscard]] const rapidjson::Value* find_object(const rapidjson::Value& object, std::string_view key) noexcept;
[[nodiscard]] std::optional<std::string_view> find_string(const rapidjson::Value& object,
                                                          std::string_view key) noexcept;
[[nodiscard]] std::optional<std::int64_t> find_int(const rapidjson::Value& object, std::string_view key) noexcept;
[[nodiscard]] std::optional<double> find_number(const rapidjson::Value& object, std::string_view key) noexcept;
[[nodiscard]] std::optional<bool> find_bool(const rapidjson::Value& object, std::string_view key) noexcept;
[[nodiscard]] std::string_view text_of(const rapidjson::Value& string) noexcept;

/// What is wrong with an object's keys, in words: one missing of `needed`, one that is neither needed nor `allowed`, or
/// one that comes twice. Empty when all is well.
[[nodiscard]] std::string key_fault(const rapidjson::Value& object, std::initializer_list<std::string_view> needed,
                                    std::initializer_list<std::string_view> allowed = {});

/// Appends `text` as a JSON string, quotes included.
void append_quoted(std::string_view text, std::string& out);
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace tonris::sim
