// The real gateway asks a real name server, which is slow, loses an answer, says nothing, or lies. Nobody else on the
// machine asks it: the gateway has an /etc/resolv.conf of its own.
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <system_error>
#include <thread>

#include "net/http_server.hpp"
#include "net/name_resolver.hpp"
#include "tests/e2e/broken_agent.hpp"
#include "tests/e2e/certified.hpp"
#include "tests/e2e/exact_call.hpp"
#include "tests/e2e/name_server.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/sanitized.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

const std::string vendor_name = "api.vendor.example";

/// Serves with a good certificate, but of another name, and counts what it is told.
class stranger {
 public:
  stranger(const std::string& host, std::uint16_t port, std::shared_ptr<net::tls_server_context> tls) {
    server_ = net::http_server::listen(loop_, host, port, {}, std::move(tls), [](const auto&, const auto&) {}).value();
    server_->start();
    loop_.start();
  }
  ~stranger() {
    loop_.stop();
    server_.reset();
  }
  stranger(const stranger&) = delete;
  stranger& operator=(const stranger&) = delete;

  [[nodiscard]] net::http_server_stats met() const { return server_->stats(); }

 private:
  net::loop loop_{"stranger"};
  std::unique_ptr<net::http_server> server_;
};

class NameServer : public testing::Test {
 protected:
  void SetUp() override {
    if (!may_have_own_files()) GTEST_SKIP() << "this user may not give a process an /etc/resolv.conf of its own";
    try {
      names.emplace();
    } catch (const std::system_error& refused) {
      GTEST_SKIP() << "this user may not serve names: " << refused.what();
    }
    names->tell(vendor_name, {"127.0.0.1"});
  }

  void start(std::map<std::string, std::string> settings = {}, door whose = door::own) {
    w.emplace([](const std::string&, std::uint64_t) { return std::optional{exact_agent()}; }, vendor.tls, vendor_name);
    say_ids(*w);
    const auto trusted = folder.path() + "/trusted.pem";
    std::ofstream{trusted} << std::ifstream{vendor.files.authority}.rdbuf()
                           << std::ifstream{other.files.authority}.rdbuf();
    settings.emplace("SSL_CERT_FILE", trusted);
    w->start_gateway(one_tenant(), std::move(settings),
                     {.whose = whose,
                      .files = {{"/etc/resolv.conf", names->resolv_conf()},
                                {"/etc/hosts", "127.0.0.1 localhost\n"},
                                {"/etc/nsswitch.conf", "hosts: files dns\n"}}});
  }

  /// It talks for two seconds, both ways.
  exact_call& place_call(bool gateway_may_die = false) {
    auto& call = *calls.emplace_back(std::make_unique<exact_call>(++placed));
    auto options = options_of(*w, call);
    options.hang_up_after_last_word = 2s;
    options.gateway_may_die = gateway_may_die;
    call.report = w->place(options, call.says, call.hears);
    return call;
  }
  /// Eight in two seconds.
  void place_calls() {
    for (int i = 0; i < 8; ++i) {
      place_call();
      std::this_thread::sleep_for(250ms);
    }
  }
  /// Each had one agent from its beginning to its end, and what was said went both ways whole.
  void expect_an_agent_for_each() {
    for (auto& call : calls) {
      expect_exact(*w, *call);
      const auto record = w->record(sid_of(call->id));
      EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
      EXPECT_TRUE(has(record, R"("restarts":0)")) << record;
      EXPECT_EQ(count_of(record, "conversationId"), 1u) << record;
    }
  }

  bench::temporary_folder folder = bench::temporary_folder::make().value();
  certified vendor{vendor_name}, other{"other.example"};
  std::uint32_t placed = 0;
  std::vector<std::unique_ptr<exact_call>> calls;
  std::optional<name_server> names;
  std::optional<world> w;
};

TEST_F(NameServer, LosesItsFirstAnswerAndEveryCallHasItsAgent) {
  start();
  names->lose(1);  // the system asks again after 5 s
  place_calls();
  expect_an_agent_for_each();
  EXPECT_GE(names->asked(), 2u) << "one was lost";
  expect_vendor_content(*w);
}

