#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/tracing/trace_context.hpp"

// Law: what was accepted can stand in a header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  if (!tonris::model::is_traceparent(text)) return 0;
  const auto ids = text.substr(0, 55);
  if (ids.find_first_not_of("0123456789abcdef-") != std::string_view::npos) std::abort();
  return 0;
}
