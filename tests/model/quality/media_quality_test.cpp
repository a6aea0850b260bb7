#include "model/quality/media_quality_json.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

template <class Quality>
std::string to_json(const Quality& of) {
  std::string json;
  json_writer out{json};
  media_quality_json::write(out, of);
  return json;
}

template <class Quality>
decoded<Quality> parse(const std::string& json, Quality (*read)(field_reader&)) {
  rapidjson::Document document;
  if (const auto parsed = parse_object(json, {.bytes = 1024}, document); !parsed) return tl::unexpected(parsed.error());
  field_reader fields(document);
  const auto found = read(fields);
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return found;
}

constexpr std::uint32_t most = 4'294'967'295;

TEST(MediaQuality, IsJsonAndReadBack) {
  const caller_quality came{14, 3'200, 900, 1'200, 1'310, 70, 3, 2, 1, 3'212, 24'100};
  EXPECT_EQ(to_json(came),
            R"({"gaps":14,"gapMs":3200,"cutMs":900,"longestGapMs":1200,"longestPauseMs":1310,"late":70,"lost":3,)"
            R"("outOfOrder":2,"duplicates":1,"jitterMs":3.212,"worstJitterMs":24.1})");
  for (const auto& one :
       {came, caller_quality{}, caller_quality{most, most, most, most, most, most, most, most, most, most, most}})
    EXPECT_EQ(parse(to_json(one), media_quality_json::read_caller).value(), one);
  const agent_quality played{120, 56'000, 2, 410, 280, 40, 310};
  EXPECT_EQ(to_json(played), R"({"chunks":120,"audioMs":56000,"pauses":2,"longestPauseMs":410,)"
                             R"("playbackLag":{"marks":280,"meanMs":40,"worstMs":310}})");
  for (const auto& one : {played, agent_quality{}, agent_quality{most, most, most, most, most, most, most}})
    EXPECT_EQ(parse(to_json(one), media_quality_json::read_agent).value(), one);
}

std::string with(std::string json, const std::string& what, const std::string& instead) {
  const auto at = json.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return json.replace(at, what.size(), instead);
}

TEST(MediaQuality, RefusesWhatIsNone) {
  const auto came = to_json(caller_quality{14, 3'200, 900, 1'200, 1'310, 70, 3, 2, 1, 3'212, 24'100});
  for (const auto& [what, instead, why] : std::initializer_list<std::tuple<std::string, std::string, codec_errc>>{
           {R"("gaps":14,)", "", codec_errc::missing_field},
           {R"("late":70)", R"("late":-1)", codec_errc::bad_field},
           {R"("late":70)", R"("late":4294967296)", codec_errc::bad_field},
           {R"("late":70)", R"("late":7.5)", codec_errc::bad_field},
           {R"("cutMs":900)", R"("cutMs":3201)", codec_errc::bad_field},
           {R"("longestGapMs":1200)", R"("longestGapMs":3201)", codec_errc::bad_field},
           {R"("jitterMs":3.212)", R"("jitterMs":24.2)", codec_errc::bad_field},
           {R"("jitterMs":3.212)", R"("jitterMs":-1)", codec_errc::bad_field},
           {R"("worstJitterMs":24.1)", R"("worstJitterMs":5000000)", codec_errc::bad_field}}) {
    const auto read = parse(with(came, what, instead), media_quality_json::read_caller);
    ASSERT_FALSE(read) << instead;
    EXPECT_EQ(read.error(), why) << instead;
  }
  const auto played = to_json(agent_quality{120, 56'000, 2, 410, 280, 40, 310});
  for (const auto& [what, instead] :
       std::initializer_list<std::pair<std::string, std::string>>{{R"("chunks":120)", R"("chunks":"many")"},
                                                                  {R"("marks":280)", R"("marks":0)"},
                                                                  {R"("meanMs":40)", R"("meanMs":311)"},
                                                                  {R"({"marks":280,"meanMs":40,"worstMs":310})", "7"}})
    EXPECT_FALSE(parse(with(played, what, instead), media_quality_json::read_agent)) << instead;
}

}  // namespace
}  // namespace tonris::model
