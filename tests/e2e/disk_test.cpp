// What lies on the disk, a disk that is full, and one that hangs.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "actors/store/database.hpp"
#include "tests/e2e/asking.hpp"
#include "tests/e2e/exact_call.hpp"
#include "tests/e2e/text.hpp"
#include "tests/places.hpp"
#include "tests/sanitized.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

template <class Condition>
bool comes_true(Condition condition, std::chrono::seconds at_most = 15s) {
  for (const auto until = std::chrono::steady_clock::now() + at_most; std::chrono::steady_clock::now() < until;) {
    if (condition()) return true;
    std::this_thread::sleep_for(50ms);
  }
  return false;
}

std::string all_files_of(const std::string& directory) {
  std::string all;
  for (const auto& file : fs::recursive_directory_iterator{directory}) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

TEST(CardNumber, TypedIntoACallIsInNoFileWhileItLivesAndAfter) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  auto& gateway = w.start_gateway();
  auto options = w.caller();
  const std::string card = "4111567890123456";
  for (std::size_t i = 0; i < card.size(); ++i) options.keys.emplace_back(400ms + i * 60ms, card[i]);
  options.hang_up_after = 6s;
  silent says(400);
  listener hears;
  auto call = w.place(options, says, hears);
  const auto typed = [&] {
    const auto files = all_files_of(gateway.data_dir());
    for (std::size_t digits = 5; digits <= card.size(); ++digits)
      if (has(files, card.substr(0, digits)) || has(files, card.substr(card.size() - digits))) return true;
    return false;
  };
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().size() == 1; }, 10s));
  std::this_thread::sleep_for(1800ms);  // all of it is typed
  EXPECT_FALSE(typed());
  EXPECT_TRUE(comes_true([&] { return has(all_files_of(gateway.data_dir()), "sealedKeys"); }, 3s))
      << "the next life could tell the agent";
  const auto report = call.get();
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_TRUE(has(w.record(report.call_sid), R"("endReason":"caller_hung_up")"));
  EXPECT_FALSE(typed());
  EXPECT_TRUE(comes_true([&] { return !has(all_files_of(gateway.data_dir()), "sealedKeys"); }))
      << "nothing of it is left either, sealed as it is";
  EXPECT_EQ(gateway.stop(), 0);
  EXPECT_FALSE(typed());
}

TEST(DataDir, IsItsOwnersAloneAndOneThatOthersMayReadIsWarnedOf) {
  const auto folder = testing::TempDir() + "tonris-open-" + std::to_string(::getpid());
  const auto before = ::umask(0);
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms::all);
  {
    world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
    auto& gateway = w.start_gateway(one_tenant(), {{"DATA_DIR", folder}});
    auto options = w.caller();
    options.hang_up_after = 300ms;
    (void)w.call(options);
    EXPECT_TRUE(gateway.log_says("DATA_DIR " + folder + " is open to other users of this machine"));
    for (const auto& file : fs::recursive_directory_iterator{folder})
      EXPECT_EQ(file.status().permissions(),
                file.is_directory() ? fs::perms::owner_all : fs::perms::owner_read | fs::perms::owner_write)
          << file.path();
  }
  ::umask(before);
  fs::remove_all(folder);
}

/// A file system of one MiB.
class small_disk {
 public:
  small_disk() : path(testing::TempDir() + "tonris-disk-" + std::to_string(::getpid())) {
    fs::create_directory(path);
    mounted = ::mount("tonris-test", path.c_str(), "tmpfs", 0, "size=1m,mode=0700") == 0;
  }
  ~small_disk() {
    if (mounted) ::umount2(path.c_str(), MNT_DETACH);
    std::error_code ignored;
    fs::remove(path, ignored);
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

  void fill() const {
    std::ofstream out(path + "/ballast", std::ios::binary);
    const std::string page(4096, 'x');
    while (out.write(page.data(), 4096) && out.flush()) continue;
  }
  void free() const { fs::remove(path + "/ballast"); }

  std::string path;
  bool mounted = false;
};

class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    if (!disk.mounted) GTEST_SKIP() << "this user may not mount a small file system";
    w.start_gateway(one_tenant(), {{"DATA_DIR", disk.path}, {"LOG_LEVEL", "info"}}, {.whose = door::handed});
  }
  std::string ready() { return http_get(w.gateway(), "/ready"); }
  void expect_to_serve() {
    auto options = w.caller();
    options.hang_up_after = 500ms;
    const auto report = w.call(options);
    EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
    EXPECT_EQ(report.streams.size(), 1u);
    served.push_back(report.call_sid);
  }
  void expect_all_in_store_once_there_is_room() {
    disk.free();
    EXPECT_TRUE(comes_true([&] { return has(ready(), R"({"status":"ready"})"); })) << ready();
    EXPECT_EQ(w.gateway().stop(), 0);
    w.gateway().start_again();
    for (const auto& call : served) EXPECT_TRUE(has(w.record(call), R"("endReason":"caller_hung_up")")) << call;
  }

  small_disk disk;
  world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};
  std::vector<std::string> served;
};

