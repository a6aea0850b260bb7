#include "actors/node/process_metrics.hpp"

#include "actors/node/process_figures.hpp"

namespace tonris::actors {

process_metrics::process_metrics(metrics& in)
    : cpu_(in, "process_cpu_seconds_total", "CPU time that the process has used, in the kernel and out of it"),
      resident_(in, "process_resident_memory_bytes", "Memory of the process that is resident now"),
      open_fds_(in, "process_open_fds", "Descriptors that are open now"),
      max_fds_(in, "process_max_fds", "Descriptors that may be open"),
      started_(in, "process_start_time_seconds", "When the process began: Unix time") {
  started_.set(process_start_seconds());
}

void process_metrics::gather(std::size_t open_descriptors, std::size_t resident_bytes) const {
  cpu_.rise_to(process_cpu_seconds());
  resident_.set(resident_bytes);
  open_fds_.set(open_descriptors);
  max_fds_.set(most_descriptors());
}

}  // namespace tonris::actors
