#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/elevenlabs/rest.hpp"

namespace {

using namespace tonris::model::elevenlabs;

void require(bool law) {
  if (!law) std::abort();
}

bool is_visible_ascii(char c) {
  return c > 0x20 && c < 0x7F;
}
bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool all_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_visible_ascii);
}

}  // namespace

// What goes into a request line is visible ASCII, what goes into a log is one short line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto url = decode_signed_url(text)) {
    require(url->url.starts_with("wss://") || url->url.starts_with("ws://"));
    require(all_visible(url->url));
  }
  const auto error = decode_error(text);
  require(error.message.size() <= 300 && std::none_of(error.message.begin(), error.message.end(), is_control));
  require(error.code.size() <= 64 && all_visible(error.code));
  require(all_visible(signed_url_target({std::string(text)})));
  require(all_visible(agent_target({std::string(text)})));
  const auto policy = decode_agent_policy(text);
  const bool named = text.find("first_message") != text.npos || text.find('\\') != text.npos;
  require(!policy || !policy->may_override_first_message || named);
  return 0;
}
