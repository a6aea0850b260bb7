#include "model/json/lenient.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "model/json/lookup.hpp"

namespace tonris::model {
namespace {

constexpr double exact_numbers = 9007199254740992.0;  // 2^53

std::optional<std::int64_t> whole_in(std::string_view text) noexcept {
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> whole_of(double number) noexcept {
  if (std::trunc(number) != number || std::abs(number) >= exact_numbers) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

const rapidjson::Value* lenient_object::any(std::string_view name) const noexcept {
  return object_ == nullptr ? nullptr : find_field(*object_, name);
}

const rapidjson::Value* lenient_object::list(std::string_view name) const noexcept {
  const auto* const value = any(name);
  return value != nullptr && value->IsArray() ? value : nullptr;
}

std::string_view lenient_object::text(std::string_view name) const noexcept {
  const auto* const value = any(name);
  return value != nullptr && value->IsString() ? text_of(*value) : std::string_view{};
}

std::string lenient_object::token(std::string_view name, std::size_t max_bytes) const {
  const auto given = text(name);
  const bool is_printable = std::all_of(given.begin(), given.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  return given.size() <= max_bytes && is_printable ? std::string{given} : std::string{};
}

std::optional<double> lenient_object::number(std::string_view name) const noexcept {
  const auto* const value = any(name);
  if (value == nullptr || !value->IsNumber()) return std::nullopt;
  return value->GetDouble();
}

std::optional<std::int64_t> lenient_object::whole(std::string_view name) const noexcept {
  const auto* const value = any(name);
  if (value == nullptr) return std::nullopt;
  if (value->IsInt64()) return value->GetInt64();
  if (value->IsDouble()) return whole_of(value->GetDouble());
  return value->IsString() ? whole_in(text_of(*value)) : std::nullopt;
}

std::optional<bool> lenient_object::flag(std::string_view name) const noexcept {
  const auto* const value = any(name);
  if (value == nullptr || !value->IsBool()) return std::nullopt;
  return value->GetBool();
}

std::string lenient_object::json(std::string_view name) const {
  const auto* const value = any(name);
  return value == nullptr ? std::string{} : json_text(*value);
}

}  // namespace tonris::model
