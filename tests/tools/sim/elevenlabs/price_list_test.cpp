// What the simulated vendor charges, and what its document tells of that.
#include "tools/sim/elevenlabs/price_list.hpp"

#include <gmock/gmock.h>

#include <string>

#include "tools/sim/elevenlabs/conversation_document.hpp"

namespace tonris::sim {
namespace {

using testing::HasSubstr;

/// Of 61 s, in which two lines were said.
conversation_record one_of(const agent_bill& bill) {
  conversation_record one;
  one.facts.conversation_id = "conv_1";
  one.ended_ms = 61'900;
  one.transcript = {{"user", "Hello?", 100}, {"agent", "Hello.", 900}};
  one.bill = bill;
  return one;
}

std::string told_of(const agent_bill& bill) {
  return conversation_document(one_of(bill), conversation_status::done);
}

TEST(ConversationCharge, IsOfSecondsAndOfWhatTheModelSaidAndTwiceAsMuchInABurst) {
  const auto plain = charge_of(one_of({}));
  EXPECT_EQ(plain.credits(), 427);
  EXPECT_EQ(plain.price(), 51'240);
  const auto with_model = charge_of(one_of({true}));
  EXPECT_EQ(with_model.credits(), 427 + 5);
  EXPECT_EQ(with_model.price_of_model(), 600);
  EXPECT_EQ(with_model.price(), 51'840);
  const auto burst = charge_of(one_of({true, true}));
  EXPECT_EQ(burst.credits(), 2 * 427 + 5) << "the model costs what it costs";
  EXPECT_EQ(charge_of(one_of({true, true, false})).price(), burst.price()) << "whether it is told or not";
}

TEST(ConversationCharge, IsToldAsFarAsTheVendorHasAPriceForIt) {
  EXPECT_THAT(told_of({}), HasSubstr(R"("cost":427,"charging":{"dev_discount":false,"is_burst":false,"tier":"pro",)"
                                     R"("call_charge":427,"llm_charge":null,"llm_price":null})"));
  EXPECT_THAT(told_of({true}), HasSubstr(R"("cost":432,)"));
  EXPECT_THAT(told_of({true}), HasSubstr(R"("call_charge":427,"llm_charge":5,"llm_price":0.0006})"));
  EXPECT_THAT(told_of({true, false, false}), HasSubstr(R"("cost":null,)"));
  EXPECT_THAT(told_of({true, false, false}), HasSubstr(R"("call_charge":null,"llm_charge":null,"llm_price":0.0006})"));
  EXPECT_THAT(told_of({false, true, false}), HasSubstr(R"("is_burst":true,)"));
}

TEST(ConversationCharge, IsNotToldOfAConversationThatGoesOn) {
  const auto told = conversation_document(one_of({true}), conversation_status::in_progress);
  EXPECT_THAT(told, HasSubstr(R"("cost":null)"));
  EXPECT_THAT(told, testing::Not(HasSubstr("charging")));
}

}  // namespace
}  // namespace tonris::sim
