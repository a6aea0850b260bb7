#pragma once

#include <cstdint>

namespace tonris::test {

/// A port of 127.0.0.1 that nobody listens on. It is this process's until its end: no other test takes it, also while
/// nobody listens, and, being below what the kernel hands out, no outgoing connection. Throws when there is none.
[[nodiscard]] std::uint16_t free_port();

}  // namespace tonris::test
