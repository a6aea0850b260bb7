#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/policy/agent_check.hpp"

// Laws: whatever an agent's settings are, each finding is one line that says what, why and what to do.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::model;
  const auto agent = elevenlabs::decode_agent_settings({reinterpret_cast<const char*>(bytes), size});
  if (!agent) return 0;
  tenant t;
  t.greeting = "Hello";
  t.language = "da";
  for (const auto& finding : check_agent(*agent, t)) {
    if (finding.what.empty() || finding.why.empty() || finding.fix.empty()) std::abort();
    if (to_line(finding, agent->id, "a").find('\n') != std::string::npos) std::abort();
  }
  return 0;
}
