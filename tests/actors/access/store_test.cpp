#include "actors/access/store.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/stored_calls.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// A real actor system and real files: a detached actor knows no others.
class AccessStore : public testing::Test {
 protected:
  ~AccessStore() override { end(); }

  node_part part() {
    node_part part;
    part.name = "access_store";
    part.healthy = [](bool) {};
    part.random = [] { return 0u; };
    part.counters = &counters;
    return part;
  }
  void open() {
    auto made = open_access_store(system, directory.data(), part());
    ASSERT_TRUE(made) << made.error();
    store = std::move(*made);
  }
  void end() {
    if (!store) return;
    caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
    store = nullptr;
    system.await_all_actors_done();
  }
  template <class Answer, class Question>
  std::optional<Answer> ask(const access_store& whom, Question question) {
    return answer_of<Answer>(system, whom, std::move(question));
  }
  static model::kept_api_key key(const std::string& id) {
    model::kept_api_key made;
    made.id = id;
    made.tenant = {"salon-1"};
    made.name = "x";
    made.created = now();
    return made;
  }

  a_directory directory;
  metrics counters;
  real_settings settings;
  caf::actor_system system{settings};
  access_store store;
};

TEST_F(AccessStore, KeepsKeysAndTheTrailOverARestart) {
  open();
  model::audit_entry entry;
  entry.at = now();
  ASSERT_TRUE(ask<added_api_key>(store, add_api_key{key("0123456789ab"), entry}));
  end();
  open();
  const auto found = ask<found_api_key>(store, find_api_key{"0123456789ab"});
  ASSERT_TRUE(found && found->key);
  EXPECT_EQ(found->key->tenant.value, "salon-1");
  EXPECT_EQ(ask<listed_api_keys>(store, list_api_keys{{"salon-1"}})->keys.size(), 1u);
  EXPECT_EQ(ask<audit_page>(store, list_audit{})->entries.size(), 1u);
  EXPECT_EQ(ask<removed_api_keys>(store, remove_api_keys{{"salon-1"}, "0123456789ab", {}})->ids.size(), 1u);
  EXPECT_FALSE(ask<found_api_key>(store, find_api_key{"0123456789ab"})->key);
}

TEST_F(AccessStore, RefusesAFileThatIsNoDatabaseInOneLine) {
  std::filesystem::create_directories(directory.data());
  std::ofstream{directory.data() + "/access.db"} << "something else that is longer than a header";
  const auto refused = open_access_store(system, directory.data(), part());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().find('\n'), std::string::npos);
}

TEST_F(AccessStore, SaysThatItIsNotThereUntilItsFileIs) {
  captured_log log;
  std::atomic<bool> there = false;
  const auto data = directory.data();
  store = spawn_access_store(system,
                             {[&]() -> tl::expected<access_database, unusable_database> {
                                if (!there) return tl::unexpected(unusable_database{"no disk", true});
                                return access_database::open(data);
                              },
                              [] { return std::chrono::system_clock::now(); }},
                             part());
  EXPECT_FALSE(ask<found_api_key>(store, find_api_key{"0123456789ab"}));
  EXPECT_FALSE(ask<change_noted>(store, note_change{}));
  there = true;
  std::this_thread::sleep_for(1100ms);
  EXPECT_TRUE(ask<found_api_key>(store, find_api_key{"0123456789ab"}));
  EXPECT_TRUE(ask<change_noted>(store, note_change{}));
}

}  // namespace
}  // namespace tonris::actors
