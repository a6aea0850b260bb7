// TLS on both legs: the gateway serves with a certificate of its own and verifies the vendor's. The bench makes a
// throw-away authority, drives real calls through it and fails on any frame that is lost, changed or out of order.
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "tests/places.hpp"

namespace tonris::e2e {
namespace {

int bench(const std::string& arguments) {
  const std::string command =
      test::programs() + "/tonris-bench " + arguments + " --gateway " + test::programs() + "/tonris >&2";
  const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe): one thread
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Tls, CarriesCallsOnBothLegs) {
  EXPECT_EQ(bench("calls --tls --calls 5 --seconds 3 --rounds 1"), 0);
}

TEST(Bench, MeasuresCallsWithoutAFault) {
  EXPECT_EQ(bench("calls --calls 5 --seconds 3 --rounds 1"), 0);
}

TEST(Bench, MeasuresTheSameCallsWatchedAndUnwatched) {
  EXPECT_EQ(bench("calls --calls 5 --seconds 0.5 --lines 4 --watchers 3 --pairs 2"), 0);
}

TEST(Bench, MeasuresWebhooksTakenAndRefused) {
  EXPECT_EQ(bench("webhooks --seconds 2 --rounds 1"), 0);
  EXPECT_EQ(bench("webhooks --bad-signature --seconds 2 --rounds 1"), 0);
}

}  // namespace
}  // namespace tonris::e2e
