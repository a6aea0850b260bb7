#pragma once

#include <string_view>

namespace tonris::model {

/// Are the two equal, in a time that does not tell where they differ? An empty secret equals nothing.
[[nodiscard]] bool equal_secret(std::string_view given, std::string_view secret) noexcept;

}  // namespace tonris::model
