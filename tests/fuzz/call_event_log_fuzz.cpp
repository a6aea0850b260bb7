#include <cstdint>
#include <cstdlib>

#include "model/call/story.hpp"

namespace {

void require(bool law) {
  if (!law) std::abort();
}

}  // namespace

/// The laws: what was read can be written and read again, and the same comes back; telling it takes a line an event,
/// one for the end and one for its advice, without a control character.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tonris::model;
  const call_sid call{"CA1"};
  const auto events = parse_events(call, {reinterpret_cast<const char*>(data), size});
  if (!events) return 0;
  require(parse_events(call, to_json(*events)) == *events);
  std::size_t lines = 0;
  for (const char c : call_story(*events, nullptr)) {
    if (c == '\n') ++lines;
    require(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
  }
  require(lines == events->size() + (end_of(*events).reason ? 2 : 1));
  return 0;
}
