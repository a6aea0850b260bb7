#include "actors/callback/keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "actors/store/audio_files.hpp"
#include "model/call/later_fact.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/model/call/test_rates.hpp"
#include "tests/waiting.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using outcome = callback_kept::outcome;
using tonris::test::comes_to;
namespace fs = std::filesystem;

/// The records of calls, of those that live and of those that are only stored, and a clock that the test moves.
struct records {
  std::mutex lock;
  std::map<std::string, model::call_record> live, stored;
  int told = 0;
  std::atomic<std::int64_t> offset_ms{0};

  std::string silent;  ///< a call that cannot be asked

  std::optional<bool> learn(const learn_fact& m) {
    const std::lock_guard guard{lock};
    if (m.call.value == silent) return std::nullopt;
    const auto found = live.find(m.call.value);
    if (found == live.end()) return false;
    ++told;
    found->second.agent = {"agent_demo"};  // as every call's here
    (void)model::add_fact(found->second, m.fact);
    return true;
  }
  std::string stored_json(const std::string& call) {
    const std::lock_guard guard{lock};
    const auto found = stored.find(call);
    return found == stored.end() ? std::string{} : to_json(found->second);
  }
  std::vector<model::call_record::vendor_report> reports_of(const std::string& call) {
    const std::lock_guard guard{lock};
    return live[call].reports;
  }
};

caf::behavior supervisor_of(caf::event_based_actor*, std::shared_ptr<records> known) {
  return {[known](const learn_fact& m) -> caf::result<fact_learned> {
    if (const auto learned = known->learn(m)) return fact_learned{*learned};
    return caf::make_error(caf::sec::runtime_error, "no answer");
  }};
}

caf::behavior store_of(caf::event_based_actor*, std::shared_ptr<records> known) {
  return {[known](const find_record& m) { return found_record{known->stored_json(m.call.value)}; },
          [known](const find_unrecorded& m) {
            unrecorded_calls none;
            for (const auto& call : m.calls)
              if (known->stored_json(call.value).empty()) none.calls.push_back(call);
            return none;
          }};
}

/// A real actor system and real files.
class CallbackKeeper : public testing::Test {
 protected:
  ~CallbackKeeper() override {
    stop();
    caf::anon_send_exit(supervisor, caf::exit_reason::kill);
    caf::anon_send_exit(store, caf::exit_reason::kill);
    supervisor = nullptr;
    store = nullptr;
    system.await_all_actors_done();
  }
  void SetUp() override {
    fs::create_directories(directory.data());
    supervisor = caf::actor_cast<call_supervisor>(system.spawn(supervisor_of, known));
    store = caf::actor_cast<call_store>(system.spawn(store_of, known));
    start();
  }
  void start() {
    callback_keeper_settings settings;
    settings.open = [this] { return callback_database::open(directory.data()); };
    settings.audio_dir = directory.data() + "/callbacks";
    settings.wall_clock = [from = known] {
      return std::chrono::system_clock::now() + std::chrono::milliseconds{from->offset_ms.load()};
    };
    settings.supervisor = supervisor;
    settings.store = store;
    settings.journal = journal;
    settings.conversations = conversations;
    settings.counters = &counters;
    settings.erase_after = 20ms;
    settings.rates = rates;
    keeper = keep_callbacks(system, std::move(settings));
  }
  void stop() {
    if (!keeper) return;
    caf::scoped_actor self{system};
    self->monitor(keeper);
    self->send_exit(keeper, caf::exit_reason::kill);  // as kill -9 does: it says nothing, and writes nothing more
    self->receive([](const caf::down_msg&) {});
    keeper = nullptr;
  }
  template <class Answer, class Question>
  std::optional<Answer> ask(Question question) {
    return answer_of<Answer>(system, keeper, std::move(question));
  }
  outcome keep(std::string body, incoming_audio audio = {}) {
    return ask<callback_kept>(keep_callback{std::move(body), audio}).value_or(callback_kept{}).how;
  }
  static std::string transcription(const std::string& conversation = "conv_1", const std::string& call = some_call) {
    return R"({"type":"post_call_transcription","event_timestamp":1767225675,"data":{"agent_id":"agent_demo",)"
           R"("conversation_id":")" +
           conversation +
           R"(","status":"done","metadata":{"call_duration_secs":62,"cost":410},"analysis":{"transcript_summary":"A cut."},)"
           R"("conversation_initiation_client_data":{"dynamic_variables":{"call_sid":")" +
           call + R"("}}}})";
  }
  static std::string audio_of(const std::string& conversation = "conv_1") {
    return R"({"type":"post_call_audio","event_timestamp":"1767225680","data":{"agent_id":"agent_demo",)"
           R"("conversation_id":")" +
           conversation + R"(","full_audio":""}})";
  }
  bool has_report(const std::string& call = some_call) {
    return comes_to([&] { return !known->reports_of(call).empty(); });
  }
  std::size_t files() const {
    std::size_t count = 0;
    if (!fs::exists(directory.data() + "/callbacks")) return 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator{directory.data() + "/callbacks"}) ++count;
    return count;
  }

  /// In any file below DATA_DIR.
  bool is_on_disk(const std::string& words) const {
    for (const auto& file : fs::recursive_directory_iterator(directory.data())) {
      if (!file.is_regular_file()) continue;
      std::ifstream in{file.path(), std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
      if (bytes.find(words) != std::string::npos) return true;
    }
    return false;
  }
  incoming_audio sound(const std::string& bytes) {
    const auto begun = ask<incoming_audio>(begin_audio{});
    EXPECT_TRUE(begun && ask<audio_appended>(append_audio{*begun, bytes}));
    return begun.value_or(incoming_audio{});
  }

  static inline const std::string some_call = "CA00000000000000000000000000000001";
  a_directory directory;
  metrics counters;
  real_settings caf_settings;
  caf::actor_system system{caf_settings};
  std::shared_ptr<records> known = std::make_shared<records>();
  std::shared_ptr<call_journal> journal = std::make_shared<call_journal>(nullptr);
  std::shared_ptr<const model::rate_card> rates = callback_keeper_settings{}.rates;
  std::shared_ptr<conversation_index> conversations = std::make_shared<conversation_index>();
  call_supervisor supervisor;
  call_store store;
  callback_keeper_by_number keeper;
};

