#pragma once

namespace tonris::net::test {

/// What the calling thread has allocated with `new` so far. (OpenSSL's own buffers come from malloc.)
long allocations() noexcept;

/// From now on the calling thread's `new` of that number (1: the next) fails once, with bad_alloc; 0: none will.
void fail_allocation(long number) noexcept;

}  // namespace tonris::net::test
