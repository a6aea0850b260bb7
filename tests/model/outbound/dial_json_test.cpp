#include "model/outbound/dial_json.hpp"

#include <string>

#include <gtest/gtest.h>

#include "model/outbound/ringing.hpp"

namespace tonris::model {
namespace {

using machine = tenant::outbound_type::machine_type;

dial a_dial() {
  dial one;
  one.asked.tenant = {"salon-1"};
  one.asked.to = "+4570123456";
  one.asked.from = "+4570999999";
  one.asked.agent = {"agent_demo"};
  one.asked.variables = {{"appointment", std::string{"Tuesday \"at\" ten"}},
                         {"price", 61.0},
                         {"regular", true},
                         {"visits", std::int64_t{9'007'199'254'740'993}}};
  one.asked.machine = machine::hang_up;
  one.asked.id = "order-7";
  one.shown_by = {"0123456789abcdef0123456789abcdef"};
  one.machine = machine::go_on;
  one.state = dial::state_type::placed;
  one.call = {"CA00000000000000000000000000000001"};
  one.began_at = std::chrono::system_clock::time_point{std::chrono::milliseconds{1'795'000'000'123}};
  one.heard = who_answered{twilio::answered_by::machine, carrier_progress::source_type::callback, one.began_at};
  one.answered = one.elsewhere = one.over = one.hung_up = true;
  return one;
}

TEST(DialJson, GivesTheSameBack) {
  EXPECT_EQ(parse_dial(to_json(a_dial())).value(), a_dial());
  dial plain;
  plain.asked.tenant = {"salon-1"};
  plain.asked.to = "+4570123456";
  plain.asked.from = "+4570999999";
  plain.shown_by = {"t1"};
  for (const auto state : {dial::state_type::asking, dial::state_type::placed, dial::state_type::unknown}) {
    plain.state = state;
    EXPECT_EQ(parse_dial(to_json(plain)).value(), plain);
  }
}

TEST(DialJson, RefusesWhatItCannotRead) {
  const auto whole = to_json(a_dial());
  const auto without = [&](const std::string& part, const std::string& instead) {
    auto json = whole;
    json.replace(json.find(part), part.size(), instead);
    return parse_dial(json).has_value();
  };
  EXPECT_TRUE(without("\"id\"", "\"id\"")) << "the test can fail";
  EXPECT_FALSE(without(R"("v":1)", R"("v":2)")) << "a newer version's";
  EXPECT_FALSE(without(R"("state":"placed")", R"("state":"elsewhere")"));
  EXPECT_FALSE(without(R"("tenant")", R"("other")"));
  EXPECT_FALSE(without(R"("answeredBy":"machine")", R"("answeredBy":"a dog")"));
  EXPECT_FALSE(without(R"("beganAt":"2)", R"("beganAt":"x)"));
  EXPECT_FALSE(without(R"("machine":"hang-up")", R"("machine":"sing")"));
  EXPECT_FALSE(without("true", "[]")) << "a variable of no kind that there is";
  EXPECT_FALSE(parse_dial("").has_value());
}

TEST(RingingCall, HasARecordSinceItWasAskedFor) {
  const auto record = record_of(a_dial());
  EXPECT_EQ(record.call, a_dial().call);
  EXPECT_EQ(record.state, call_state::ringing);
  EXPECT_EQ(record.direction, "outbound-api");
  EXPECT_EQ(record.tenant.value, "salon-1");
  EXPECT_EQ(record.from + " " + record.to, "+4570999999 +4570123456");
  EXPECT_EQ(record.started, a_dial().began_at);
  EXPECT_FALSE(record.answered || record.ended || record.reason);
}

}  // namespace
}  // namespace tonris::model
