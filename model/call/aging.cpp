#include "model/call/aging.hpp"

#include <algorithm>

namespace tonris::model {

call_record::time aged_until(call_record::time before, call_record::time wall,
                             std::chrono::nanoseconds passed) noexcept {
  const auto most = std::chrono::duration_cast<call_record::time::duration>(passed * aging_pace);
  return before + std::clamp(wall - before, -most, most);
}

}  // namespace tonris::model
