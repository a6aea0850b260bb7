#include "actors/leg/watched_levels.hpp"

#include <cmath>
#include <utility>

#include "model/text/base64.hpp"

namespace tonris::actors {

namespace {

std::int32_t tenths(double dbfs) noexcept {
  return static_cast<std::int32_t>(std::lround(dbfs * 10));
}

}  // namespace

void watched_levels::caller(std::string_view payload) {
  bytes_.clear();
  if (model::append_decoded(payload, bytes_)) caller_.add(bytes_);
}

void watched_levels::agent(std::string_view payload, time now) {
  bytes_.clear();
  if (model::append_decoded(payload, bytes_)) agent_.add(bytes_, now);
}

bool watched_levels::tick(time now) noexcept {
  if (!std::exchange(is_due_, !is_due_)) return false;
  to_.put(tenths(std::exchange(caller_, {}).dbfs()), tenths(agent_.dbfs(now)));
  return true;
}

}  // namespace tonris::actors
