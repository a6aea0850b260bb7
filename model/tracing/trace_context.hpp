#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
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

/// Of random bytes, and never none.
[[nodiscard]] trace_id trace_id_of(std::span<const std::uint8_t, 16> random) noexcept;
[[nodiscard]] span_id span_id_of(std::span<const std::uint8_t, 8> random) noexcept;
/// A call's: the same on every node and whenever it is asked for.
[[nodiscard]] trace_id trace_id_of(const call_sid& call);

/// Which trace a request belongs to, under which span, and whether whoever sent it keeps the trace.
struct trace_context {
  trace_id trace;
  span_id parent;
  bool is_sampled = false;
  bool operator==(const trace_context&) const = default;
};

/// A `traceparent` header: of version 00 to the letter, of a later one what it begins with. Nothing for anything else,
/// with which a new trace begins.
[[nodiscard]] std::optional<trace_context> parse_traceparent(std::string_view header) noexcept;
/// "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
[[nodiscard]] std::string to_traceparent(const trace_context& context);

/// Is this trace among the share (0 to 1) that is kept? By its id alone, as OpenTelemetry's TraceIdRatioBased samplers
/// decide, so that all who see it agree; what a smaller share keeps a greater one keeps as well. Of no number: no.
[[nodiscard]] bool is_sampled(const trace_id& trace, double share) noexcept;

}  // namespace tonris::model
