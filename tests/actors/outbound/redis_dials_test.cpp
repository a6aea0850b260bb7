// What nodes tell each other of placed calls: real actors, a real Redis.
#include "actors/outbound/redis_dials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <mutex>
#include <thread>

#include "actors/runtime/io_loop.hpp"
#include "model/text/digest.hpp"
#include "model/text/key_ring.hpp"
#include "model/text/redis_address.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/metric_in.hpp"
#include "tests/net/redis_server.hpp"
#include "tests/waiting.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using outcome = dial_shared::outcome;
using testing::HasSubstr;
using testing::Not;

const model::call_sid some_call{"CA00000000000000000000000000000001"}, other_call{"CA00000000000000000000000000000002"};

/// What the calls of a node are told.
struct told {
  std::mutex lock;
  std::vector<model::twilio::answered_by> heard;
  std::vector<model::end_reason> hung_up;
  std::vector<model::twilio::call_status> statuses;
};
caf::behavior fake_calls(caf::event_based_actor*, std::shared_ptr<told> of) {
  return {[of](const callee_heard& m) {
            const std::scoped_lock lock{of->lock};
            of->heard.push_back(m.heard.by);
          },
          [of](const control_call& m) {
            const std::scoped_lock lock{of->lock};
            of->hung_up.push_back(m.reason);
            return call_controlled{};
          },
          [of](const call_status_changed& m) {
            const std::scoped_lock lock{of->lock};
            of->statuses.push_back(m.status);
          }};
}

model::dial to(const std::string& number, const std::string& ticket, const std::string& id = {}) {
  model::dial one;
  one.asked.tenant = {"salon-1"};
  one.asked.from = "+15550100002";
  one.asked.to = number;
  one.asked.id = id;
  one.asked.variables = {{"appointment", std::string{"Tuesday"}}};
  one.shown_by = {ticket};
  one.machine = model::tenant::outbound_type::machine_type::hang_up;
  one.began_at = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return one;
}

/// One gateway's share.
struct node {
  node(caf::actor_system& of, const net::test::redis_server& redis, std::string name,
       std::vector<model::derived_keys> keys = {})
      : system(of), dials(std::make_shared<outbound_dials>([this](const model::dial& one, bool gone) {
          if (sharing) caf::anon_send(sharing, dial_is_now{one, gone});
        })) {
    loop = std::make_unique<net::loop>("redis");
    unit = std::make_unique<io_loop>(system, *loop);
    loop->start();
    calls = system.spawn(fake_calls, heard);
    redis_dials::config with;
    with.loop = loop.get();
    with.options.address = model::read_redis_address(redis.url()).value();
    with.options.client_name = "tonris:test";
    with.node = std::move(name);
    with.dials = dials;
    with.supervisor = caf::actor_cast<call_supervisor>(calls);
    with.seal = std::make_shared<const model::field_seal>(std::move(keys));
    with.nonce = [] { return model::aead_nonce{1}; };
    with.digest = [](std::string_view text) { return model::sha256_hex(text); };
    with.wall_clock = [] { return std::chrono::system_clock::now(); };
    with.counters = &counters;
    with.look = 20ms;
    sharing = caf::actor_cast<dial_sharing>(spawn_on<redis_dials>(system, *unit, std::move(with)));
  }
  ~node() {
    caf::scoped_actor self{system};
    for (const auto& one : {caf::actor_cast<caf::actor>(sharing), calls}) {
      self->monitor(one);
      self->send_exit(one, caf::exit_reason::user_shutdown);
      self->receive([](const caf::down_msg&) {});
    }
    sharing = nullptr;
    if (loop) loop->stop();  // its last turn may still be in the unit
    unit.reset();
    loop.reset();
  }
  template <class Answer, class Question>
  std::optional<Answer> ask(Question question) {
    return answer_of<Answer>(system, sharing, std::move(question));
  }
  dial_shared share(const model::dial& one, std::uint32_t per_minute = 60, std::uint32_t per_day = 1000) {
    auto said = ask<dial_shared>(share_dial{one, per_minute, per_day}).value_or(dial_shared{});
    if (said.is == outcome::allowed) {
      model::tenant::outbound_type rules;
      rules.per_minute = 60;
      rules.per_day = 1000;
      (void)dials->begin(one, model::dial_verdict::allowed, rules, std::chrono::steady_clock::now(), counters);
    }
    return said;
  }
  /// As a webhook does it.
  std::optional<model::dial> take(const std::string& ticket, const model::call_sid& call = some_call) {
    tell_dial shown{{ticket}, call};
    shown.takes = true;
    const auto said = ask<dial_told>(shown);
    return said && said->dial ? dials->take_over(*said->dial, call, std::chrono::steady_clock::now()) : std::nullopt;
  }
  std::optional<dial_told> over(const std::string& ticket, model::twilio::call_status status) {
    tell_dial last{{ticket}, some_call};
    last.over = model::carrier_progress{model::carrier_progress::source_type::callback, status, 3, 17, {}};
    return ask<dial_told>(last);
  }
  template <class Check>
  bool comes_to(Check check) {
    return tonris::test::comes_to([&] {
      const std::scoped_lock lock{heard->lock};
      return check();
    });
  }

