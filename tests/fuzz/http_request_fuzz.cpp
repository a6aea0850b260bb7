#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "net/http_parse.hpp"

// The law: what a connection sees (requests, whole or in two parts, then a refusal) does not depend on how its bytes
// were cut into reads. The first byte of the input says how they are cut.
namespace {

using tonris::net::http_request_parser;

constexpr tonris::net::http_parse_limits limits{256, 128};

/// Some streams, each route with a limit of its own.
const http_request_parser::planner plan = [](const tonris::net::http_request& head) {
  return tonris::net::http_body_plan{head.target.size() % 2 == 0 ? limits.max_body_bytes : 64,
                                     head.target.starts_with("/s")};
};

void tell(std::string& seen, const tonris::net::http_request& request) {
  seen += request.method + ' ' + request.target + '\n';
  for (const auto& [name, value] : request.fields.all()) seen += name + ": " + value + '\n';
  seen += request.body + "\n--\n";
}

std::string read(std::string_view bytes, std::size_t piece) {
  http_request_parser parser{limits, &plan};
  std::string seen;
  std::string body;  // of the one that streams
  bool in_body = false;
  while (!bytes.empty()) {
    auto next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    while (!next.empty()) {
      next.remove_prefix(parser.put(next));
      if (in_body) body += parser.take_body();
      if (body.size() > limits.max_body_bytes) std::abort();
      if (parser.refused() != 0) return seen + std::to_string(parser.refused());
      if (parser.streams()) {
        seen += "streams ";
        tell(seen, parser.take());
        in_body = true;
      }
      if (in_body && parser.whole()) {
        seen += std::exchange(body, {}) + "\n--\n";
        parser.next();
        in_body = false;
      } else if (parser.whole()) {
        seen += parser.keep_alive() ? "keep " : "close ";
        const auto request = parser.take();
        if (request.body.size() > limits.max_body_bytes) std::abort();
        tell(seen, request);
      } else if (!next.empty() && !in_body) {
        std::abort();  // bytes may only be left over behind a whole request, or the head of one that streams
      }
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(data + 1, data + size);
  const auto whole = read(bytes, std::max<std::size_t>(bytes.size(), 1));
  if (read(bytes, 1) != whole || read(bytes, 1 + data[0] % 64) != whole) std::abort();
  return 0;
}
