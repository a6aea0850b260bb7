#include "actors/node/disk_metrics.hpp"

#include <sys/statvfs.h>

namespace tonris::actors {

disk_metrics::disk_metrics(metrics& in)
    : free_(in, "tonris_data_disk_free_bytes", "Room that is left for us on the disk of DATA_DIR"),
      size_(in, "tonris_data_disk_size_bytes", "All the room of the disk of DATA_DIR") {}

void disk_metrics::gather(const std::string& data_dir) const {
  struct statvfs disk {};
  if (::statvfs(data_dir.c_str(), &disk) != 0) disk = {};
  const auto block = static_cast<double>(disk.f_frsize);
  free_.set(static_cast<double>(disk.f_bavail) * block);
  size_.set(static_cast<double>(disk.f_blocks) * block);
}

}  // namespace tonris::actors
