// What is older than its tenant wants goes by itself: records, what was said, and voices, here and at Twilio.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "actors/store/database.hpp"
#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/waiting.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

struct past_call {
  std::string sid, conversation, message, word;
  std::chrono::days age;
};
const past_call over{"CA0000000000000000000000000000000a", "conv_over", "RE0000000000000000000000000000000a",
                     "glockenspiel", std::chrono::days{25}};
const past_call silent_now{"CA0000000000000000000000000000000b", "conv_silent", "RE0000000000000000000000000000000b",
                           "harpsichord", std::chrono::days{12}};
const past_call young{"CA0000000000000000000000000000000c", "conv_young", "RE0000000000000000000000000000000c",
                      "bassoon", std::chrono::days{2}};

model::call_record record_of(const past_call& of) {
  model::call_record record;
  record.call = {of.sid};
  record.tenant = {"salon-1"};
  record.account = {account_sid};
  record.from = "+15550100001";
  record.to = "+15550100002";
  record.agent = {"agent_demo"};
  record.state = model::call_state::ended;
  record.started = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) - of.age;
  record.answered = record.started + 1s;
  record.ended = record.started + 60s;
  record.reason = model::end_reason::caller_hung_up;
  record.metered_seconds = 59;
  record.conversations.push_back({{of.conversation}, *record.answered, record.ended, 1000});
  record.transcript.push_back({false, "Do you sell a " + of.word + "?", *record.answered, {}, 1});
  record.voicemail.push_back({of.message, "https://api.twilio.com/" + of.message, 7, *record.ended});
  return record;
}

class Retention : public CallbackTest {
 protected:
  std::string ask(const std::string& method, const std::string& path, const std::string& body = "") {
    return send(method, path, body, "Authorization: Bearer " + admin_token + "\r\n");
  }
  /// The files below DATA_DIR that have these words; without the trail, which names the call of a recording that went.
  std::set<std::string> files_with(const std::string& words) {
    std::set<std::string> found;
    for (const auto& file : fs::recursive_directory_iterator(w.gateway().data_dir())) {
      const auto name = file.path().filename().string();
      if (!file.is_regular_file() || name.starts_with("access.db")) continue;
      std::ifstream in{file.path(), std::ios::binary};
      if (has(std::string{std::istreambuf_iterator<char>{in}, {}}, words)) found.insert(name);
    }
    return found;
  }
  bool is_anywhere(const std::string& words) { return !files_with(words).empty(); }
  bool has_audio() { return !fs::is_empty(fs::path(w.gateway().data_dir()) / "callbacks"); }
  std::set<std::string> at_twilio() {
    return w.on_loop([this] {
      std::set<std::string> sids;
      for (const auto& one : w.twilio().recordings().all()) sids.insert(one.sid);
      return sids;
    });
  }
  bool is_found(const std::string& word) { return has(ask("GET", "/api/calls?q=" + word), R"("callSid":)"); }

