#include <cstdint>
#include <cstdlib>
#include <string>

#include "tools/sim/demo/gateway_record.hpp"
#include "tools/sim/elevenlabs/agent_script.hpp"

// The law: what is refused is explained; what is taken can be played: a pace, sizes and codes within their limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::sim;
  const std::string text(bytes, bytes + size);
  static_cast<void>(read_gateway_record(text));
  const auto script = parse_script(text);
  if (!script) return script.error().empty() ? std::abort(), 0 : 0;
  const auto& agent = script->agent;
  bool some = agent.chunk_bytes.empty();
  for (const auto chunk : agent.chunk_bytes) some = some || chunk > 0;
  const bool playable = agent.pace >= 0.1 && agent.pace <= 1000 && some && agent.failure.code >= 1000 &&
                        agent.failure.code <= 4999 && agent.failure.reason.size() <= 123;
  if (!playable) std::abort();
  return 0;
}
