#include "tools/bench/watchers.hpp"

#include <sched.h>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "tools/bench/clock.hpp"
#include "tools/bench/connection.hpp"
#include "tools/bench/poller.hpp"

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
  one(poller& events, problems& faults, figures& counts)
      : events_(events),
        faults_(faults),
        counts_(counts),
        link_(std::make_unique<connection>(events, static_cast<connection_user&>(*this))) {}
  ~one() {
    link_->close();
    events_.bury(std::move(link_));
  }
  one(const one&) = delete;
  one& operator=(const one&) = delete;

  void begin(std::uint16_t port, const tls_context& tls, std::string_view token) {
    request_ = "GET /api/calls/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ";
    request_.append(token).append("\r\n\r\n");
    if (!link_->dial(port, tls)) faults_.add("a watcher has no connection");
  }

 private:
  void on_open() override { link_->write(request_); }
  void on_data(std::span<char> bytes) override {
    const std::string_view text{bytes.data(), bytes.size()};
    if (!std::exchange(is_answered_, true) && !text.starts_with("HTTP/1.1 200 "))
      faults_.add("a watcher was refused: " + std::string{text.substr(0, text.find('\r'))});
    const auto before = count_.events();
    count_.feed(text);
    counts_.bytes += bytes.size();
    counts_.events += count_.events() - before;
    if (before == 0 && count_.events() > 0) ++counts_.watching;
  }
  void on_closed(std::string_view why) override { faults_.add("a watcher was cut off: " + std::string{why}); }

  poller& events_;
  problems& faults_;
  figures& counts_;
  std::unique_ptr<connection> link_;
  std::string request_;
  event_count count_;
  bool is_answered_ = false;
};

watchers::watchers(std::uint32_t count, std::uint16_t port, const tls_context& tls, std::string_view token)
    : count_(count), thread_([this, port, tls, token = std::string{token}] { run(port, tls, token); }) {}

watchers::~watchers() {
  (void)end();
}

problems watchers::end() {
  is_over_ = true;
  if (thread_.joinable()) thread_.join();
  return std::exchange(faults_, {});
}

void watchers::run(std::uint16_t port, const tls_context& tls, std::string_view token) {
  const sched_param lowest{};
  if (sched_setscheduler(0, SCHED_IDLE, &lowest) != 0) faults_.add("the watchers' thread cannot step back");
  poller events;
  std::vector<std::unique_ptr<one>> all;
  for (std::uint32_t n = 0; n < count_; ++n) {
    all.push_back(std::make_unique<one>(events, faults_, figures_));
    all.back()->begin(port, tls, token);
  }
  while (!is_over_) events.wait(now() + 20 * one_ms);
}

}  // namespace tonris::bench
