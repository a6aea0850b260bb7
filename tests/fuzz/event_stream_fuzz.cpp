#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "model/text/event_stream.hpp"

// Law: the events are the same however the text is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = bytes[0] % 8 + 1;
  std::string_view text{reinterpret_cast<const char*>(bytes) + 1, size - 1};
  tonris::model::event_stream_reader at_once, in_pieces;
  const auto all = at_once.put(text);
  std::vector<tonris::model::server_sent_event> pieced;
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size())))
    for (auto& one : in_pieces.put(text.substr(0, step))) pieced.push_back(std::move(one));
  if (all != pieced) std::abort();
  return 0;
}
