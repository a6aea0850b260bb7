#pragma once

#include <chrono>

#include "model/call/record.hpp"

namespace tonris::model {

/// How much faster than time itself what is kept may age, or grow younger, to meet the wall clock.
inline constexpr int aging_pace = 3;

/// By which time the age of what is kept counts, once so much more time has passed: the wall clock's, where it has gone
/// on with it; else as near to that as the pace allows. A clock that was set a month ahead, by mistake, does not make
/// all old at once, and after one that was wrong all is right again in a while. `before`: what it was then.
[[nodiscard]] call_record::time aged_until(call_record::time before, call_record::time wall,
                                           std::chrono::nanoseconds passed) noexcept;

}  // namespace tonris::model
