#include "model/tracing/trace_context.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "model/text/digest.hpp"
#include "model/text/hex.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_header = 512;

template <std::size_t Size>
trace_bytes<Size> never_none(std::span<const std::uint8_t, Size> bytes) noexcept {
  trace_bytes<Size> id;
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  if (id.is_none()) id.bytes.back() = 1;
  return id;
}

/// Two digits in lower case are a byte, as in each field of the header.
template <std::size_t Size>
std::optional<trace_bytes<Size>> from_hex(std::string_view text) noexcept {
  trace_bytes<Size> id;
  if (text.size() != 2 * Size) return std::nullopt;
  for (std::size_t i = 0; i < Size; ++i) {
    const auto high = hex_digits.find(text[2 * i]), low = hex_digits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    id.bytes[i] = static_cast<std::uint8_t>(high << 4U | low);
  }
  return id;
}

}  // namespace

std::string to_string(const trace_id& id) {
  return to_hex(id.bytes);
}

std::string to_string(const span_id& id) {
  return to_hex(id.bytes);
}

span_id span_id_of(std::span<const std::uint8_t, 8> bytes) noexcept {
  return never_none(bytes);
}

span_id span_id_of(const trace_id& trace, std::string_view name, std::size_t number) {
  const auto digest = sha256_hex(to_string(trace).append(name).append(std::to_string(number)));
  const auto bytes = from_hex<8>(std::string_view{digest}.substr(0, 16)).value_or(span_id{});
  return span_id_of(std::span<const std::uint8_t, 8>{bytes.bytes});
}

trace_id trace_id_of(const call_sid& call) {
  const auto digest = from_hex<16>(std::string_view{sha256_hex(call.value)}.substr(0, 32)).value_or(trace_id{});
  return never_none(std::span<const std::uint8_t, 16>{digest.bytes});
}

bool is_traceparent(std::string_view header) noexcept {
  // version 2, trace id 32, span id 16, flags 2: each but the first behind a "-"
  constexpr std::size_t length = 55;
  if (header.size() < length || header.size() > max_header) return false;
  if (header[2] != '-' || header[35] != '-' || header[52] != '-') return false;
  const auto version = from_hex<1>(header.substr(0, 2)), flags = from_hex<1>(header.substr(53, 2));
  const auto trace = from_hex<16>(header.substr(3, 32));
  const auto parent = from_hex<8>(header.substr(36, 16));
  if (!version || !flags || !trace || !parent || trace->is_none() || parent->is_none()) return false;
  constexpr std::uint8_t forbidden = 0xFF;
  const bool has_more = header.size() > length;
  return version->bytes[0] != forbidden && (!has_more || (!version->is_none() && header[length] == '-'));
}

std::string traceparent_of(const call_sid& call, double share) {
  if (!(share > 0)) return {};
  const auto trace = trace_id_of(call);
  return "00-" + to_string(trace) + "-" + to_string(span_id_of(trace, call_span, 0)) +
         (is_sampled(trace, share) ? "-01" : "-00");
}

bool is_sampled(const trace_id& trace, double share) noexcept {
  if (share >= 1) return true;
  if (!(share > 0)) return false;
  std::uint64_t low = 0;
  for (std::size_t i = 8; i < trace.bytes.size(); ++i) low = low << 8U | trace.bytes[i];
  return (low >> 1U) < static_cast<std::uint64_t>(std::ldexp(share, 63));
}

}  // namespace tonris::model
