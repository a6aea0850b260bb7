#include "model/call/fallback.hpp"

#include "model/call/sentences.hpp"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>

namespace tonris::model {

std::ostream& operator<<(std::ostream& out, const fallback_answer& a) {
  constexpr std::array<std::string_view, 3> verbs{"hang_up", "dial", "record"};
  return out << verbs[static_cast<std::size_t>(a.then)] << " say=" << a.say << " language=" << a.language
             << " number=" << a.number << " now=" << to_string(a.now);
}

namespace {

using verb = fallback_answer::verb;
using step = fallback_step;
using news = fallback_news;

constexpr std::array all_steps{step::not_begun, step::transferring, step::taking_message, step::over};
constexpr std::array all_news{news::none, news::answered, news::not_answered, news::message_taken, news::failed};

const std::string own_words = "Vent venligst.";
const std::string connecting = "Et øjeblik, jeg stiller dig om.";
const std::string leave_a_message = "Der er ingen ledige lige nu. Læg venligst en besked efter tonen.";
const std::string sorry{our_sentence("da", tenant::sentence::unavailable)};

std::string in_danish(end_reason why) {
  return std::string{our_sentence("da", sentence_of(why))};
}

struct settings {
  bool say = false, transfer = false, voicemail = false;
};

tenant salon(settings s) {
  tenant t;
  t.id.value = "salon-1";
  t.phone_number = "+4570123456";
  t.language = "da";
  if (s.say) t.fallback.say = own_words;
  if (s.transfer) t.fallback.transfer_to = "+4520123456";
  t.fallback.voicemail = s.voicemail;
  return t;
}

std::string written(const fallback_answer& a) {
  std::string text = a.then == verb::dial ? "dial" : a.then == verb::record ? "record" : "hang_up";
  return text + " | " + a.say + " | " + std::string{to_string(a.now)};
}
std::string dial(const std::string& say) {
  return "dial | " + say + " | transferring";
}
std::string record(const std::string& say) {
  return "record | " + say + " | taking_message";
}
std::string hang_up(const std::string& say) {
  return "hang_up | " + say + " | over";
}

// --- every setting of the tenant, at every step

struct row {
  std::string name;
  settings has;
  std::string first, not_answered_at_first, after_no_answer;
};

class Fallback : public testing::TestWithParam<row> {};
INSTANTIATE_TEST_SUITE_P(
    Settings, Fallback,
    testing::Values(
        row{"Nothing", {}, hang_up(sorry), hang_up(sorry), hang_up(sorry)},
        row{"Say", {true, false, false}, hang_up(own_words), hang_up(sorry), hang_up(sorry)},
        row{"Transfer", {false, true, false}, dial(connecting), hang_up(sorry), hang_up(sorry)},
        row{"Voicemail",
            {false, false, true},
            record(leave_a_message),
            record(leave_a_message),
            record(leave_a_message)},
        row{"SayTransfer", {true, true, false}, dial(own_words), hang_up(sorry), hang_up(sorry)},
        row{"SayVoicemail", {true, false, true}, record(own_words), record(leave_a_message), record(leave_a_message)},
        row{"TransferVoicemail",
            {false, true, true},
            dial(connecting),
            record(leave_a_message),
            record(leave_a_message)},
        row{"All", {true, true, true}, dial(own_words), record(leave_a_message), record(leave_a_message)}),
    [](const auto& r) { return r.param.name; });

TEST_P(Fallback, IsDecidedForEveryStepAndNews) {
  const auto t = salon(GetParam().has);
  const auto next = [&](step at, news n) { return written(next_step(&t, end_reason::agent_lost, at, n)); };
  const auto silent = hang_up("");
  EXPECT_EQ(next(step::not_begun, news::none), GetParam().first);
  EXPECT_EQ(next(step::not_begun, news::not_answered), GetParam().not_answered_at_first) << "the news are ahead";
  for (const auto n : {news::none, news::not_answered}) {
    EXPECT_EQ(next(step::transferring, n), GetParam().after_no_answer);
    EXPECT_EQ(next(step::taking_message, n), hang_up(sorry)) << "each step is taken once";
    EXPECT_EQ(next(step::over, n), hang_up(sorry));
  }
  for (const auto at : all_steps) {
    EXPECT_EQ(next(at, news::answered), silent) << to_string(at);
    EXPECT_EQ(next(at, news::message_taken), silent) << to_string(at);
  }
}

TEST_P(Fallback, NeverGoesInCirclesWhateverTwilioBrings) {
  const auto t = salon(GetParam().has);
  for (const auto a : all_news) {
    for (const auto b : all_news) {
      for (const auto c : all_news) {
        int dials = 0, records = 0;
        auto at = step::not_begun;
        for (const auto n : {a, b, c, a, b, c}) {
          const auto answer = next_step(&t, end_reason::agent_lost, at, n);
          dials += answer.then == verb::dial;
          records += answer.then == verb::record;
          EXPECT_GE(answer.now, at);
          at = answer.now;
        }
        EXPECT_LE(dials, 1);
        EXPECT_LE(records, 1);
        EXPECT_EQ(at, step::over);
      }
    }
  }
}

// --- the same question again

TEST_P(Fallback, IsTheSameStepWhenItIsAskedForAgain) {
  const auto t = salon(GetParam().has);
  for (const bool from_tenant : {false, true}) {
    auto at = step::not_begun;
    for (const auto n : {news::none, news::not_answered, news::failed}) {
      const auto given = next_step(&t, end_reason::agent_lost, at, n, from_tenant);
      if (given.now != step::over) {
        EXPECT_EQ(written(same_step(&t, end_reason::agent_lost, given.now, from_tenant)), written(given));
      }
      at = given.now;
    }
  }
}

TEST(FallbackStep, IsAskedForAgainByNewsThatConcludeAnEarlierOne) {
  struct question {
    step at;
    news brought;
    bool again;
  };
  for (const auto& [at, brought, again] :
       {question{step::not_begun, news::none, false}, question{step::transferring, news::none, true},
        question{step::taking_message, news::none, true}, question{step::over, news::none, false},
        question{step::not_begun, news::not_answered, false}, question{step::transferring, news::not_answered, false},
        question{step::taking_message, news::not_answered, true}, question{step::over, news::not_answered, false},
        question{step::transferring, news::answered, false}, question{step::taking_message, news::answered, true},
        question{step::taking_message, news::message_taken, false}, question{step::over, news::message_taken, false},
        question{step::not_begun, news::failed, false}, question{step::transferring, news::failed, false},
        question{step::taking_message, news::failed, false}, question{step::over, news::failed, false}})
    EXPECT_EQ(asks_again(at, brought), again) << to_string(at) << ' ' << static_cast<int>(brought);
}

TEST(FallbackStep, ThatTwilioCouldNotCarryOutIsPassedOver) {
  const auto t = salon({true, true, true});
  EXPECT_EQ(written(next_step(&t, end_reason::agent_lost, step::not_begun, news::failed)), dial(own_words));
  EXPECT_EQ(written(next_step(&t, end_reason::agent_lost, step::transferring, news::failed)), record(leave_a_message));
  EXPECT_EQ(written(next_step(&t, end_reason::agent_lost, step::taking_message, news::failed)), hang_up(sorry));
}

// --- every reason

TEST(FallbackStep, SaysHowLongTwilioMayTakeToAskAgain) {
  using std::chrono::seconds;
  EXPECT_EQ(asks_within(fallback_step::not_begun), seconds{3});
  EXPECT_EQ(asks_within(fallback_step::transferring), seconds{23}) << "20 s of ringing";
  EXPECT_EQ(asks_within(fallback_step::taking_message), seconds{123}) << "120 s of speech";
  EXPECT_EQ(asks_within(fallback_step::over), seconds{0});
}

TEST(FallbackReason, OfAnOrdinaryEndHangsUpAndSaysNothing) {
  const auto t = salon({true, true, true});
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto why = static_cast<end_reason>(i);
    if (after(why) != aftermath::hang_up) continue;
    for (const auto at : all_steps)
      for (const auto n : all_news) EXPECT_EQ(written(next_step(&t, why, at, n)), hang_up("")) << to_string(why);
  }
}

TEST(FallbackReason, OfALimitGetsItsSentence) {
  const auto t = salon({true, true, true});
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto why = static_cast<end_reason>(i);
    if (after(why) != aftermath::sentence) continue;
    for (const auto at : all_steps) EXPECT_EQ(written(next_step(&t, why, at, news::none)), hang_up(in_danish(why)));
  }
}

