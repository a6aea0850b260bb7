#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/text/ids.hpp"

namespace tonris::model {

/// Which calls have a record already, without asking the store: "surely none" or "perhaps one" (a Bloom filter, 16 bits
/// a call; of calls that have none, one in a thousand a layer is a "perhaps"). Grows by a layer of calls_a_layer;
/// beyond most_layers, four million calls, the oldest layer goes.
class call_filter {
 public:
  static constexpr std::size_t calls_a_layer = 65'536, most_layers = 64, bits_a_call = 16, probes = 6;

  void add(const call_sid& call);
  [[nodiscard]] bool perhaps(const call_sid& call) const noexcept;
  [[nodiscard]] std::size_t layers() const noexcept { return layers_.size(); }

 private:
  static constexpr std::size_t bits = calls_a_layer * bits_a_call;
  using places = std::array<std::size_t, probes>;
  using layer = std::vector<std::uint64_t>;
  [[nodiscard]] static places places_of(const call_sid& call) noexcept;
  [[nodiscard]] static bool holds(const layer& in, const places& at) noexcept;

  std::vector<layer> layers_;  // oldest first
  std::size_t in_newest_ = 0;
};

}  // namespace tonris::model
