#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/text/ids.hpp"

namespace tonris::model {

/// Ids of traces and spans (W3C Trace Context). All zeroes is none.
template <std::size_t Size>
struct trace_bytes {
  std::array<std::uint8_t, Size> bytes{};
  auto operator<=>(const trace_bytes&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees its 0
  [[nodiscard]] bool is_none() const noexcept { return *this == trace_bytes{}; }
};
using trace_id = trace_bytes<16>;
using span_id = trace_bytes<8>;

[[nodiscard]] std::string to_string(const trace_id& id);  ///< 32 hex digits in lower case
[[nodiscard]] std::string to_string(const span_id& id);   ///< 16

/// Of any bytes, and never none.
[[nodiscard]] span_id span_id_of(std::span<const std::uint8_t, 8> bytes) noexcept;
/// A span's of a trace, by its name and how many came before it: told twice, it is the same.
[[nodiscard]] span_id span_id_of(const trace_id& trace, std::string_view name, std::size_t number);
/// A call's: the same on every node and whenever it is asked for.
[[nodiscard]] trace_id trace_id_of(const call_sid& call);
inline constexpr std::string_view call_span = "call";  ///< the first of a call's trace, above all others

/// Is it a `traceparent` header: of version 00 to the letter, or of a later one by what it begins with?
[[nodiscard]] bool is_traceparent(std::string_view header) noexcept;

/// The header that makes what is asked for a call's sake a part of the call's trace. `share`: of traces, that anybody
/// is told; one that is not says so, and with 0 there is none: "".
[[nodiscard]] std::string traceparent_of(const call_sid& call, double share);

/// Is this trace among the share (0 to 1) that is kept? By its id alone, as OpenTelemetry's TraceIdRatioBased samplers
/// decide, so that all who see it agree; what a smaller share keeps a greater one keeps as well. Of no number: no.
[[nodiscard]] bool is_sampled(const trace_id& trace, double share) noexcept;

}  // namespace tonris::model
