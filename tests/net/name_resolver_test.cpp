#include "net/name_resolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "net_fixture.hpp"
#include "raw_peer.hpp"

namespace tonris::net::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

error nobody(const std::string& why = "no such host") {
  return {errc::resolve_failed, why, 0};
}

/// A name server of the test's own: each question waits until the test answers it, in the order they came. Shared with
/// the resolver's threads, which may outlive the test.
class name_server : public std::enable_shared_from_this<name_server> {
 public:
  name_resolver::look_up look_up() {
    return [self = shared_from_this()](const std::string& host) { return self->ask(host); };
  }
  /// The number of questions that came so far, once there are so many.
  std::size_t asked(std::size_t at_least) {
    std::unique_lock lock{lock_};
    (void)changed_.wait_for(lock, 20s, [&] { return hosts_.size() >= at_least; });
    return hosts_.size();
  }
  void answer(std::size_t question, result<address_list> what) {
    const std::scoped_lock lock{lock_};
    answers_.resize(std::max(answers_.size(), question + 1));
    answers_[question] = std::move(what);
    changed_.notify_all();
  }

 private:
  result<address_list> ask(const std::string& host) {
    std::unique_lock lock{lock_};
    const auto me = hosts_.size();
    hosts_.push_back(host);
    changed_.notify_all();
    changed_.wait(lock, [&] { return answers_.size() > me && answers_[me]; });
    return *answers_[me];
  }

  std::mutex lock_;
  std::condition_variable changed_;
  std::vector<std::string> hosts_;
  std::vector<std::optional<result<address_list>>> answers_;
};

class NameResolver : public testing::Test {
 protected:
  void SetUp() override { io.start(); }
  void TearDown() override {
    on(io, [this] {
      waits.clear();
      return 0;
    });
    io.stop();
  }

  void make(const resolver_limits& limits = {}) { names = name_resolver::make(server->look_up(), limits); }

  /// Asks, and says what was known at once. What is told comes to `told`.
  address_list ask(const std::string& host = "a.example") {
    return on(io, [&] {
      auto found = names->ask(io, host, [this](result<address_list> what) { told.push_back(std::move(what)); });
      if (found.more) waits.push_back(std::move(found.more));
      return found.known;
    });
  }
  bool told_so_many(std::size_t count) {
    return eventually(io, [&] { return told.size() >= count; });
  }

  loop io{"names"};
  std::shared_ptr<name_server> server = std::make_shared<name_server>();
  std::shared_ptr<name_resolver> names;
  std::vector<std::unique_ptr<name_resolver::wait>> waits;
  std::vector<result<address_list>> told;
};

TEST_F(NameResolver, AsksOnceForAllWhoWantANameAndKnowsItFromThenOn) {
  make();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(ask().empty());
  EXPECT_EQ(server->asked(1), 1U);
  server->answer(0, address_list{"192.0.2.1", "192.0.2.2"});
  ASSERT_TRUE(told_so_many(100));
  for (const auto& each : told) EXPECT_THAT(each.value(), ElementsAre("192.0.2.1", "192.0.2.2"));
  for (int i = 0; i < 100; ++i) EXPECT_THAT(ask(), ElementsAre("192.0.2.1", "192.0.2.2"));
  EXPECT_EQ(server->asked(1), 1U);
}

TEST_F(NameResolver, AsksAgainBesideAFirstQuestionThatIsNotAnswered) {
  make({.patience = 50ms});
  ask();
  EXPECT_EQ(server->asked(2), 2U) << "the first is lost";
  server->answer(1, address_list{"192.0.2.1"});
  ASSERT_TRUE(told_so_many(1));
  EXPECT_THAT(told[0].value(), ElementsAre("192.0.2.1"));
  server->answer(0, tl::make_unexpected(nobody("too late")));
  EXPECT_THAT(ask(), ElementsAre("192.0.2.1"));
}

