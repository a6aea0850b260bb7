#include <cstdint>
#include <cstdlib>
#include <string>

#include "tools/sim/twilio/twiml_runner.hpp"

// The law: no document keeps a call for ever, and one without a fault opens no stream that Twilio would refuse.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::sim;
  const std::string xml(bytes, bytes + size);
  const auto document = twiml::read(xml, "https://gw.example.com/twilio/voice");
  const auto verbs = document.verbs.size();
  const bool faultless = document.faults.empty();
  twiml::runner runner{{.fast = true}};
  runner.load(document);
  for (std::size_t steps = 0;; ++steps) {
    const auto step = runner.next();
    if (std::holds_alternative<twiml::finish>(step)) return 0;
    if (steps > 2 * verbs) std::abort();
    if (const auto* open = std::get_if<twiml::open_stream>(&step)) {
      if (open->to.url.empty()) std::abort();
      if (faultless && open->to.url.find('?') != std::string::npos) std::abort();
      for (const auto& [name, value] : open->to.parameters)
        if (faultless && name.size() + value.size() >= 500) std::abort();
    }
  }
}