TEST_F(CallbackKeeper, BringsAReportIntoItsCallsRecordOnce) {
  known->live[some_call];
  EXPECT_EQ(keep(transcription()), outcome::kept);
  EXPECT_EQ(keep(transcription()), outcome::known) << "the vendor tells again";
  ASSERT_TRUE(has_report());
  const auto reports = known->reports_of(some_call);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].conversation.value, "conv_1");
  EXPECT_EQ(reports[0].seconds, 62u);
  EXPECT_EQ(reports[0].credits, 410u);
  EXPECT_EQ(reports[0].summary, "A cut.");
  EXPECT_EQ(reports[0].source, "callback");
}

TEST_F(CallbackKeeper, SaysWhereTheVendorWasAsked) {
  known->live[some_call];
  ASSERT_TRUE(ask<callback_kept>(keep_callback{transcription(), {}, true}));
  ASSERT_TRUE(has_report());
  EXPECT_EQ(known->reports_of(some_call)[0].source, "poll");
}

TEST_F(CallbackKeeper, TellsAgainInItsNextLife) {
  known->live[some_call];
  ASSERT_EQ(keep(transcription()), outcome::kept);
  ASSERT_TRUE(has_report());
  stop();
  {
    const std::lock_guard guard{known->lock};
    known->live[some_call] = {};  // the record that learnt it was never written
  }
  start();
  ASSERT_TRUE(has_report());
  std::this_thread::sleep_for(50ms);
  const std::lock_guard guard{known->lock};
  EXPECT_EQ(known->told, 2) << "and that is enough";
}

TEST_F(CallbackKeeper, FindsTheCallOfAnAudioByItsConversationWhicheverComesFirst) {
  known->live[some_call];
  const auto begun = ask<incoming_audio>(begin_audio{});
  ASSERT_TRUE(begun);
  ASSERT_TRUE(ask<audio_appended>(append_audio{*begun, "ID3 sound"}));
  ASSERT_EQ(keep(audio_of(), *begun), outcome::kept);
  ASSERT_EQ(keep(transcription()), outcome::kept);
  ASSERT_TRUE(has_report());
  known->offset_ms = 11'000;  // it is asked for again
  ASSERT_EQ(keep(transcription("conv_2")), outcome::kept);
  ASSERT_TRUE(comes_to([&] {
    const auto reports = known->reports_of(some_call);
    return std::any_of(reports.begin(), reports.end(), [](const auto& r) { return r.audio_bytes == 9; });
  }));
  EXPECT_EQ(files(), 1u);
  EXPECT_EQ(ask<audio_of_forgotten>(forget_audio_of{{"CA of another"}})->files, 0u);
  EXPECT_EQ(files(), 1u);
  EXPECT_EQ(ask<audio_of_forgotten>(forget_audio_of{{some_call}})->files, 1u);
  EXPECT_EQ(files(), 0u) << "and what was said stays";
  EXPECT_EQ(ask<audio_of_forgotten>(forget_audio_of{{some_call}})->files, 0u);
}

