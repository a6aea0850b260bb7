#pragma once

namespace tonris {

/// Each step is several times as much work then: tests of many do fewer, and memory is the sanitizer's own.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace tonris
