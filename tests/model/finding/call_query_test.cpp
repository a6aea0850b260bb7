#include "model/finding/call_query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/phone/number.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using parameters = std::vector<std::pair<std::string, std::string>>;

call_query::time at(const char* time) {
  return parse_iso_time(time).value();
}

const auto now = at("2026-11-29T10:00:00.000Z");

call_query read(const parameters& of) {
  const auto query = parse_call_query(of, now);
  EXPECT_TRUE(query) << of.front().first << "=" << of.front().second << ": "
                     << (query ? "" : query.error().front().message);
  return query.value_or(call_query{});
}

/// "path: message; …"
std::string mistakes_of(const parameters& of) {
  const auto query = parse_call_query(of, now);
  std::string text;
  if (!query)
    for (const auto& one : query.error()) text += one.path + ": " + one.message + "; ";
  return text;
}

TEST(CallQuery, OfNothingIsEverything) {
  const auto query = read({});
  EXPECT_EQ(query, call_query{});
  EXPECT_EQ(query.limit, 50U);
}

TEST(CallQuery, ReadsEachParameter) {
  const auto query = read({{"tenant", "salon-1"},
                           {"number", "+1 (555) 010-0001"},
                           {"from", "2026-11-22"},
                           {"to", "2026-11-23T10:00Z"},
                           {"agent", "agent_abc"},
                           {"variant", "new_voice"},
                           {"node", "gateway-1.example"},
                           {"reason", "agent_lost"},
                           {"by", "operator"},
                           {"troubled", "true"},
                           {"live", "false"},
                           {"q", "  two haircuts "},
                           {"limit", "500"},
                           {"cursor", to_cursor({5, {"CA1"}})}});
  EXPECT_EQ(query.tenant, tenant_id{"salon-1"});
  EXPECT_EQ(query.number, (wanted_number{"+15550100001", false}));
  EXPECT_EQ(query.from, at("2026-11-22T00:00:00.000Z"));
  EXPECT_EQ(query.to, at("2026-11-23T10:00:00.000Z"));
  EXPECT_EQ(query.agent, agent_id{"agent_abc"});
  EXPECT_EQ(query.variant, "new_voice");
  EXPECT_EQ(query.node, "gateway-1.example");
  EXPECT_EQ(query.reason, end_reason::agent_lost);
  EXPECT_EQ(query.by, caused_by::operators);
  EXPECT_EQ(query.troubled, (std::variant<bool, end_reason>{true}));
  EXPECT_EQ(query.live, false);
  EXPECT_EQ(query.words, "two haircuts");
  EXPECT_EQ(query.limit, 500U);
  EXPECT_EQ(query.after, (call_place{5, {"CA1"}}));
}

TEST(CallQuery, KnowsEveryEndReasonAndWhoBroughtItAbout) {
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto reason = static_cast<end_reason>(i);
    EXPECT_EQ(read({{"reason", std::string{to_string(reason)}}}).reason, reason);
    EXPECT_EQ(read({{"by", std::string{to_string(who(reason))}}}).by, who(reason));
    EXPECT_EQ(read({{"troubled", std::string{to_string(reason)}}}).troubled, (std::variant<bool, end_reason>{reason}));
  }
}

