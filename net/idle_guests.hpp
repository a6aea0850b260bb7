#pragma once

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <cstddef>

namespace tonris::net {

class idle_guests;

/// Somebody who has a place at a server and is owed nothing: in a handshake, silent, slow to ask, slow to take its
/// answer, or about to leave. In a list from `wait_at` to `stop_waiting`, and gone from it with its end. Loop thread
/// only.
class idle_guest : public boost::intrusive::list_base_hook<> {
 public:
  idle_guest() = default;
  idle_guest(const idle_guest&) = delete;
  idle_guest& operator=(const idle_guest&) = delete;
  virtual ~idle_guest() { stop_waiting(); }
  virtual void give_up() = 0;  ///< the place is wanted by another; may end this object

  void wait_at(idle_guests& all);  ///< behind all others, also when it waited already
  void stop_waiting();
  [[nodiscard]] bool waits() const noexcept { return all_ != nullptr; }

 private:
  idle_guests* all_ = nullptr;
};

/// Those of one server, who has waited longest first. Loop thread only, but for `count`.
class idle_guests {
 public:
  [[nodiscard]] std::size_t count() const noexcept { return count_.load(std::memory_order_relaxed); }
  [[nodiscard]] idle_guest* first() noexcept { return all_.empty() ? nullptr : &all_.front(); }

 private:
  friend idle_guest;

  boost::intrusive::list<idle_guest, boost::intrusive::constant_time_size<false>> all_;
  std::atomic<std::size_t> count_{0};
};

inline void idle_guest::wait_at(idle_guests& all) {
  stop_waiting();
  all_ = &all;
  all.all_.push_back(*this);
  all.count_.fetch_add(1, std::memory_order_relaxed);
}

inline void idle_guest::stop_waiting() {
  if (!all_) return;
  all_->all_.erase(all_->all_.iterator_to(*this));
  all_->count_.fetch_sub(1, std::memory_order_relaxed);
  all_ = nullptr;
}

}  // namespace tonris::net
