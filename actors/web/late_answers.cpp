#include "actors/web/late_answers.hpp"

#include <utility>

namespace tonris::actors {

bool late_answers::wait(net::loop& on, std::chrono::milliseconds time, std::function<void()> send) {
  if (waiting_.size() >= most_) return false;
  const auto one = waiting_.emplace(waiting_.end(), on);
  one->after(time, [this, one, send = std::move(send)] {
    waiting_.erase(one);
    send();
  });
  return true;
}

}  // namespace tonris::actors