TEST(CallQuery, TakesNumbersAsPeopleWriteThem) {
  for (const auto& [text, number] : std::initializer_list<std::pair<std::string, wanted_number>>{
           {"+15550100001", {"+15550100001", false}},
           {" 15550100001", {"+15550100001", false}},  // its "+" became a blank on the way
           {"+1 555-010-0001", {"+15550100001", false}},
           {"tel:+15550100001", {"+15550100001", false}},
           {"whatsapp:+4570123456", {"+4570123456", false}},
           {"anonymous", {"anonymous", false}},
           {"+266696687", {"anonymous", false}},
           {"client:anna", {"client:anna", false}},
           {"+4570*", {"+4570", true}},
           {" 45 (70) *", {"+4570", true}},
           {"+1*", {"+1", true}},
           {"+155501000011234*", {"+155501000011234", true}},
           {"0047 90000042", {"+4790000042", false}},
           {"0047-900 00 042", {"+4790000042", false}},
           {"0045 70*", {"+4570", true}},
           {"90000042", {"90000042", false, true}},
           {"90 00 00 42", {"90000042", false, true}},
           {"555-0042", {"5550042", false, true}},
           {"0171/2345678", {"1712345678", false, true}},
           {"withheld", {"anonymous", false}},
           {"*4711", {"4711", false, true}},
           {" *12-47 11", {"124711", false, true}}})
    EXPECT_EQ(read({{"number", text}}).number, number) << text;
  for (const auto* text : {"555123", "12", "0012", "000790000042", "+", "*", "+*", "0*", "+0*", "45x*", "+45*70",
                           "+45**", "anna*", "+1555010000112345*", "*471", "*1234567", "*47x1", "*+4711", "*4711*"})
    EXPECT_THAT(mistakes_of({{"number", text}}), testing::StartsWith("number: must ")) << text;
}

TEST(CallQuery, KnowsWhatTellsNoNumber) {
  const auto tells_none = [](const char* text) { return tells_no_number(*read({{"number", text}}).number); };
  for (const auto* text : {"+4570123456", "anonymous", "+4570*", "+1*"}) EXPECT_TRUE(tells_none(text)) << text;
  for (const auto* text : {"+45701*", "+4570123456*", "*3456", "*123456", "90000042"})
    EXPECT_FALSE(tells_none(text)) << text;
  EXPECT_EQ(redacted("+4570123456").find('.'), most_shown) << "no more than lists show";
}

TEST(CallQuery, TakesDaysAndTimes) {
  for (const auto& [from, begin] : {std::pair{"2026-11-22", "2026-11-22T00:00:00.000Z"},
                                    {"2026-11-22T10:00Z", "2026-11-22T10:00:00.000Z"},
                                    {"2026-11-22T10:00:01Z", "2026-11-22T10:00:01.000Z"},
                                    {"2026-11-22T10:00:01.234Z", "2026-11-22T10:00:01.234Z"},
                                    {"2026-11-22T10:00", "2026-11-22T10:00:00.000Z"},
                                    {"2026-11-22T10:00:01", "2026-11-22T10:00:01.000Z"},
                                    {"2026-11-22T10:00+01:00", "2026-11-22T09:00:00.000Z"},
                                    {"2026-11-22T10:00 01:00", "2026-11-22T09:00:00.000Z"},
                                    {"2026-11-22T10:00:01.234-05:30", "2026-11-22T15:30:01.234Z"},
                                    {"1970-01-01T00:00+01:00", "1970-01-01T00:00:00.000Z"},
                                    {"2024-02-29", "2024-02-29T00:00:00.000Z"}})
    EXPECT_EQ(read({{"from", from}}).from, at(begin)) << from;
  EXPECT_EQ(read({{"to", "2026-11-22"}}).to, at("2026-11-23T00:00:00.000Z")) << "the day is in";
  EXPECT_EQ(read({{"to", "2026-12-31"}}).to, at("2027-01-01T00:00:00.000Z"));
  EXPECT_EQ(read({{"to", "2026-11-22T00:00Z"}}).to, at("2026-11-22T00:00:00.000Z"));
  for (const auto* text :
       {"2026-02-30", "2026-11-22T10", "2026-11-22T10:00+0100", "2026-11-22T10:00+15:00", "2026-11-22T10:00+01:60",
        "2026-11-22T10:00+01:00Z", "2026-11-22+01:00", "2026-11-22 10:00Z", "2026-11-22 10:00", "22.11.2026", "today",
        "20261122", "1969-12-31", "2300-01-01", "2026-11-22T24:00Z", "2026-11-22Z", "15m", "+01:00"}) {
    EXPECT_THAT(mistakes_of({{"from", text}}), testing::StartsWith("from: must be a day or a time, such as")) << text;
    EXPECT_THAT(mistakes_of({{"to", text}}), testing::StartsWith("to: must be a day or a time, such as")) << text;
  }
}

