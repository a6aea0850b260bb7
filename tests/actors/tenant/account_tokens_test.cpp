#include "actors/tenant/account_tokens.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace tonris::actors {
namespace {

model::tenant tenant(std::string id, std::string account, std::string tokens) {
  model::tenant t;
  t.id = {std::move(id)};
  t.secrets.account = {std::move(account)};
  t.secrets.auth_tokens = {model::tenant_secret::form::plain, std::move(tokens)};
  return t;
}

TEST(AccountTokens, AreThoseOfTenantsWithAnAccountOfTheirOwn) {
  auto sealed = tenant("d", "AC4", "1.k1.x.y");
  sealed.secrets.auth_tokens.is = model::tenant_secret::form::sealed;
  const auto all = tokens_of({tenant("a", "AC1", "new,old"), tenant("b", "", ""), tenant("c", "AC1", "other"), sealed});
  ASSERT_EQ(all.size(), 1u);
  const auto& holders = all.at("AC1");
  ASSERT_EQ(holders.size(), 2u);
  EXPECT_EQ(holders[0].tenant.value, "a");
  EXPECT_EQ(holders[0].tokens, (std::vector<std::string>{"new", "old"}));
  EXPECT_EQ(holders[1].tenant.value, "c");
}

TEST(AccountTokens, AreFoundAsTheyWerePublishedLast) {
  const auto shared = std::make_shared<account_tokens>();
  account_tokens::reader reader{shared};
  EXPECT_EQ(reader.find("AC1"), nullptr);
  shared->publish(tokens_of({tenant("a", "AC1", "one")}));
  ASSERT_NE(reader.find("AC1"), nullptr);
  EXPECT_EQ(reader.find("AC1")->front().tokens.front(), "one");
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
    const int now = std::stoi(found->front().tokens.front());
    EXPECT_GE(now, last);
    last = now;
  }
  writer.join();
}

}  // namespace
}  // namespace tonris::actors