  double counted(const std::string& name) const { return tonris::test::metric_in(counters.render(), name); }

  caf::actor_system& system;
  metrics counters;
  std::shared_ptr<told> heard = std::make_shared<told>();
  std::unique_ptr<net::loop> loop;
  std::unique_ptr<io_loop> unit;
  caf::actor calls;
  dial_sharing sharing;
  std::shared_ptr<outbound_dials> dials;
};

class RedisDials : public testing::Test {
 protected:
  void SetUp() override {
    redis.say({"SET", "{tonris}:gen", "one"});
    one = std::make_unique<node>(system, redis, "a");
    two = std::make_unique<node>(system, redis, "b");
    for (auto* const at : {one.get(), two.get()})
      for (int i = 0; i < 500 && !at->ask<dial_told>(tell_dial{{"nobody's"}, some_call}); ++i)
        std::this_thread::sleep_for(10ms);
  }

  net::test::redis_server redis;
  real_settings settings;
  caf::actor_system system{settings};
  std::unique_ptr<node> one, two;
};

TEST_F(RedisDials, AreTakenByWhomTwilioAsksForOneCallOnly) {
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  EXPECT_FALSE(two->take("made up"));
  const auto taken = two->take("t1");
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->asked.variables.at("appointment"), model::tenant::variable{std::string{"Tuesday"}});
  EXPECT_TRUE(is_here(*taken));
  EXPECT_TRUE(two->take("t1")) << "Twilio asks again";
  EXPECT_FALSE(two->take("t1", other_call)) << "it is that call's now";
  EXPECT_TRUE(one->comes_to([&] { return one->dials->find(model::ticket{"t1"})->elsewhere; }));
  EXPECT_EQ(one->dials->find(model::ticket{"t1"})->call, some_call) << "which its node has learned";
  EXPECT_TRUE(one->dials->unsettled(std::chrono::steady_clock::now()).empty());
}

TEST_F(RedisDials, AreNobodysOnceANodeHasSentThemOn) {
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  ASSERT_TRUE(one->take("t1"));
  const auto is_elsewhere = [](node& at) {
    return at.ask<dial_told>(tell_dial{{"t1"}, some_call}).value_or(dial_told{}).is_elsewhere;
  };
  EXPECT_TRUE(two->comes_to([&] { return is_elsewhere(*two); }));
  one->dials->sent_on({"t1"});
  EXPECT_TRUE(two->comes_to([&] { return !is_elsewhere(*two); })) << "who hears of its end writes its record";
  ASSERT_TRUE(two->take("t1"));
  EXPECT_TRUE(is_elsewhere(*one));
  one->dials->hang_up({"t1"});  // what is told of it later takes it from nobody
  EXPECT_TRUE(two->comes_to([&] { return two->dials->find(model::ticket{"t1"})->hung_up; }));
  EXPECT_TRUE(is_elsewhere(*one));
}

