#include "net/socket_stream.hpp"

#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>

#include "net/scratch.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;

constexpr auto flush_limit = 10s;                // an end in order: until our last byte and FIN are out
constexpr auto linger_limit = 2s;                // and then until the peer's FIN
constexpr std::size_t gather_bytes = 2048;       // below, copying costs less than the kernel's walk over the pieces
constexpr std::size_t kept_queue_bytes = 16384;  // a queue that grew beyond is given back when empty
constexpr int kernel_queue_bytes = 32 * 1024;    // unsent bytes the kernel holds for a peer that does not read
constexpr std::size_t max_pieces = 16;           // of one write to the kernel
constexpr int reads_a_turn = 4;                  // then other connections have their turn

struct received_bytes {
  static constexpr std::size_t bytes = 64 * 1024;
};

std::string address_of_peer(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  std::array<char, NI_MAXHOST> text{};
  if (getnameinfo(reinterpret_cast<sockaddr*>(&address), size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) !=
      0)
    return {};
  constexpr std::string_view mapped = "::ffff:";
  const std::string_view found{text.data()};
  const bool ipv4 = found.starts_with(mapped) && found.find('.') != std::string_view::npos;
  return std::string{ipv4 ? found.substr(mapped.size()) : found};
}

/// What `received` says beside its bytes: whether the socket is known to hold nothing more. A short read alone does not
/// say so: a FIN may follow, for which no further edge comes. With TCP_INQ the kernel counts that as one byte.
bool exhausted(const msghdr& received) noexcept {
  const cmsghdr* header = CMSG_FIRSTHDR(&received);
  if (header == nullptr || header->cmsg_level != IPPROTO_TCP || header->cmsg_type != TCP_CM_INQ) return false;
  int in_queue = 1;
  std::memcpy(&in_queue, CMSG_DATA(header), sizeof in_queue);
  return in_queue == 0;
}

std::size_t total_of(std::span<const std::string_view> pieces) noexcept {
  std::size_t total = 0;
  for (const auto piece : pieces) total += piece.size();
  return total;
}

ssize_t send_pieces(int fd, std::span<const std::string_view> pieces, std::size_t total) noexcept {
  if (pieces.size() == 1) return ::send(fd, pieces.front().data(), total, MSG_NOSIGNAL);
  if (total <= gather_bytes) {
    std::array<char, gather_bytes> frame;
    char* at = frame.data();
    for (const auto piece : pieces) at = std::copy(piece.begin(), piece.end(), at);
    return ::send(fd, frame.data(), total, MSG_NOSIGNAL);
  }
  std::array<iovec, max_pieces> parts;
  msghdr message{};
  message.msg_iov = parts.data();
  for (const auto piece : pieces) parts[message.msg_iovlen++] = {const_cast<char*>(piece.data()), piece.size()};
  return ::sendmsg(fd, &message, MSG_NOSIGNAL);
}

bool would_block(int why) noexcept {
  return why == EAGAIN || why == EWOULDBLOCK;
}

/// A peer that takes nothing would keep a closed connection alive in the kernel, for what is unsent and the FIN behind
/// it: it is reset instead.
void forget_unsent(int fd) noexcept {
  int unsent = 0;
  if (fd < 0 || ::ioctl(fd, SIOCOUTQNSD, &unsent) != 0 || unsent == 0) return;
  const linger at_once{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

error broken(int why) {
  return {errc::reset, std::strerror(why), 0};
}

}  // namespace

socket_stream::socket_stream(loop& on, int descriptor)
    : loop_{on}, peer_{address_of_peer(descriptor)}, socket_{on.context(), descriptor}, last_read_{on.now()} {
  const int one = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  // Else the kernel takes megabytes for a peer that reads nothing, and queued_bytes() says all is well.
  setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kernel_queue_bytes, sizeof kernel_queue_bytes);
  setsockopt(descriptor, IPPROTO_TCP, TCP_INQ, &one, sizeof one);
}

socket_stream::~socket_stream() = default;

void socket_stream::read_to(byte_reader& reader) {
  reader_ = &reader;
  listens_ = listener::reader;
  arm_read();
}

void socket_stream::detach() noexcept {
  reader_ = nullptr;
  listens_ = listener::nobody;
}

void socket_stream::resume_reading() {
  paused_ = false;
  arm_read();
}

