#include "net/turns.hpp"

#include <utility>

#include "net/caught.hpp"

namespace tonris::net {
void turns::wait(std::shared_ptr<turn_taker> one) {
  waiting_.push_back(std::move(one));
  post();
}

void turns::wait_ahead(std::shared_ptr<turn_taker> one) {
  waiting_.push_front(std::move(one));
  post();
}

void turns::clear() {
  const auto all = std::exchange(waiting_, {});
}

void turns::take() {
  posted_ = false;
  for (const auto until = std::chrono::steady_clock::now() + turn_limit; !waiting_.empty();) {
    const auto one = std::move(waiting_.front());
    waiting_.pop_front();
    guard([&] { one->take_turn(); }, [&] { one->fail(); });
    if (std::chrono::steady_clock::now() >= until) break;
  }
  if (!waiting_.empty()) post();
}

void turns::post() {
  if (posted_) return;
  on_.post([self = shared_from_this()] { self->take(); });
  posted_ = true;
}

}  // namespace tonris::net
