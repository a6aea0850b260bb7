#include "actors/call/table.hpp"

#include <random>

#include "tests/actors/counting_allocator.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using ticket_state = model::call_checkpoint::ticket_state;

class CallTable : public ActorTest {
 protected:
  static model::call_sid call(int number) {
    const auto digits = std::to_string(number);
    return {"CA" + std::string(32 - digits.size(), '0') + digits};
  }
  /// With a ticket of its own, where it has one.
  std::shared_ptr<call_lifeline> life(const model::call_sid& sid, const std::string& ticket = {}) {
    auto life = std::make_shared<call_lifeline>();
    life->state.record.call = sid;
    if (!ticket.empty()) life->state.current_ticket = ticket_state{{ticket}, {}, false};
    return life;
  }
  static ended_entry over(const model::call_sid& sid) {
    ended_entry call;
    call.state.record.call = sid;
    return call;
  }
  call_actor actor() {
    return track_as<call_actor>(system.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; }));
  }
  std::string kind(const model::call_sid& sid) {
    return table.visit(
        sid, [](live_entry&) { return std::string{"live"}; }, [](dormant_entry&) { return std::string{"dormant"}; },
        [](ended_entry&) { return std::string{"ended"}; }, [](no_entry) { return std::string{}; });
  }
  std::string call_of_ticket(const std::string& ticket) {
    const auto* const found = table.call_of(model::ticket{ticket});
    return found ? found->value : "";
  }
  /// What table.hpp says of it, call by call.
  void expect_sound(const std::vector<model::call_sid>& all) {
    std::size_t live = 0, dormant = 0, ended = 0;
    for (const auto& sid : all) {
      const auto is = kind(sid);
      EXPECT_EQ(table.knows(sid), !is.empty());
      EXPECT_EQ(table.find_live(sid) != nullptr, is == "live");
      EXPECT_EQ(table.find_dormant(sid) != nullptr, is == "dormant");
      EXPECT_EQ(table.find_ended(sid) != nullptr, is == "ended");
      if (const auto* const one = table.find_live(sid)) {
        ASSERT_TRUE(table.call_of(one->call.address()));
        EXPECT_EQ(*table.call_of(one->call.address()), sid);
      }
      live += is == "live";
      dormant += is == "dormant";
      ended += is == "ended";
    }
    EXPECT_EQ(table.live(), live);
    EXPECT_EQ(table.dormant(), dormant);
    EXPECT_EQ(table.ended(), ended);
    std::size_t visited = 0;
    table.each_live([&](live_entry& one) { visited += kind(one.life->state.record.call) == "live"; });
    table.each_dormant([&](const model::call_sid& sid, dormant_entry&) { visited += kind(sid) == "dormant"; });
    table.each_ended([&](ended_entry& one) { visited += kind(one.state.record.call) == "ended"; });
    EXPECT_EQ(visited, live + dormant + ended);
  }
  call_table table;
};

TEST_F(CallTable, HasACallInOneStateOnly) {
  const auto address = table.put_live(actor(), life(call(1), "t")).call.address();
  EXPECT_EQ(kind(call(1)), "live");
  table.put_dormant(life(call(1)), {}, false);
  EXPECT_EQ(kind(call(1)), "dormant");
  EXPECT_FALSE(table.call_of(address));
  EXPECT_EQ(call_of_ticket("t"), "") << "it went with the actor";
  EXPECT_FALSE(table.put_ended(over(call(1))));
  EXPECT_EQ(kind(call(1)), "ended");
  table.put_live(actor(), life(call(1)));
  EXPECT_EQ(kind(call(1)), "live");
  EXPECT_EQ(table.live() + table.dormant() + table.ended(), 1u);
}

TEST_F(CallTable, GivesACallAwayOnlyAsWhatItIs) {
  table.put_live(actor(), life(call(1)));
  EXPECT_FALSE(table.take_dormant(call(1)));
  EXPECT_FALSE(table.take_ended(call(1)));
  EXPECT_TRUE(table.take_live(call(1)));
  EXPECT_FALSE(table.take_live(call(1)));
  EXPECT_EQ(kind(call(1)), "");
}