TEST(FallbackReason, OfAFailureTransfersWhicheverItIs) {
  const auto t = salon({false, true, false});
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto why = static_cast<end_reason>(i);
    if (after(why) != aftermath::fallback) continue;
    EXPECT_EQ(written(next_step(&t, why, step::not_begun, news::none)), dial(connecting)) << to_string(why);
    EXPECT_EQ(written(next_step(&t, why, step::transferring, news::not_answered)), hang_up(in_danish(why)));
  }
}

TEST(FallbackReason, OfALimitThatTheTenantArrangedForIsThatInPlaceOfItsFallback) {
  for (const auto why : {end_reason::tenant_busy, end_reason::tenant_rate, end_reason::month_minutes,
                         end_reason::month_cost, end_reason::vendor_full}) {
    auto t = salon({true, true, true});
    EXPECT_EQ(written(next_step(&t, why, step::not_begun, news::none)), hang_up(in_danish(why)))
        << "words, not what is there for failures";
    t.limits.overflow.what = tenant::action::voicemail;
    EXPECT_EQ(written(next_step(&t, why, step::not_begun, news::none)), record(leave_a_message));
    t.limits.overflow.what = tenant::action::transfer;
    t.limits.overflow.transfer_to = "+4520999999";
    EXPECT_EQ(written(next_step(&t, why, step::not_begun, news::none)), dial(connecting));
    EXPECT_EQ(next_step(&t, why, step::not_begun, news::none).number, "+4520999999");
    EXPECT_EQ(written(next_step(&t, why, step::transferring, news::not_answered)), hang_up(in_danish(why)))
        << "no voicemail of the failure's";
    t.sentences.texts[tenant::sentence::busy] = "Alle stole er optaget.";
    t.sentences.language = "da-DK";
    const auto told = next_step(&t, why, step::not_begun, news::none);
    EXPECT_EQ(written(told), dial("Alle stole er optaget."));
    EXPECT_EQ(told.language, "da-DK");
  }
  auto t = salon({true, true, true});
  t.limits.overflow.what = tenant::action::voicemail;
  EXPECT_EQ(written(next_step(&t, end_reason::caller_rate, step::not_begun, news::none)),
            hang_up(in_danish(end_reason::caller_rate)))
      << "who calls too often is not passed on";
}

