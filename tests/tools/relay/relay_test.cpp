#include "tools/relay/relay.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/places.hpp"
#include "tools/bench/call_run.hpp"
#include "tools/bench/connection.hpp"

namespace tonris::bench {
namespace {

struct tls_files {
  temporary_folder folder = std::move(*temporary_folder::make());
  certificate_files files = *make_certificates(folder.path());
};

bench_setup setup_with(const tls_files& made, bool tls) {
  bench_setup setup;
  setup.relay = tonris::test::programs() + "/tonris-relay";
  setup.gateway_core = -1;
  setup.tls = tls;
  setup.folder = made.folder.path();
  if (!tls) return setup;
  std::string error;
  setup.certificates = made.files;
  setup.server = tls_server_side(made.files.certificate, made.files.key, error);
  setup.client = tls_client_side(made.files.authority, error);
  return setup;
}

/// Sends back what it gets, and can be told to wait before it reads on.
struct echo final : connection_user {
  echo(poller& events, int fd, const tls_context& tls) : link(events, *this) { EXPECT_TRUE(link.adopt(fd, tls)); }
  void on_open() override {}
  void on_data(std::span<char> bytes) override { link.write({bytes.data(), bytes.size()}); }
  void on_closed(std::string_view) override { closed = true; }
  connection link;
  bool closed = false;
};

struct collector final : connection_user {
  explicit collector(poller& events) : link(events, *this) {}
  void on_open() override { open = true; }
  void on_data(std::span<char> bytes) override { got.append(bytes.data(), bytes.size()); }
  void on_closed(std::string_view) override { closed = true; }
  connection link;
  std::string got;
  bool open = false, closed = false;
};

class Relay : public testing::TestWithParam<bool> {
 protected:
  template <class Done>
  bool pump(Done done) {
    for (const nanos until = now() + 20 * one_s; now() < until;) {
      if (done()) return true;
      events.wait(now() + 5 * one_ms);
    }
    return false;
  }

  tls_files made;
  bench_setup setup = setup_with(made, GetParam());
  poller events;
  std::vector<std::unique_ptr<echo>> echoes;
};

TEST_P(Relay, CarriesMegabytesBothWaysUnchangedAndPassesTheEndOn) {
  auto upstream =
      acceptor::listen(events, [&](int fd) { echoes.push_back(std::make_unique<echo>(events, fd, setup.server)); });
  ASSERT_TRUE(upstream.has_value());
  auto relay = start_target(setup, target_kind::relay, (*upstream)->port(), 1, events);
  ASSERT_TRUE(relay.has_value()) << relay.error();
  collector one{events};
  ASSERT_TRUE(one.link.dial((*relay)->address.port, setup.client));
  ASSERT_TRUE(pump([&] { return one.open; }));
  std::string sent;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) sent.append(reinterpret_cast<const char*>(&i), sizeof i);
  one.link.write(sent);
  ASSERT_TRUE(pump([&] { return one.got.size() >= sent.size(); }));
  EXPECT_EQ(one.got, sent);
  one.link.close();
  EXPECT_TRUE(pump([&] { return echoes.back()->closed; }));
  EXPECT_EQ((*relay)->process.stop(5 * one_s), "exit status 0");
}

TEST_P(Relay, ClosesWhatItAcceptedWhenTheUpstreamIsNotThere) {
  auto upstream =
      acceptor::listen(events, [&](int fd) { echoes.push_back(std::make_unique<echo>(events, fd, setup.server)); });
  ASSERT_TRUE(upstream.has_value());
  auto relay = start_target(setup, target_kind::relay, (*upstream)->port(), 1, events);
  ASSERT_TRUE(relay.has_value()) << relay.error();
  upstream->reset();
  collector one{events};
  ASSERT_TRUE(one.link.dial((*relay)->address.port, setup.client));
  EXPECT_TRUE(pump([&] { return one.closed; }));
}

TEST_P(Relay, IsMeasuredByTheBenchWithoutLoss) {
  call_plan plan;
  plan.calls = 10;
  plan.seconds = 0.5;
  plan.settle = 0.1;
  const auto runs = run_calls(setup, target_kind::relay, plan);
  ASSERT_TRUE(runs.has_value()) << runs.error();
  ASSERT_EQ(runs->size(), 1U);
  const auto* const run = &runs->front();
  for (const char* name :
       {"frames_lost", "frames_reordered", "frames_misdirected", "frames_damaged", "frames_foreign"}) {
    EXPECT_EQ(run->figures.get(name), 0) << name;
  }
  EXPECT_EQ(run->figures.get("calls_up_at_end"), 10);
  EXPECT_GT(run->figures.get("latency_to_agent_count").value_or(0), 100);
  EXPECT_GT(run->figures.get("latency_to_caller_count").value_or(0), 100);
  EXPECT_GT(run->figures.get("cpu_per_frame_us").value_or(0), 0);
  EXPECT_TRUE(run->faults.empty()) << run->faults.begin()->first;
}

INSTANTIATE_TEST_SUITE_P(Legs, Relay, testing::Values(false, true),
                         [](const auto& each) { return each.param ? "Tls" : "Plain"; });

TEST(RelayTls, IsNotTalkedToWithACertificateOfAnotherAuthority) {
  const tls_files ours, theirs;
  auto setup = setup_with(ours, true);
  const auto strangers = setup_with(theirs, true);
  poller events;
  std::vector<std::unique_ptr<echo>> echoes;
  auto server =
      acceptor::listen(events, [&](int fd) { echoes.push_back(std::make_unique<echo>(events, fd, strangers.server)); });
  ASSERT_TRUE(server.has_value());
  collector one{events};
  ASSERT_TRUE(one.link.dial((*server)->port(), setup.client));
  for (const nanos until = now() + 10 * one_s; !one.closed && now() < until;) events.wait(now() + 5 * one_ms);
  EXPECT_TRUE(one.closed);
  EXPECT_FALSE(one.open);
}

TEST(BenchTarget, ThatCannotBeRunIsAClearSentence) {
  const tls_files made;
  auto setup = setup_with(made, false);
  setup.relay = "/nowhere/tonris-relay";
  poller events;
  const auto none = start_target(setup, target_kind::relay, 1, 1, events);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error(), "there is no program /nowhere/tonris-relay");
}

TEST(BenchTarget, ThatEndsAtOnceIsToldWithItsLastWords) {
  const tls_files made;
  auto setup = setup_with(made, false);
  setup.gateway = "/bin/false";
  poller events;
  const auto none = start_target(setup, target_kind::gateway, 1, 1, events);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error(), "gateway ended at once: exit status 1");
}

}  // namespace
}  // namespace tonris::bench