TEST_F(NameResolver, HasOnlySoManyQuestionsUnderWay) {
  make({.patience = 10ms, .questions_a_name = 3, .questions = 5});
  ask("a.example");
  EXPECT_EQ(server->asked(3), 3U);
  ask("b.example");
  EXPECT_EQ(server->asked(5), 5U);
  std::this_thread::sleep_for(60ms);
  EXPECT_EQ(server->asked(5), 5U);
  EXPECT_TRUE(told.empty());
  ask("c.example");
  ASSERT_TRUE(told_so_many(1));
  EXPECT_THAT(told[0].error().detail, HasSubstr("too many"));
  for (std::size_t i = 0; i < 5; ++i) server->answer(i, address_list{"192.0.2.1"});
  EXPECT_TRUE(told_so_many(3));
}

TEST_F(NameResolver, UsesAnOldAnswerAtOnceAndRefreshesItBeside) {
  make({.fresh = 0ms, .again = 0ms});
  ask();
  server->asked(1);
  server->answer(0, address_list{"192.0.2.1"});
  ASSERT_TRUE(told_so_many(1));
  EXPECT_THAT(ask(), ElementsAre("192.0.2.1"));
  EXPECT_EQ(server->asked(2), 2U);
  server->answer(1, address_list{"192.0.2.9"});
  ASSERT_TRUE(told_so_many(2)) << "who still tries the old one is told the new one";
  EXPECT_THAT(told[1].value(), ElementsAre("192.0.2.9"));
  EXPECT_THAT(ask(), ElementsAre("192.0.2.9"));
}

TEST_F(NameResolver, KeepsWhatItKnowsWhateverARefreshIsAnswered) {
  make({.fresh = 0ms, .again = 0ms});
  ask();
  server->asked(1);
  server->answer(0, address_list{"192.0.2.1"});
  ASSERT_TRUE(told_so_many(1));
  std::size_t question = 1;
  for (const auto& wrong :
       {result<address_list>{tl::make_unexpected(nobody())}, result<address_list>{address_list{}}}) {
    EXPECT_THAT(ask(), ElementsAre("192.0.2.1"));
    EXPECT_EQ(server->asked(question + 1), question + 1);
    server->answer(question++, wrong);
    ASSERT_TRUE(told_so_many(question));
    EXPECT_FALSE(told.back());
  }
  EXPECT_THAT(ask(), ElementsAre("192.0.2.1"));
}

TEST_F(NameResolver, LetsNobodyWaitForWhatIsNotAsked) {
  make({.fresh = 0ms, .again = 60s});
  ask();
  server->asked(1);
  server->answer(0, address_list{"192.0.2.1"});
  ASSERT_TRUE(told_so_many(1));
  EXPECT_THAT(ask(), ElementsAre("192.0.2.1"));
  EXPECT_EQ(waits.size(), 1U) << "the first one's alone";
  EXPECT_EQ(server->asked(1), 1U) << "asked a moment ago";
}

TEST_F(NameResolver, TriesWhatWasGoodBehindALieAndBeforeItOnceTheLieHasFailed) {
  make({.fresh = 0ms, .again = 0ms});
  ask();
  server->asked(1);
  server->answer(0, address_list{"192.0.2.1", "192.0.2.2"});
  ASSERT_TRUE(told_so_many(1));
  names->report("a.example", "192.0.2.1", false);
  names->report("a.example", "192.0.2.2", true);
  EXPECT_THAT(ask(), ElementsAre("192.0.2.2", "192.0.2.1")) << "what failed is tried last";
  server->asked(2);
  server->answer(1, address_list{"203.0.113.66"});
  ASSERT_TRUE(told_so_many(2));
  EXPECT_THAT(ask(), ElementsAre("203.0.113.66", "192.0.2.2"));
  names->report("a.example", "203.0.113.66", false);
  EXPECT_THAT(ask(), ElementsAre("192.0.2.2", "203.0.113.66"));
  server->asked(3);
  server->answer(2, address_list{"203.0.113.66"});
}

TEST_F(NameResolver, ForgivesAnAddressAfterAWhile) {
  make({.forgive = 30ms});
  ask();
  server->asked(1);
  server->answer(0, address_list{"192.0.2.1", "192.0.2.2"});
  ASSERT_TRUE(told_so_many(1));
  names->report("a.example", "192.0.2.1", false);
  EXPECT_TRUE(eventually(io, [&] {
    return names->ask(io, "a.example", nullptr).known == address_list{"192.0.2.1", "192.0.2.2"};
  }));
}