TEST_F(RedisDials, CountAttemptsOfAllNodes) {
  EXPECT_EQ(one->share(to("+15550109999", "t1"), 2, 3).is, outcome::allowed);
  EXPECT_EQ(two->share(to("+15550109998", "t2"), 2, 3).is, outcome::allowed);
  EXPECT_EQ(one->share(to("+15550109997", "t3"), 2, 3).is, outcome::too_many_a_minute);
  EXPECT_EQ(two->share(to("+15550109997", "t3"), 60, 3).is, outcome::allowed);
  for (auto* const at : {one.get(), two.get()})
    EXPECT_EQ(at->share(to("+15550109996", "t4"), 60, 3).is, outcome::too_many_a_day);
  EXPECT_GT(std::stoll(redis.say({"PTTL", "{tonris}:dial_day:salon-1"})), 86'000'000) << "a day from the first";
}

TEST_F(RedisDials, KnowAClientsIdAtEachNode) {
  ASSERT_EQ(one->share(to("+15550109999", "t1", "order-7")).is, outcome::allowed);
  auto known = two->share(to("+15550109999", "t2", "order-7"));
  EXPECT_EQ(known.is, outcome::before);
  EXPECT_TRUE(known.is_asking);
  EXPECT_FALSE(known.differs);
  EXPECT_TRUE(two->share(to("+15550109998", "t2", "order-7")).differs);
  one->dials->placed({"t1"}, some_call);
  for (int i = 0; i < 500 && known.call.empty(); ++i, std::this_thread::sleep_for(10ms))
    known = two->share(to("+15550109999", "t2", "order-7"));
  EXPECT_EQ(known.call, some_call);
  ASSERT_TRUE(known.dial);
  EXPECT_EQ(known.dial->asked.to, "+15550109999");
  EXPECT_TRUE(rings(*known.dial));
}

TEST_F(RedisDials, TellWhoAsksForOneAgainWhatHasBecomeOfIt) {
  ASSERT_EQ(one->share(to("+15550109999", "t1", "order-7")).is, outcome::allowed);
  ASSERT_TRUE(one->take("t1"));
  const auto asked_again = [&] { return two->share(to("+15550109999", "t2", "order-7")).dial; };
  auto known = asked_again();
  ASSERT_TRUE(known);
  EXPECT_TRUE(known->answered && known->elsewhere && !known->over) << "it rings no more";
  (void)two->over("t1", model::twilio::call_status::completed);
  known = asked_again();
  ASSERT_TRUE(known);
  EXPECT_TRUE(known->over);
}

TEST_F(RedisDials, KeepTwoApartThatNobodyCouldTellApart) {
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  EXPECT_EQ(two->share(to("+15550109999", "t2")).is, outcome::being_called);
  one->dials->placed({"t1"}, some_call);
  auto next = outcome::being_called;
  for (int i = 0; i < 500 && next == outcome::being_called; ++i, std::this_thread::sleep_for(10ms))
    next = two->share(to("+15550109999", "t2")).is;
  EXPECT_EQ(next, outcome::allowed);
}

TEST_F(RedisDials, KeepAPairThatIsAnotherDialsByNow) {
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  redis.say({"EVAL", "for _, k in ipairs(redis.call('KEYS', '*dial_pair:*')) do redis.call('DEL', k) end", "0"});
  ASSERT_EQ(two->share(to("+15550109999", "t2")).is, outcome::allowed) << "the first one's time is over";
  ASSERT_TRUE(one->ask<dial_told>(tell_dial{{"t1"}, some_call})) << "its CallSid comes late";
  EXPECT_EQ(one->share(to("+15550109999", "t3")).is, outcome::being_called);
}

