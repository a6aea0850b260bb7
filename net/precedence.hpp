#pragma once

namespace tonris::net {

/// Asks the kernel that the calling thread goes before all ordinary ones whenever it has something to do: SCHED_RR, the
/// lowest real-time priority. What it starts is ordinary again. False: not allowed (neither RLIMIT_RTPRIO nor
/// CAP_SYS_NICE), and all stays as it was.
[[nodiscard]] bool take_precedence() noexcept;

}  // namespace tonris::net
