#include "actors/store/notice_queue.hpp"

#include <iterator>
#include <utility>

namespace tonris::actors {

void notice_queue::wake_with(std::function<void()> wake) {
  const std::scoped_lock lock{lock_};
  wake_ = std::move(wake);
}

void notice_queue::add(tenant_notice what) {
  std::function<void()> wake;
  {
    const std::scoped_lock lock{lock_};
    if (waiting_.empty()) wake = wake_;
    waiting_.push_back(std::move(what));
    keep_within_bound();
  }
  if (wake) wake();
}

std::vector<tenant_notice> notice_queue::take() {
  const std::scoped_lock lock{lock_};
  return std::exchange(waiting_, {});
}

void notice_queue::put_back(std::vector<tenant_notice> failed) {
  const std::scoped_lock lock{lock_};
  failed.insert(failed.end(), std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
  waiting_ = std::move(failed);
  keep_within_bound();
}

std::uint64_t notice_queue::dropped() const {
  const std::scoped_lock lock{lock_};
  return dropped_;
}

void notice_queue::keep_within_bound() {
  if (waiting_.size() <= most) return;
  dropped_ += waiting_.size() - most;
  waiting_.resize(most);
}

}  // namespace tonris::actors
