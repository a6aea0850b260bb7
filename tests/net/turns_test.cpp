#include "net/turns.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "net_fixture.hpp"

namespace tonris::net::test {
namespace {

struct taker final : turn_taker {
  taker(std::string& said, char name, std::chrono::microseconds work = {}) : to{said}, as{name}, lasts{work} {}
  void take_turn() override {
    for (const auto until = std::chrono::steady_clock::now() + lasts; std::chrono::steady_clock::now() < until;) {
    }
    to += as;
    if (throws) throw std::runtime_error("a step");
  }
  void fail() override { to += '!'; }

  std::string& to;
  char as;
  std::chrono::microseconds lasts;
  bool throws = false;
};

class Turns : public testing::Test {
 protected:
  void SetUp() override { io.start(); }

  loop io{"turns"};
  std::shared_ptr<turns> steps = std::make_shared<turns>(io);
  std::string said;
};

TEST_F(Turns, LetTheLoopsOtherWorkInBetweenLongSteps) {
  on(io, [this] {
    for (const char name : {'a', 'b', 'c'}) steps->wait(std::make_shared<taker>(said, name, 300us));
    io.post([this] {
      said += '1';
      io.post([this] { said += '2'; });
    });
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return said.size() == 5; }));
  EXPECT_EQ(said, "a1b2c");
}

TEST_F(Turns, AreTakenInOrderButForWhoGoesAhead) {
  on(io, [this] {
    for (const char name : {'a', 'b'}) steps->wait(std::make_shared<taker>(said, name));
    steps->wait_ahead(std::make_shared<taker>(said, 'c'));
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return said.size() == 3; }));
  EXPECT_EQ(said, "cab");
}

TEST_F(Turns, OutliveAStepThatThrows) {
  on(io, [this] {
    const auto thrower = std::make_shared<taker>(said, 'a');
    thrower->throws = true;
    steps->wait(thrower);
    steps->wait(std::make_shared<taker>(said, 'b'));
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return said.size() == 3; }));
  EXPECT_EQ(said, "a!b");
}

TEST_F(Turns, LetGoOfWhoWaits) {
  const auto one = std::make_shared<taker>(said, 'a');
  on(io, [&] {
    steps->wait(one);
    steps->clear();
    return 0;
  });
  on(io, [] { return 0; });
  EXPECT_EQ(said, "");
  EXPECT_EQ(one.use_count(), 1);
}

}  // namespace
}  // namespace tonris::net::test