TEST_F(NameServer, LosesAnAnswerAndThenLiesAndEveryCallHasItsAgent) {
  start();
  place_call();
  ASSERT_TRUE(names->is_asked(1));
  const auto known_since = clock::now();
  expect_an_agent_for_each();
  calls.clear();
  std::this_thread::sleep_until(known_since + net::resolver_limits{}.fresh + 1s);
  const auto asked = names->asked();
  stranger liar("127.0.0.66", w->on_loop([&] { return w->vendor().port(); }), other.tls);
  names->lose(1);
  names->tell(vendor_name, {"127.0.0.66", "127.0.0.67"});  // nobody is at the second one
  place_calls();
  expect_an_agent_for_each();
  EXPECT_GE(names->asked(), asked + 2) << "the lost one, and one that was answered by the lie";
  EXPECT_GE(liar.met().tls_failures, 1u) << "the lie was tried";
  EXPECT_EQ(liar.met().requests, 0u) << "whoever sits there is told nothing";
  expect_vendor_content(*w);
}

TEST_F(NameServer, IsSlowAndAHundredAgentsThatDropAtOnceComeBack) {
  constexpr std::size_t many = sanitized ? 20 : 100;
  names->delay(40ms);
  start({{"LOG_LEVEL", "info"}});
  silent says(100'000);
  std::vector<listener> hear(many);
  std::vector<std::shared_ptr<sim::twilio_caller>> callers(many);
  std::vector<std::future<sim::caller_report>> reports;
  for (std::size_t i = 0; i < many; ++i) {
    auto options = w->caller();
    options.call_sid = sid_of(static_cast<std::uint32_t>(i + 1));
    reports.push_back(w->place(options, says, hear[i], &callers[i]));
  }
  const auto all_live = [&] { return w->vendor().live().size() == many; };
  EXPECT_TRUE(w->wait_until(all_live, 20s));
  std::this_thread::sleep_for(500ms);
  w->on_loop([&] {
    for (const auto& conversation : w->vendor().live()) conversation->drop();
  });
  EXPECT_TRUE(w->wait_until([&] { return w->vendor().ended().size() == many && all_live(); }, 20s));
  std::this_thread::sleep_for(500ms);
  w->on_loop([&] {
    for (const auto& caller : callers) caller->hang_up();
  });
  for (auto& one : reports) {
    const auto report = one.get();
    EXPECT_TRUE(report.spoken.empty()) << "no fallback";
    expect_healed(*w, report, "agent_lost");
  }
  EXPECT_LE(names->asked(), 10u) << "all who want a name share its questions";
  EXPECT_TRUE(w->gateway().running());
  expect_vendor_content(*w);
}

TEST_F(NameServer, NeverSaidAnythingAndTheCallerIsNotKeptWaiting) {
  start();
  names->say_nothing(true);
  const auto report = w->call(w->caller());
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.spoken.size(), 1u);
  EXPECT_LT(report.ended_ms, 3000 + 2000) << "generous: this machine may be busy";
  const auto record = w->record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"agent_timeout")")) << record;
  EXPECT_TRUE(has(record, "the name was not resolved in time")) << record;
}

TEST_F(NameServer, SaysNothingAndHoldsUpNoStop) {
  start({{"DRAIN_TIMEOUT", "0"}}, door::handed);
  names->say_nothing(true);
  auto& call = place_call(true);
  ASSERT_TRUE(names->is_asked(1));
  const auto begun = clock::now();
  EXPECT_EQ(w->gateway().stop(), 0);
  EXPECT_LT(clock::now() - begun, 3s) << "the system waits 10 s for its answer";
  names->say_nothing(false);
  w->gateway().start_again();
  const auto report = call.report.get();
  EXPECT_TRUE(report.spoken.empty());
  const auto record = w->record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
  EXPECT_EQ(count_of(record, "conversationId"), 1u) << record;
}

TEST(NameOfThisMachine, LeadsToTheVendorWhoIsNotAtItsFirstAddress) {
  if (!may_have_own_files()) GTEST_SKIP() << "this user may not give a process an /etc/hosts of its own";
  world w([](const std::string&, std::uint64_t) { return std::optional{exact_agent()}; }, nullptr, "localhost");
  say_ids(w);
  w.start_gateway(
      one_tenant(), {},
      {.files = {{"/etc/hosts", "::1 localhost\n127.0.0.1 localhost\n"}, {"/etc/nsswitch.conf", "hosts: files\n"}}});
  const auto found =
      shell("nsenter --mount --target " + std::to_string(w.gateway().pid()) + " getent ahosts localhost").said;
  if (!found.starts_with("::1 ")) GTEST_SKIP() << "this machine does not try IPv6 first: " << found;
  exact_call call(1);
  auto options = options_of(w, call);
  options.hang_up_after_last_word = 2s;
  call.report = w.place(options, call.says, call.hears);
  expect_exact(w, call);
  const auto record = w.record(sid_of(call.id));
  EXPECT_TRUE(has(record, R"("restarts":0)")) << record;
  expect_vendor_content(w);
}

}  // namespace
}  // namespace tonris::e2e
