#include "model/twilio/number_plan.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/places.hpp"

namespace tonris::model::twilio {
namespace {

using testing::IsEmpty;

const std::string origin = "https://gw.example.com";
const std::string behind = "#rc=5&rp=all&ct=2000&rt=5000&tt=15000";
const std::string voice_url = origin + "/api/webhooks/twilio/elevenlabs" + behind,
                  status_url = origin + "/api/webhooks/twilio/status" + behind;

call_handlers elsewhere() {
  call_handlers calls;
  calls.voice = {"https://old.example/voice?key=1", "GET"};
  calls.fallback = {"", "POST"};
  calls.status = {"https://old.example/status", "POST"};
  return calls;
}

/// What Twilio has after an update.
call_handlers after(call_handlers calls, const form& fields) {
  for (const auto& [name, value] : fields) {
    if (name == "VoiceUrl") calls.voice.url = value;
    if (name == "VoiceMethod") calls.voice.method = value;
    if (name == "VoiceFallbackUrl") calls.fallback.url = value;
    if (name == "VoiceFallbackMethod") calls.fallback.method = value;
    if (name == "StatusCallback") calls.status.url = value;
    if (name == "StatusCallbackMethod") calls.status.method = value;
    if (name == "VoiceApplicationSid") calls.application = value;
    if (name == "TrunkSid") calls.trunk = value;
  }
  return calls;
}

TEST(GatewayHandlers, AreWhatTheManualTellsToEnter) {
  const auto ours = gateway_handlers(origin);
  EXPECT_EQ(ours.voice, (call_handler{voice_url, "POST"}));
  EXPECT_EQ(ours.fallback, ours.voice);
  EXPECT_EQ(ours.status, (call_handler{status_url, "POST"}));
  std::ifstream in{test::source_dir() + "/docs/operations.md"};
  const std::string manual{std::istreambuf_iterator<char>{in}, {}};
  for (const auto& url : {voice_url, status_url})
    EXPECT_NE(manual.find("https://your-domain" + url.substr(origin.size())), std::string::npos) << url;
}

TEST(NumberState, SaysWhereItsCallsGo) {
  EXPECT_EQ(state_of(elsewhere(), origin), number_state::elsewhere);
  EXPECT_EQ(state_of({}, origin), number_state::elsewhere);
  EXPECT_EQ(state_of(gateway_handlers(origin), origin), number_state::attached);
  EXPECT_EQ(state_of(gateway_handlers("https://other.example.com"), origin), number_state::elsewhere);
  auto some = gateway_handlers(origin);
  some.status = {};
  EXPECT_EQ(state_of(some, origin), number_state::partly);
  auto with_trunk = gateway_handlers(origin);
  with_trunk.trunk = "TK1";
  EXPECT_EQ(state_of(with_trunk, origin), number_state::partly) << "the addresses are not asked";
  auto plain = gateway_handlers(origin);
  plain.voice.url = origin + "/api/webhooks/twilio/elevenlabs";
  EXPECT_EQ(state_of(plain, origin), number_state::partly) << "without the overrides";
}

TEST(AttachPlan, ChangesWhatIsAnothersAndKeepsIt) {
  const auto plan = plan_attach(elsewhere(), origin, {});
  const auto now = after(elsewhere(), plan.fields);
  EXPECT_EQ(state_of(now, origin), number_state::attached);
  EXPECT_EQ(plan.keep.voice, elsewhere().voice);
  EXPECT_EQ(plan.keep.fallback, elsewhere().fallback) << "that there was nobody is the way back as well";
  EXPECT_EQ(plan.keep.status, elsewhere().status);
  EXPECT_EQ(after(now, plan_detach(now, origin, plan.keep)), elsewhere());
}

TEST(AttachPlan, IsNothingWhereTheNumberIsAttached) {
  const auto plan = plan_attach(gateway_handlers(origin), origin, {});
  EXPECT_THAT(plan.fields, IsEmpty());
  EXPECT_TRUE(plan.keep.empty()) << "an address of ours is no way back";
}

TEST(AttachPlan, KeepsNoAddressOfOursAlsoWhereItIsWrittenInAnotherWay) {
  auto now = elsewhere();
  now.voice = {origin + "/api/webhooks/twilio/elevenlabs", "GET"};
  const auto plan = plan_attach(now, origin, {});
  EXPECT_FALSE(plan.keep.voice);
  EXPECT_EQ(plan.keep.status, elsewhere().status);
  EXPECT_EQ(state_of(after(now, plan.fields), origin), number_state::attached);
}

TEST(AttachPlan, AgainKeepsWhatWasKeptAndWhatCameSince) {
  const auto first = plan_attach(elsewhere(), origin, {});
  auto now = after(elsewhere(), first.fields);
  EXPECT_EQ(plan_attach(now, origin, first.keep).keep, first.keep);
  now.status = {"https://new.example/", "POST"};
  const auto again = plan_attach(now, origin, first.keep);
  EXPECT_EQ(again.keep.voice, elsewhere().voice);
  EXPECT_EQ(again.keep.status, now.status);
  EXPECT_EQ(again.fields.size(), 2U);
}

TEST(AttachPlan, TakesAwayWhatOverridesTheAddresses) {
  for (const auto of : {&call_handlers::application, &call_handlers::trunk}) {
    auto now = gateway_handlers(origin);
    now.*of = "XX00000000000000000000000000000001";
    const auto plan = plan_attach(now, origin, {});
    const auto then = after(now, plan.fields);
    EXPECT_EQ(state_of(then, origin), number_state::attached);
    EXPECT_EQ(after(then, plan_detach(then, origin, plan.keep)), now);
  }
}

TEST(DetachPlan, LeavesWhatSomebodyHasChangedSince) {
  const auto plan = plan_attach(elsewhere(), origin, {});
  auto now = after(elsewhere(), plan.fields);
  now.voice = {"https://newest.example/", "POST"};
  const auto then = after(now, plan_detach(now, origin, plan.keep));
  EXPECT_EQ(then.voice, now.voice);
  EXPECT_EQ(then.status, elsewhere().status);
  EXPECT_EQ(state_of(then, origin), number_state::elsewhere);
  EXPECT_THAT(plan_detach(elsewhere(), origin, plan.keep), IsEmpty());
}

TEST(DetachPlan, PutsNothingBackThatWouldOverrideWhatSomebodyHasEnteredSince) {
  for (const auto of : {&call_handlers::application, &call_handlers::trunk}) {
    auto before = elsewhere();
    before.*of = "XX00000000000000000000000000000001";
    const auto plan = plan_attach(before, origin, {});
    auto now = after(before, plan.fields);
    now.voice = {"https://newest.example/", "POST"};
    const auto then = after(now, plan_detach(now, origin, plan.keep));
    EXPECT_EQ(then.voice, now.voice);
    EXPECT_EQ(then.*of, "");
    EXPECT_EQ(then.status, elsewhere().status);
  }
}

TEST(DetachPlan, PutsNeitherOfTheTwoInPlaceOfTheOtherThatSomebodyHasEnteredSince) {
  constexpr std::array two{&call_handlers::application, &call_handlers::trunk};
  for (const auto of : two)
    for (const auto since : two) {
      auto before = elsewhere();
      before.*of = "XX00000000000000000000000000000001";
      const auto plan = plan_attach(before, origin, {});
      auto now = after(before, plan.fields);
      now.*since = "XX00000000000000000000000000000002";
      const auto then = after(now, plan_detach(now, origin, plan.keep));
      EXPECT_EQ(then.application, now.application);
      EXPECT_EQ(then.trunk, now.trunk);
      EXPECT_EQ(then.voice, elsewhere().voice);
    }
}

TEST(KeptHandlers, AreTheSameAfterBeingWritten) {
  auto now = elsewhere();
  now.application = "AP1";
  auto kept = plan_attach(now, origin, {}).keep;
  EXPECT_EQ(parse_kept_handlers(to_json(kept)).value(), kept);
  kept.voice.reset();
  kept.trunk = "TK1";
  EXPECT_EQ(parse_kept_handlers(to_json(kept)).value(), kept);
  EXPECT_EQ(parse_kept_handlers(to_json(kept_handlers{})).value(), kept_handlers{});
  for (const auto* const json : {"", "[]", R"({"voice":1})", R"({"voice":{"url":1,"method":""}})", R"({"trunk":1})"})
    EXPECT_FALSE(parse_kept_handlers(json)) << json;
}

TEST(ShownAddress, HasNoSecrets) {
  EXPECT_EQ(shown_address("https://user:pw@old.example:8443/voice?key=1#rc=5"), "https://old.example:8443/voice");
  EXPECT_EQ(shown_address("https://old.example"), "https://old.example");
  EXPECT_EQ(shown_address(""), "");
  EXPECT_EQ(shown_address("nothing"), "(no address)");
}

}  // namespace
}  // namespace tonris::model::twilio
