#include "tools/bench/watchers.hpp"

#include <algorithm>
#include <numeric>

namespace tonris::bench {

namespace {

constexpr std::string_view before_event = "\nevent: ";

}  // namespace

void event_count::feed(std::string_view bytes) {
  rest_.append(bytes);
  std::size_t at = 0, from = 0;
  while ((at = rest_.find(before_event, from)) != std::string::npos) {
    ++events_;
    from = at + before_event.size();
  }
  rest_.erase(0, std::max(from, rest_.size() - std::min(rest_.size(), before_event.size() - 1)));
}

class watchers::one final : public connection_user {
 public:
  one(poller& events, problems& faults)
      : events_(events),
        faults_(faults),
        link_(std::make_unique<connection>(events, static_cast<connection_user&>(*this))) {}
  ~one() {
    end();
    events_.bury(std::move(link_));
  }
  one(const one&) = delete;
  one& operator=(const one&) = delete;

  void begin(std::uint16_t port, const tls_context& tls, std::string_view token) {
    request_ = "GET /api/calls/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ";
    request_.append(token).append("\r\n\r\n");
    if (!link_->dial(port, tls)) faults_.add("a watcher has no connection");
  }
  void end() noexcept { link_->close(); }
  [[nodiscard]] std::uint64_t events() const noexcept { return count_.events(); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  void on_open() override { link_->write(request_); }
  void on_data(std::span<char> bytes) override {
    const std::string_view text{bytes.data(), bytes.size()};
    if (bytes_ == 0 && !text.starts_with("HTTP/1.1 200 ")) {
      faults_.add("a watcher was refused: " + std::string{text.substr(0, text.find('\r'))});
    }
    bytes_ += bytes.size();
    count_.feed(text);
  }
  void on_closed(std::string_view why) override { faults_.add("a watcher was cut off: " + std::string{why}); }

  poller& events_;
  problems& faults_;
  std::unique_ptr<connection> link_;
  std::string request_;
  event_count count_;
  std::uint64_t bytes_ = 0;
};

watchers::watchers(poller& events, problems& faults, std::uint32_t count) : faults_(faults) {
  for (std::uint32_t n = 0; n < count; ++n) all_.push_back(std::make_unique<one>(events, faults_));
}

watchers::~watchers() = default;

void watchers::begin(std::uint16_t port, const tls_context& tls, std::string_view token) {
  for (const auto& each : all_) each->begin(port, tls, token);
}

void watchers::end() {
  for (const auto& each : all_) each->end();
}

bool watchers::all_watch() const noexcept {
  return std::ranges::all_of(all_, [](const auto& each) { return each->events() > 0; });
}

std::uint64_t watchers::events() const noexcept {
  return std::accumulate(all_.begin(), all_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& each) { return sum + each->events(); });
}

std::uint64_t watchers::bytes() const noexcept {
  return std::accumulate(all_.begin(), all_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& each) { return sum + each->bytes(); });
}

}  // namespace tonris::bench
