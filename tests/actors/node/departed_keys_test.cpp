#include "actors/node/departed_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <string>

#include "actors/store/access_database.hpp"
#include "actors/store/tenant_write.hpp"
#include "actors/tenant/sqlite_store.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Keys and tenants in real files.
class DepartedKeys : public testing::Test {
 protected:
  void SetUp() override {
    node_part part;
    part.name = "tenant_store";
    part.healthy = [](bool) {};
    part.random = [] { return 0u; };
    part.counters = &counters;
    tenants = open_sqlite_tenant_store(system, directory.data(), "a generation", part).value();
  }
  ~DepartedKeys() override { caf::anon_send_exit(tenants, caf::exit_reason::user_shutdown); }

  void sign_up(const std::string& id, const std::string& number) {
    model::tenant t;
    t.id = {id};
    t.name = "Salon";
    t.phone_number = number;
    caf::scoped_actor self{system};
    self->request(tenants, std::chrono::seconds{5}, write_tenants{{write_of(t, "")}})
        .receive([](const tenants_written& done) { EXPECT_EQ(done.answers.at(0).is, tenant_written::outcome::ok); },
                 [](const caf::error&) { ADD_FAILURE(); });
  }
  void give_key(const std::string& id, const std::string& tenant) {
    model::kept_api_key key;
    key.id = id;
    key.tenant = {tenant};
    EXPECT_TRUE(open_keys().add_key(key, {}).value());
  }
  [[nodiscard]] access_database open_keys() const { return access_database::open(directory.data()).value(); }

  a_directory directory;
  metrics counters;
  real_settings settings;
  caf::actor_system system{settings};
  tenant_store tenants;
};

TEST_F(DepartedKeys, AreRevokedAndThoseOfTheOthersStay) {
  sign_up("a", "+15550100001");
  give_key("0123456789aa", "a");
  for (int i = 0; i < 120; ++i) give_key(std::to_string(100'000'000'000 + i), "gone-" + std::to_string(i));
  captured_log log;
  revoke_departed_keys(system, directory.data(), tenants);
  EXPECT_THAT(open_keys().tenants_with_keys().value(), ElementsAre(model::tenant_id{"a"}));
  EXPECT_EQ(open_keys().audit({"gone-119"}, 0, 1).value().entries.at(0).what, "key.revoke");
  EXPECT_THAT(log.text(), AllOf(HasSubstr("The keys of tenant gone-7, who is removed, are revoked"),
                                Not(HasSubstr("The keys of tenant a,"))));
}

TEST_F(DepartedKeys, StayWhereTheStoreDoesNotSayWhoHasLeft) {
  give_key("0123456789aa", "a");
  const auto away = system.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](const look_up_tenants&) -> caf::result<looked_up_tenants> {
      return caf::make_error(caf::sec::runtime_error, "away");
    }};
  });
  revoke_departed_keys(system, directory.data(), caf::actor_cast<tenant_store>(away));
  EXPECT_TRUE(open_keys().key("0123456789aa").value());
  caf::anon_send_exit(away, caf::exit_reason::user_shutdown);
}

}  // namespace
}  // namespace tonris::actors::test
