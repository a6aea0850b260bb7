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

namespace {

/// How many poll(2) takes at once.
std::size_t limit() noexcept {
  rlimit files{};
  return getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : 1024;
}

}  // namespace

/// No descriptor has this number or a higher one: the size of the kernel's table, which grows by powers of two. It may
/// be beyond the limit, where that was lowered.
std::size_t descriptor_count::highest() const {
  const auto most = limit();
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
  return table;
}

std::size_t descriptor_count::now() const {
  std::vector<pollfd> some(std::clamp<std::size_t>(limit(), 1, 4096));
  std::size_t open = 0;
  for (std::size_t next = 0, end = highest(); next < end; next += some.size()) {
    some.resize(std::min(some.size(), end - next));
    for (std::size_t i = 0; i < some.size(); ++i) some[i] = {static_cast<int>(next + i), 0, 0};
    if (::poll(some.data(), some.size(), 0) < 0) return open;
    open += static_cast<std::size_t>(
        std::ranges::count_if(some, [](const pollfd& one) { return (one.revents & POLLNVAL) == 0; }));
  }
  return open;
}

}  // namespace tonris::net
