#include "actors/node/tenants.hpp"

#include <unistd.h>

#include <atomic>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "actors/node/metrics.hpp"
#include "actors/tenant/sqlite_store.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;

constexpr auto salon = R"({"id":"salon-1","name":"Salon","status":"active","twilioPhoneNumber":"+15550100002"})";
constexpr auto other = R"({"id":"other","name":"Other","status":"active","twilioPhoneNumber":"+15550100003"})";
constexpr auto mistaken = R"({"id":"other","name":"Other","status":"?","twilioPhoneNumber":"+15550100003"})";

class FileTenants : public testing::Test {
 protected:
  void SetUp() override {
    node_part part;
    part.healthy = [](bool) {};
    part.random = [] { return 0u; };
    part.counters = &counters;
    store = open_sqlite_tenant_store(system, directory.data(), "a generation", part).value();
  }
  ~FileTenants() override {
    caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
    std::filesystem::remove(file);
  }
  [[nodiscard]] tenants_destination to() const {
    return {store, std::make_shared<const model::field_seal>(std::vector<model::derived_keys>{}),
            [] { return model::aead_nonce{}; }};
  }
  void write(const std::string& json) const { std::ofstream{file} << json; }
  static std::string list(const std::string& a, const std::string& b) { return "[" + a + ",\n" + b + "]"; }

  const std::string file = testing::TempDir() + "tenants-" + std::to_string(getpid()) + ".json";
  a_directory directory;
  metrics counters;
  real_settings settings;
  caf::actor_system system{settings};
  tenant_store store;
  file_tenants tenants{file, counters};
};

TEST_F(FileTenants, AreServedOnceTheFileIsRead) {
  write(list(salon, mistaken));
  captured_log log;
  ASSERT_TRUE(tenants.read(system, to()));
  EXPECT_EQ(tenants.served(), 1u);
  EXPECT_THAT(log.text(), HasSubstr("[ERROR]: TENANTS_FILE, line 2, tenant other: status"));
  const auto ready = tenants.beside({});
  EXPECT_EQ(ready.is, readiness::state::ready) << "the others are served";
  EXPECT_EQ(ready.why, "tenants of TENANTS_FILE with mistakes: 1");
  EXPECT_EQ(tenants.beside({readiness::state::degraded, "Redis is away"}).why, "Redis is away");
  write(list(salon, other));
  tenants.read_again(system, to());
  EXPECT_EQ(tenants.beside({}).why, "");
}

TEST_F(FileTenants, CountAsReadWhereThereIsNoFileAndNotBeforeOneIsRead) {
  metrics other_node;
  (void)other_node.of<node_metrics>();
  const file_tenants none{"", other_node};
  EXPECT_THAT(other_node.render(), HasSubstr("tonris_tenants_reload_successful 1\n"));
  EXPECT_THAT(counters.render(), HasSubstr("tonris_tenants_reload_successful 0\n"));
  write(list(salon, other));
  ASSERT_TRUE(tenants.read(system, to()));
  EXPECT_THAT(counters.render(), HasSubstr("tonris_tenants_reload_successful 1\n"));
}

TEST_F(FileTenants, RefuseToBeginWithoutTheirFile) {
  const auto read = tenants.read(system, to());
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("TENANTS_FILE " + file));
}

TEST_F(FileTenants, StayAsTheyWereWhereTheFileCannotBeRead) {
  write(list(salon, other));
  ASSERT_TRUE(tenants.read(system, to()));
  write("{");
  captured_log log;
  tenants.read_again(system, to());
  EXPECT_EQ(tenants.served(), 2u);
  EXPECT_THAT(log.text(), HasSubstr("[ERROR]: The tenants stay as they were: TENANTS_FILE "));
}

TEST_F(FileTenants, AreServedAsBeforeWhereTheyHaveAMistakeNow) {
  write(list(salon, other));
  ASSERT_TRUE(tenants.read(system, to()));
  write(list(salon, mistaken));
  captured_log log;
  tenants.read_again(system, to());
  EXPECT_EQ(tenants.served(), 2u);
  EXPECT_THAT(log.text(), HasSubstr("Tenants read again: 2 served, 1 with "
                                    "mistakes, of them 1 served as before; nothing changed"));
}

TEST_F(FileTenants, AreBroughtInOnceByThemselvesWhenTheStoreAnswers) {
  caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
  system.await_all_actors_done();
  std::atomic<bool> there = false;
  node_part part;
  part.healthy = [](bool) {};
  part.random = [] { return 0u; };
  part.counters = &counters;
  store = spawn_sqlite_tenant_store(
      system, {[&, data = directory.data()]() -> tl::expected<tenant_database, unusable_database> {
        if (!there) return tl::unexpected(unusable_database{"away", true});
        return tenant_database::open(data, "a generation");
      }},
      part);
  write(list(salon, other));
  captured_log log;
  tenants.read_once_open(system, to());
  std::this_thread::sleep_for(std::chrono::milliseconds{1200});
  EXPECT_EQ(tenants.served(), 0u);
  there = true;
  for (int i = 0; i < 500 && tenants.served() == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  EXPECT_EQ(tenants.served(), 2u);
  tenants.stop();
  EXPECT_THAT(log.text(), HasSubstr("Tenants read again: 2 served"));
}

TEST_F(FileTenants, AreBroughtInByAFurtherTryWhereTheFirstFails) {
  std::atomic<int> tries = 0;
  const auto forgetful = system.spawn([&tries, store = store](caf::event_based_actor* self) -> caf::behavior {
    return {[=](const read_tenant_page& m) { return self->delegate(store, m); },
            [=](const write_tenants& m) { return self->delegate(store, m); },
            [=, &tries](read_imported_tenants m) -> caf::result<imported_tenants> {
              if (++tries == 1) return caf::make_error(caf::sec::runtime_error, "away again");
              return self->delegate(store, m);
            }};
  });
  auto by_way = to();
  by_way.store = caf::actor_cast<tenant_store>(forgetful);
  write(list(salon, other));
  captured_log log;
  tenants.read_once_open(system, by_way, std::chrono::milliseconds{50});
  for (int i = 0; i < 500 && tenants.served() == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  tenants.stop();
  EXPECT_EQ(tenants.served(), 2u);
  EXPECT_EQ(tries, 2);
  EXPECT_THAT(log.text(), HasSubstr("The tenants stay as they were"));
  caf::anon_send_exit(forgetful, caf::exit_reason::user_shutdown);
}

TEST_F(FileTenants, AreNotWaitedForByANodeThatStops) {
  caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
  write(list(salon, other));
  tenants.read_once_open(system, to());
  const auto begun = std::chrono::steady_clock::now();
  tenants.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{2});
  EXPECT_EQ(tenants.served(), 0u);
}

}  // namespace
}  // namespace tonris::actors::test
