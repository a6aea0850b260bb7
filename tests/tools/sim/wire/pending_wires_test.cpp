#include "tools/sim/wire/pending_wires.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "net/run_on.hpp"

namespace {

using namespace tonris;
using namespace tonris::sim;
using namespace std::chrono_literals;

class SimPendingWires : public testing::Test {
 protected:
  SimPendingWires() {
    loop_.start();
    wires = std::make_unique<pending_wires>();
  }
  ~SimPendingWires() override {
    on([this] { wires.reset(); });
    loop_.stop();
  }
  void on(const std::function<void()>& work) {
    net::run_on(loop_, [&] { return work(), 0; });
  }
  std::shared_ptr<wire> laid() { return wire::lay(loop_, 1, wire::gateway_end::dials).value(); }

 private:
  net::loop loop_{"wires"};

 protected:
  std::unique_ptr<pending_wires> wires;
  const pending_wires::time_point now = std::chrono::steady_clock::now();
};

TEST_F(SimPendingWires, AreTakenOnceByTheirSignature) {
  on([this] {
    const auto one = laid();
    wires->keep("one", one, now, now + 1s);
    wires->keep("two", laid(), now, now + 1s);
    EXPECT_EQ(wires->take("three"), nullptr);
    EXPECT_EQ(wires->take("one"), one);
    EXPECT_EQ(wires->take("one"), nullptr);
    EXPECT_NE(wires->take("two"), nullptr);
  });
}

TEST_F(SimPendingWires, GoWhenTheirTimeIsOver) {
  on([this] {
    auto one = laid();
    const std::weak_ptr<wire> never_dialled = one;
    wires->keep("one", std::exchange(one, nullptr), now, now + 1s);
    EXPECT_FALSE(never_dialled.expired());
    wires->keep("two", laid(), now + 2s, now + 3s);
    EXPECT_TRUE(never_dialled.expired());
  });
}

}  // namespace
