#pragma once

#include <cstddef>

namespace tonris::net {

/// Raises this process's limit of open descriptors as far as it may (soft to hard; Debian's soft one is 1024, which is
/// 500 calls), and says what it is now. At start.
std::size_t raise_descriptor_limit() noexcept;

/// Whether that errno says that no descriptor is left, in this process or on this machine.
[[nodiscard]] bool is_out_of_descriptors(int error_number) noexcept;

}  // namespace tonris::net