TEST_F(NameResolver, TellsWhyThereIsNoFirstAnswerAndAsksAgainNextTime) {
  make();
  ask();
  server->asked(1);
  server->answer(0, tl::make_unexpected(nobody()));
  ASSERT_TRUE(told_so_many(1));
  EXPECT_EQ(told[0].error().detail, "no such host");
  EXPECT_TRUE(ask().empty());
  EXPECT_EQ(server->asked(2), 2U);
  server->answer(1, address_list{"192.0.2.1"});
  ASSERT_TRUE(told_so_many(2));
  EXPECT_TRUE(told[1]);
}

TEST_F(NameResolver, TellsNobodyWhoIsGone) {
  make();
  ask();
  server->asked(1);
  on(io, [this] {
    waits.clear();
    return 0;
  });
  server->answer(0, address_list{"192.0.2.1"});
  EXPECT_TRUE(eventually(io, [&] { return !names->ask(io, "a.example", nullptr).known.empty(); }));
  EXPECT_TRUE(told.empty());
}

TEST_F(NameResolver, ForgetsTheHostThatWasWantedLongestAgo) {
  make({.hosts = 2});
  std::size_t question = 0;
  for (const auto* const host : {"a.example", "b.example", "c.example"}) {
    ask(host);
    server->asked(question + 1);
    server->answer(question++, address_list{"192.0.2.1"});
    ASSERT_TRUE(told_so_many(question));
  }
  EXPECT_FALSE(ask("b.example").empty());
  EXPECT_FALSE(ask("c.example").empty());
  EXPECT_TRUE(ask("a.example").empty());
  server->asked(question + 1);
  server->answer(question, address_list{"192.0.2.1"});
  ASSERT_TRUE(told_so_many(question + 1));
}

TEST_F(NameResolver, SurvivesAQuestionThatThrows) {
  names = name_resolver::make([](const std::string&) -> result<address_list> { throw std::bad_alloc{}; });
  ask();
  ASSERT_TRUE(told_so_many(1));
  EXPECT_FALSE(told[0]);
}

TEST(NameResolverOfTheProcess, AsksTheSystem) {
  loop io{"names"};
  io.start();
  std::optional<result<address_list>> told;
  std::unique_ptr<name_resolver::wait> more;
  on(io, [&] {
    auto found = name_resolver::of_process()->ask(io, "localhost", [&](auto what) { told = std::move(what); });
    more = std::move(found.more);
    if (!more) told = found.known;
    return 0;
  });
  ASSERT_TRUE(eventually(io, [&] { return told.has_value(); }));
  EXPECT_THAT(told->value(), testing::Contains("127.0.0.1"));
  on(io, [&] {
    more = nullptr;
    return 0;
  });
  io.stop();
}

/// Asks for a name that nobody answers for a minute, and ends.
[[noreturn]] void end_while_asking() {
  {
    auto names = name_resolver::make([](const std::string&) -> result<address_list> {
      std::this_thread::sleep_for(60s);
      return address_list{};
    });
    loop io{"names", names};
    io.start();
    std::unique_ptr<name_resolver::wait> more;
    on(io, [&] {
      more = names->ask(io, "a.example", nullptr).more;
      return 0;
    });
    on(io, [&] {
      more = nullptr;
      return 0;
    });
    io.stop();
  }
  std::exit(0);
}

TEST(NameResolverDeathTest, HoldsUpNoEnd) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EXIT(end_while_asking(), testing::ExitedWithCode(0), "");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s);
}

// --- dialling by name

/// Listens at an address of 127/8, and has no room for anybody: who connects there is never answered.
class full_port {
 public:
  full_port(std::uint32_t host, std::uint16_t port) {
    auto address = raw_peer::loopback(port);
    address.sin_addr.s_addr = htonl(host);
    const auto* const plain = reinterpret_cast<const sockaddr*>(&address);
    EXPECT_EQ(::bind(fds_.front(), plain, sizeof address), 0);
    EXPECT_EQ(::listen(fds_.front(), 0), 0);
    for (std::size_t i = 1; i < fds_.size(); ++i) (void)::connect(fds_[i], plain, sizeof address);
  }
  ~full_port() {
    for (const int fd : fds_) ::close(fd);
  }
  full_port(const full_port&) = delete;
  full_port& operator=(const full_port&) = delete;

