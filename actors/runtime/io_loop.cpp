#include "actors/runtime/io_loop.hpp"

#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <utility>

#include "net/caught.hpp"

namespace tonris::actors {

namespace {

constexpr std::size_t actors_per_turn = 256;
constexpr std::size_t messages_per_actor = 64;

/// Holds a job's reference while it travels to the loop; gives it back when the loop never runs it.
class travelling_job {
 public:
  explicit travelling_job(caf::resumable* job) noexcept : job_(job) {}
  travelling_job(const travelling_job& other) noexcept : job_(other.job_) {
    if (job_) job_->intrusive_ptr_add_ref_impl();  // std::function copies; moves below keep it at one
  }
  travelling_job(travelling_job&& other) noexcept : job_(std::exchange(other.job_, nullptr)) {}
  travelling_job& operator=(const travelling_job&) = delete;
  travelling_job& operator=(travelling_job&&) = delete;
  ~travelling_job() {
    if (job_) job_->intrusive_ptr_release_impl();
  }
  caf::resumable* release() noexcept { return std::exchange(job_, nullptr); }

 private:
  caf::resumable* job_;
};

}  // namespace

io_loop::io_loop(caf::actor_system& system, net::loop& loop) : loop_(loop) {
  system_ = &system;
}

io_loop::~io_loop() {
  for (auto* job : ready_) job->intrusive_ptr_release_impl();
}

void io_loop::exec_later(caf::resumable* job) {
  if (job->subtype() != caf::resumable::io_actor) {
    system().scheduler().enqueue(job);
    return;
  }
  if (loop_.on_thread()) {
    ready_.push_back(job);
    arm();
    return;
  }
  loop_.post([this, travelling = travelling_job{job}]() mutable {
    ready_.push_back(travelling.release());
    if (!armed_) drain();
  });
}

void io_loop::arm() {
  if (armed_) return;
  loop_.post([this] { drain(); });
  armed_ = true;
}

void io_loop::run(caf::resumable* job) {
  switch (job->resume(this, messages_per_actor)) {
    case caf::resumable::resume_later: ready_.push_back(job); break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
    case caf::resumable::shutdown_execution_unit: job->intrusive_ptr_release_impl(); break;
  }
}

void io_loop::drain() {
  armed_ = true;  // what becomes ready meanwhile is taken below or by the next turn, never by a second post
  for (std::size_t n = 0; n < actors_per_turn && !ready_.empty(); ++n) {
    caf::resumable* job = ready_.front();
    ready_.pop_front();
    net::guard([&] { run(job); }, [] {});  // what an actor throws ends it; this is for what CAF itself throws
  }
  armed_ = false;
  if (!ready_.empty()) arm();
}

}  // namespace tonris::actors
