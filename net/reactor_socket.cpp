#include "net/reactor_socket.hpp"

#include <unistd.h>

namespace tonris::net {

void reactor_socket::close() noexcept {
  if (fd_ < 0) return;
  reactor_.deregister_descriptor(fd_, data_, true);  // nobody else holds the socket: closing takes it out of the epoll
  ::close(std::exchange(fd_, -1));
  reactor_.cleanup_descriptor_data(data_);
}

}  // namespace tonris::net