TEST_F(CallbackKeeper, KnowsALiveConversationsCallWhereTheReportNamesNone) {
  known->live[some_call];
  conversations->add({"conv_1"}, {some_call});
  ASSERT_EQ(keep(transcription("conv_1", "not a call")), outcome::kept);
  EXPECT_TRUE(has_report());
}

TEST_F(CallbackKeeper, AddsToAStoredRecordWhatItsProcessForgot) {
  model::call_record record;
  record.call.value = some_call;
  known->stored[some_call] = record;
  ASSERT_EQ(keep(transcription()), outcome::kept);
  journal_batch batch;
  ASSERT_TRUE(comes_to([&] {
    batch = journal->take();
    return !batch.facts.empty();
  }));
  EXPECT_EQ(batch.facts[0].call.value, some_call);
}

TEST_F(CallbackKeeper, PricesWhatAStoredCallIsToldByTheDayOnWhichThatBegan) {
  rates = std::make_shared<const model::rate_card>(model::test::test_rates_dearer_from("2026-02-01"));
  stop();
  start();
  const struct {
    const char *call, *conversation, *began;
    model::micros price;  ///< of 62 s
  } table[] = {
      {"CA00000000000000000000000000000001", "conv_1", "2026-01-31T23:59:59.000Z", 62'000},
      {"CA00000000000000000000000000000002", "conv_2", "2026-02-01T00:00:00.000Z", 124'000},
  };
  for (const auto& row : table) {
    model::call_record record;
    record.call.value = row.call;
    record.started = model::parse_iso_time(row.began).value();
    known->stored[row.call] = record;
  }
  for (const auto& row : table) {
    ASSERT_EQ(keep(transcription(row.conversation, row.call)), outcome::kept);
    journal_batch batch;
    ASSERT_TRUE(comes_to([&] {
      batch = journal->take();
      return !batch.facts.empty();
    }));
    EXPECT_EQ(batch.facts[0].call.value, row.call);
    EXPECT_EQ(std::get<model::call_record::vendor_report>(batch.facts[0].what).price, row.price) << row.began;
  }
}

TEST_F(CallbackKeeper, KeepsNobodyWaitingForACallThatDoesNotAnswer) {
  known->silent = "CA00000000000000000000000000000002";
  known->live[some_call];
  ASSERT_EQ(keep(transcription("conv_2", known->silent)), outcome::kept);
  std::this_thread::sleep_for(50ms);
  ASSERT_EQ(keep(transcription()), outcome::kept);
  EXPECT_TRUE(has_report());
}

TEST_F(CallbackKeeper, CountsWhatIsNobodysAndRefusesNothing) {
  ASSERT_EQ(keep(transcription("conv_9", "CA00000000000000000000000000000009")), outcome::kept);
  for (int n = 0; n < 6; ++n) {
    std::this_thread::sleep_for(30ms);
    known->offset_ms += std::chrono::milliseconds{5h}.count();
    (void)keep(transcription("conv_" + std::to_string(100 + n), "CA00000000000000000000000000000009"));  // wakes it
  }
  EXPECT_TRUE(comes_to([&] { return counters.render().find("\ntonris_callbacks_of_nobody 0") == std::string::npos; }));
}

TEST_F(CallbackKeeper, KeepsNothingOfADeletedCallWhicheverComesFirst) {
  ASSERT_EQ(keep(transcription("conv_1", "not a call")), outcome::kept) << "the record alone knows whose it is";
  ASSERT_EQ(keep(audio_of("conv_2"), sound("ID3 early")), outcome::kept) << "nobody knows yet whose it is";
  ASSERT_TRUE(is_on_disk("A cut.") && is_on_disk("ID3 early"));
  ASSERT_TRUE(ask<callbacks_forgotten>(forget_callbacks{{{some_call}}, {{"conv_1"}}}));
  EXPECT_FALSE(is_on_disk("A cut."));
  EXPECT_EQ(keep(transcription("conv_1", "not a call")), outcome::forgotten);
  EXPECT_EQ(keep(audio_of("conv_1"), sound("ID3 late")), outcome::forgotten);
  EXPECT_EQ(keep(transcription("conv_2")), outcome::forgotten) << "it names the call";
  EXPECT_FALSE(is_on_disk("A cut.") || is_on_disk("ID3"));
  stop();
  start();
  EXPECT_EQ(keep(audio_of("conv_2"), sound("ID3 late")), outcome::forgotten) << "in the next life, too";
  EXPECT_FALSE(is_on_disk("ID3"));
  EXPECT_EQ(files(), 0u);
  EXPECT_EQ(keep(transcription("conv_3", "not a call")), outcome::kept) << "others' are kept";
  EXPECT_NE(counters.render().find("\ntonris_callbacks_kept_total{outcome=\"forgotten\"} 4"), std::string::npos);
}

TEST_F(CallbackKeeper, HasNothingLeftOfANumberInWhatIsNobodys) {
  const auto of = [](const std::string& conversation, const std::string& number, const std::string& tenant) {
    return R"({"type":"post_call_transcription","event_timestamp":1767225675,"data":{"agent_id":"agent_demo",)"
           R"("conversation_id":")" +
           conversation + R"(","status":"done","user_id":")" + number +
           R"(","conversation_initiation_client_data":{"dynamic_variables":{"tenant_id":")" + tenant + R"("}}}})";
  };
  const auto forget = [&](const std::string& number, std::optional<model::tenant_id> tenant) {
    const auto done = ask<callbacks_with_forgotten>(forget_callbacks_with{number, std::move(tenant)});
    return done ? done->conversations : 99;
  };
  ASSERT_EQ(keep(of("conv_1", "+4790000012", "salon-1")), outcome::kept);
  ASSERT_EQ(keep(audio_of("conv_1"), sound("ID3 of nobody")), outcome::kept);
  ASSERT_EQ(keep(of("conv_2", "+4790000012", "salon-2")), outcome::kept);
  ASSERT_EQ(keep(of("conv_3", "+4790000099", "salon-1")), outcome::kept);
  ASSERT_TRUE(comes_to([&] { return counters.render().find("\ntonris_callbacks_waiting 4\n") != std::string::npos; }))
      << "each was looked for";
  ASSERT_TRUE(is_on_disk("4790000012"));
  EXPECT_EQ(forget("+4790000001", {}), 0u);
  EXPECT_EQ(forget("+4790000012", model::tenant_id{"salon-1"}), 1u) << "another's is not a tenant's to forget";
  EXPECT_EQ(files(), 0u) << "with its sound";
  EXPECT_TRUE(is_on_disk("4790000012"));
  EXPECT_EQ(forget("+4790000012", {}), 1u);
  EXPECT_FALSE(is_on_disk("4790000012")) << "nor in the write-ahead log";
  EXPECT_TRUE(is_on_disk("4790000099")) << "others stay";
  EXPECT_EQ(keep(of("conv_1", "+4790000012", "salon-1")), outcome::forgotten) << "told again";
  EXPECT_EQ(forget("+4790000012", {}), 0u);
}

