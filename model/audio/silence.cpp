#include "model/audio/silence.hpp"

#include <cstdint>
#include <vector>

#include "model/text/base64.hpp"

namespace tonris::model {

std::string ulaw_silence(std::size_t bytes) {
  return to_base64(std::vector<std::uint8_t>(bytes, std::uint8_t{0xFF}));
}

}  // namespace tonris::model