TEST(Fallback, OfASuspendedTenantIsOurSentenceOnly) {
  auto t = salon({true, true, true});
  t.status = tenant::status_type::suspended;
  for (const auto why : {end_reason::tenant_suspended, end_reason::agent_lost})
    for (const auto at : all_steps) EXPECT_EQ(written(next_step(&t, why, at, news::none)), hang_up(in_danish(why)));
}

TEST(Fallback, WithoutATenantIsASentence) {
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto why = static_cast<end_reason>(i);
    const auto text = after(why) == aftermath::hang_up ? std::string{} : std::string{default_sentence(why)};
    for (const auto at : all_steps) EXPECT_EQ(written(next_step(nullptr, why, at, news::none)), hang_up(text));
  }
}

TEST(Fallback, NamesTheNumberOnlyForATransfer) {
  const auto t = salon({true, true, true});
  EXPECT_EQ(next_step(&t, end_reason::agent_lost, step::not_begun, news::none).number, "+4520123456");
  EXPECT_EQ(next_step(&t, end_reason::agent_lost, step::transferring, news::not_answered).number, "");
}

TEST(Fallback, SpeaksTheTenantsLanguage) {
  auto t = salon({true, true, true});
  const auto own = next_step(&t, end_reason::agent_lost, step::not_begun, news::none);
  EXPECT_EQ(own.language, "da");
  EXPECT_EQ(own.voice, "");
  const auto ours = next_step(&t, end_reason::agent_lost, step::transferring, news::not_answered);
  EXPECT_EQ(ours.language, "da");
  EXPECT_EQ(ours.voice, "Polly.Naja");
  t.numbers = {{"+34911234567", "es", {}}};
  EXPECT_EQ(next_step(&t, end_reason::agent_lost, step::not_begun, news::none, false, {"+34911234567", ""}).language,
            "es");
  t.language.reset();
  EXPECT_EQ(next_step(&t, end_reason::agent_lost, step::not_begun, news::none).language, "");
}

