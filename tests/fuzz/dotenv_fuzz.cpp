#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/dotenv.hpp"

namespace {

std::string quoted(std::string_view value) {
  std::string text{'"'};
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text + '"';
}

}  // namespace

// Law: what was read and is written in quotes is read again as it was, and nothing of it is a mistake.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto file = tonris::config::parse_dotenv({reinterpret_cast<const char*>(bytes), size});
  std::string written;
  for (const auto& [name, value] : file.values) written.append(name).append("=").append(quoted(value)).append("\n");
  const auto again = tonris::config::parse_dotenv(written);
  if (!again.mistakes.empty() || again.values != file.values) std::abort();
  return 0;
}