TEST(CallQuery, TakesDaysAndTimesOfAZone) {
  for (const auto& [from, begin] : {std::pair{"2026-11-30", "2026-11-29T23:00:00.000Z"},
                                    {"2026-11-30T06:00", "2026-11-30T05:00:00.000Z"},
                                    {"2026-07-30T06:00:30", "2026-07-30T04:00:30.000Z"},
                                    {"2026-03-29T02:30", "2026-03-29T01:00:00.000Z"},
                                    {"2026-10-25T02:30", "2026-10-25T00:30:00.000Z"},
                                    {"2026-11-30T06:00Z", "2026-11-30T06:00:00.000Z"},
                                    {"2026-11-30T06:00-05:00", "2026-11-30T11:00:00.000Z"}}) {
    EXPECT_EQ(read({{"zone", "Europe/Oslo"}, {"from", from}}).from, at(begin)) << from;
    EXPECT_EQ(read({{"from", from}, {"zone", "Europe/Oslo"}}).from, at(begin)) << from << ", in whichever order";
  }
  EXPECT_EQ(read({{"to", "2026-11-30"}, {"zone", "Europe/Oslo"}}).to, at("2026-11-30T23:00:00.000Z"));
  EXPECT_EQ(read({{"zone", "Europe/Oslo"}}), call_query{}) << "by itself it asks for nothing";
  EXPECT_EQ(mistakes_of({{"zone", "Mars"}, {"from", "2026-11-30"}}),
            "zone: must be a time zone, such as Europe/Oslo; ");
}

TEST(CallQuery, TakesTimesAgo) {
  for (const auto& [text, ago] : std::initializer_list<std::pair<std::string, std::chrono::seconds>>{
           {"90s", 90s}, {"15m", 15min}, {"2h", 2h}, {"3d", 72h}, {"1w", 168h}, {"3660d", 3660 * 24h}}) {
    EXPECT_EQ(read({{"since", text}}).from, now - ago) << text;
    EXPECT_EQ(read({{"until", text}}).to, now - ago) << text;
  }
  EXPECT_EQ(parse_call_query({{"since", "1s"}}, now + 1s + 1us)->from, now) << "to the millisecond";
  for (const auto* text :
       {"15", "m", "0m", "-5m", "+5m", "1.5h", "5 m", "5M", "5y", "3661d", "99999999999d", "1h30m", "2026-11-22"})
    EXPECT_THAT(mistakes_of({{"since", text}}), testing::StartsWith("since: must be a time ago")) << text;
}

TEST(CallQuery, RefusesATimeThatIsThereTwiceOrTurnedRound) {
  EXPECT_EQ(mistakes_of({{"from", "2026-11-22"}, {"since", "2h"}}), "since: must not be there beside from; ");
  EXPECT_EQ(mistakes_of({{"until", "2h"}, {"to", "2026-11-22"}}), "until: must not be there beside to; ");
  EXPECT_EQ(mistakes_of({{"from", "2026-11-22"}, {"to", "2026-11-21"}}), "to: must be later than from; ");
  EXPECT_EQ(mistakes_of({{"from", "2026-11-22T10:00Z"}, {"to", "2026-11-22T10:00Z"}}), "to: must be later than from; ");
  EXPECT_EQ(mistakes_of({{"since", "1h"}, {"until", "2h"}}), "until: must be later than since; ");
  EXPECT_EQ(mistakes_of({{"from", "2026-11-22"}, {"to", "2026-11-22"}}), "");
  EXPECT_EQ(mistakes_of({{"since", "2d"}, {"until", "1d"}}), "");
}

struct bad_value {
  std::string name, value, message;
};

