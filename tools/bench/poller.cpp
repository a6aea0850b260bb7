#include "tools/bench/poller.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tonris::bench {

poller::poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
poller::~poller() {
  graves_.clear();
  close(epoll_);
}

bool poller::add(int fd, pollable& what) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &what;
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void poller::wait(nanos until) {
  const nanos left = std::max<nanos>(until - now(), 0);
  const timespec timeout{static_cast<time_t>(left / one_s), static_cast<long>(left % one_s)};
  std::array<epoll_event, 256> events;
  const int count = epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
  for (int i = 0; i < count; ++i) {
    auto* what = static_cast<pollable*>(events[i].data.ptr);
    if (buried_.empty() || !buried_.contains(what)) what->on_events(events[i].events);
  }
  if (graves_.empty()) return;
  buried_.clear();
  const auto graves = std::exchange(graves_, {});  // a destructor may bury more
}

void poller::bury(std::unique_ptr<pollable> what) {
  if (!what) return;
  buried_.insert(what.get());
  graves_.push_back(std::move(what));
}

}  // namespace tonris::bench