TEST_F(CallbackKeeper, HasNoWordsLeftOfWhatIsInItsRecord) {
  known->live[some_call];
  ASSERT_EQ(keep(transcription()), outcome::kept);
  ASSERT_TRUE(has_report());
  EXPECT_TRUE(is_on_disk("A cut.")) << "it is told once more";
  known->offset_ms = 61'000;
  ASSERT_EQ(keep(transcription("conv_2", "not a call")), outcome::kept);  // wakes it
  EXPECT_TRUE(comes_to([&] {
    const std::lock_guard guard{known->lock};
    return known->told == 2;
  }));
  ASSERT_TRUE(ask<callbacks_forgotten>(forget_callbacks{{}, {{"conv_2"}}}));
  EXPECT_TRUE(comes_to([&] { return !is_on_disk("A cut."); })) << "nor in the write-ahead log";
  EXPECT_EQ(keep(transcription()), outcome::known);
}

TEST_F(CallbackKeeper, KeepsWhatItCannotReadAndKnowsItAgain) {
  EXPECT_EQ(keep("{"), outcome::kept);
  EXPECT_EQ(keep("{"), outcome::known);
  EXPECT_EQ(keep(R"({"type":"something_new","data":{"x":1}})"), outcome::kept);
}

TEST_F(CallbackKeeper, LeavesNothingOfARecordingThatWasNeverWhole) {
  const auto dropped = ask<incoming_audio>(begin_audio{}), left = ask<incoming_audio>(begin_audio{});
  ASSERT_TRUE(dropped && left);
  ASSERT_TRUE(ask<audio_appended>(append_audio{*left, "half of it"}));
  EXPECT_EQ(files(), 2u);
  caf::anon_send(keeper, drop_audio{*dropped});
  EXPECT_TRUE(comes_to([&] { return files() == 1; }));
  stop();
  start();
  EXPECT_TRUE(comes_to([&] { return files() == 0; })) << "of the life before";
}

TEST_F(CallbackKeeper, TakesNoRecordingBeyondItsBound) {
  const auto begun = ask<incoming_audio>(begin_audio{});
  ASSERT_TRUE(begun);
  const std::string piece(16UL * 1024 * 1024, 'a');
  std::uint64_t taken = 0;
  while (ask<audio_appended>(append_audio{*begun, piece})) taken += piece.size();
  EXPECT_LE(taken, audio_files::max_bytes);
  EXPECT_GT(taken + piece.size(), audio_files::max_bytes);
  EXPECT_EQ(files(), 0u);
}

}  // namespace
}  // namespace tonris::actors::test
