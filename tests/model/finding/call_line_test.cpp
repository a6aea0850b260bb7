#include "model/finding/call_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <rapidjson/document.h>

#include "model/text/iso_time.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

call_record::time at(const char* time) {
  return parse_iso_time(time).value();
}

call_record ended_call() {
  call_record record;
  record.call = {"CA00000000000000000000000000000001"};
  record.tenant = {"salon-1"};
  record.from = "+15550100001";
  record.to = "+15550100002";
  record.agent = {"agent_abc"};
  record.variant = "new_voice";
  record.state = call_state::ended;
  record.started = at("2026-11-22T10:00:00.000Z");
  record.answered = at("2026-11-22T10:00:01.000Z") + 900us;
  record.ended = at("2026-11-22T10:01:02.200Z") + 100us;
  record.reason = end_reason::caller_hung_up;
  record.troubled = call_trouble{end_reason::agent_not_audible, 31s};
  record.restarts = 2;
  record.interruptions = 1;
  record.voicemail.resize(1);
  record.twilio =
      carrier_progress{carrier_progress::source_type::callback, twilio::call_status::completed, 0, 63, *record.ended};
  record.transfers = {{{}, "+15550100009", "", call_record::transfer::outcome_type::answered}};
  return record;
}

TEST(CallLine, HasWhatListsShow) {
  auto line = call_line_of(ended_call(), true);
  line.cost = 108'500;
  EXPECT_EQ(
      to_json(line),
      R"({"callSid":"CA00000000000000000000000000000001","tenantId":"salon-1","direction":"inbound",)"
      R"("from":"+15550100001","to":"+15550100002","agentId":"agent_abc","variant":"new_voice","state":"ended",)"
      R"("startedAt":"2026-11-22T10:00:00.000Z","answeredAt":"2026-11-22T10:00:01.000Z",)"
      R"("endedAt":"2026-11-22T10:01:02.200Z","durationSeconds":61.2,"endReason":"caller_hung_up","endedBy":"caller",)"
      R"("troubled":"agent_not_audible","restarts":2,"interruptions":1,"transferred":true,"voicemails":1,"cost":0.1085,)"
      R"("carrierSeconds":63})");
}

TEST(CallLine, OfALiveCallHasNoEnd) {
  call_record record;
  record.call = {"CA1"};
  record.agent = {"agent_abc"};
  EXPECT_EQ(to_json(call_line_of(record, true)),
            R"({"callSid":"CA1","tenantId":"","direction":"inbound","from":"","to":"","agentId":"agent_abc",)"
            R"("variant":"agent_abc","state":"ringing","startedAt":"1970-01-01T00:00:00.000Z","restarts":0,)"
            R"("interruptions":0,"transferred":false,"voicemails":0})");
}

/// Every member that a line and its record share has one name and one value.
TEST(CallLine, SaysWhatItsRecordSays) {
  const auto record = ended_call();
  rapidjson::Document whole, line;
  whole.Parse(to_json(record));
  line.Parse(to_json(call_line_of(record, true)));
  for (const auto* name :
       {"callSid", "tenantId", "direction", "from", "to", "agentId", "variant", "state", "startedAt", "answeredAt",
        "endedAt", "durationSeconds", "endReason", "endedBy", "restarts", "interruptions"}) {
    ASSERT_TRUE(whole.HasMember(name) && line.HasMember(name)) << name;
    EXPECT_EQ(whole[name], line[name]) << name;
  }
}

TEST(CallLine, CutsTheOtherPartysNumber) {
  auto record = ended_call();
  auto line = call_line_of(record, false);
  EXPECT_EQ(line.from, "+1555...");
  EXPECT_EQ(line.to, "+15550100002");
  record.direction = "outbound-api";
  line = call_line_of(record, false);
  EXPECT_EQ(line.from, "+15550100001");
  EXPECT_EQ(line.to, "+1555...");
}