TEST(Fallback, SaysTheTenantsOwnSentences) {
  auto t = salon({false, true, true});
  t.sentences.texts = {{tenant::sentence::connecting, "Straks."}, {tenant::sentence::message, "Efter tonen."}};
  t.sentences.voice = "Polly.Mads";
  EXPECT_EQ(written(next_step(&t, end_reason::agent_lost, step::not_begun, news::none)), dial("Straks."));
  EXPECT_EQ(next_step(&t, end_reason::agent_lost, step::not_begun, news::none).voice, "Polly.Mads");
  EXPECT_EQ(written(next_step(&t, end_reason::agent_lost, step::transferring, news::not_answered)),
            record("Efter tonen."));
}

// --- what the tenant has arranged

const std::string closed_words{our_sentence("da", tenant::sentence::closed)};

tenant closed_salon(tenant::closed_type closed, bool voicemail = false) {
  auto t = salon({true, true, voicemail});
  t.business_hours = tenant::business_hours_type{"UTC", {}, {}, std::move(closed)};
  return t;
}

TEST(FallbackWhileClosed, IsWhatTheTenantHasArrangedForThat) {
  const auto next = [](const tenant& t, step at, news n) { return written(next_step(&t, end_reason::closed, at, n)); };
  const auto says = closed_salon({});
  EXPECT_EQ(next(says, step::not_begun, news::none), hang_up(closed_words)) << "not the fallback's transfer";
  const auto records = closed_salon({tenant::action::voicemail, {}, {}});
  EXPECT_EQ(next(records, step::not_begun, news::none), record(leave_a_message));
  EXPECT_EQ(next(records, step::taking_message, news::none), hang_up(closed_words));
  EXPECT_EQ(next(records, step::taking_message, news::message_taken), hang_up(""));
  const auto sends = closed_salon({tenant::action::transfer, "+4533333333", {}});
  EXPECT_EQ(next(sends, step::not_begun, news::none), dial(connecting));
  EXPECT_EQ(next_step(&sends, end_reason::closed, step::not_begun, news::none).number, "+4533333333");
  EXPECT_EQ(next(sends, step::transferring, news::not_answered), hang_up(closed_words));
  EXPECT_EQ(next(sends, step::transferring, news::answered), hang_up(""));
  const auto sends_then_records = closed_salon({tenant::action::transfer, "+4533333333", {}}, true);
  EXPECT_EQ(next(sends_then_records, step::transferring, news::not_answered), record(leave_a_message));
  EXPECT_EQ(written(same_step(&sends_then_records, end_reason::closed, step::transferring)), dial(connecting));
  EXPECT_EQ(written(same_step(&sends_then_records, end_reason::closed, step::taking_message)), record(leave_a_message));
}

TEST(FallbackWhileClosed, CallsNobodyForACallFromATenantNorTheTenantsOwnNumbers) {
  auto t = closed_salon({tenant::action::transfer, "+4533333333", {}});
  EXPECT_EQ(written(next_step(&t, end_reason::closed, step::not_begun, news::none, true)), hang_up(closed_words));
  t.numbers = {{"+4533333333", std::nullopt, {}}};
  EXPECT_EQ(written(next_step(&t, end_reason::closed, step::not_begun, news::none)), hang_up(closed_words));
}

