#include "actors/node/watch.hpp"

#include "net/caught.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class ConnectionWatch : public testing::Test {
 protected:
  std::string look(std::chrono::seconds later = 1s) {
    captured_log log;
    watch.look(so_far, now += later);
    return log.text();
  }

  net::http_server_stats so_far;
  connection_watch::time now{};
  connection_watch watch{[] { return 41u; }, 64};
};

TEST_F(ConnectionWatch, SaysEachTimeThatConnectionsWait) {
  EXPECT_EQ(look(), "");
  so_far.failed_accepts = 3;
  EXPECT_THAT(look(), HasSubstr("[ERROR]: Connections wait that cannot be "
                                "accepted: 41 descriptors are open, the limit "
                                "is 64\n"));
  EXPECT_EQ(look(), "");
  so_far.failed_accepts = 4;
  EXPECT_NE(look(), "");
}

TEST_F(ConnectionWatch, SaysOnceAMinuteHowManyWereGivenUp) {
  so_far.given_up = 2;
  EXPECT_THAT(look(), HasSubstr("[WARN]: Idle connections were given up for "
                                "others: 2; 41 descriptors are open"));
  so_far.given_up = 9;
  EXPECT_EQ(look(59s), "");
  EXPECT_THAT(look(1s), HasSubstr("given up for others: 7; "));
  EXPECT_EQ(look(60s), "");
}

TEST(ExceptionWatch, SaysWhatWasCaughtSinceItLooked) {
  exception_watch watch;
  watch.look();
  net::guard([] { throw std::runtime_error("broken"); }, [] {});
  const auto said = [&] {
    captured_log log;
    watch.look();
    return log.text();
  };
  EXPECT_THAT(said(), HasSubstr("since the start): broken\n"));
  EXPECT_EQ(said(), "");
}

}  // namespace
}  // namespace tonris::actors::test