TEST(CallQuery, RefusesBadValues) {
  const std::vector<bad_value> bad{
      {"tenant", "salon 1", "must be letters"},
      {"tenant", std::string(65, 'a'), "must have at most 64 bytes"},
      {"agent", "agent/abc", "must be an ElevenLabs agent id"},
      {"variant", "a b", "must be a variant's name"},
      {"node", "a b", "must be a gateway's name"},
      {"reason", "hung_up", "must be an end reason"},
      {"by", "operators", "must be caller, agent"},
      {"troubled", "yes", "must be true, false or what was wrong"},
      {"live", "1", "must be true or false"},
      {"live", "TRUE", "must be true or false"},
      {"q", std::string(201, 'a'), "must have at most 200 bytes"},
      {"q", "\xFF\xFE", "must be UTF-8"},
      {"q", "\"*\"", "must have a word"},
      {"limit", "0", "must be a whole number from 1 to 500"},
      {"limit", "501", "must be a whole number from 1 to 500"},
      {"limit", "-1", "must be a whole number"},
      {"limit", "5.0", "must be a whole number"},
      {"limit", "99999999999999999999", "must be a whole number"},
      {"cursor", "AAAA", "must be the nextCursor"},
      {"cursor", std::string(401, 'A'), "must have at most 400 bytes"},
      {"number", std::string(401, '1'), "must have at most 400 bytes"},
      {"number",
       "\xFF"
       "a",
       "must be UTF-8"},
  };
  for (const auto& [name, value, message] : bad)
    EXPECT_THAT(mistakes_of({{name, value}}), testing::StartsWith(name + ": " + message)) << value;
  for (const auto* name : {"tenant", "number", "from", "to", "since", "until", "agent", "variant", "node", "reason",
                           "by", "troubled", "live", "q", "limit", "cursor", "zone"})
    for (const auto* value : {"", " "})
      EXPECT_EQ(mistakes_of({{name, value}}), std::string{name} + ": must not be empty; ");
}

TEST(CallQuery, TellsAllMistakesAtOnce) {
  EXPECT_EQ(mistakes_of({{"limit", "0"}, {"live", "maybe"}, {"tenantId", "salon-1"}, {"live", "true"}}),
            "limit: must be a whole number from 1 to 500; live: must be true or false; tenantId: is not known: tenant, "
            "number, from, to, since, until, zone, agent, variant, node, reason, by, troubled, live, q, limit and "
            "cursor are; ");
  EXPECT_EQ(mistakes_of({{"live", "true"}, {"live", "true"}}), "live: is there twice; ");
  EXPECT_THAT(mistakes_of({{"ev\nil", "1"}}), testing::StartsWith("ev?il: is not known"));
  EXPECT_THAT(mistakes_of({{"", "1"}}), testing::StartsWith(R"("": is not known)"));
  parameters many;
  for (int n = 0; n < 500; ++n) many.emplace_back("x" + std::to_string(n), "");
  EXPECT_EQ(parse_call_query(many, now).error().size(), max_json_mistakes);
}

TEST(CallQuery, NeverRepeatsAValue) {
  for (const auto* name : {"tenant", "number", "from", "to", "since", "agent", "variant", "node", "reason", "by",
                           "troubled", "live", "limit", "cursor", "zone"})
    EXPECT_THAT(mistakes_of({{name, "70 12 34 !"}}),
                testing::AllOf(testing::Not(testing::IsEmpty()), testing::Not(testing::HasSubstr("12 34"))));
}

call_record some_record() {
  call_record record;
  record.call = {"CA1"};
  record.tenant = {"salon-1"};
  record.from = "+15550100001";
  record.to = "+15550100002";
  record.agent = {"agent_abc"};
  record.state = call_state::ended;
  record.started = at("2026-11-22T10:00:00.000Z");
  record.reason = end_reason::agent_lost;
  record.node = "gateway-1";
  return record;
}