TEST_F(FullDisk, AndARestartServesSaysSoAndLosesNothing) {
  EXPECT_EQ(w.gateway().stop(), 0);
  disk.fill();
  w.gateway().start_again();
  EXPECT_TRUE(has(ready(), "HTTP/1.1 200")) << ready();
  EXPECT_TRUE(has(ready(), R"({"status":"degraded","because":"the call store cannot be)")) << ready();
  EXPECT_TRUE(w.gateway().log_says("no space is left")) << w.gateway().log();
  expect_to_serve();
  expect_all_in_store_once_there_is_room();
}

TEST_F(FullDisk, AndAKillUnderALiveCallLoseNothing) {
  auto options = w.caller();
  options.hang_up_after = 5s;
  options.gateway_may_die = true;
  silent says(400);
  listener hears;
  auto live = w.place(options, says, hears);
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().size() == 1; }, 10s));
  std::this_thread::sleep_for(1s);
  w.gateway().kill();
  disk.fill();
  w.gateway().start_again();
  const auto report = live.get();
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.streams.size(), 2u) << "it goes on from a checkpoint that can still be read";
  served.push_back(report.call_sid);
  EXPECT_TRUE(has(ready(), "degraded")) << ready();
  expect_to_serve();
  expect_all_in_store_once_there_is_room();
}

/// A disk that takes nothing while it is stalled (slow_disk.cc): whoever writes is kept in the midst of it.
class SlowDisk : public testing::Test {
 protected:
  void SetUp() override {
    if (sanitized) GTEST_SKIP() << "what is preloaded would come before the sanitizer's own runtime";
    say_ids(w);
    w.start_gateway(
        one_tenant(),
        {{"LD_PRELOAD", test::programs() + "/slow_disk.so"}, {"TONRIS_SLOW_DISK", stalled}, {"LOG_LEVEL", "info"}});
  }
  ~SlowDisk() override { go_on(); }
  void stall() const { std::ofstream{stalled} << "stalled"; }
  void go_on() const { fs::remove(stalled); }
  std::string ready() { return http_get(w.gateway(), "/ready"); }
  void begin(exact_call& call) {
    auto options = options_of(w, call);
    options.hang_up_after_last_word = 500ms;
    call.report = w.place(options, call.says, call.hears);
  }
  std::int64_t records() {
    auto reader = actors::call_database::open_to_read(w.gateway().data_dir());
    return reader ? reader->connection().read_number("SELECT count(*) FROM records").value_or(-1) : -1;
  }

  const std::string stalled = testing::TempDir() + "tonris-stalled-" + std::to_string(::getpid());
  world w{[](const std::string&, std::uint64_t) { return std::optional{exact_agent()}; }};
};

TEST_F(SlowDisk, DelaysRecordsNeverAudioAndIsSaid) {
  auto& gateway = w.gateway();
  exact_call before(1, 350), meanwhile(2, 150);
  begin(before);
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().size() == 1; }, 10s));
  stall();
  begin(meanwhile);
  EXPECT_TRUE(comes_true([&] {
    return has(ready(), R"({"status":"degraded","because":"the call store is behind: what calls write down waits)");
  })) << ready();
  const auto page = gateway.metrics();
  const auto metric = [&](const std::string& name) { return gateway_process::metric_in(page, name); };
  EXPECT_GT(metric("tonris_store_behind_seconds"), 5);
  EXPECT_GT(metric("tonris_store_waiting"), 0);
  EXPECT_EQ(metric(R"(tonris_part_degraded{part="call_store"})"), 1);
  EXPECT_EQ(metric("tonris_store_failures_total"), 0) << "no write has failed: it hangs";
  expect_exact(w, before);
  expect_exact(w, meanwhile);
  EXPECT_TRUE(gateway.metric_comes_to("tonris_calls_live", 0));
  EXPECT_EQ(records(), 0) << "both calls were over while it hung";
  go_on();
  EXPECT_TRUE(comes_true([&] { return has(ready(), R"({"status":"ready"})"); })) << ready();
  EXPECT_TRUE(gateway.metric_comes_to("tonris_store_waiting", 0));
  EXPECT_EQ(gateway.metric("tonris_store_behind_seconds"), 0);
  EXPECT_EQ(gateway.metric("tonris_store_dropped_total"), 0);
  EXPECT_EQ(records(), 2);
  for (const auto& call : {sid_of(1), sid_of(2)})
    EXPECT_TRUE(has(w.record(call), R"("endReason":"caller_hung_up")")) << call;
  const auto log = gateway.log();
  EXPECT_EQ(count_of(log, "The call store is behind: "), 1u) << log;
  EXPECT_EQ(count_of(log, "The call store keeps up again"), 1u) << log;
}

}  // namespace
}  // namespace tonris::e2e
