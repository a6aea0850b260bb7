#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/text/codec_error.hpp"

namespace tonris::model {

/// Form fields in wire order, decoded (`+` is a space, %XX a byte), untrimmed; a name may come several times. Queries
/// of addresses are written so as well.
using form = std::vector<std::pair<std::string, std::string>>;
inline constexpr std::size_t max_form_fields = 500;

[[nodiscard]] decoded<form> parse_form(std::string_view text);
/// The first value of that name; null when absent.
[[nodiscard]] const std::string* find_field(const form& fields, std::string_view name) noexcept;
/// The same, "" when absent.
[[nodiscard]] std::string_view field(const form& fields, std::string_view name) noexcept;

}  // namespace tonris::model
