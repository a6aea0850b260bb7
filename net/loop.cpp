#include "net/loop.hpp"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <thread>
#include <utility>

#include "net/caught.hpp"
#include "net/name_resolver.hpp"

namespace tonris::net {
namespace {

thread_local const loop* running_loop = nullptr;

/// Signals are the main thread's business: a loop must not be interrupted by one.
void block_signals() noexcept {
  sigset_t all;
  sigfillset(&all);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPROF}) sigdelset(&all, fault);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

/// An exception leaves run() between two handlers: the others are untouched.
void run(boost::asio::io_context& context) noexcept {
  for (bool over = false; !over;)
    guard(
        [&] {
          context.run();
          over = true;
        },
        [] {});
}

}  // namespace

struct loop::state {
  state(std::string loop_name, std::shared_ptr<name_resolver> names_of)
      : name{std::move(loop_name)},
        names{std::move(names_of)},
        context{1},
        keep_running{boost::asio::make_work_guard(context)} {}

  std::string name;
  std::shared_ptr<name_resolver> names;
  boost::asio::io_context context;  // hint 1: one thread runs it; post() from others stays safe
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running;
  std::thread thread;
};

loop::loop(std::string name) : loop{std::move(name), name_resolver::of_process()} {}

loop::loop(std::string name, std::shared_ptr<name_resolver> names)
    : state_{std::make_unique<state>(std::move(name), std::move(names))} {}

loop::~loop() {
  stop();
}

void loop::start() {
  state_->thread = std::thread([this]() noexcept {
    running_loop = this;
    block_signals();
    pthread_setname_np(pthread_self(), state_->name.substr(0, 15).c_str());
    run(state_->context);
    running_loop = nullptr;
  });
}

void loop::stop() {
  state_->context.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

void loop::post(std::function<void()> work) {
  boost::asio::post(state_->context, std::move(work));
}

bool loop::on_thread() const noexcept {
  return running_loop == this;
}

const std::string& loop::name() const noexcept {
  return state_->name;
}

boost::asio::io_context& loop::context() noexcept {
  return state_->context;
}

name_resolver& loop::resolver() const noexcept {
  return *state_->names;
}

std::chrono::steady_clock::time_point loop::now() const noexcept {
  return std::chrono::steady_clock::now();
}

}  // namespace tonris::net
