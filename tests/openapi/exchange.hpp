#pragma once

#include <string>
#include <string_view>

namespace tonris::test {

/// What docs/openapi.yaml has against an exchange as it went over the wire; "": nothing, or the file has no such route,
/// or the answer ends before its head does. An answer that is cut short is held against the file as far as it came
/// whole. Any thread.
[[nodiscard]] std::string objection_to_exchange(std::string_view request, std::string_view answer);

}  // namespace tonris::test
