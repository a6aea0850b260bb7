#include "actors/tenant/account_tokens.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace tonris::actors {
namespace {

account_holder tenant(std::string id, std::string account, std::string tokens) {
  model::tenant t;
  t.id = {std::move(id)};
  t.secrets.account = {std::move(account)};
  t.secrets.auth_tokens = {model::tenant_secret::form::plain, std::move(tokens)};
  return holder_of(t);
}

TEST(AccountTokens, AreThoseOfTenantsWithAnAccountOfTheirOwn) {
  model::tenant sealed;
  sealed.id = {"d"};
  sealed.secrets.account = {"AC4"};
  sealed.secrets.auth_tokens = {model::tenant_secret::form::sealed, "1.k1.x.y"};
  const auto all =
      tokens_of({tenant("c", "AC1", "other"), tenant("a", "AC1", "new,old"), tenant("b", "", ""), holder_of(sealed)});
  ASSERT_EQ(all.size(), 1u);
  const auto& account = all.at("AC1");
  EXPECT_EQ(account.tokens, (std::vector<std::string>{"new", "old", "other"}));
  ASSERT_EQ(account.holders.size(), 3u);
  EXPECT_EQ(*account.holders[0], (std::vector<model::tenant_id>{{"a"}}));
  EXPECT_EQ(*account.holders[2], (std::vector<model::tenant_id>{{"c"}}));
}

TEST(AccountTokens, StandForAllWhoHoldThem) {
  const auto all =
      tokens_of({tenant("c", "AC1", "shared,own"), tenant("b", "AC2", "shared"), tenant("a", "AC1", "shared,shared")});
  const auto& account = all.at("AC1");
  EXPECT_EQ(account.tokens, (std::vector<std::string>{"shared", "own"}));
  EXPECT_EQ(*account.holders[0], (std::vector<model::tenant_id>{{"a"}, {"c"}}));
  EXPECT_TRUE(is_among(account.holders[0], {"c"}));
  EXPECT_FALSE(is_among(account.holders[0], {"b"})) << "who has the same token of another account";
  EXPECT_FALSE(is_among(account.holders[1], {"a"}));
  EXPECT_FALSE(is_among(nullptr, {"a"}));
}

TEST(AccountTokens, AreLeftOutByTheOrderOfIdsWhereAnAccountHasTooMany) {
  std::vector<account_holder> crowd;
  for (char id = 'z'; id >= 'a'; --id) crowd.push_back(tenant({id}, "AC1", std::string{"token-"} + id));
  crowd.push_back(tenant("zz", "AC1", "token-a"));
  const auto account = tokens_of(crowd).at("AC1");
  ASSERT_EQ(account.tokens.size(), account_tokens::max_tokens);
  EXPECT_EQ(account.tokens.front(), "token-a");
  EXPECT_EQ(account.tokens.back(), "token-p");
  EXPECT_TRUE(is_among(account.holders.front(), {"zz"})) << "whose token is checked already";
}

TEST(AccountTokens, AreFoundAsTheyWerePublishedLast) {
  const auto shared = std::make_shared<account_tokens>();
  account_tokens::reader reader{shared};
  EXPECT_EQ(reader.find("AC1"), nullptr);
  shared->publish(tokens_of({tenant("a", "AC1", "one")}));
  ASSERT_NE(reader.find("AC1"), nullptr);
  EXPECT_EQ(reader.find("AC1")->tokens.front(), "one");
  shared->publish(tokens_of({tenant("a", "AC2", "two")}));
  EXPECT_EQ(reader.find("AC1"), nullptr);
  EXPECT_NE(reader.find("AC2"), nullptr);
  EXPECT_EQ(account_tokens::reader{nullptr}.find("AC1"), nullptr);
}

TEST(AccountTokens, MayBePublishedWhileOthersRead) {
  const auto shared = std::make_shared<account_tokens>();
  std::thread writer([&] {
    for (int i = 0; i < 2000; ++i) shared->publish(tokens_of({tenant("a", "AC1", std::to_string(i))}));
  });
  account_tokens::reader reader{shared};
  int last = 0;
  while (last < 1999) {
    const auto* const found = reader.find("AC1");
    if (found == nullptr) continue;
    const int now = std::stoi(found->tokens.front());
    EXPECT_GE(now, last);
    last = now;
  }
  writer.join();
}

}  // namespace
}  // namespace tonris::actors
