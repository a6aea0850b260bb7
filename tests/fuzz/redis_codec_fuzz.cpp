#include "net/redis_codec.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using tonris::net::redis_decoder;
using tonris::net::redis_reply;

struct outcome {
  std::vector<redis_reply> replies;
  bool failed = false;
};
outcome decode(std::string_view bytes, std::size_t piece) {
  redis_decoder decoder{{1000, 4, 64 * 1024}};
  outcome out;
  for (; !bytes.empty() && !decoder.failed(); bytes.remove_prefix(std::min(piece, bytes.size())))
    (void)decoder.put(bytes.substr(0, piece), [&](redis_reply&& reply) {
      out.replies.push_back(std::move(reply));
      return true;
    });
  out.failed = decoder.failed();
  return out;
}

std::size_t items_of(const redis_reply& reply) {
  std::size_t count = reply.items.size();
  for (const auto& item : reply.items) count += items_of(item);
  return count;
}

}  // namespace

// What is read does not depend on how the bytes were cut, and stays within its limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto whole = decode(text, std::string_view::npos);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{5}}) {
    const auto cut = decode(text, piece);
    if (cut.replies != whole.replies || cut.failed != whole.failed) std::abort();
  }
  for (const auto& reply : whole.replies)
    if (items_of(reply) > 1000) std::abort();
  return 0;
}
