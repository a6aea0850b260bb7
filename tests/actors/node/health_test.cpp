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

}  // namespace
}  // namespace tonris::actors::test