 private:
  static int unblocking() { return ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }
  std::array<int, 4> fds_{unblocking(), unblocking(), unblocking(), unblocking()};
};

/// Dials by names that a double of the system's resolver knows.
class DialByName : public testing::Test {
 protected:
  using outcome = result<std::shared_ptr<byte_stream>>;

  void begin(name_resolver::look_up how, const resolver_limits& limits = {}) {
    io = std::make_unique<loop>("dial", name_resolver::make(std::move(how), limits));
    io->start();
  }
  void TearDown() override {
    if (!io) return;
    on(*io, [this] {
      attempts.clear();
      door.reset();
      for (auto& stream : accepted) stream->abort();
      accepted.clear();
      return 0;
    });
    io->stop();
  }
  std::uint16_t serve(std::shared_ptr<tls_server_context> tls = nullptr, const std::string& host = "127.0.0.1") {
    door = std::make_unique<stream_door>(
        *io, std::move(tls), [this](std::shared_ptr<byte_stream> s) { accepted.push_back(std::move(s)); },
        [](const error&) {}, 5s, host);
    return door->port();
  }
  /// Dials so often at once; how many came to a connection.
  std::size_t dial_all(std::size_t count, const url& to, std::chrono::milliseconds limit,
                       std::shared_ptr<tls_client_context> tls = nullptr, const dial_filter& may_dial = {}) {
    std::size_t answered = 0, connected = 0;
    on(*io, [&] {
      for (std::size_t i = 0; i < count; ++i)
        attempts.push_back(dial(
            *io, tls, to, limit, limit,
            [&](outcome out) {
              ++answered;
              connected += out.has_value();
              if (out) (*out)->abort();
              if (!out) why = out.error();
            },
            may_dial));
      return 0;
    });
    EXPECT_TRUE(eventually(*io, [&] { return answered == count; }));
    return connected;
  }

  std::unique_ptr<loop> io;
  std::unique_ptr<stream_door> door;
  std::vector<std::unique_ptr<dial_attempt>> attempts;
  std::vector<std::shared_ptr<byte_stream>> accepted;
  error why;
};

TEST_F(DialByName, AHundredAtOnceShareASlowNamesAnswer) {
  auto asked = std::make_shared<std::atomic<int>>(0);
  begin([asked](const std::string&) -> result<address_list> {
    ++*asked;
    std::this_thread::sleep_for(40ms);
    return address_list{"127.0.0.1"};
  });
  const auto port = serve();
  EXPECT_EQ(dial_all(100, {"http", "a.example", port, "/"}, 2s), 100U);
  EXPECT_EQ(dial_all(100, {"http", "a.example", port, "/"}, 2s), 100U);
  EXPECT_LE(*asked, 3) << "further ones only where the first took unusually long";
}

TEST_F(DialByName, ALostAnswerCostsNobodyAConnection) {
  auto asked = std::make_shared<std::atomic<int>>(0);
  begin([asked](const std::string&) -> result<address_list> {
    if (asked->fetch_add(1) == 0) std::this_thread::sleep_for(5s);
    return address_list{"127.0.0.1"};
  });
  EXPECT_EQ(dial_all(8, {"http", "a.example", serve(), "/"}, 2s), 8U);
}

TEST_F(DialByName, TriesTheAddressesInTurn) {
  begin([](const std::string&) -> result<address_list> { return address_list{"::1", "127.0.0.2", "127.0.0.1"}; });
  const auto port = serve();
  EXPECT_EQ(dial_all(1, {"http", "localhost", port, "/"}, 2s), 1U);
  on(*io, [this] {
    door.reset();
    return 0;
  });
  EXPECT_EQ(dial_all(1, {"http", "localhost", port, "/"}, 2s), 0U);
  EXPECT_EQ(why.code, errc::connect_refused);
}

