#include "actors/tenant/directory.hpp"

#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

class TenantDirectory : public ActorTest {
 protected:
  static model::tenant tenant(std::string id, std::string number) {
    model::tenant t;
    t.id = {std::move(id)};
    t.phone_number = std::move(number);
    return t;
  }
  tenant_ptr find(const std::string& number) { return ask(find_tenant{number}).tenant; }
  tenant_ptr find_by_id(const std::string& id) { return ask(find_tenant_by_id{{id}}).tenant; }
  template <class Question = find_tenant>
  found_tenant ask(const Question& wanted) {
    auto answer = std::make_shared<found_tenant>();
    system.spawn([answer, wanted, to = directory](caf::event_based_actor* self) {
      self->request(to, 1s, wanted).then([answer](const found_tenant& found) { *answer = found; });
    });
    settle();
    return *answer;
  }
  void TearDown() override {
    directory = nullptr;
    ActorTest::TearDown();
  }
  tenant_registry directory = track(
      system.spawn(tenant_directory, std::vector{tenant("a", "+15550100001"), tenant("b", "+15550100002")}, &counters));
};

TEST_F(TenantDirectory, FindsATenantByTheCalledNumber) {
  ASSERT_TRUE(find("+15550100002"));
  EXPECT_EQ(find("+15550100002")->id.value, "b");
}

TEST_F(TenantDirectory, FindsATenantByItsIdWhateverItsNumberIsNow) {
  ASSERT_TRUE(find_by_id("b"));
  EXPECT_EQ(find_by_id("b")->phone_number, "+15550100002");
  EXPECT_FALSE(find_by_id("B"));
  EXPECT_FALSE(find_by_id(""));
  caf::anon_send(directory, replace_tenants{{tenant("a", "+15550100002"), tenant("b", "+15550100009")}});
  settle();
  EXPECT_EQ(find_by_id("b")->phone_number, "+15550100009");
  EXPECT_EQ(find("+15550100002")->id.value, "a");
}

TEST_F(TenantDirectory, FindsNobodyUnderAnotherNumber) {
  EXPECT_FALSE(find("+15550100003"));
  EXPECT_FALSE(find("15550100001"));
  EXPECT_FALSE(find(""));
}

TEST_F(TenantDirectory, FindsANumberInEitherOfItsForms) {
  caf::anon_send(directory, replace_tenants{{tenant("old", "+5215512345678"), tenant("new", "+2290190123456")}});
  settle();
  for (const auto* number : {"+5215512345678", "+525512345678"}) EXPECT_EQ(find(number)->id.value, "old") << number;
  for (const auto* number : {"+22990123456", "+2290190123456"}) EXPECT_EQ(find(number)->id.value, "new") << number;
}

TEST_F(TenantDirectory, KnowsACallThatComesFromATenant) {
  EXPECT_FALSE(ask({"+15550100001", "+15550107777", ""}).from_tenant);
  EXPECT_FALSE(ask({"+15550100001", "anonymous", "sip:desk@example.com"}).from_tenant);
  EXPECT_TRUE(ask({"+15550100001", "+15550100002", ""}).from_tenant);
  EXPECT_TRUE(ask({"+15550100001", "+15550107777", "+15550100002"}).from_tenant) << "forwarded by one";
  EXPECT_TRUE(ask({"+15550100001", "+15550100001", ""}).from_tenant) << "its own, by way of a mobile that forwards";
  EXPECT_FALSE(ask({"+15550100001", "+15550107777", "tel:+15550100001"}).from_tenant)
      << "a direct call, of some carriers";
  EXPECT_TRUE(ask({"+15550100001", "+15550100001", "+15550100001"}).from_tenant);
  EXPECT_TRUE(ask({"+15550100001", "+15550100002", "+15550100001"}).from_tenant);
}

TEST_F(TenantDirectory, ReplacesTheWholeListAtOnceButNotUnderACallsFeet) {
  const auto kept = find("+15550100001");
  caf::anon_send(directory, replace_tenants{{tenant("c", "+15550100003"), tenant("a2", "+15550100001")}});
  settle();
  EXPECT_EQ(find("+15550100003")->id.value, "c");
  EXPECT_EQ(find("+15550100001")->id.value, "a2");
  EXPECT_FALSE(find("+15550100002"));
  EXPECT_EQ(kept->id.value, "a") << "a call keeps the tenant it began with";
}

}  // namespace
}  // namespace tonris::actors::test
