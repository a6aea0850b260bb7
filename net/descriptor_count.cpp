#include "net/descriptor_count.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

namespace tonris::net {

descriptor_count::descriptor_count() : status_{::open("/proc/self/status", O_RDONLY | O_CLOEXEC)} {}

descriptor_count::~descriptor_count() {
  if (status_ >= 0) ::close(status_);
}

/// No descriptor has this number or a higher one: the size of the kernel's table, which grows by powers of two.
std::size_t descriptor_count::highest() const {
  rlimit files{};
  std::size_t most = getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : 1024;
  std::array<char, 4096> text{};
  const auto size = ::pread(status_, text.data(), text.size(), 0);
  if (size <= 0) return most;
  const std::string_view said{text.data(), static_cast<std::size_t>(size)};
  constexpr std::string_view name = "FDSize:\t";
  const auto at = said.find(name);
  std::size_t table = 0;
  if (at == std::string_view::npos ||
      std::from_chars(said.data() + at + name.size(), said.data() + said.size(), table).ec != std::errc{})
    return most;
  return std::min(most, table);  // poll(2) takes no more than the limit
}

std::size_t descriptor_count::now() const {
  std::vector<pollfd> each(highest());
  for (std::size_t i = 0; i < each.size(); ++i) each[i] = {static_cast<int>(i), 0, 0};
  if (::poll(each.data(), each.size(), 0) < 0) return 0;
  return static_cast<std::size_t>(
      std::ranges::count_if(each, [](const pollfd& one) { return (one.revents & POLLNVAL) == 0; }));
}

}  // namespace tonris::net