// --- reading

void socket_stream::arm_read() {
  if (!reads() || read_op_.armed()) return;
  read_op_.hold(self());
  if (more_ || is_failing(phase_) || holds_input())
    socket_.at_once(read_op_);
  else
    socket_.when_readable(read_op_);
}

void socket_stream::on_readable() {
  if (ended()) return;
  // The edge is used up: until a read says otherwise there is more. One that is not the edge's first says so by finding
  // nothing: with what was read before it a reset may have come, for which there will be no further edge either.
  const bool by_edge = !std::exchange(more_, true);
  if (holds_input() && !paused_) on_held_input();
  for (int times = 0; more_ && reads() && (is_failing(phase_) || times < reads_a_turn); ++times)
    if (!receive_once(by_edge && times == 0)) break;
  if (is_failing(phase_) && (paused_ || !more_)) return end(failure_);
  arm_read();
}

/// One recv, delivered. False when the socket had nothing or came to its end.
bool socket_stream::receive_once(bool may_exhaust) {
  const auto buffer = scratch<received_bytes>();
  iovec into{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> beside;
  msghdr message{};
  message.msg_iov = &into;
  message.msg_iovlen = 1;
  message.msg_control = beside.data();
  message.msg_controllen = beside.size();
  ssize_t got = 0;
  do got = ::recvmsg(socket_.fd(), &message, MSG_DONTWAIT);
  while (got < 0 && errno == EINTR);

  if (got > 0) {
    more_ = !(may_exhaust && exhausted(message));
    last_read_ = loop_.now();
    on_received(buffer.first(static_cast<std::size_t>(got)));
    return true;
  }
  if (got < 0 && would_block(errno)) {
    more_ = false;
    return false;
  }
  if (got < 0 && !is_failing(phase_)) failure_ = broken(errno);
  happen(got < 0 ? socket_event::read_failed : socket_event::peer_ended);
  return false;
}

void socket_stream::deliver(std::span<char> bytes) {
  if (reader_) reader_->on_bytes(bytes);
}

// --- writing

bool socket_stream::write(std::span<const std::string_view> pieces) {
  return phase_ == socket_phase::open && send(pieces);
}

bool socket_stream::send(std::span<const std::string_view> pieces) {
  if (!may_send(phase_)) return false;
  const std::size_t total = total_of(pieces);
  if (total == 0) return true;
  const std::size_t sent = out_.empty() ? send_now(pieces) : 0;
  if (!may_send(phase_)) return false;
  if (sent < total) enqueue(pieces, sent);
  return true;
}

/// As much of the pieces as the kernel takes. A broken connection is reported by the loop, after what the peer may
/// have said before it broke.
std::size_t socket_stream::send_now(std::span<const std::string_view> pieces) {
  std::size_t sent = 0;
  while (!pieces.empty()) {
    const auto now = pieces.first(std::min(pieces.size(), max_pieces));
    const std::size_t offered = total_of(now);
    const ssize_t taken = send_pieces(socket_.fd(), now, offered);
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) {
      if (!would_block(errno)) fail_soon(broken(errno));
      break;
    }
    sent += static_cast<std::size_t>(taken);
    if (static_cast<std::size_t>(taken) < offered) break;
    pieces = pieces.subspan(now.size());
  }
  return sent;
}

void socket_stream::enqueue(std::span<const std::string_view> pieces, std::size_t sent) {
  if (out_taken_ > kept_queue_bytes && out_taken_ > out_.size() / 2) {
    out_.erase(0, out_taken_);
    out_taken_ = 0;
  }
  for (auto piece : pieces) {
    const auto skip = std::min(sent, piece.size());
    out_.append(piece.substr(skip));
    sent -= skip;
  }
  if (write_op_.armed()) return;
  write_op_.hold(self());
  socket_.when_writable(write_op_);
}

void socket_stream::on_writable() {
  if (!may_send(phase_) || out_.empty()) return;
  const std::array<std::string_view, 1> rest{std::string_view{out_}.substr(out_taken_)};
  out_taken_ += send_now(rest);
  if (!may_send(phase_)) return;
  if (out_taken_ < out_.size()) {
    write_op_.hold(self());
    return socket_.when_writable(write_op_);
  }
  out_taken_ = 0;
  if (out_.capacity() > kept_queue_bytes)
    std::string{}.swap(out_);
  else
    out_.clear();
  happen(socket_event::all_written);
}