TEST(CallQuery, FitsWhatItAsksFor) {
  const auto record = some_record();
  for (const auto& [name, good, bad] : std::initializer_list<std::tuple<std::string, std::string, std::string>>{
           {"tenant", "salon-1", "salon-2"},
           {"number", "+15550100001", "+15550100003"},
           {"number", "+15550100002", "+1555010000"},
           {"number", "+1555*", "+1556*"},
           {"number", "*0002", "*0003"},
           {"number", "*100001", "*200001"},
           {"number", "555 010-0001", "555 010-0003"},
           {"number", "0015550100002", "0015550100003"},
           {"from", "2026-11-22T10:00:00.000Z", "2026-11-22T10:00:00.001Z"},
           {"to", "2026-11-22T10:00:00.001Z", "2026-11-22T10:00:00.000Z"},
           {"to", "2026-11-22", "2026-11-21"},
           {"agent", "agent_abc", "agent_new"},
           {"variant", "agent_abc", "new"},
           {"node", "gateway-1", "gateway-2"},
           {"reason", "agent_lost", "caller_hung_up"},
           {"by", std::string{to_string(who(end_reason::agent_lost))}, "caller"},
           {"troubled", "true", "false"},
           {"troubled", "true", "agent_lost"},
           {"live", "false", "true"}}) {
    EXPECT_TRUE(fits(read({{name, good}}), record)) << name << "=" << good;
    EXPECT_FALSE(fits(read({{name, bad}}), record)) << name << "=" << bad;
  }
  EXPECT_TRUE(fits(call_query{}, record));
  EXPECT_FALSE(fits(read({{"tenant", "salon-1"}, {"live", "true"}}), record)) << "all of it";
}

TEST(CallQuery, KnowsTroubleAndLiveCalls) {
  auto record = some_record();
  record.troubled = call_trouble{end_reason::agent_not_audible, 31s};
  record.state = call_state::talking;
  record.reason.reset();
  record.variant = "new";
  EXPECT_TRUE(fits(read({{"troubled", "true"}}), record));
  EXPECT_TRUE(fits(read({{"troubled", "agent_not_audible"}}), record));
  EXPECT_FALSE(fits(read({{"troubled", "agent_lost"}}), record));
  EXPECT_FALSE(fits(read({{"troubled", "false"}}), record));
  EXPECT_TRUE(fits(read({{"live", "true"}}), record));
  EXPECT_FALSE(fits(read({{"by", "caller"}}), record));
  EXPECT_FALSE(fits(read({{"variant", "agent_abc"}}), record));
  EXPECT_TRUE(fits(read({{"variant", "new"}}), record));
}

/// One question for who only knows that nobody answers.
TEST(CallQuery, FindsAllThatWentWrongByOneFilter) {
  const auto is_found = [](const call_record& record) {
    const bool wrong = fits(read({{"troubled", "true"}}), record);
    EXPECT_NE(wrong, fits(read({{"troubled", "false"}}), record)) << "in one of the two";
    return wrong;
  };
  auto record = some_record();
  for (const auto reason :
       {end_reason::agent_lost, end_reason::agent_auth_failed, end_reason::agent_not_found, end_reason::tenant_busy,
        end_reason::unknown_number, end_reason::stream_never_came, end_reason::node_lost}) {
    record.reason = reason;
    EXPECT_TRUE(is_found(record)) << to_string(reason);
  }
  for (const auto reason : {end_reason::caller_hung_up, end_reason::agent_ended, end_reason::transferred,
                            end_reason::closed, end_reason::caller_blocked, end_reason::callee_busy}) {
    record.reason = reason;
    record.troubled.reset();
    EXPECT_FALSE(is_found(record)) << to_string(reason);
    record.troubled = call_trouble{end_reason::slow_agent, 5s};
    EXPECT_TRUE(is_found(record)) << to_string(reason) << ", troubled";
  }
  record.reason.reset();
  record.troubled.reset();
  record.state = call_state::talking;
  EXPECT_FALSE(is_found(record)) << "it goes on";
}

}  // namespace
}  // namespace tonris::model
