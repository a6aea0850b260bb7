#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/tracing/trace_context.hpp"

// Law: what was accepted is written as version 00 and read as the same again, byte for byte where it was that version.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::model;
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto context = parse_traceparent(text);
  if (!context) return 0;
  const auto written = to_traceparent(*context);
  if (context->trace.is_none() || context->parent.is_none() || parse_traceparent(written) != context) std::abort();
  if (text.starts_with("00") && written.substr(0, 53) != text.substr(0, 53)) std::abort();
  return 0;
}