TEST_F(DialByName, CallsNoAddressThatItMayNotWhateverTheNameMeantBefore) {
  begin([](const std::string& host) -> result<address_list> {
    if (host == "rebound.example") return address_list{"127.0.0.1"};
    return address_list{"127.0.0.1", "127.0.0.2"};
  });
  const auto port = serve(nullptr, "0.0.0.0");
  auto looked_at = std::make_shared<std::vector<std::string>>();
  const dial_filter not_the_first = [looked_at](const std::string& host, const std::string& address, std::uint16_t) {
    EXPECT_THAT(host, testing::EndsWith(".example"));
    looked_at->push_back(address);
    return address != "127.0.0.1";
  };
  EXPECT_EQ(dial_all(1, {"http", "a.example", port, "/"}, 2s, nullptr, not_the_first), 1U);
  EXPECT_EQ(*looked_at, (std::vector<std::string>{"127.0.0.1", "127.0.0.2"}));
  EXPECT_EQ(dial_all(1, {"http", "rebound.example", port, "/"}, 2s, nullptr, not_the_first), 0U);
  EXPECT_EQ(why.code, errc::address_refused);
  EXPECT_EQ(on(*io, [this] { return accepted.size(); }), 1U);
}

TEST_F(DialByName, IsRefusedAtOnceWhereNothingMoreIsToBeLearned) {
  begin([](const std::string&) -> result<address_list> { return address_list{"127.0.0.1"}; },
        {.fresh = 0ms, .again = 60s});
  const auto port = serve();
  EXPECT_EQ(dial_all(1, {"http", "a.example", port, "/"}, 5s), 1U);
  on(*io, [this] {
    door.reset();
    return 0;
  });
  EXPECT_EQ(dial_all(1, {"http", "a.example", port, "/"}, 5s), 0U);
  EXPECT_EQ(why.code, errc::connect_refused) << "and not that it took too long";
}

TEST_F(DialByName, ALieIsFoundOutByTheCertificateAndTheGoodAddressKept) {
  tls_pair tls;
  auto lies = std::make_shared<std::atomic<bool>>(false);
  begin([lies](const std::string&) -> result<address_list> { return address_list{*lies ? "127.0.0.66" : "127.0.0.1"}; },
        {.fresh = 0ms, .again = 0ms});
  const auto port = serve(tls.server);
  const url to{"https", "localhost", port, "/"};
  EXPECT_EQ(dial_all(1, to, 5s, tls.client), 1U);
  // Somebody else serves at the address of the lie, on the same port.
  const auto other = tls.authority.issue("other", "DNS:other.example,IP:127.0.0.66");
  auto liar = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address = raw_peer::loopback(port);
  address.sin_addr.s_addr = htonl(0x7f000042);
  ASSERT_EQ(::bind(liar, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(liar, 16), 0);
  int knocked = 0;
  auto context = tls_server_context::load(other.certificate, other.key).value();
  auto behind = acceptor::make(*io, listening_socket::adopt(liar).value(),
                               {[&](int descriptor) {
                                  ++knocked;
                                  accept_tls(*io, descriptor, *context, 5s, std::make_shared<turns>(*io), [](auto) {});
                                },
                                nullptr});
  behind->start();
  *lies = true;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(dial_all(1, to, 5s, tls.client), 1U) << i << why.detail;
  EXPECT_GE(knocked, 1) << "the lie was tried";
  EXPECT_LE(knocked, 2) << "and not again and again";
  on(*io, [&] {
    behind.reset();
    return 0;
  });
}

TEST_F(DialByName, ANewAnswerIsTriedWhileAnOldAddressSwallowsEverything) {
  auto moved = std::make_shared<std::atomic<bool>>(false);
  begin(
      [moved](const std::string&) -> result<address_list> {
        if (!*moved) return address_list{"127.0.0.3"};
        std::this_thread::sleep_for(20ms);
        return address_list{"127.0.0.1"};
      },
      {.fresh = 0ms, .again = 0ms});
  const auto port = serve();
  const full_port swallows{0x7f000003, port};
  EXPECT_EQ(dial_all(1, {"http", "a.example", port, "/"}, 1s), 0U);
  EXPECT_EQ(why.code, errc::connect_timeout);
  *moved = true;
  EXPECT_EQ(dial_all(1, {"http", "a.example", port, "/"}, 2s), 1U);
}

}  // namespace
}  // namespace tonris::net::test