TEST_F(CallTable, FindsTheOneCallOfATicket) {
  auto& live = table.put_live(actor(), life(call(1), "first"));
  EXPECT_EQ(call_of_ticket("first"), call(1).value);
  table.give_ticket(live, {{"second"}, {}, false});
  EXPECT_EQ(call_of_ticket("first"), "");
  EXPECT_EQ(call_of_ticket("second"), call(1).value);

  auto& dormant = table.put_dormant(life(call(2), "before the restart"), {}, false);
  EXPECT_EQ(call_of_ticket("before the restart"), "") << "nobody said that it counts still";
  table.give_ticket(dormant, {{"before the restart"}, {}, false});
  EXPECT_EQ(call_of_ticket("before the restart"), call(2).value);

  EXPECT_FALSE(table.put_ended(over(call(3))));
  auto& ended = *table.find_ended(call(3));
  table.give_ticket(ended, {{"back"}, {}, false});
  EXPECT_TRUE(ended.offered);
  table.give_ticket(ended, {{"back again"}, {}, false});
  EXPECT_EQ(call_of_ticket("back"), "");
  EXPECT_EQ(call_of_ticket("back again"), call(3).value);

  (void)table.take_live(call(1));
  (void)table.take_dormant(call(2));
  (void)table.take_ended(call(3));
  EXPECT_EQ(table.tickets(), 0u);
}

TEST_F(CallTable, ForgetsTheCallThatEndedFirstAndItsTicketWithIt) {
  for (std::size_t i = 0; i < remembered_calls; ++i) EXPECT_FALSE(table.put_ended(over(call(static_cast<int>(i)))));
  table.give_ticket(*table.find_ended(call(1)), {{"offered"}, {}, false});
  EXPECT_FALSE(table.put_ended(over(call(0)))) << "known already: it keeps its place";
  EXPECT_TRUE(table.take_ended(call(2)));
  EXPECT_FALSE(table.put_ended(over(call(2)))) << "ended again, it is the newest";
  for (const int oldest : {0, 1, 3}) {
    const auto forgotten = table.put_ended(over(call(5000 + oldest)));
    ASSERT_TRUE(forgotten);
    EXPECT_EQ(forgotten->state.record.call, call(oldest));
  }
  EXPECT_EQ(call_of_ticket("offered"), "");
  EXPECT_EQ(kind(call(2)), "ended");
  EXPECT_EQ(table.ended(), remembered_calls);
}

TEST_F(CallTable, IsSoundWhateverBecomesOfItsCalls) {
  std::minstd_rand random{1};
  std::vector<model::call_sid> all;
  for (int i = 0; i < 12; ++i) all.push_back(call(i));
  for (int step = 0; step < 600; ++step) {
    const auto& sid = all[random() % all.size()];
    const auto ticket = "ticket-" + std::to_string(step);
    switch (random() % 7) {
      case 0: table.put_live(actor(), life(sid, ticket)); break;
      case 1: table.put_dormant(life(sid, ticket), {}, false); break;
      case 2: (void)table.put_ended(over(sid)); break;
      case 3: (void)table.take_live(sid); break;
      case 4: (void)table.take_dormant(sid); break;
      case 5: (void)table.take_ended(sid); break;
      default: {
        const auto give = [&](auto& known) { table.give_ticket(known, {{ticket}, {}, false}); };
        table.visit(sid, give, [&](no_entry) {});
      }
    }
    if (step % 10 == 0) expect_sound(all);
    EXPECT_LE(table.tickets(), all.size());
  }
  for (const auto& sid : all) {
    (void)table.take_live(sid);
    (void)table.take_dormant(sid);
    (void)table.take_ended(sid);
  }
  expect_sound(all);
  EXPECT_EQ(table.tickets(), 0u);
}

// A table that grows moves all that it knows, and every call waits for it.
TEST_F(CallTable, GrowsNowhereUpToItsLimit) {
  constexpr int most = 3000;
  table.reserve(most);
  std::vector<std::pair<call_actor, std::shared_ptr<call_lifeline>>> coming;
  for (int i = 0; i < most; ++i) coming.emplace_back(actor(), life(call(i), "ticket-" + std::to_string(i)));
  {
    const no_memory_for pieces_of{8 * most};  // the buckets of so many
    for (auto& [its, life] : coming) table.put_live(its, life);
    for (std::size_t i = 0; i < remembered_calls; ++i) (void)table.put_ended(over(call(10'000 + static_cast<int>(i))));
  }
  EXPECT_EQ(table.live(), std::size_t{most});
  EXPECT_EQ(table.ended(), remembered_calls);
}

}  // namespace
}  // namespace tonris::actors::test
