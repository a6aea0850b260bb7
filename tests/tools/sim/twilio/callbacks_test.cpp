#include "tools/sim/twilio/callbacks.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/run_on.hpp"

namespace {

using namespace tonris;
using namespace tonris::sim;
using namespace std::chrono_literals;

struct row {
  std::string name;
  callback_manner how;
  std::vector<std::string> come;    ///< of "begun" and "over", in this order
  std::chrono::milliseconds after;  ///< the first, behind what it tells of
};

class SimTwilioCallbacks : public testing::TestWithParam<row> {};

TEST_P(SimTwilioCallbacks, ComeAsTheyAreTold) {
  net::loop loop{"callbacks"};
  loop.start();
  std::vector<std::string> came;
  std::optional<std::chrono::steady_clock::time_point> first;
  std::promise<void> all;
  std::unique_ptr<twilio_callbacks> callbacks;
  const auto began = std::chrono::steady_clock::now();
  net::run_on(loop, [&] {
    callbacks = std::make_unique<twilio_callbacks>(
        loop, GetParam().how, [&](const twilio_callbacks::told& what, std::function<void()> answered) {
          if (!first) first = std::chrono::steady_clock::now();
          came.push_back(what.url);
          loop.post([&, answered = std::move(answered)] {
            answered();
            if (!callbacks->owes()) all.set_value();
          });
        });
    callbacks->tell({"begun", "POST", {}});
    callbacks->tell({"over", "POST", {}});
    EXPECT_TRUE(callbacks->owes());
    callbacks->call_is_over();
  });
  ASSERT_EQ(all.get_future().wait_for(10s), std::future_status::ready);
  net::run_on(loop, [&] { callbacks.reset(); });
  loop.stop();
  EXPECT_EQ(came, GetParam().come);
  EXPECT_GE(*first - began, GetParam().after);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SimTwilioCallbacks,
    testing::Values(row{"AtOnce", {}, {"begun", "over"}, 0ms}, row{"Late", {200ms}, {"begun", "over"}, 200ms},
                    row{"Twice", {0ms, 2}, {"begun", "begun", "over", "over"}, 0ms},
                    row{"LastFirst", {0ms, 1, true}, {"over", "begun"}, 0ms},
                    row{"AtTheirWorst", {200ms, 2, true}, {"over", "over", "begun", "begun"}, 200ms}),
    [](const auto& of) { return of.param.name; });

}  // namespace
