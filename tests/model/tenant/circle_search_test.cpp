#include "model/tenant/circle_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace tonris::model {
namespace {

constexpr auto a = "+15550100001", b = "+15550100002", c = "+15550100003";

tenant leading(const std::string& id, const std::string& number, const std::string& to) {
  tenant t;
  t.id = {id};
  t.name = id;
  t.phone_number = number;
  t.fallback.transfer_to = to;
  return t;
}

/// The mistakes of `t` among the others, as "path: message".
std::vector<std::string> circles(const tenant& t, const std::map<std::string, tenant>& others) {
  circle_search search{t};
  while (const auto number = search.next())
    if (const auto there = others.find(*number); there != others.end()) search.found(there->second);
  std::vector<std::string> told;
  for (const auto& m : search.mistakes()) told.push_back(m.path + ": " + m.message);
  return told;
}

TEST(CircleSearch, LetsAWayLeadToAnybodyElse) {
  EXPECT_THAT(circles(leading("a", a, b), {}), testing::IsEmpty());
  EXPECT_THAT(circles(leading("a", a, b), {{b, leading("b", b, c)}}), testing::IsEmpty());
}

TEST(CircleSearch, RefusesAWayToTheTenantItself) {
  EXPECT_THAT(circles(leading("a", a, a), {}),
              testing::ElementsAre("settings.fallback.transferTo: is the tenant's own number: its calls would go in a "
                                   "circle"));
}

TEST(CircleSearch, RefusesAWayBackByWayOfOthers) {
  EXPECT_THAT(circles(leading("a", a, b), {{b, leading("b", b, c)}, {c, leading("c", c, a)}}),
              testing::ElementsAre("settings.fallback.transferTo: leads back to the tenant's own number by way of "
                                   "tenant c: paid calls in a circle"));
}

TEST(CircleSearch, EndsWhereOthersGoInACircleOfTheirOwn) {
  EXPECT_THAT(circles(leading("a", a, b), {{b, leading("b", b, c)}, {c, leading("c", c, b)}}), testing::IsEmpty());
}

TEST(CircleSearch, FollowsWhereTheAgentMayTransferTo) {
  auto t = leading("a", a, c);
  t.transfer.emplace().numbers = {c, b};
  EXPECT_THAT(circles(t, {{b, leading("b", b, a)}}),
              testing::ElementsAre("settings.transfer.numbers[1]: leads back to the tenant's own number by way of "
                                   "tenant b: paid calls in a circle"));
}

}  // namespace
}  // namespace tonris::model
