// What a final record still learns: each change of it says who told it, and when.
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/call/costing.hpp"
#include "model/call/kept_audio.hpp"
#include "model/call/later_fact.hpp"
#include "model/json/lookup.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using part = call_record::charge::part_type;
using source = carrier_progress::source_type;

const call_record::time noon{1'795'341'600s}, later = noon + 10min;
const std::string later_text = iso_time(later);

/// Of a call that rang at two others, left a message and was recorded: all of it is told, but nothing that comes later.
call_record final_record() {
  call_record record;
  record.call = {"CA1"};
  record.tenant = {"salon-1"};
  record.account = {"AC1"};
  record.agent = {"agent_1"};
  record.state = call_state::ended;
  record.started = noon;
  record.answered = noon + 1s;
  record.ended = noon + 61s;
  record.reason = end_reason::agent_lost;
  record.metered_seconds = 61;
  record.streams = {{{"MZ1"}, noon + 1s, noon + 61s}};
  record.conversations = {{{"conv_1"}, noon + 1s, noon + 61s, 1006}, {{"conv_2"}, noon + 2s, noon + 61s, 1006}};
  record.legs = {{{"CA2"}, "completed", 30, noon + 50s, {}, "callback"}};
  record.recordings = {{"RE1", "in-progress", "", 0, "answer", noon + 5s}};
  call_record::voicemail_message message{"RE2", "https://r.example/RE2", 7, noon + 62s};
  message.source = "callback";
  record.voicemail = {message};
  call_record::vendor_report report;
  report.conversation = {"conv_2"};
  report.agent = {"agent_1"};
  report.at = noon + 62s;
  report.seconds = 60;
  report.audio_bytes = 4711;
  report.audio_at = noon + 63s;
  report.source = "callback";
  record.reports = {report};
  estimate_cost(record, rate_card::standard(), 61, *record.ended);
  return record;
}

call_record::vendor_report report_of(const char* conversation) {
  call_record::vendor_report report;
  report.conversation = {conversation};
  report.agent = {"agent_1"};
  report.at = later;
  report.source = "callback";
  return report;
}

cost_part price() {
  return {{8'500, us_dollars}, true, cost_source::vendor, later};
}

struct change {
  std::string name;
  std::function<later_fact()> fact;
};

const std::vector<change> changes{
    {"AMessage",
     [] {
       call_record::voicemail_message message{"RE9", "https://r.example/RE9", 7, later};
       message.source = "callback";
       message.cost = estimate_of_recording(rate_card::standard(), noon, 7, later);
       return message;
     }},
    {"AMessageIsDeleted",
     [] {
       return gone({{"CA1"}, {"AC1"}, "RE2", true}, later);
     }},
    {"AReport",
     [] {
       auto report = report_of("conv_1");
       report.seconds = 60;
       report.summary = "A cut.";
       report.analysis = R"({"evaluation":{"booked":true}})";
       report.price = 100'000;
       return report;
     }},
    {"AReportsWords",
     [] {
       auto report = report_of("conv_2");
       report.summary = "A cut.";
       report.analysis = R"({"evaluation":{"booked":true}})";
       return report;
     }},
    {"AReportsCharge",
     [] {
       auto report = report_of("conv_2");
       report.source = "poll";
       report.seconds = 60;
       report.credits = 410;
       report.price = 41'000;
       report.charged = true;
       return report;
     }},
    {"AReportsAudio",
     [] {
       auto report = report_of("conv_1");
       report.audio_bytes = 9;
       report.audio_at = later;
       return report;
     }},
    {"AReportsAudioIsDeleted", [] { return own_audio_gone(final_record(), later).at(0); }},
    {"AToolCall", [] { return call_record::tool_call{later, "book", "t1", false, false, 12}; }},
    {"ANote",
     [] {
       return call_record::note{later, "call her back", "operator", "request-1"};
     }},
    {"Twilios price",
     [] {
       return call_record::charge{part::twilio, price()};
     }},
    {"ElevenLabs charge",
     [] {
       return call_record::charge{part::elevenlabs, price()};
     }},
    {"Their model",
     [] {
       return call_record::charge{part::llm, price()};
     }},
    {"AMessagesPrice",
     [] {
       return call_record::charge{part::recording, price(), "RE2"};
     }},
    {"ARecordingsEnd",
     [] { return call_record::recording{"RE1", "completed", "https://r.example/RE1", 57, "callback", later}; }},
    {"ARecordingIsDeleted", [] { return call_record::recording{"RE1", "deleted", "", 0, "answer", later}; }},
    {"ALeg", [] { return call_record::leg{{"CA3"}, "no-answer", 0, later, {}, "rest"}; }},
    {"ALegsPrice", [] { return call_record::leg{{"CA2"}, "", 0, later, price(), "rest"}; }},
    {"ItIsHungUp",
     [] {
       return call_record::hang_up{"api", later};
     }},
    {"TwiliosLength",
     [] {
       return carrier_progress{source::callback, twilio::call_status::completed, 3, 59, later};
     }},
    {"WhoAnswered",
     [] {
       return who_answered{twilio::answered_by::machine, source::callback, later};
     }},
};

using leaves = std::map<std::string, std::string>;

/// Each value that is none of objects, by its path: "cost.twilio.amount", "legs[1].at".
void flatten(const rapidjson::Value& value, const std::string& path, leaves& into) {
  if (value.IsObject()) {
    for (const auto& member : value.GetObject())
      flatten(member.value, (path.empty() ? "" : path + ".") + member.name.GetString(), into);
  } else if (value.IsArray()) {
    for (rapidjson::SizeType i = 0; i < value.Size(); ++i)
      flatten(value[i], path + "[" + std::to_string(i) + "]", into);
  } else {
    into[path] = value.IsString() ? value.GetString() : json_text(value);
  }
}

leaves leaves_of(const call_record& record) {
  rapidjson::Document document;
  document.Parse(to_json(record).c_str());
  leaves all;
  flatten(document, {}, all);
  return all;
}

std::string object_of(const std::string& path) {
  const auto dot = path.rfind('.');
  return dot == std::string::npos ? "" : path.substr(0, dot);
}

/// Of an object itself, or of one that it lies in: an analysis is its report's.
bool is_said(const leaves& now, const std::string& object, std::initializer_list<const char*> members,
             const std::string& value) {
  for (auto in = object; !in.empty(); in = object_of(in))
    for (const auto* member : members)
      if (const auto found = now.find(in + "." + member); found != now.end())
        if (value.empty() || found->second == value) return true;
  return false;
}

class FinalRecord : public testing::TestWithParam<change> {};

TEST_P(FinalRecord, SaysOfEachLaterChangeWhoToldItAndWhen) {
  auto record = final_record();
  const auto before = leaves_of(record);
  ASSERT_TRUE(add_fact(record, GetParam().fact()));
  const auto now = leaves_of(record);
  std::set<std::string> changed;
  for (const auto& [path, value] : now)
    if (const auto was = before.find(path); was == before.end() || was->second != value) changed.insert(path);
  for (const auto& [path, value] : before) EXPECT_TRUE(now.contains(path)) << path << " was " << value;
  ASSERT_FALSE(changed.empty());
  for (const auto& path : changed) {
    if (path == "cost.total") continue;  // the sum of parts that say it, each
    const auto object = object_of(path);
    EXPECT_TRUE(is_said(now, object, {"at", "deletedAt", "audioAt", "audioDeletedAt"}, later_text)) << path;
    EXPECT_TRUE(is_said(now, object, {"source", "by"}, {})) << path;
  }
  EXPECT_EQ(parse_call_record(to_json(record)), record);
}

INSTANTIATE_TEST_SUITE_P(LaterFacts, FinalRecord, testing::ValuesIn(changes), [](const auto& row) {
  auto name = row.param.name;
  std::erase(name, ' ');
  return name;
});

TEST(FinalRecords, LaterFactsAreAllAmongTheseChanges) {
  std::array<bool, std::variant_size_v<later_fact>> has{};
  for (const auto& one : changes) has.at(one.fact().index()) = true;
  EXPECT_TRUE(std::ranges::all_of(has, [](bool it) { return it; }));
}

/// What became of a transfer, and how far a fallback came, is told when Twilio asks what is next.
TEST(FinalRecords, SayWhenAStepBehindTheEndWasToldAndByWhom) {
  auto record = final_record();
  record.transfers = {
      {noon + 61s, "+15550109999", "", call_record::transfer::outcome_type::answered, later, "callback"}};
  record.fallback = "voicemail";
  record.fallback_at = later;
  record.fallback_source = "callback";
  const auto now = leaves_of(record);
  EXPECT_EQ(now.at("transfers[0].outcomeAt"), later_text);
  EXPECT_EQ(now.at("transfers[0].outcomeSource"), "callback");
  EXPECT_EQ(now.at("fallbackAt"), later_text);
  EXPECT_EQ(now.at("fallbackSource"), "callback");
  EXPECT_EQ(parse_call_record(to_json(record)), record);
}

TEST(FinalRecords, OfOlderVersionsAreReadWithoutTheseTimes) {
  auto record = final_record();
  record.transfers = {{noon + 61s, "+15550109999", "", call_record::transfer::outcome_type::answered}};
  record.fallback = "voicemail";
  record.reports[0].audio_at.reset();
  const auto json = to_json(record);
  for (const auto* member : {"outcomeAt", "outcomeSource", "fallbackAt", "fallbackSource", "audioAt"})
    EXPECT_EQ(json.find(member), std::string::npos) << member;
  EXPECT_EQ(parse_call_record(json), record);
}

}  // namespace
}  // namespace tonris::model
