#include "tools/bench/flow_check.hpp"

namespace tonris::bench {

flow_check::verdict flow_check::arrived(std::uint32_t sequence) noexcept {
  if (sequence >= next_) {
    const std::uint64_t step = sequence - next_ + 1;
    seen_ = (step >= 64 ? 0 : seen_ << step) | 1;
    next_ = std::uint64_t{sequence} + 1;
    ++received_;
    return step == 1 ? verdict::in_order : verdict::after_gap;
  }
  const std::uint64_t age = next_ - 1 - sequence;
  if (age < 64 && (seen_ >> age & 1) != 0) {
    ++twice_;
    return verdict::twice;
  }
  if (age < 64) seen_ |= std::uint64_t{1} << age;
  ++received_;
  ++late_;
  return verdict::late;
}

}  // namespace tonris::bench
