#include "model/access/principal.hpp"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/places.hpp"

namespace tonris::model {
namespace {

constexpr auto yes = permission::granted, no = permission::not_enough, hidden = permission::not_his;
const tenant_id own{"salon-1"}, others{"salon-2"}, nobodys{};

struct row {
  action what;
  permission with[scope_count];  ///< a key of one scope, its own tenant's: read, control, settings, recordings
  permission of_another;         ///< whatever the key
};
constexpr row expected[] = {
    {action::read_calls, {yes, no, no, no}, hidden},      {action::control_calls, {no, yes, no, no}, hidden},
    {action::see_numbers, {no, yes, no, no}, hidden},     {action::hear_recordings, {no, no, no, yes}, hidden},
    {action::read_settings, {yes, no, no, no}, hidden},   {action::forget_calls, {no, no, yes, no}, hidden},
    {action::change_settings, {no, no, yes, no}, hidden}, {action::change_terms, {no, no, no, no}, no},
    {action::list_keys, {no, no, yes, no}, hidden},       {action::change_keys, {no, no, yes, no}, hidden},
    {action::manage_tenants, {no, no, no, no}, no},       {action::read_audit, {no, no, no, no}, no},
    {action::operate_the_node, {no, no, no, no}, no},
};

principal key_with(scopes granted) {
  return {principal::kind::tenant, own, granted, "0123456789ab"};
}

TEST(Permissions, AreTheWholeTable) {
  ASSERT_EQ(std::size(expected), action_count);
  for (const auto& one : expected) {
    for (std::size_t i = 0; i < scope_count; ++i) {
      const auto key = key_with({static_cast<scope>(i)});
      EXPECT_EQ(may(key, one.what, own), one.with[i]) << to_string(one.what) << ", scope " << i;
      EXPECT_EQ(may(key, one.what, others), one.of_another) << to_string(one.what) << ", scope " << i;
      EXPECT_EQ(may(key, one.what, nobodys), one.of_another) << to_string(one.what) << ", scope " << i;
      EXPECT_EQ(may_ever(key, one.what), one.with[i] == yes) << to_string(one.what) << ", scope " << i;
    }
    EXPECT_EQ(may(key_with({}), one.what, own), no) << to_string(one.what);
  }
}

TEST(Permissions, GrantTheOperatorEverything) {
  for (const auto& one : expected) {
    EXPECT_EQ(may(principal{}, one.what, own), yes);
    EXPECT_EQ(may(principal{}, one.what, nobodys), yes);
    EXPECT_TRUE(may_ever(principal{}, one.what));
  }
}

TEST(Permissions, GrantAKeyWithAllScopesWhatAnyOfThemIsFor) {
  const auto all = key_with({scope::read, scope::control, scope::settings, scope::recordings});
  for (const auto& one : expected) {
    const bool any = std::find(std::begin(one.with), std::end(one.with), yes) != std::end(one.with);
    EXPECT_EQ(may(all, one.what, own), any ? yes : no) << to_string(one.what);
    EXPECT_EQ(may(all, one.what, others), one.of_another) << to_string(one.what);
  }
}

TEST(Permissions, AreInTheManualAsTheyAre) {
  std::ifstream file{tonris::test::source_dir() + "/docs/access.md"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_THAT(text, testing::HasSubstr(permissions_as_markdown()));
}

TEST(Principal, IsNamedInTheAuditTrail) {
  EXPECT_EQ(name_of(principal{}), "operator");
  EXPECT_EQ(name_of(key_with({})), "key 0123456789ab");
}

}  // namespace
}  // namespace tonris::model