TEST_F(RedisDials, GiveAnIdBackWhereNobodyIsCalled) {
  ASSERT_EQ(one->share(to("+15550109999", "t1", "order-7")).is, outcome::allowed);
  one->dials->forget(model::ticket{"t1"});
  auto next = outcome::before;
  for (int i = 0; i < 500 && next != outcome::allowed; ++i, std::this_thread::sleep_for(10ms))
    next = two->share(to("+15550109999", "t2", "order-7")).is;
  EXPECT_EQ(next, outcome::allowed);
  EXPECT_FALSE(two->take("t1"));
}

/// As POST /api/forget tells it.
TEST_F(RedisDials, AreGoneAtOnceWhereTheyAreForgottenAsNobodysThoughTheyWerePlaced) {
  ASSERT_EQ(one->share(to("+15550109999", "t1", "order-7")).is, outcome::allowed);
  ASSERT_TRUE(one->take("t1"));
  auto gone = one->dials->find(model::ticket{"t1"}).value();
  one->dials->forget(gone.shown_by);
  gone.call = {};
  gone.state = model::dial::state_type::asking;
  caf::anon_send(one->sharing, dial_is_now{gone, true});
  EXPECT_TRUE(one->comes_to([&] { return redis.say({"EXISTS", "{tonris}:dialled:t1"}) == "0"; }));
  EXPECT_EQ(redis.say({"EXISTS", "{tonris}:dial:t1"}), "0");
  EXPECT_EQ(redis.say({"EVAL", "return #redis.call('KEYS', '*dial_id:*')", "0"}), "0");
  EXPECT_EQ(redis.say({"GET", "{tonris}:dial_day:salon-1"}), "1") << "the attempt stays counted";
}

TEST_F(RedisDials, TellWhoServesItWhoAnswered) {
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  ASSERT_TRUE(two->take("t1"));
  tell_dial what{{"t1"}, some_call};
  what.heard = model::who_answered{model::twilio::answered_by::machine, {}, std::chrono::system_clock::now()};
  const auto said = one->ask<dial_told>(what);
  ASSERT_TRUE(said && said->is_known);
  EXPECT_TRUE(said->is_elsewhere);
  EXPECT_TRUE(two->comes_to([&] { return !two->heard->hung_up.empty(); }));
  EXPECT_EQ(two->heard->heard, std::vector{model::twilio::answered_by::machine});
  EXPECT_EQ(two->heard->hung_up, std::vector{model::end_reason::machine_answered});
  EXPECT_TRUE(one->heard->heard.empty());
}

TEST_F(RedisDials, TellWhoWillServeItWhoAnsweredBefore) {
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  tell_dial what{{"t1"}, some_call};
  what.heard = model::who_answered{model::twilio::answered_by::human, {}, std::chrono::system_clock::now()};
  ASSERT_TRUE(one->ask<dial_told>(what));
  const auto taken = two->take("t1");
  ASSERT_TRUE(taken && taken->heard);
  EXPECT_EQ(taken->heard->by, model::twilio::answered_by::human);
}

