#include "model/text/redis_address.hpp"

#include <cstdint>
#include <cstdlib>

// What was read can be said again, masked, and is the same but for the password.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::model;
  const auto read = read_redis_address({reinterpret_cast<const char*>(bytes), size});
  if (!read) return 0;
  if (read->hosts.empty() || (read->master.empty() && read->hosts.size() != 1)) std::abort();
  const auto again = read_redis_address(read->masked());
  if (!again || again->hosts != read->hosts || again->master != read->master || again->secure != read->secure ||
      again->database != read->database || again->user != read->user)
    std::abort();
  if (again->password != (read->has_credentials() ? "***" : "")) std::abort();
  return 0;
}