TEST(CallLine, KnowsWhoWasPutThrough) {
  using enum call_record::transfer::outcome_type;
  auto record = ended_call();
  for (const auto outcome : {ringing, not_answered, failed}) {
    record.transfers[0].outcome = outcome;
    EXPECT_FALSE(call_line_of(record, true).transferred) << to_string(outcome);
  }
  for (const auto& [fallback, is] : {std::pair{"transfer", false}, {"voicemail", false}, {"transferred", true}}) {
    record.fallback = fallback;
    EXPECT_EQ(call_line_of(record, true).transferred, is) << fallback;
  }
}

TEST(CallLine, IsALineOfCsv) {
  auto line = call_line_of(ended_call(), false);
  line.cost = 108'500;
  EXPECT_EQ(to_csv(line),
            "CA00000000000000000000000000000001,salon-1,inbound,'+1555...,+15550100002,agent_abc,new_voice,ended,"
            "2026-11-22T10:00:00.000Z,2026-11-22T10:00:01.000Z,2026-11-22T10:01:02.200Z,61.2,caller_hung_up,caller,"
            "agent_not_audible,2,1,true,1,0.1085,63\r\n");
  const auto commas = [](std::string_view text) { return std::count(text.begin(), text.end(), ','); };
  EXPECT_EQ(commas(csv_header()), 20);
  EXPECT_EQ(commas(to_csv(call_line_of({}, true))), 20);
}

TEST(CallLine, TakesNoFormulaIntoCsv) {
  call_record record;
  record.from = "=HYPERLINK(\"http://x\")";
  record.to = "+15550100002";
  EXPECT_THAT(to_csv(call_line_of(record, true)),
              testing::HasSubstr(R"x(,"'=HYPERLINK(""http://x"")",+15550100002,)x"));
}

TEST(CallLine, IsARowOfATable) {
  auto line = call_line_of(ended_call(), true);
  EXPECT_EQ(table_header(),
            "STARTED (UTC)        CALL                                TENANT                 FROM              "
            "TO                AGENT                 END                   LENGTH                                      "
            "      ");
  EXPECT_EQ(to_table_row(line),
            "2026-11-22 10:00:00  CA00000000000000000000000000000001  salon-1           in   +15550100001      "
            "+15550100002      new_voice             caller_hung_up            1:01  troubled: agent_not_audible, 2 "
            "restarts…");
}

TEST(CallLine, KeepsTheWidthOfATableWhateverItHolds) {
  const auto width = utf8_characters(table_header());
  for (const auto& text :
       std::vector<std::string>{"", "Æ", std::string(16, 'a'), std::string(17, 'a'), "ÆØÅÆØÅÆØÅÆØÅÆØÅÆ",
                                "ÆØÅÆØÅÆØÅÆØÅÆØÅÆØ", "a\nb\x1B[2J", "\xFF\xFE", "理发理发"}) {
    call_line line;
    line.tenant = {text};
    line.from = text;
    line.variant = text;
    line.restarts = 1;
    line.length = 100h;
    const auto row = to_table_row(line);
    EXPECT_TRUE(is_utf8(row)) << text;
    EXPECT_EQ(utf8_characters(row), width) << row;
    EXPECT_EQ(row.find_first_of("\n\x1B"), std::string::npos);
  }
}

TEST(CallLine, CutsBetweenCharacters) {
  call_line line;
  line.tenant = {"ÆØÅÆØÅÆØÅÆØÅÆØÅÆ"};
  EXPECT_THAT(to_table_row(line), testing::HasSubstr(" ÆØÅÆØÅÆØÅÆØÅÆØÅÆ "));
  line.tenant.value += "Ø";
  EXPECT_THAT(to_table_row(line), testing::HasSubstr(" ÆØÅÆØÅÆØÅÆØÅÆØÅ… "));
}

TEST(CallLine, ShowsLengthsAsAClockDoes) {
  call_line line;
  for (const auto& [length, shown] :
       std::initializer_list<std::pair<std::chrono::milliseconds, std::string>>{{0ms, "    0:00"},
                                                                                {59'999ms, "    0:59"},
                                                                                {60s, "    1:00"},
                                                                                {3599s, "   59:59"},
                                                                                {3600s, " 1:00:00"},
                                                                                {25h, "25:00:00"}}) {
    line.length = length;
    EXPECT_THAT(to_table_row(line), testing::HasSubstr("  " + shown + "  "));
  }
}

}  // namespace
}  // namespace tonris::model
