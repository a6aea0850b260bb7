#include "net/reactor_socket.hpp"

#include <unistd.h>

namespace tonris::net {

void reactor_socket::close() noexcept {
  if (fd_ < 0) return;
  reactor_.deregister_descriptor(fd_, data_, true);  // nobody else holds the socket: closing takes it out of the epoll
  ::close(std::exchange(fd_, -1));
  reactor_.cleanup_descriptor_data(data_);
}

int reactor_socket::release() noexcept {
  if (fd_ < 0) return -1;
  reactor_.deregister_descriptor(fd_, data_, false);
  reactor_.cleanup_descriptor_data(data_);
  return std::exchange(fd_, -1);
}

}  // namespace tonris::net
