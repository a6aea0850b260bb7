// A gateway whose listening socket a service manager holds, as config/systemd does: who knocks while it is away waits
// there. The callers' Twilio asks again as our addresses tell it to, at once and some times, and has no patience.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>

#include "tests/e2e/exact_call.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/places.hpp"
#include "tests/sanitized.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class Activation : public testing::Test {
 protected:
  static constexpr std::size_t calls = sanitized ? 10 : 30;

  Activation()
      : w([](const std::string&, std::uint64_t) {
          auto agent = exact_agent();
          agent.greeting.reset();
          return std::optional{agent};
        }) {}

  void start(std::map<std::string, std::string> settings = {}) {
    settings.emplace("LOG_LEVEL", "info");
    w.start_gateway(one_tenant(), std::move(settings), {.whose = door::handed});
  }

  void place_calls() {
    for (std::uint32_t i = 1; i <= calls; ++i) {
      auto& call = *live.emplace_back(std::make_unique<exact_call>(i, 300));
      auto options = options_of(w, call);
      options.hang_up_after_last_word = 1s;
      options.gateway_may_die = true;
      call.report = w.place(options, call.says, call.hears);
    }
    ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().size() == calls; }, 20s));
    std::this_thread::sleep_for(1500ms);  // what they last said about themselves is written
  }

  /// That an answer waited for a process to start is none: Twilio waits 15 s.
  static std::string mistakes(const sim::caller_report& report) {
    auto all = report.violations.all();
    std::erase_if(all, [](const auto& one) { return one.rule == "answer_too_late"; });
    return violations_of(all);
  }

  /// Each went on in the next life, and ended by its caller.
  void expect_all_to_go_on() {
    std::size_t went_on = 0, retries = 0;
    for (auto& call : live) {
      const auto report = call->report.get();
      EXPECT_EQ(mistakes(report), "");
      const auto record = w.record(report.call_sid);
      const bool did = report.streams.size() == 2 && has(record, R"("endReason":"caller_hung_up")");
      EXPECT_TRUE(did) << report.streams.size() << " streams, " << report.ended_why << ", " << record;
      went_on += did;
      retries += report.retries;
    }
    EXPECT_EQ(went_on, calls);
    EXPECT_EQ(retries, 0u) << "nobody was refused: there was nothing to try again";
    EXPECT_TRUE(
        w.gateway().metric_comes_to(R"(tonris_calls_resumed_total{after="store"})", static_cast<double>(calls)));
  }

  world w;
  std::vector<std::unique_ptr<exact_call>> live;
};

TEST_F(Activation, KeepsAllCallsOverAKill) {
  start();
  place_calls();
  w.gateway().kill();
  w.gateway().start_again();
  expect_all_to_go_on();
}

TEST_F(Activation, KeepsAllCallsOverAStopThatHandsThemOver) {
  start({{"DRAIN_TIMEOUT", "0"}});
  place_calls();
  EXPECT_EQ(w.gateway().stop(), 0);
  w.gateway().start_again();
  expect_all_to_go_on();
}

TEST_F(Activation, SharesTheSocketAmongItsLoops) {
  start({{"IO_LOOPS", "3"}});
  for (std::uint32_t i = 1; i <= 6; ++i) {
    auto& call = *live.emplace_back(std::make_unique<exact_call>(i, 50));
    auto options = options_of(w, call);
    options.hang_up_after_last_word = 100ms;
    call.report = w.place(options, call.says, call.hears);
  }
  for (auto& call : live) EXPECT_TRUE(call->report.get().violations.empty());
  EXPECT_TRUE(w.gateway().log_says("Listening on handed sockets, port " + std::to_string(w.gateway().port())));
}

TEST(ActivationRefused, SaysSoInOneLineWhenWhatIsHandedOverIsNoListeningSocket) {
  const auto end =
      shell("LISTEN_FDS=1 TWILIO_ACCOUNT_SID=" + account_sid + " TWILIO_AUTH_TOKEN=" + auth_token +
            " ELEVENLABS_API_KEY=" + api_key + " APP_BASE_URL=http://127.0.0.1 sh -c 'LISTEN_PID=$$ exec " +
            test::programs() + "/tonris' 3</dev/null");
  EXPECT_EQ(end.status, 2);
  EXPECT_EQ(end.said,
            "tonris: a socket that the service manager hands over cannot be used: descriptor 3 is no listening TCP "
            "socket\n");
}

/// What a service manager is told, by a socket of the test's own.
class manager_ear {
 public:
  explicit manager_ear(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const timeval limit{10, 0};
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0)
      throw std::runtime_error("no ear");
  }
  ~manager_ear() { ::close(fd_); }
  manager_ear(const manager_ear&) = delete;
  manager_ear& operator=(const manager_ear&) = delete;

  std::string next() {
    std::array<char, 512> text{};
    const auto size = ::recv(fd_, text.data(), text.size(), 0);
    return size < 0 ? "nothing" : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  int fd_;
};

TEST(ServiceManager, IsToldThatTheGatewayIsReadyThatItIsAliveAndThatItStops) {
  const auto path = testing::TempDir() + "tonris-manager-" + std::to_string(::getpid());
  manager_ear manager(path);
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  w.start_gateway(one_tenant(), {{"NOTIFY_SOCKET", path}, {"WATCHDOG_USEC", "400000"}});
  EXPECT_EQ(manager.next(), "READY=1");
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(manager.next(), "WATCHDOG=1") << "each 200 ms";
  w.gateway().signal(SIGTERM);
  auto told = manager.next();
  while (told == "WATCHDOG=1") told = manager.next();
  EXPECT_EQ(told, "STOPPING=1");
  EXPECT_EQ(w.gateway().wait_for_end(), 0);
  ::unlink(path.c_str());
}

}  // namespace
}  // namespace tonris::e2e
