#include "actors/call/call_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/call/reading_line.hpp"
#include "tests/actors/call/call_store_fixture.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// A store whose reader may be held up before it opens the file.
class CallReader : public CallStore {
 protected:
  CallReader() {
    store_settings with;
    with.open = [this] { return call_database::open(directory.data()); };
    with.read = [this]() -> tl::expected<call_database, std::string> {
      ++opened;
      held.wait();
      if (fails > 0 && fails-- > 0) return tl::unexpected(std::string{"no such file"});
      return call_database::open_to_read(directory.data());
    };
    store = spawn_sqlite_store(system, std::move(with), part());
    store.journal->record({some_call, "salon", now(), written});
  }
  ~CallReader() override {
    let_go();
    end();
  }
  void let_go() {
    if (!std::exchange(is_free, true)) gate.set_value();
  }
  static find_calls list_of(const std::string& tenant) {
    find_calls wanted;
    wanted.query.tenant = model::tenant_id{tenant};
    return wanted;
  }
  std::future<std::optional<found_calls>> list_later(const std::string& tenant) {
    return std::async(std::launch::async, [this, tenant] { return ask<found_calls>(list_of(tenant), 60s); });
  }
  double refused() const { return counted("tonris_store_reads_refused_total"); }

  const std::string written = record_of(some_call);
  std::promise<void> gate;
  std::shared_future<void> held = gate.get_future().share();
  bool is_free = false;
  std::atomic<int> opened{0}, fails{0};
};

TEST_F(CallReader, FindsWhatWasToldAMomentBefore) {
  let_go();
  const auto found = ask<found_calls>(find_calls{});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->records.size(), 1u);
  store.journal->record(
      {{"CA00000000000000000000000000000002"}, "salon", now(), record_of({"CA00000000000000000000000000000002"})});
  EXPECT_EQ(ask<found_calls>(find_calls{})->records.size(), 2u);
  EXPECT_EQ(opened, 1) << "one connection";
}

TEST_F(CallReader, SaysWhereTheNextPageBegins) {
  let_go();
  const model::call_sid other{"CA00000000000000000000000000000002"};
  store.journal->record({other, "salon", now(), record_of(other)});
  find_calls page;
  page.query.limit = 1;
  auto found = ask<found_calls>(page);
  ASSERT_TRUE(found && found->last);
  const auto first = found->records.at(0);
  page.query.after = found->last;
  found = ask<found_calls>(page);
  ASSERT_EQ(found->records.size(), 1u);
  EXPECT_NE(found->records.at(0), first);
  ASSERT_TRUE(found->last) << "as many as were asked for";
  page.query.after = found->last;
  found = ask<found_calls>(page);
  EXPECT_TRUE(found->records.empty());
  EXPECT_FALSE(found->last);
}

TEST_F(CallReader, KeepsNobodyWaitingWhoAsksAboutOneCallOrWrites) {
  auto list = list_later("salon");
  ASSERT_TRUE(comes_to([&] { return opened == 1; }));
  EXPECT_EQ(ask<found_record>(find_record{some_call})->json, written);
  store.journal->event({some_call, now(), model::call_moment::agent_said, "hello"});
  EXPECT_TRUE(ask<store_flushed>(flush_store{}));
  EXPECT_EQ(ask<found_events>(find_events{some_call})->events.size(), 1u);
  EXPECT_EQ(list.wait_for(0s), std::future_status::timeout) << "the list is still being read";
  let_go();
  ASSERT_TRUE(list.get());
}

TEST_F(CallReader, RefusesWhatIsTooMuchOfOneTenantAndTakesAnothers) {
  std::vector<std::future<std::optional<found_calls>>> lists;
  lists.push_back(list_later("loud"));
  ASSERT_TRUE(comes_to([&] { return opened == 1; }));
  for (std::size_t n = 0; n < reading_line::most_of_one + 1; ++n) lists.push_back(list_later("loud"));
  EXPECT_TRUE(comes_to([&] { return refused() == 1; }));
  EXPECT_TRUE(comes_to([&] {
    return std::any_of(lists.begin(), lists.end(),
                       [](const auto& list) { return list.wait_for(0s) == std::future_status::ready; });
  })) << "at once, while the others wait";
  lists.push_back(list_later("quiet"));
  let_go();
  int answered = 0;
  for (auto& list : lists) answered += list.get().has_value();
  EXPECT_EQ(answered, static_cast<int>(lists.size()) - 1);
  EXPECT_EQ(refused(), 1);
}

TEST_F(CallReader, IsReplacedWhereItFails) {
  fails = 1;
  let_go();
  EXPECT_FALSE(ask<found_calls>(find_calls{}));
  EXPECT_TRUE(ask<found_calls>(find_calls{}));
  EXPECT_EQ(opened, 2);
}

}  // namespace
}  // namespace tonris::actors