  /// Calls of the gateway's former life, in its own store, with a message of each at Twilio.
  void start_with_past_calls(const std::map<std::string, std::string>& settings) {
    start(one_tenant(), settings);
    ASSERT_EQ(w.gateway().stop(), 0);
    {
      auto store = actors::call_database::open(w.gateway().data_dir());
      ASSERT_TRUE(store) << store.error().line;
      actors::journal_batch batch;
      for (const auto& of : {over, silent_now, young}) {
        const auto record = record_of(of);
        batch.records.push_back({record.call, record.tenant.value, record.started, to_json(record)});
        batch.events.push_back(
            {record.call, *record.answered, model::call_moment::caller_said, "Do you sell a " + of.word + "?"});
      }
      ASSERT_TRUE(store->write(batch, std::chrono::system_clock::now()));
    }
    w.on_loop([this] {
      w.twilio().recordings().there_after(0ms);
      for (const auto& of : {over, silent_now, young})
        w.twilio().recordings().add_message(account_sid, of.sid, of.message, 7s);
    });
    w.gateway().start_again();
    ASSERT_TRUE(w.gateway().wait_until_healthy());
    ASSERT_TRUE(has(post_call(transcription(silent_now.conversation, silent_now.sid)), " 200 "));
    ASSERT_TRUE(has(post_call(audio(silent_now.conversation, 300'000)), " 200 "));
    ASSERT_TRUE(comes_to([this] { return has(ask("GET", "/api/calls/" + silent_now.sid), R"("audioBytes":)"); }));
    ASSERT_TRUE(has_audio());
    for (const auto& of : {over, silent_now, young}) ASSERT_TRUE(is_found(of.word)) << of.word;
  }
  /// Where tenants are in Redis, once they are at hand.
  void shorten() {
    const auto* const days = R"({"settings":{"retention":{"days":20,"transcriptDays":10,"audioDays":5}}})";
    ASSERT_TRUE(comes_to([&] { return has(ask("PATCH", "/api/tenants/salon-1", days), " 200 "); }));
  }
  void expect_gone_by_age() {
    EXPECT_TRUE(comes_to([this] { return has(ask("GET", "/api/calls/" + over.sid), " 404 "); }));
    EXPECT_TRUE(comes_to([this] { return !is_found(silent_now.word); }));
    EXPECT_FALSE(is_found(over.word));
    EXPECT_TRUE(is_found(young.word));
    const auto silent = ask("GET", "/api/calls/" + silent_now.sid);
    EXPECT_TRUE(has(silent, " 200 ") && !has(silent, silent_now.word)) << silent;
    EXPECT_FALSE(has(ask("GET", "/api/calls/" + silent_now.sid + "/timeline"), silent_now.word));
    EXPECT_FALSE(has(ask("GET", "/api/calls/export?format=ndjson"), over.sid));
    EXPECT_TRUE(comes_to([this] { return at_twilio() == std::set<std::string>{young.message}; }));
    EXPECT_TRUE(comes_to([this] { return !has_audio(); }));
    const auto trail = ask("GET", "/api/audit");
    for (const auto& what : {over.message, silent_now.message, std::string{"DATA_DIR"}})
      EXPECT_TRUE(has(trail, what)) << trail;
    EXPECT_FALSE(has(trail, young.message));
    EXPECT_EQ(count_of(trail, R"("who":"retention","what":"recording.delete")"), 3u) << trail;
    const auto* const in_sums =
        R"("who":"retention","what":"records.delete","tenantId":"salon-1","before":{"records":)";
    EXPECT_TRUE(comes_to([&] { return count_of(ask("GET", "/api/audit"), in_sums) == 1; }));
  }
};

/// The full text's index is merged once a day, and soon after a start.
TEST_F(Retention, DeletesByAgeFromEveryFileAndAtTwilio) {
  start_with_past_calls({});
  for (const auto& of : {over, silent_now, young}) ASSERT_TRUE(is_anywhere(of.word)) << of.word;
  shorten();
  expect_gone_by_age();
  w.gateway().kill();
  w.gateway().start_again();
  ASSERT_TRUE(w.gateway().wait_until_healthy());
  for (const auto& of : {over, silent_now}) EXPECT_TRUE(comes_to([&] { return !is_anywhere(of.word); })) << of.word;
  EXPECT_EQ(files_with(over.sid), std::set<std::string>{});
  EXPECT_TRUE(is_anywhere(young.word));
  EXPECT_TRUE(is_found(young.word));
}

TEST_F(Retention, DeletesByAgeWhereTenantsAreInRedis) {
  net::test::redis_server redis;
  start_with_past_calls({{"REDIS_URL", redis.url()}});
  const auto stream = [&] { return redis.say({"XRANGE", "{tonris}:records", "-", "+"}); };
  for (const auto& of : {over, young}) ASSERT_TRUE(has(post_call(transcription(of.conversation, of.sid)), " 200 "));
  for (const auto& of : {over, silent_now, young})  // as their records have changed
    ASSERT_TRUE(comes_to([&] { return has(stream(), of.word); })) << of.word;
  shorten();
  expect_gone_by_age();
  EXPECT_TRUE(comes_to([&] { return !has(stream(), over.sid) && !has(stream(), silent_now.word); })) << stream();
  EXPECT_TRUE(has(stream(), silent_now.sid)) << "without what was said";
  EXPECT_TRUE(has(stream(), young.word));
}

}  // namespace
}  // namespace tonris::e2e
