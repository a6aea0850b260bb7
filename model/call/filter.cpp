#include "model/call/filter.hpp"

#include <algorithm>

namespace tonris::model {

void call_filter::add(const call_sid& call) {
  if (layers_.empty() || in_newest_ == calls_a_layer) {
    if (layers_.size() == most_layers) layers_.erase(layers_.begin());
    layers_.emplace_back(bits / 64);
    in_newest_ = 0;
  }
  for (const auto place : places_of(call)) layers_.back()[place / 64] |= std::uint64_t{1} << (place % 64);
  ++in_newest_;
}

bool call_filter::perhaps(const call_sid& call) const noexcept {
  const auto at = places_of(call);
  return std::any_of(layers_.begin(), layers_.end(), [&](const layer& one) { return holds(one, at); });
}

bool call_filter::holds(const layer& in, const places& at) noexcept {
  return std::all_of(at.begin(), at.end(),
                     [&](std::size_t place) { return (in[place / 64] >> (place % 64) & 1) != 0; });
}

/// FNV-1a, stirred: SIDs that count up are to be spread as well. Two halves of it step through the layer.
call_filter::places call_filter::places_of(const call_sid& call) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : call.value) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
  hash ^= hash >> 31;
  places at{};
  const std::uint64_t step = (hash >> 32) | 1;
  for (auto& place : at) place = (hash += step) % bits;
  return at;
}

}  // namespace tonris::model
