#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/call/checkpoint.hpp"

namespace {

void require(bool law) {
  if (!law) std::abort();
}

}  // namespace

/// The law: what was read, checkpoint or record, can be written and read again, and the same comes back once its
/// numbers are as precise as JSON keeps them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tonris::model;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto record = parse_call_record(text)) {
    const auto again = parse_call_record(to_json(*record));
    require(again && parse_call_record(to_json(*again)) == again);
  }
  if (const auto checkpoint = parse_checkpoint(text)) {
    const auto again = parse_checkpoint(to_json(*checkpoint));
    require(again && parse_checkpoint(to_json(*again)) == again);
    require(again->record.call == checkpoint->record.call && again->current_ticket == checkpoint->current_ticket);
  }
  return 0;
}