TEST(FallbackByACallerRule, SendsTheCallerToTheNumberOfThatRule) {
  auto t = salon({true, true, true});
  t.caller_rules = {{"other", {"withheld"}, tenant::action::block, {}, {}},
                    {"boss", {"+4520000000"}, tenant::action::transfer, {}, "+4544444444"}};
  const fallback_about boss{"+4570123456", "boss"}, gone{"+4570123456", "gone"};
  const auto first = next_step(&t, end_reason::sent_on, step::not_begun, news::none, false, boss);
  EXPECT_EQ(written(first), dial(connecting));
  EXPECT_EQ(first.number, "+4544444444");
  EXPECT_EQ(written(next_step(&t, end_reason::sent_on, step::transferring, news::not_answered, false, boss)),
            record(leave_a_message));
  EXPECT_EQ(written(next_step(&t, end_reason::sent_on, step::not_begun, news::none, false, gone)), hang_up(sorry))
      << "the rule is there no more";
}

TEST(FallbackOfATransferByTheAgent, DialsWithoutAWordThenDoesWhatTheTenantWants) {
  auto t = salon({true, true, false});
  t.transfer.emplace();
  t.transfer->numbers = {"+4544444444"};
  const fallback_about him{"+4570123456", {}, "+4544444444"}, nobody{"+4570123456", {}, {}};
  const auto first = next_step(&t, end_reason::transferred, step::not_begun, news::none, false, him);
  EXPECT_EQ(written(first), dial(""));
  EXPECT_EQ(first.number, "+4544444444");
  EXPECT_EQ(written(same_step(&t, end_reason::transferred, step::transferring, false, him)), written(first));
  const auto then = [&](const fallback_about& about, news came) {
    return written(next_step(&t, end_reason::transferred, step::transferring, came, false, about));
  };
  EXPECT_EQ(then(him, news::answered), hang_up(""));
  EXPECT_EQ(then(nobody, news::none), hang_up(sorry)) << "the stream back to the agent never came";
  EXPECT_EQ(then(him, news::not_answered), hang_up(sorry));
  t.transfer->no_answer = tenant::transfer_type::no_answer_type::voicemail;
  EXPECT_EQ(then(him, news::not_answered), record(leave_a_message));
  EXPECT_EQ(asks_within(step::transferring, std::chrono::seconds{45}), std::chrono::seconds{48});
}

TEST(Fallback, DoesNotCallTheNumberThatWasCalled) {
  auto t = salon({false, true, true});
  t.fallback.transfer_to = t.phone_number;
  EXPECT_EQ(written(next_step(&t, end_reason::agent_lost, step::not_begun, news::none)), record(leave_a_message));
  t.fallback.voicemail = false;
  EXPECT_EQ(written(next_step(&t, end_reason::agent_lost, step::not_begun, news::none)), hang_up(sorry));
}

TEST(Fallback, DoesNotCallTheOtherFormOfTheNumberThatWasCalled) {
  auto t = salon({false, true, false});
  t.phone_number = "+5215512345678";
  t.fallback.transfer_to = "+525512345678";
  EXPECT_EQ(written(next_step(&t, end_reason::agent_lost, step::not_begun, news::none)), hang_up(sorry));
}

TEST_P(Fallback, DialsNobodyForACallThatComesFromATenant) {
  const auto t = salon(GetParam().has);
  for (const auto at : all_steps) {
    for (const auto n : all_news) {
      const auto answer = next_step(&t, end_reason::agent_lost, at, n, true);
      EXPECT_NE(answer.then, verb::dial) << to_string(at);
      if (GetParam().has.transfer) continue;
      EXPECT_EQ(written(answer), written(next_step(&t, end_reason::agent_lost, at, n))) << "all else is the same";
    }
  }
  const auto first = written(next_step(&t, end_reason::agent_lost, step::not_begun, news::none, true));
  const auto words = GetParam().has.say ? own_words : GetParam().has.voicemail ? leave_a_message : sorry;
  EXPECT_EQ(first, GetParam().has.voicemail ? record(words) : hang_up(words));
}

TEST(FallbackStep, IsReadBackByItsName) {
  for (const auto s : all_steps) EXPECT_EQ(parse_fallback_step(to_string(s)), s);
  for (const auto* const text : {"", "Over", "over ", "talking"}) EXPECT_EQ(parse_fallback_step(text), std::nullopt);
}

}  // namespace
}  // namespace tonris::model
