#include "tests/e2e/name_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace tonris::e2e {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

// RFC 1035 section 4.1.
constexpr std::size_t header_bytes = 12;
constexpr std::size_t longest_label = 63;
constexpr unsigned type_a = 1, type_aaaa = 28, class_in = 1, no_error = 0, no_such_host = 3;

struct question {
  std::string host;
  unsigned type = 0;
  std::size_t end = 0;  ///< of its bytes in the packet
};

unsigned number_at(const std::string& packet, std::size_t at) {
  return static_cast<unsigned char>(packet[at]) << 8 | static_cast<unsigned char>(packet[at + 1]);
}

void put(std::string& out, unsigned number) {
  out.push_back(static_cast<char>(number >> 8));
  out.push_back(static_cast<char>(number));
}

std::optional<question> read_question(const std::string& packet) {
  question q;
  std::size_t at = header_bytes;
  for (;;) {
    if (at >= packet.size()) return std::nullopt;
    const std::size_t label = static_cast<unsigned char>(packet[at++]);
    if (label == 0) break;
    if (label > longest_label || at + label > packet.size()) return std::nullopt;
    if (!q.host.empty()) q.host.push_back('.');
    q.host.append(packet, at, label);
    at += label;
  }
  if (at + 4 > packet.size() || number_at(packet, at + 2) != class_in) return std::nullopt;
  std::ranges::transform(q.host, q.host.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  q.type = number_at(packet, at);
  q.end = at + 4;
  return q;
}

/// The bytes of those addresses that are of the type.
std::vector<std::string> of_type(unsigned type, const std::vector<std::string>& addresses) {
  std::vector<std::string> all;
  for (const auto& text : addresses) {
    std::string bytes(type == type_a ? sizeof(in_addr) : sizeof(in6_addr), '\0');
    if (::inet_pton(type == type_a ? AF_INET : AF_INET6, text.c_str(), bytes.data()) == 1) all.push_back(bytes);
  }
  return all;
}

std::string answer(const std::string& packet, const question& q, unsigned code, const std::vector<std::string>& found) {
  auto out = packet.substr(0, 2);
  put(out, 0x8180 | code);  // an answer, recursion desired and available
  for (const auto count : {std::size_t{1}, found.size(), std::size_t{0}, std::size_t{0}})
    put(out, static_cast<unsigned>(count));
  out.append(packet, header_bytes, q.end - header_bytes);
  for (const auto& address : found) {
    for (const auto number : {0xC000u | static_cast<unsigned>(header_bytes), q.type, class_in, 0u, 60u})
      put(out, number);
    put(out, static_cast<unsigned>(address.size()));
    out += address;
  }
  return out;
}

/// Binds port 53 of an address that nobody else has.
std::string take_an_address(int fd) {
  constexpr std::uint32_t first = 0x7f350000, addresses = 0x10000;  // 127.53.0.0/16
  const auto mine = static_cast<std::uint32_t>(::getpid());
  int why = EADDRINUSE;
  for (std::uint32_t i = 0; i < addresses && why == EADDRINUSE; ++i) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(53);
    address.sin_addr.s_addr = htonl(first + (mine + i) % addresses);
    std::array<char, INET_ADDRSTRLEN> text{};
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
    why = errno;
  }
  ::close(fd);
  throw std::system_error(why, std::generic_category());
}

}  // namespace

name_server::name_server()
    : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      address_(take_an_address(fd_)),
      thread_([this] { run(); }) {}

name_server::~name_server() {
  over_ = true;
  thread_.join();
  ::close(fd_);
}

void name_server::tell(const std::string& host, std::vector<std::string> addresses) {
  const std::scoped_lock lock{lock_};
  hosts_.insert_or_assign(host, std::move(addresses));
}

void name_server::delay(std::chrono::milliseconds each) {
  const std::scoped_lock lock{lock_};
  delay_ = each;
}

void name_server::lose(std::size_t answers) {
  const std::scoped_lock lock{lock_};
  to_lose_ = answers;
}

void name_server::say_nothing(bool silent) {
  const std::scoped_lock lock{lock_};
  silent_ = silent;
}

std::size_t name_server::asked() const {
  const std::scoped_lock lock{lock_};
  return asked_;
}

bool name_server::is_asked(std::size_t at_least, std::chrono::seconds at_most) const {
  for (const auto end = clock::now() + at_most; clock::now() < end; std::this_thread::sleep_for(5ms))
    if (asked() >= at_least) return true;
  return false;
}

void name_server::run() {
  struct reply {
    sockaddr_in to;
    std::string bytes;
  };
  std::multimap<clock::time_point, reply> due;
  while (!over_) {
    const auto wait =
        due.empty() ? 20ms : std::chrono::ceil<std::chrono::milliseconds>(due.begin()->first - clock::now());
    pollfd ready{fd_, POLLIN, 0};
    (void)::poll(&ready, 1, static_cast<int>(std::clamp(wait, 0ms, 20ms).count()));
    for (;;) {
      sockaddr_in from{};
      socklen_t size = sizeof from;
      std::string packet(512, '\0');
      const auto bytes = ::recvfrom(fd_, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (bytes < 0) break;
      packet.resize(static_cast<std::size_t>(bytes));
      auto late = 0ms;
      if (auto bytes_back = answer_to(packet, late); !bytes_back.empty())
        due.emplace(clock::now() + late, reply{from, std::move(bytes_back)});
    }
    for (; !due.empty() && due.begin()->first <= clock::now(); due.erase(due.begin())) {
      const auto& [to, bytes] = due.begin()->second;
      (void)::sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }
  }
}

std::string name_server::answer_to(const std::string& packet, std::chrono::milliseconds& late) {
  const auto q = read_question(packet);
  if (!q) return {};
  const std::scoped_lock lock{lock_};
  late = delay_;
  asked_ += q->type == type_a;
  if (silent_) return {};
  if (q->type == type_a && to_lose_ > 0) {
    --to_lose_;
    return {};
  }
  const auto host = hosts_.find(q->host);
  if (host == hosts_.end()) return answer(packet, *q, no_such_host, {});
  const bool has_type = q->type == type_a || q->type == type_aaaa;
  return answer(packet, *q, no_error, has_type ? of_type(q->type, host->second) : std::vector<std::string>{});
}

}  // namespace tonris::e2e
