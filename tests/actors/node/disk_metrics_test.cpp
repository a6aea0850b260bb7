#include "actors/node/disk_metrics.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/actors/node/shown_metrics.hpp"

namespace tonris::actors::test {
namespace {

double shown(const metrics& counters, const std::string& name) {
  const auto text = "\n" + counters.render();
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

TEST(DiskMetrics, ShowTheRoomOfADirectorysDisk) {
  metrics counters;
  const auto directory = std::filesystem::temp_directory_path();
  const auto is = std::filesystem::space(directory);
  counters.of<disk_metrics>().gather(directory.string());
  EXPECT_EQ(shown(counters, "tonris_data_disk_size_bytes"), static_cast<double>(is.capacity));
  EXPECT_GT(shown(counters, "tonris_data_disk_free_bytes"), 0);
  EXPECT_LE(shown(counters, "tonris_data_disk_free_bytes"), static_cast<double>(is.capacity));
}

TEST(DiskMetrics, ShowNoRoomOnceTheDirectoryIsGone) {
  metrics counters;
  counters.of<disk_metrics>().gather(std::filesystem::temp_directory_path().string());
  counters.of<disk_metrics>().gather("/no/such/directory");
  EXPECT_EQ(shown(counters, "tonris_data_disk_free_bytes"), 0);
  EXPECT_EQ(shown(counters, "tonris_data_disk_size_bytes"), 0);
}

}  // namespace
}  // namespace tonris::actors::test
