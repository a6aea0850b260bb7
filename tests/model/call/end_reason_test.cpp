#include "model/call/end_reason.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/places.hpp"

namespace tonris::model {
namespace {

std::vector<end_reason> every_reason() {
  std::vector<end_reason> all;
  for (std::size_t i = 0; i < end_reason_count; ++i) all.push_back(static_cast<end_reason>(i));
  return all;
}

TEST(EndReason, SaysOfAPlacedCallNobodyServedWhatMayBeTheCause) {
  const auto told = advice(end_reason::outbound_not_served);
  EXPECT_NE(told.find("REDIS_URL"), std::string_view::npos) << told;
  EXPECT_EQ(told.find("restart"), std::string_view::npos) << "a node's next life serves what its former has placed";
}

TEST(EndReason, HasItsOwnNameForEveryValue) {
  std::set<std::string> names;
  for (const auto r : every_reason()) names.emplace(to_string(r));
  EXPECT_EQ(names.size(), end_reason_count);
  EXPECT_EQ(to_string(end_reason::caller_hung_up), "caller_hung_up");
  EXPECT_EQ(to_string(end_reason::agent_audio_unknown), "agent_audio_unknown");
  EXPECT_EQ(to_string(end_reason::internal_error), "internal_error");
}

TEST(EndReason, KnowsWhatACallerOnTheLineGetsAfterIt) {
  for (const auto r : every_reason()) {
    const bool ordinary = r == end_reason::caller_hung_up || r == end_reason::agent_ended ||
                          r == end_reason::operator_hung_up || r == end_reason::outbound_not_served ||
                          r == end_reason::caller_gave_up || r == end_reason::callee_busy ||
                          r == end_reason::callee_no_answer || r == end_reason::callee_unreachable ||
                          r == end_reason::call_canceled || r == end_reason::machine_answered;
    const bool limit = r == end_reason::max_duration || r == end_reason::month_used_up ||
                       r == end_reason::caller_rate || r == end_reason::unknown_number ||
                       r == end_reason::tenant_suspended || r == end_reason::tenant_pending ||
                       r == end_reason::tenant_cancelled || r == end_reason::caller_blocked;
    const bool arranged = r == end_reason::closed || r == end_reason::sent_on || r == end_reason::tenant_busy ||
                          r == end_reason::tenant_rate || r == end_reason::month_minutes ||
                          r == end_reason::month_cost || r == end_reason::vendor_full || is_transfer(r);
    EXPECT_EQ(after(r), ordinary   ? aftermath::hang_up
                        : limit    ? aftermath::sentence
                        : arranged ? aftermath::arranged
                                   : aftermath::fallback)
        << to_string(r);
    EXPECT_FALSE(default_sentence(r).empty()) << to_string(r);
  }
}

TEST(EndReason, KnowsHowMuchAnOperatorShouldCare) {
  for (const auto r : every_reason()) {
    // A caller who gets the fallback has lost his call.
    if (after(r) == aftermath::fallback) {
      EXPECT_NE(gravity_of(r), gravity::ordinary) << to_string(r);
    }
    if (after(r) == aftermath::hang_up) {
      EXPECT_EQ(gravity_of(r), gravity::ordinary) << to_string(r);
    }
  }
  EXPECT_EQ(gravity_of(end_reason::agent_auth_failed), gravity::alarm);
  EXPECT_EQ(gravity_of(end_reason::agent_out_of_credit), gravity::alarm);
  EXPECT_EQ(gravity_of(end_reason::internal_error), gravity::alarm);
  EXPECT_EQ(gravity_of(end_reason::unknown_number), gravity::lost);
  EXPECT_EQ(gravity_of(end_reason::max_duration), gravity::ordinary);
}

TEST(EndReason, KnowsWhoCausedIt) {
  EXPECT_EQ(who(end_reason::caller_hung_up), caused_by::caller);
  EXPECT_EQ(who(end_reason::agent_ended), caused_by::agent);
  EXPECT_EQ(who(end_reason::agent_busy), caused_by::vendor);
  EXPECT_EQ(who(end_reason::stream_lost), caused_by::network);
  EXPECT_EQ(who(end_reason::node_full), caused_by::gateway);
  EXPECT_EQ(to_string(who(end_reason::shutdown)), "operator");
}

TEST(EndReason, HealsByRestartOnlyWhereANewConversationCanHeal) {
  using enum end_reason;
  constexpr std::array heal{agent_busy,        agent_unreachable, agent_timeout, agent_lost,    agent_protocol_error,
                            agent_not_hearing, agent_not_audible, slow_agent,    internal_error};
  for (const auto r : every_reason()) {
    EXPECT_EQ(heals_by_restart(r), std::find(heal.begin(), heal.end(), r) != heal.end()) << to_string(r);
    EXPECT_TRUE(!heals_by_restart(r) || after(r) == aftermath::fallback) << to_string(r);
  }
}

TEST(EndReason, SaysWhetherAnotherAgentMayServe) {
  for (const auto r : every_reason()) {
    EXPECT_TRUE(!speaks_against_agent(r) || another_agent_may_serve(r)) << to_string(r);
    EXPECT_TRUE(!another_agent_may_serve(r) || to_string(r).starts_with("agent_")) << to_string(r);
  }
  for (const auto shared : {end_reason::agent_auth_failed, end_reason::agent_busy, end_reason::agents_failing})
    EXPECT_FALSE(another_agent_may_serve(shared)) << to_string(shared);
  EXPECT_TRUE(speaks_against_agent(end_reason::agent_not_found));
  EXPECT_TRUE(another_agent_may_serve(end_reason::agent_lost));
  EXPECT_FALSE(speaks_against_agent(end_reason::agent_lost)) << "its conversation had begun";
}

TEST(EndReason, IsExplainedInOneSentenceOfItsOwn) {
  std::set<std::string_view> sentences;
  for (const auto r : every_reason()) {
    const auto sentence = explain(r);
    EXPECT_TRUE(sentences.insert(sentence).second) << sentence;
    EXPECT_EQ(sentence.find('.'), sentence.size() - 1) << sentence;
  }
}

TEST(EndReason, HasAHeadlineOfItsOwnAndAnAdvice) {
  std::set<std::string_view> headlines;
  for (const auto r : every_reason()) {
    EXPECT_TRUE(headlines.insert(headline(r)).second) << headline(r);
    EXPECT_FALSE(headline(r).empty()) << to_string(r);
    EXPECT_TRUE(advice(r).ends_with('.')) << advice(r);
    const bool is_ordinary = after(r) == aftermath::hang_up || is_transfer(r);
    EXPECT_EQ(advice(r).starts_with("nothing"), is_ordinary) << advice(r);
  }
}

TEST(EndReason, NamesWhoCausedItToAReader) {
  EXPECT_EQ(explain(caused_by::caller), "the caller");
  EXPECT_EQ(explain(caused_by::vendor), "the vendor (ElevenLabs)");
  EXPECT_EQ(explain(caused_by::operators), "an operator");
}

// --- docs/operations.md

/// What stands in a cell of a table, without its backquotes: "`a`, `b`" gives a and b.
std::vector<std::string> words_of(const std::string& cell) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : cell + ',') {
    if (c != ',') {
      if (c != ' ' && c != '`') word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  return words;
}

TEST(EndReason, StandsInTheOperatorsTableWithItsCause) {
  std::ifstream in{test::source_dir() + "/docs/operations.md"};
  std::string line;
  while (std::getline(in, line) && !line.starts_with("| reason | by |")) {
  }
  std::getline(in, line);  // |---|---|---|
  std::vector<std::string> documented, known;
  while (std::getline(in, line) && line.starts_with("| ")) {
    const auto first = line.find(" |"), second = line.find(" |", first + 2);
    const auto reasons = words_of(line.substr(2, first - 2)), by = words_of(line.substr(first + 2, second - first - 2));
    ASSERT_TRUE(by.size() == 1 || by.size() == reasons.size()) << line;
    for (std::size_t i = 0; i < reasons.size(); ++i)
      documented.push_back(reasons[i] + " by " + by[by.size() == 1 ? 0 : i]);
  }
  for (const auto r : every_reason())
    known.push_back(std::string{to_string(r)}.append(" by ").append(to_string(who(r))));
  EXPECT_EQ(documented, known) << "in the order of the enumeration";
}

}  // namespace
}  // namespace tonris::model
