#include "actors/node/health.hpp"

namespace tonris::actors::test {
namespace {

TEST(NodeHealth, SaysWhatWeighsMost) {
  const auto trouble = std::make_shared<store_trouble>();
  node_health health;
  EXPECT_EQ(health.now().why, "this node is stopping") << "or it has not begun";
  health.watch(node_trouble::tenants_store, trouble);
  health.accepts(true);
  EXPECT_EQ(health.now().is, readiness::state::ready);
  trouble->is("the disk is full");
  EXPECT_EQ(health.now().is, readiness::state::degraded);
  EXPECT_EQ(health.now().why, "the disk is full");
  health.part_is(false);
  health.part_is(false);
  health.part_is(true);
  EXPECT_EQ(health.now().is, readiness::state::not_ready) << "one of two parts is still sick";
  EXPECT_EQ(health.now().why, "a part of this node crashes again and again");
  health.part_is(true);
  EXPECT_EQ(health.now().is, readiness::state::degraded);
  health.accepts(false);
  EXPECT_EQ(health.now().is, readiness::state::not_ready);
}

TEST(NodeHealth, HasAPartThatIsDegradedForEitherOfTwoReasons) {
  const auto cannot_write = std::make_shared<store_trouble>(), behind = std::make_shared<store_trouble>();
  node_health health;
  health.watch(node_trouble::calls_store, cannot_write);
  health.watch(node_trouble::calls_store, behind);
  health.watch(node_trouble::tenants_store, std::make_shared<store_trouble>());
  const auto is_degraded = [&](node_trouble part) {
    bool is = false;
    health.each_part([&](node_trouble told, bool degraded) {
      if (told == part) is = degraded;
    });
    return is;
  };
  for (const auto& why : {cannot_write, behind}) {
    EXPECT_FALSE(is_degraded(node_trouble::calls_store));
    why->is("the disk");
    EXPECT_TRUE(is_degraded(node_trouble::calls_store));
    EXPECT_FALSE(is_degraded(node_trouble::tenants_store));
    why->is({});
  }
}

}  // namespace
}  // namespace tonris::actors::test
