#include "model/finding/facets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "model/text/ascii.hpp"

namespace tonris::model {
namespace {

call_record a_call() {
  call_record record;
  record.tenant = {"salon"};
  record.agent = {"agent_a"};
  record.node = "gateway-2";
  record.from = "+4570000001";
  record.to = "client:anna";
  record.reason = end_reason::agent_timeout;
  return record;
}

TEST(Facets, AreWhatACallIsFilteredBy) {
  auto record = a_call();
  auto all = facets_of(record);
  EXPECT_EQ(all[facet::tenant], "salon");
  EXPECT_EQ(all[facet::agent], "agent_a");
  EXPECT_EQ(all[facet::variant], "agent_a") << "it has no name";
  EXPECT_EQ(all[facet::node], "gateway-2");
  EXPECT_EQ(all[facet::reason], "agent_timeout");
  EXPECT_EQ(all[facet::by], to_string(who(end_reason::agent_timeout)));
  EXPECT_EQ(all[facet::trouble], "");
  EXPECT_EQ(all[facet::caller], "+4570000001");
  EXPECT_EQ(all[facet::called], "client:anna");
  EXPECT_EQ(all[facet::callers_end], "0001");
  EXPECT_EQ(all[facet::called_end], "anna");
  EXPECT_EQ(all.count(), 10u);
  record.variant = "new";
  record.troubled = call_trouble{end_reason::slow_agent, {}};
  all = facets_of(record);
  EXPECT_EQ(all[facet::variant], "new");
  EXPECT_EQ(all[facet::trouble], "slow_agent");
  EXPECT_EQ(facets_of(call_record{}).count(), 0u);
}

TEST(Facets, AreAskedFor) {
  call_query query;
  EXPECT_EQ(facets_of(query).count(), 0u);
  query.by = caused_by::vendor;
  EXPECT_EQ(facets_of(query)[facet::by], "vendor");
  query.reason = end_reason::agent_timeout;
  EXPECT_EQ(facets_of(query)[facet::reason], "agent_timeout");
  EXPECT_EQ(facets_of(query)[facet::by], "") << "the reason says it";
  query.troubled = true;
  EXPECT_EQ(facets_of(query)[facet::trouble], "") << "whichever";
  query.troubled = end_reason::slow_agent;
  EXPECT_EQ(facets_of(query)[facet::trouble], "slow_agent");
  query.tenant = {"salon"};
  query.agent = {"agent_a"};
  query.variant = "new";
  query.node = "gateway-2";
  query.number = wanted_number{"+4570000001", false};
  EXPECT_EQ(facets_of(query).count(), 6u) << "but for the number";
}

TEST(Facets, AreWordsWhateverTheirValues) {
  EXPECT_EQ(word_of(facet::tenant, "salon"), "t73616c6f6e");
  std::set<std::string> words{std::string{word_of_any_trouble}};
  for (std::size_t i = 0; i < facet_count; ++i)
    for (const auto* value : {"+4570000001", "a-b", "a_b", "A_b", "sip:j\xC3\xB8rgen@x", "NOT", "x"}) {
      const auto word = word_of(static_cast<facet>(i), value);
      EXPECT_TRUE(std::ranges::all_of(word, is_alnum)) << word;
      EXPECT_TRUE(words.insert(word).second) << word << " is another's as well";
    }
  auto record = a_call();
  EXPECT_THAT(words_of(facets_of(record)), testing::StartsWith(word_of(facet::tenant, "salon") + " "));
  EXPECT_THAT(words_of(facets_of(record)), testing::Not(testing::HasSubstr(" x")));
  record.troubled = call_trouble{end_reason::slow_agent, {}};
  EXPECT_THAT(words_of(facets_of(record)), testing::HasSubstr(" " + word_of(facet::trouble, "slow_agent") + " "));
  EXPECT_THAT(words_of(facets_of(record)), testing::EndsWith(" x"));
}

}  // namespace
}  // namespace tonris::model