// --- what happens, and what follows from it

void socket_stream::happen(socket_event event) {
  const auto move = move_of(phase_, event);
  phase_ = move.next;
  perform(move.step);
}

void socket_stream::perform(socket_step step) {
  switch (step) {
    case socket_step::nothing: return;
    case socket_step::begin_close: return begin_close();
    case socket_step::tell_writable:
      if (reader_) reader_->on_writable();
      return;
    case socket_step::send_fin: return send_fin();
    case socket_step::send_fin_and_end:
      send_fin();
      failure_ = {errc::closed, {}, 0};
      return tell_failure_later();
    case socket_step::take_fin: return on_fin();
    case socket_step::fail_later: return tell_failure_later();
    case socket_step::end_failed: return tell_end(failure_);
    case socket_step::end_reset: return tell_end({errc::reset, {}, 0});
    case socket_step::end_closed: return tell_end({errc::closed, {}, 0});
    case socket_step::drop: reader_ = nullptr; return close_socket();
  }
}

void socket_stream::close_when_written() {
  happen(socket_event::close_asked);
}

void socket_stream::begin_close() {
  before_fin();
  if (!may_send(phase_)) return;
  if (listens_ == listener::none_yet)
    listens_ = listener::nobody;  // what the peer still sends is dropped until its FIN
  set_limit(flush_limit);
  if (out_.empty()) happen(socket_event::all_written);
  arm_read();
}

void socket_stream::send_fin() {
  ::shutdown(socket_.fd(), SHUT_WR);
  set_limit(linger_limit);
}

void socket_stream::set_limit(std::chrono::milliseconds limit) {
  if (!limit_) limit_ = std::make_unique<timer>(loop_);
  limit_->after(limit, [weak = weak_from_this()] {
    const auto stream = std::static_pointer_cast<socket_stream>(weak.lock());
    if (stream) stream->happen(socket_event::time_up);
  });
}

void socket_stream::fail_soon(error why) {
  if (!is_failing(phase_)) failure_ = std::move(why);
  happen(socket_event::write_failed);
}

void socket_stream::tell_failure_later() {
  boost::asio::post(loop_.context(), [stream = self()] {
    guard([&] { stream->on_failure_due(); }, [&] { stream->end_of_exception(); });
  });
}

/// Behind what the peer said before: that is read first, unless nobody wants it now.
void socket_stream::on_failure_due() {
  if (ended() || listens_ == listener::none_yet || listens_ == listener::handshake) return;  // told when it is read
  if (paused_) return end(failure_);
  if (!read_op_.armed()) return arm_read();
  on_readable();
}

void socket_stream::end(const error& why) {
  if (std::exchange(phase_, socket_phase::ended) != socket_phase::ended) tell_end(why);
}

void socket_stream::tell_end(const error& why) {
  const auto keep = shared_from_this();
  close_socket();
  if (auto* reader = std::exchange(reader_, nullptr))
    reader->on_end(why);
  else
    nobody_to_tell(why);
}

void socket_stream::abort() {
  happen(socket_event::aborted);
}

// --- to another loop

std::shared_ptr<socket_stream::homeless> socket_stream::leave() {
  if (phase_ != socket_phase::open) {
    abort();
    return nullptr;
  }
  phase_ = socket_phase::ended;
  reader_ = nullptr;
  auto left = std::make_shared<homeless>(socket_.release(), out_.substr(out_taken_));
  std::string{}.swap(out_);
  out_taken_ = 0;
  return left;
}

void socket_stream::take_up(const homeless& from) {
  const std::array unsent{from.unsent()};
  (void)send(unsent);
}

byte_stream::moved_stream socket_stream::leave_loop() {
  const auto left = leave();
  if (!left) return nullptr;
  return [left](loop& to) {
    auto here = make_stream<socket_stream>(to, left->release_descriptor());
    here->take_up(*left);
    return here;
  };
}

void socket_stream::close_socket() {
  if (limit_) limit_->cancel();
  forget_unsent(socket_.fd());
  socket_.close();
  std::string{}.swap(out_);
  out_taken_ = 0;
}

}  // namespace tonris::net