/// "unknown" is what Twilio says first, where its detection goes on.
TEST_F(RedisDials, TakeAWordThatSaysWhoAnsweredInPlaceOfOneThatDoesNot) {
  using by = model::twilio::answered_by;
  struct row {
    std::vector<by> said;
    by stands;
    std::vector<by> told;  ///< who serves it
  };
  int n = 0;
  for (const auto& [said, stands, told] : {
           row{{by::unknown}, by::unknown, {by::unknown}},
           row{{by::unknown, by::human}, by::human, {by::unknown, by::human}},
           row{{by::unknown, by::unknown, by::machine}, by::machine, {by::unknown, by::machine}},
           row{{by::human, by::unknown}, by::human, {by::human}},
           row{{by::machine, by::human}, by::machine, {by::machine}},
           row{{by::unknown, by::fax, by::unknown, by::human}, by::fax, {by::unknown, by::fax}},
       }) {
    SCOPED_TRACE(n);
    const auto ticket = "t" + std::to_string(++n);
    const model::call_sid call{"CA" + std::to_string(n)};
    ASSERT_EQ(one->share(to("+1555011000" + std::to_string(n), ticket)).is, outcome::allowed);
    ASSERT_TRUE(two->take(ticket, call));
    for (const auto word : said) {
      tell_dial what{{ticket}, call};
      what.heard = model::who_answered{word, {}, std::chrono::system_clock::now()};
      ASSERT_TRUE(one->ask<dial_told>(what));
      const auto has_learned = [&] {
        const auto here = two->dials->find(model::ticket{ticket});
        return here && here->heard && std::ranges::count(told, here->heard->by) > 0 &&
               (word == by::unknown || here->heard->by != by::unknown);
      };
      EXPECT_TRUE(two->comes_to(has_learned));
    }
    EXPECT_EQ(redis.say({"HGET", "{tonris}:dial:" + ticket, "heard"}), to_string(stands));
    EXPECT_TRUE(two->comes_to([&] { return two->heard->heard == told; })) << testing::PrintToString(two->heard->heard);
    const std::scoped_lock lock{two->heard->lock};
    two->heard->heard.clear();
  }
}

TEST_F(RedisDials, TellWhoServesItThatItIsOver) {
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  ASSERT_TRUE(two->take("t1"));
  const auto said = one->over("t1", model::twilio::call_status::completed);
  ASSERT_TRUE(said && said->is_known);
  EXPECT_TRUE(said->is_elsewhere) << "so that no second record is made";
  EXPECT_TRUE(two->comes_to([&] { return !two->heard->statuses.empty(); }));
  EXPECT_EQ(two->heard->statuses, std::vector{model::twilio::call_status::completed});
  EXPECT_TRUE(two->comes_to([&] { return two->dials->followed().empty(); })) << "nobody looks for it any more";
}

TEST_F(RedisDials, TellWhoPlacedItThatNobodyTookIt) {
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  const auto said = two->over("t1", model::twilio::call_status::busy);
  ASSERT_TRUE(said && said->is_known);
  EXPECT_FALSE(said->is_elsewhere) << "who is told makes its record";
  EXPECT_EQ(said->dial->asked.to, "+15550109999");
  EXPECT_TRUE(one->comes_to([&] { return one->dials->followed().empty(); }));
}

TEST_F(RedisDials, LetNobodyInWhomSomebodyHasTakenBack) {
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  one->dials->hang_up({"t1"});
  auto taken = two->take("t1");
  for (int i = 0; i < 500 && taken && !taken->hung_up; ++i, std::this_thread::sleep_for(10ms)) {
    const auto said = two->ask<dial_told>(tell_dial{{"t1"}, some_call});
    if (said && said->dial) taken->hung_up = said->dial->hung_up;
  }
  EXPECT_TRUE(taken && taken->hung_up);
}

TEST_F(RedisDials, AreToldToARedisThatIsBack) {
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  redis.say({"CLIENT", "KILL", "TYPE", "normal"});
  one->dials->placed({"t1"}, some_call);
  EXPECT_TRUE(one->comes_to([&] { return redis.say({"HGET", "{tonris}:dial:t1", "call"}) == some_call.value; }));
}

/// Redis lives, and has refused it: nothing but time says that it would take it now.
TEST_F(RedisDials, AreToldAgainOnALinkThatLives) {
  const std::string key = "{tonris}:dial:t1";
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  redis.say({"RENAME", key, "away"});
  redis.say({"SET", key, "no hash"});
  const auto failed = [&] { return one->counted("tonris_outbound_share_failures_total"); };
  const auto before = failed();
  one->dials->placed({"t1"}, some_call);
  one->dials->is_over({"t1"});
  EXPECT_TRUE(one->comes_to([&] { return failed() >= before + 4; })) << "and again";
  redis.say({"DEL", key});
  redis.say({"RENAME", "away", key});
  EXPECT_TRUE(one->comes_to([&] {
    return redis.say({"HGET", key, "over"}) == "1";
  })) << "which nobody follows any more";
  EXPECT_EQ(redis.say({"HGET", key, "call"}), some_call.value);
  const auto settled = failed();
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(failed(), settled) << "and once it is told it is";
}

