#include "actors/call/dial_keeper.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "actors/call/outbound_metrics.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using model::dial_verdict;

/// Lives of a node, with a real actor system and real files.
class DialKeeper : public testing::Test {
 protected:
  DialKeeper() { (void)make_data_dir(directory.data()); }
  ~DialKeeper() override {
    dies();
    system.await_all_actors_done();
  }
  void lives() {
    dials = std::make_shared<outbound_dials>([this](const model::dial& one, bool) {
      if (keeper) caf::anon_send(keeper, keep_dials{{one.shown_by}});
    });
    dial_keeper_settings settings;
    settings.open = [this]() -> tl::expected<dial_database, unusable_database> {
      if (disk_is_full) return tl::unexpected(unusable_database{"the disk is full", true});
      return dial_database::open(directory.data());
    };
    settings.wall_clock = [] { return std::chrono::system_clock::now(); };
    settings.dials = dials;
    settings.counters = &counters;
    keeper = keep_dials_on_disk(system, std::move(settings));
  }
  void dies() {
    if (!keeper) return;
    caf::scoped_actor self{system};
    self->monitor(keeper);
    self->send_exit(keeper, caf::exit_reason::kill);  // as kill -9 does
    self->receive([](const caf::down_msg&) {});
    keeper = nullptr;
  }
  template <class Question>
  bool ask(Question question) {
    caf::scoped_actor self{system};
    bool done = false;
    self->request(keeper, 10s, std::move(question)).receive([&](dials_kept) { done = true; }, [](const caf::error&) {});
    return done;
  }
  dial_verdict begin(const std::string& ticket, const std::string& to) {
    model::dial one;
    one.asked.tenant = {"salon-1"};
    one.asked.from = "+15550100002";
    one.asked.to = to;
    one.asked.id = "id-" + ticket;
    one.asked.variables = {{"about", std::string{"The glockenspiel."}}};
    one.shown_by = {ticket};
    one.began_at = std::chrono::system_clock::now();
    model::tenant::outbound_type rules;
    rules.per_minute = 2;
    return dials->begin(one, dial_verdict::allowed, rules, std::chrono::steady_clock::now(), counters).verdict;
  }

  /// In any file below DATA_DIR.
  bool is_on_disk(const std::string& words) const {
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory.data())) {
      if (!file.is_regular_file()) continue;
      std::ifstream in{file.path(), std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
      if (bytes.find(words) != std::string::npos) return true;
    }
    return false;
  }

  real_settings how;
  caf::actor_system system{how};
  metrics counters;
  a_directory directory;
  std::shared_ptr<outbound_dials> dials;
  dial_keeper keeper;
  std::atomic<bool> disk_is_full{false};
};

const model::call_sid some_call{"CA00000000000000000000000000000001"};

TEST_F(DialKeeper, TellsTheNextLifeWhatWasKeptAndWhatChanged) {
  lives();
  ASSERT_TRUE(ask(load_dials{}));
  ASSERT_EQ(begin("t1", "+15550109991"), dial_verdict::allowed);
  ASSERT_TRUE(ask(keep_dials{{{"t1"}}}));
  ASSERT_EQ(begin("t2", "+15550109992"), dial_verdict::allowed);
  ASSERT_TRUE(ask(keep_dials{{{"t2"}}}));
  dials->placed({"t2"}, some_call);
  ASSERT_TRUE(ask(keep_dials{})) << "all that was told before";
  dies();
  lives();
  ASSERT_TRUE(ask(load_dials{}));
  EXPECT_EQ(dials->find(model::ticket{"t1"})->state, model::dial::state_type::unknown);
  EXPECT_EQ(dials->find(some_call)->shown_by.value, "t2");
  EXPECT_EQ(begin("t3", "+15550109993"), dial_verdict::too_many_a_minute) << "the former life's count";
  dials->forget(some_call);
  ASSERT_TRUE(ask(keep_dials{}));
  dies();
  lives();
  ASSERT_TRUE(ask(load_dials{}));
  EXPECT_FALSE(dials->find(model::ticket{"t2"})) << "forgotten on the disk as well";
  EXPECT_TRUE(dials->find(model::ticket{"t1"}));
}

TEST_F(DialKeeper, HasNoNumberLeftOfACallThatIsForgotten) {
  lives();
  ASSERT_TRUE(ask(load_dials{}));
  ASSERT_EQ(begin("t1", "+15550109991"), dial_verdict::allowed);
  ASSERT_TRUE(ask(keep_dials{{{"t1"}}}));
  dials->is_unknown({"t1"});
  ASSERT_EQ(begin("t2", "+15550109992"), dial_verdict::allowed);
  ASSERT_TRUE(ask(keep_dials{{{"t2"}}}));
  ASSERT_TRUE(is_on_disk("+15550109991") && is_on_disk("glockenspiel"));
  dies();
  lives();
  ASSERT_TRUE(ask(load_dials{}));
  dials->forget(model::ticket{"t1"});
  ASSERT_TRUE(ask(keep_dials{}));
  EXPECT_FALSE(is_on_disk("+15550109991"));
  EXPECT_TRUE(is_on_disk("+15550109992")) << "others stay";
  dials->forget(model::ticket{"t2"});
  ASSERT_TRUE(ask(keep_dials{}));
  EXPECT_FALSE(is_on_disk("glockenspiel"));
  dies();
  lives();
  ASSERT_TRUE(ask(load_dials{}));
  EXPECT_EQ(begin("t3", "+15550109991"), dial_verdict::too_many_a_minute) << "what was tried stays counted";
}

TEST_F(DialKeeper, SaysThatItCannotAndTriesAgainByItself) {
  disk_is_full = true;
  lives();
  EXPECT_FALSE(ask(load_dials{}));
  ASSERT_EQ(begin("t1", "+15550109991"), dial_verdict::allowed);
  EXPECT_FALSE(ask(keep_dials{{{"t1"}}}));
  disk_is_full = false;
  bool is_there = false;
  for (int i = 0; i < 500 && !is_there; ++i) {
    std::this_thread::sleep_for(10ms);
    auto db = dial_database::open(directory.data());
    const auto found = db ? db->load(std::chrono::system_clock::now()) : net::sqlite::result<dial_database::kept>{};
    is_there = found && !found->dials.empty();
  }
  EXPECT_TRUE(is_there);
  EXPECT_NE(counters.render().find("tonris_outbound_keep_failures_total 1"), std::string::npos);
}

}  // namespace
}  // namespace tonris::actors::test
