#include "net/redis_subscription.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "redis_fixture.hpp"

namespace tonris::net::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class RedisSubscription : public testing::Test {
 protected:
  using phase = redis_state::phase;

  void SetUp() override { io.start(); }
  void TearDown() override {
    on(io, [this] { subscription.reset(); });
    io.stop();
  }
  void open(redis_options options, std::vector<std::string> channels = {"{t}:inv"}) {
    on(io, [&] {
      subscription = redis_subscription::make(io, std::move(options), std::move(channels),
                                              {[this](const redis_state& state) { states.push_back(state); },
                                               [this](std::string_view channel, std::string_view message) {
                                                 messages.push_back(std::string{channel}.append(" ").append(message));
                                               },
                                               [this](const std::string& line) { faults.push_back(line); }});
    });
  }
  [[nodiscard]] std::ptrdiff_t lives_so_far() const {
    return std::ranges::count(states, phase::ready, &redis_state::is);
  }
  bool lives(std::ptrdiff_t life) {
    return eventually(io, [&] { return lives_so_far() == life && subscription->state().is == phase::ready; });
  }
  bool becomes(phase what) {
    return eventually(io, [&] { return subscription->state().is == what; });
  }
  bool heard(std::size_t count) {
    return eventually(io, [&] { return messages.size() == count; });
  }

  loop io{"redis-test"};
  std::unique_ptr<redis_subscription> subscription;
  std::vector<redis_state> states;
  std::vector<std::string> messages, faults;
};

TEST_F(RedisSubscription, HearsWhatIsPublished) {
  const redis_server server;
  open(options_of(server.url()), {"{t}:inv", "{t}:other"});
  ASSERT_TRUE(lives(1));
  server.say({"PUBLISH", "{t}:inv", "7 salon-1 - +1"});
  server.say({"PUBLISH", "{t}:foreign", "x"});
  server.say({"PUBLISH", "{t}:other", "y\r\n"});
  ASSERT_TRUE(heard(2));
  EXPECT_THAT(messages, ElementsAre("{t}:inv 7 salon-1 - +1", "{t}:other y\r\n"));
  EXPECT_EQ(on(io, [this] { return subscription->state().server.run_id.size(); }), 40U);
}

TEST_F(RedisSubscription, HearsAHundredThousandMessagesWhole) {
  const redis_server server;
  auto options = options_of(server.url());
  options.times.ping_within = 10s;  // a script answers nobody while it runs
  open(options);
  ASSERT_TRUE(lives(1));
  server.say({"EVAL", "for i = 1, 100000 do redis.call('PUBLISH', '{t}:inv', i) end", "0"});
  ASSERT_TRUE(heard(100'000));
  EXPECT_EQ(messages.back(), "{t}:inv 100000");
  EXPECT_EQ(on(io, [this] { return lives_so_far(); }), 1);
}

TEST_F(RedisSubscription, BeginsAnotherLifeAfterItsConnectionWasKilled) {
  const redis_server server;
  open(options_of(server.url()));
  ASSERT_TRUE(lives(1));
  server.say({"CLIENT", "KILL", "TYPE", "pubsub"});
  ASSERT_TRUE(lives(2));
  server.say({"PUBLISH", "{t}:inv", "again"});
  EXPECT_TRUE(heard(1));
}

TEST_F(RedisSubscription, NoticesAStoppedServer) {
  const redis_server server;
  open(options_of(server.url()));
  ASSERT_TRUE(lives(1));
  server.pause();
  ASSERT_TRUE(becomes(phase::away));
  server.resume();
  EXPECT_TRUE(lives(2));
}

TEST_F(RedisSubscription, KeepsOneLifeWhileItsPingsAreAnswered) {
  const redis_server server;
  open(options_of(server.url()));
  ASSERT_TRUE(lives(1));
  std::this_thread::sleep_for(1s);  // five of them
  EXPECT_TRUE(lives(1));
  EXPECT_THAT(server.say({"INFO", "commandstats"}), HasSubstr("cmdstat_ping"));
}

// SUBSCRIBE is answered by a server that has no data yet.
TEST_F(RedisSubscription, DoesNotTrustAServerThatLoadsItsData) {
  redis_server server{{"--enable-debug-command", "local", "--key-load-delay", "1000",
                       "--loading-process-events-interval-bytes", "1024"}};
  server.say({"DEBUG", "POPULATE", "1000"});
  server.say({"SAVE"});
  open(options_of(server.url()));
  ASSERT_TRUE(lives(1));
  server.restart();
  ASSERT_TRUE(eventually(io, [this] { return subscription->state().why.find("LOADING") != std::string::npos; }));
  ASSERT_TRUE(lives(2));
}

TEST_F(RedisSubscription, LeavesAServerThatIsNoMasterAnyMoreWhenItConnectsAgain) {
  const redis_server server;
  open(options_of(server.url()));
  ASSERT_TRUE(lives(1));
  server.say({"REPLICAOF", "127.0.0.1", std::to_string(tonris::test::free_port())});
  server.say({"CLIENT", "KILL", "TYPE", "pubsub"});
  ASSERT_TRUE(becomes(phase::away));
  server.say({"REPLICAOF", "NO", "ONE"});
  EXPECT_TRUE(lives(2));
}

TEST_F(RedisSubscription, SaysOnceThatItMayNotListen) {
  const redis_server server;
  server.say({"ACL", "SETUSER", "u", "on", ">pw", "~*", "resetchannels", "&{t}:inv", "+@all"});
  open(options_of(server.url("u:pw@")), {"{t}:inv", "{t}:secret"});
  ASSERT_TRUE(eventually(io, [this] { return states.size() > 3; }));
  on(io, [this] { subscription.reset(); });
  ASSERT_THAT(faults, SizeIs(1));
  EXPECT_THAT(faults[0], HasSubstr("listen to our channels (NOPERM)"));
}

TEST_F(RedisSubscription, MayBeEndedByAMessage) {
  const redis_server server;
  std::unique_ptr<redis_subscription> mortal;
  on(io, [&] {
    mortal = redis_subscription::make(io, options_of(server.url()), {"c"},
                                      {nullptr, [&](std::string_view, std::string_view) { mortal.reset(); }, nullptr});
  });
  ASSERT_TRUE(eventually(io, [&] { return mortal->state().is == phase::ready; }));
  server.say({"EVAL", "redis.call('PUBLISH', 'c', 'a') redis.call('PUBLISH', 'c', 'b')", "0"});
  EXPECT_TRUE(eventually(io, [&] { return mortal == nullptr; }));
}

}  // namespace
}  // namespace tonris::net::test
