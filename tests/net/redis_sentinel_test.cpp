#include "net/redis_sentinel.hpp"

#include <gmock/gmock.h>

#include "redis_fixture.hpp"

namespace tonris::net::test {
namespace {

using testing::HasSubstr;

/// A redis-sentinel that watches one master under the name "main" and takes it for dead after half a second.
class sentinel_server : public redis_server {
 public:
  sentinel_server(std::uint16_t master, int quorum) : redis_server{"redis-sentinel", {}} {
    std::ofstream{folder() + "/sentinel.conf"}
        << "sentinel monitor main 127.0.0.1 " << master << ' ' << quorum
        << "\nsentinel down-after-milliseconds main 500\nsentinel failover-timeout main 3000\n"
        << "sentinel parallel-syncs main 1\n";
    start();
  }

 protected:
  std::vector<std::string> own_flags() const override {
    return {folder() + "/sentinel.conf",
            "--port",
            std::to_string(port()),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder(),
            "--logfile",
            folder() + "/log"};
  }
};

class RedisSentinel : public RedisLinkTest {
 protected:
  void TearDown() override {
    on(io, [this] {
      question.reset();
      sentinel.reset();
    });
    RedisLinkTest::TearDown();
  }

  redis_sentinel::answer ask(const std::string& address) {
    auto out = std::make_shared<std::optional<redis_sentinel::answer>>();
    on(io, [&] {
      if (!sentinel) sentinel = redis_sentinel::make(io, model::read_redis_address(address).value());
      question = sentinel->ask([out](redis_sentinel::answer what) { *out = std::move(what); });
      EXPECT_FALSE(*out) << "answered from within";
    });
    EXPECT_TRUE(eventually(io, [&] { return out->has_value(); }));
    return out->value_or(redis_sentinel::answer{});
  }
  static std::string place(const redis_server& one) { return "127.0.0.1:" + std::to_string(one.port()); }

  std::shared_ptr<redis_sentinel> sentinel;
  std::unique_ptr<redis_sentinel::question> question;
};

TEST_F(RedisSentinel, KnowsTheMasterByItsName) {
  const redis_server master;
  const sentinel_server one{master.port(), 1};
  const auto answer = ask("redis+sentinel://" + place(one) + "/main");
  ASSERT_TRUE(answer.master) << answer.why;
  EXPECT_EQ(*answer.master, (model::host_port{"127.0.0.1", master.port()}));
}

TEST_F(RedisSentinel, IsAskedAfterOthersThatAreNotThere) {
  const redis_server master;
  const sentinel_server one{master.port(), 1};
  const sentinel_server silent{master.port(), 1};
  silent.pause();
  const auto dead = "127.0.0.1:" + std::to_string(tonris::test::free_port());
  const auto answer = ask("redis+sentinel://" + dead + "," + place(silent) + "," + place(one) + "/main");
  silent.resume();
  EXPECT_TRUE(answer.master) << answer.why;
}

TEST_F(RedisSentinel, SaysThatANameIsUnknown) {
  const redis_server master;
  const sentinel_server one{master.port(), 1};
  const auto answer = ask("redis+sentinel://" + place(one) + "/other");
  EXPECT_FALSE(answer.master);
  EXPECT_TRUE(answer.is_fault);
  EXPECT_THAT(answer.why, HasSubstr("REDIS_URL"));
}

TEST_F(RedisSentinel, SaysThatNobodyAnswers) {
  const auto answer = ask("redis+sentinel://127.0.0.1:" + std::to_string(tonris::test::free_port()) + "/main");
  EXPECT_FALSE(answer.master);
  EXPECT_FALSE(answer.is_fault);
  EXPECT_EQ(answer.why, "no Sentinel answers");
}

TEST_F(RedisSentinel, MayLoseItsQuestion) {
  const redis_server master;
  const sentinel_server one{master.port(), 1};
  on(io, [&] {
    sentinel = redis_sentinel::make(io, model::read_redis_address("redis+sentinel://" + place(one) + "/main").value());
    question = sentinel->ask([](const redis_sentinel::answer&) { ADD_FAILURE() << "told all the same"; });
    question.reset();
  });
  EXPECT_TRUE(ask("").master) << "the next one is answered";
}

TEST_F(RedisSentinel, FaultReachesWhoeverHoldsTheLink) {
  const redis_server master;
  const sentinel_server one{master.port(), 1};
  open(options_of("redis+sentinel://" + place(one) + "/other"));
  ASSERT_TRUE(becomes(phase::refused));
  EXPECT_THAT(state().why, HasSubstr("no master of that name"));
}

/// A master, a replica of it, and three Sentinels that have found each other.
class RedisFailover : public RedisSentinel {
 protected:
  void SetUp() override {
    RedisSentinel::SetUp();
    replica.say({"REPLICAOF", "127.0.0.1", std::to_string(master.port())});
    ASSERT_TRUE(eventually(io, [this] {
      return replica.say({"INFO", "replication"}).find("link_status:up") != std::string::npos;
    }));
    for (int i = 0; i < 3; ++i) sentinels.push_back(std::make_unique<sentinel_server>(master.port(), 2));
    for (const auto& one : sentinels)
      ASSERT_TRUE(eventually(io, [&] {
        const auto said = one->say({"INFO", "sentinel"});
        return said.find("slaves=1,sentinels=3") != std::string::npos;
      })) << one->say({"INFO", "sentinel"});
  }
  [[nodiscard]] std::string address() const {
    return "redis+sentinel://" + place(*sentinels[0]) + "," + place(*sentinels[1]) + "," + place(*sentinels[2]) +
           "/main";
  }
  /// On a busy machine the Sentinels' votes split, and each new election waits for twice the failover's time.
  bool writes() {
    return eventually(
        io, [this] { return link->state().is == phase::ready && link->state().server.run_id == run_id_of_replica; },
        90s);
  }

  redis_server master, replica;
  std::string run_id_of_replica = [this] {
    const auto said = replica.say({"INFO", "server"});
    return said.substr(said.find("run_id:") + 7, 40);
  }();
  std::vector<std::unique_ptr<sentinel_server>> sentinels;
};

TEST_F(RedisFailover, TakesTheLinkToTheNewMaster) {
  open_ready(options_of(address()));
  EXPECT_EQ(say({"SET", "k", "v"}).outcome, outcome::ok);
  master.stop();
  ASSERT_TRUE(writes()) << state().why;
  EXPECT_EQ(say({"SET", "k", "w"}).outcome, outcome::ok);
  EXPECT_EQ(replica.say({"GET", "k"}), "w");
}

// The old master lives and answers: only the Sentinels say that what it acknowledges will be lost.
TEST_F(RedisFailover, TakesTheLinkAwayFromAMasterThatStillAnswers) {
  open_ready(options_of(address()));
  ASSERT_TRUE(eventually(io, [this] {
    int listened = 0;
    for (const auto& one : sentinels)
      listened += one->say({"CLIENT", "LIST"}).find("cmd=subscribe") != std::string::npos;
    return listened == 1;
  }));
  EXPECT_EQ(sentinels[1]->say({"SENTINEL", "FAILOVER", "main"}), "OK");
  ASSERT_TRUE(writes()) << state().why;
}

}  // namespace
}  // namespace tonris::net::test
