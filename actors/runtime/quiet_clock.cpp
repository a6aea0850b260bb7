#include "actors/runtime/quiet_clock.hpp"

#include <sched.h>

#include <algorithm>
#include <caf/detail/set_thread_name.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace tonris::actors {

namespace {

/// Any thread sets and cancels; run() has a thread of its own. The base class is there because CAF's coordinator names
/// it as its clock's type; its queue is not used, only the schedule of the class below it.
class quiet_clock final : public caf::detail::thread_safe_actor_clock {
  using schedule = caf::detail::simple_actor_clock;

 public:
  // NOLINTBEGIN(bugprone-parent-virtual-call): past the queue, on purpose
  void set_ordinary_timeout(time_point at, caf::abstract_actor* self, caf::atom_value type, std::uint64_t id) override {
    change([&] { schedule::set_ordinary_timeout(at, self, type, id); });
  }
  void set_request_timeout(time_point at, caf::abstract_actor* self, caf::message_id id) override {
    change([&] { schedule::set_request_timeout(at, self, id); });
  }
  void set_multi_timeout(time_point at, caf::abstract_actor* self, caf::atom_value type, std::uint64_t id) override {
    change([&] { schedule::set_multi_timeout(at, self, type, id); });
  }
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override {
    change([&] { schedule::cancel_ordinary_timeout(self, type); });
  }
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override {
    change([&] { schedule::cancel_request_timeout(self, id); });
  }
  void cancel_timeouts(caf::abstract_actor* self) override {
    change([&] { schedule::cancel_timeouts(self); });
  }
  void schedule_message(time_point at, caf::strong_actor_ptr to, caf::mailbox_element_ptr what) override {
    change([&] { schedule::schedule_message(at, std::move(to), std::move(what)); });
  }
  void schedule_message(time_point at, caf::group to, caf::strong_actor_ptr from, caf::message what) override {
    change([&] { schedule::schedule_message(at, std::move(to), std::move(from), std::move(what)); });
  }
  // NOLINTEND(bugprone-parent-virtual-call)
  void cancel_all() override {
    schedule_map gone;  // destroyed without the lock: with an actor's last reference the actor goes, and cancels
    const std::lock_guard lock(mutex_);
    schedule_.swap(gone);
    actor_lookup_.clear();
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (!stopped_) {
      if (auto expired = take_expired(); !expired.empty()) {
        lock.unlock();  // a mailbox that takes a message may wake threads, and an actor that goes may cancel
        for (const auto& due : expired) ship(*due);
        expired.clear();
        lock.lock();
        continue;
      }
      wakes_at_ = earliest();
      if (wakes_at_ == time_point::max())
        changed_.wait(lock);
      else
        changed_.wait_until(lock, wakes_at_);
      wakes_at_ = time_point::min();
    }
  }
  /// Drops what is not due yet: CAF waits at its end for the detached actors that it holds.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_one();
    cancel_all();
  }

 private:
  template <class Change>
  void change(Change&& what) {
    bool too_late = false;
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
      what();
      too_late = earliest() < wakes_at_;
    }
    if (too_late) changed_.notify_one();
  }

  [[nodiscard]] time_point earliest() const { return schedule_.empty() ? time_point::max() : schedule_.begin()->first; }

  std::vector<unique_delayed_event_ptr> take_expired() {
    std::vector<unique_delayed_event_ptr> expired;
    const auto until = schedule_.upper_bound(now());
    for (auto entry = schedule_.begin(); entry != until; entry = schedule_.erase(entry)) {
      if (entry->second->backlink != actor_lookup_.end()) actor_lookup_.erase(entry->second->backlink);
      expired.push_back(std::move(entry->second));
    }
    return expired;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  time_point wakes_at_ = time_point::min();  // min: the thread is awake and looks again before it sleeps
  bool stopped_ = false;
};

class quiet_scheduler final : public caf::scheduler::coordinator<caf::policy::work_sharing> {
  using base = caf::scheduler::coordinator<caf::policy::work_sharing>;

 public:
  using base::base;
  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    return new quiet_scheduler(system);  // CAF's interface: the system owns it
  }
  quiet_clock& clock() noexcept override { return clock_; }

 protected:
  void start() override {
    thread_ = std::thread([this] {
      caf::detail::set_thread_name("clock");
      clock_.run();
    });
    base::start();
  }
  void stop() override {
    base::stop();
    clock_.stop();
    thread_.join();
  }

 private:
  quiet_clock clock_;
  std::thread thread_;
};

/// On a core of its own a second worker only takes turns with the first. glibc 2.36 counts the cores of the machine.
std::size_t workers() {
  cpu_set_t ours;
  if (sched_getaffinity(0, sizeof ours, &ours) != 0) return 2;
  return static_cast<std::size_t>(std::clamp(CPU_COUNT(&ours), 1, 2));
}

}  // namespace

void use_quiet_clock(caf::actor_system_config& settings) {
  settings.set("scheduler.max-threads", workers());
  settings.load<quiet_scheduler>();
}

}  // namespace tonris::actors
