#include "actors/tenant/cache.hpp"

#include <gtest/gtest.h>

#include "tests/actors/counting_allocator.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;

tenant_ptr tenant(const std::string& id, const std::string& number) {
  auto t = std::make_shared<model::tenant>();
  t->id = {id};
  t->phone_number = number;
  return t;
}

class TenantCache : public testing::Test {
 protected:
  bool knows(const std::string& id) { return cache.find(model::tenant_id{id}) != nullptr; }
  bool is_fresh(const std::string& id) {
    const auto* const known = cache.find(model::tenant_id{id});
    return known && known->fresh;
  }
  static tenant_change change(const std::string& id, std::vector<std::string> before, std::vector<std::string> now) {
    return {1, {id}, std::move(before), std::move(now)};
  }

  tenant_cache cache{{.tenants = 2, .absences = 2, .absent_for = 30s}};
  const tenant_cache::time start{};
};

TEST_F(TenantCache, FindsWhatWasPutByIdAndByNumber) {
  cache.put(tenant("a", "+15550100001"), "1-x");
  ASSERT_TRUE(cache.find_number("+15550100001"));
  EXPECT_EQ(cache.find_number("+15550100001")->tenant->id.value, "a");
  EXPECT_EQ(cache.find(model::tenant_id{"a"})->etag, "1-x");
  EXPECT_TRUE(is_fresh("a"));
  EXPECT_FALSE(cache.find_number("+15550100002"));
}

TEST_F(TenantCache, FindsTheMeetingFormOfANumberToo) {
  cache.put(tenant("a", "+5215512345678"), "1-x");
  EXPECT_TRUE(cache.find_number("+5215512345678"));
  EXPECT_TRUE(cache.find_number("+525512345678"));
}

TEST_F(TenantCache, KeepsThoseThatWereAskedForLast) {
  cache.put(tenant("a", "+1"), "1-x");
  cache.put(tenant("b", "+2"), "2-x");
  EXPECT_TRUE(cache.find_number("+1"));
  cache.put(tenant("c", "+3"), "3-x");
  EXPECT_TRUE(knows("a"));
  EXPECT_FALSE(knows("b"));
  EXPECT_FALSE(cache.find_number("+2"));
  EXPECT_EQ(cache.size(), 2u);
}

TEST_F(TenantCache, ReplacesATenantWithItsNumbers) {
  cache.put(tenant("a", "+1"), "1-x");
  cache.put(tenant("a", "+2"), "2-x");
  EXPECT_FALSE(cache.find_number("+1"));
  EXPECT_TRUE(cache.find_number("+2"));
  EXPECT_EQ(cache.size(), 1u);
}

TEST_F(TenantCache, LeavesANumberToWhomItBelongsNow) {
  cache.put(tenant("a", "+1"), "1-x");
  cache.put(tenant("b", "+1"), "2-x");
  cache.drop({"a"});
  ASSERT_TRUE(cache.find_number("+1"));
  EXPECT_EQ(cache.find_number("+1")->tenant->id.value, "b");
}

TEST_F(TenantCache, LetsWhoeverChangedGo) {
  cache.put(tenant("a", "+1"), "1-x");
  cache.put_absent("+2", start);
  cache.changed(change("a", {"+1"}, {"+2"}));
  EXPECT_FALSE(knows("a"));
  EXPECT_FALSE(cache.is_absent("+2", start)) << "somebody has it now";
}

TEST_F(TenantCache, VerifiesEachAnewInANewLife) {
  cache.put(tenant("a", "+1"), "1-x");
  cache.put_absent("+9", start);
  cache.begin_life();
  EXPECT_TRUE(knows("a")) << "while the store cannot be asked it is served";
  EXPECT_FALSE(is_fresh("a"));
  EXPECT_FALSE(cache.is_absent("+9", start));
  cache.verify({"a"}, "2-x");
  EXPECT_FALSE(is_fresh("a")) << "that is another one";
  cache.verify({"a"}, "1-x");
  EXPECT_TRUE(is_fresh("a"));
}

TEST_F(TenantCache, HoldsNothingForFreshWhileItHearsOfNoChange) {
  cache.begin_life(false);
  cache.put(tenant("a", "+1"), "1-x");
  cache.verify({"a"}, "1-x");
  cache.put_absent("+9", start);
  EXPECT_TRUE(knows("a")) << "while the store cannot be asked he is served";
  EXPECT_FALSE(is_fresh("a"));
  EXPECT_FALSE(cache.is_absent("+9", start));
  cache.begin_life(true);
  EXPECT_FALSE(is_fresh("a")) << "he may have changed meanwhile";
  cache.verify({"a"}, "1-x");
  EXPECT_TRUE(is_fresh("a"));
}

TEST_F(TenantCache, BelievesAnAbsenceForAWhile) {
  EXPECT_FALSE(cache.is_absent("+1", start));
  cache.put_absent("+1", start);
  EXPECT_TRUE(cache.is_absent("+1", start + 29s));
  EXPECT_FALSE(cache.is_absent("+1", start + 30s));
  cache.put_absent("+2", start);
  cache.put_absent("+3", start);
  EXPECT_FALSE(cache.is_absent("+1", start)) << "the oldest goes when they are too many";
  EXPECT_TRUE(cache.is_absent("+3", start));
}

TEST_F(TenantCache, DoesNotKeepAnAnswerThatAChangeOvertook) {
  const auto by_old_number = cache.begin({"+1"}, {}), by_new_number = cache.begin({"+2"}, {});
  const auto by_id = cache.begin({}, {{"a"}}), of_another = cache.begin({"+3"}, {{"b"}});
  cache.changed(change("a", {"+1"}, {"+2"}));
  EXPECT_FALSE(cache.end(by_old_number));
  EXPECT_FALSE(cache.end(by_new_number));
  EXPECT_FALSE(cache.end(by_id));
  EXPECT_TRUE(cache.end(of_another));
  EXPECT_EQ(cache.under_way(), 0u);
  const auto before_the_break = cache.begin({"+3"}, {});
  cache.begin_life();
  EXPECT_FALSE(cache.end(before_the_break));
}

TEST_F(TenantCache, FindsWhoIsAtHandWithoutMemory) {
  cache.put(tenant("a", "+15550100001"), "1-x");
  cache.put(tenant("b", "+15550100002"), "1-x");
  const std::string number = "+15550100001";
  EXPECT_EQ(allocated_by([&] {
              for (int n = 0; n < 100; ++n) (void)cache.find_number(number);
            }),
            0u);
}

}  // namespace
}  // namespace tonris::actors::test