TEST_F(RedisDials, WaitToBeToldInAListThatHasAnEnd) {
  redis.stop();
  constexpr auto most = redis_dials::most_untold;
  for (std::size_t n = 0; n < most + 3; ++n) {
    auto other = to("+15550109999", "u" + std::to_string(n));
    other.call = {"CA" + std::to_string(n)};
    caf::anon_send(one->sharing, dial_is_now{other});
  }
  constexpr auto untold = "tonris_outbound_untold_total";
  EXPECT_TRUE(one->comes_to([&] { return one->counted(untold) == 3; })) << one->counted(untold);
  caf::anon_send(one->sharing, dial_is_now{to("+15550109999", "u5000"), true});
  caf::anon_send(one->sharing, dial_is_now{to("+15550109999", "v0")});
  caf::anon_send(one->sharing, dial_is_now{to("+15550109999", "v1")});
  EXPECT_TRUE(one->comes_to([&] { return one->counted(untold) == 4; })) << "the place of one that is forgotten is free";
}

TEST_F(RedisDials, AreNotSharedWhileRedisIsAway) {
  redis.stop();
  EXPECT_EQ(one->share(to("+15550109999", "t1")).is, outcome::away);
  EXPECT_FALSE(one->ask<dial_told>(tell_dial{{"t1"}, some_call}));
}

TEST_F(RedisDials, GiveAnIdBackOnceRedisIsHeardAgainThatMayHaveTakenIt) {
  redis.stop();
  ASSERT_EQ(one->share(to("+15550109999", "t1", "order-7")).is, outcome::away)
      << "its client is told that nobody is called";
  redis.start();
  redis.say({"HSET", "{tonris}:dial:t1", "call", "", "pair", "", "id", ""});  // as if it had been done
  EXPECT_TRUE(one->comes_to([&] { return redis.say({"EXISTS", "{tonris}:dial:t1"}) == "0"; }));
}

TEST_F(RedisDials, AreGoneAfterTheirTime) {
  ASSERT_EQ(one->share(to("+15550109999", "t1", "order-7")).is, outcome::allowed);
  const auto left = [&](const std::string& key) { return std::stoll(redis.say({"PTTL", "{tonris}:" + key})); };
  EXPECT_GT(left("dialled:t1"), 590'000);
  EXPECT_LE(left("dialled:t1"), 600'000) << "what it is, as long as its ticket is good";
  EXPECT_LE(left("dial:t1"), 86'400'000);
  redis.say({"DEL", "{tonris}:dialled:t1"});
  EXPECT_FALSE(two->take("t1")) << "the ticket is good no more";
}

TEST_F(RedisDials, AreSealedWhereThereIsAKey) {
  ASSERT_EQ(one->share(to("+15550109999", "t1")).is, outcome::allowed);
  EXPECT_THAT(redis.say({"GET", "{tonris}:dialled:t1"}), HasSubstr("Tuesday")) << "as it is";
  const auto ring = model::parse_key_ring("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  ASSERT_TRUE(ring);
  node sealed{system, redis, "c", derive(*ring)};
  for (int i = 0; i < 500 && sealed.share(to("+15550109998", "t2")).is != outcome::allowed; ++i)
    std::this_thread::sleep_for(10ms);
  const auto kept = redis.say({"GET", "{tonris}:dialled:t2"});
  EXPECT_FALSE(kept.empty());
  EXPECT_THAT(kept, Not(HasSubstr("Tuesday")));
  EXPECT_THAT(kept, Not(HasSubstr("5550109998")));
  EXPECT_TRUE(sealed.take("t2"));
  EXPECT_FALSE(two->take("t2")) << "it has no key";
}

}  // namespace
}  // namespace tonris::actors::test
