#include "model/latency/turn_latency.hpp"

#include <gtest/gtest.h>

#include "model/latency/turn_latency_json.hpp"

namespace tonris::model {
namespace {

TEST(TurnLatency, IsJsonAndReadBack) {
  const turn_latency latency{12, 820, 1480, 1920};
  EXPECT_EQ(to_json(latency), R"({"count":12,"p50Ms":820,"p95Ms":1480,"worstMs":1920})");
  for (const auto& one : {latency, turn_latency{}, turn_latency{1, 5, 5, 5}, turn_latency{4294967295, 0, 0, 0}})
    EXPECT_EQ(parse_turn_latency(to_json(one)).value(), one);
}

TEST(TurnLatency, IsReadWithinAnotherDocument) {
  rapidjson::Document document;
  document.Parse(R"({"turns":{"count":1,"p50Ms":5,"p95Ms":5,"worstMs":5,"more":[]}})");
  field_reader fields(document["turns"]);
  EXPECT_EQ(turn_latency_json::read(fields), (turn_latency{1, 5, 5, 5}));
  EXPECT_FALSE(fields.mistake());
}

TEST(TurnLatency, RefusesWhatIsNone) {
  for (const auto& [json, why] : std::initializer_list<std::pair<std::string, codec_errc>>{
           {"", codec_errc::not_json},
           {"[]", codec_errc::not_json},
           {"{}", codec_errc::missing_field},
           {R"({"count":1,"p50Ms":5,"p95Ms":5})", codec_errc::missing_field},
           {R"({"count":-1,"p50Ms":5,"p95Ms":5,"worstMs":5})", codec_errc::bad_field},
           {R"({"count":1,"p50Ms":5.5,"p95Ms":6,"worstMs":6})", codec_errc::bad_field},
           {R"({"count":4294967296,"p50Ms":5,"p95Ms":5,"worstMs":5})", codec_errc::bad_field},
           {R"({"count":1,"p50Ms":6,"p95Ms":5,"worstMs":6})", codec_errc::bad_field},
           {R"({"count":1,"p50Ms":5,"p95Ms":6,"worstMs":5})", codec_errc::bad_field},
           {R"({"count":0,"p50Ms":0,"p95Ms":0,"worstMs":5})", codec_errc::bad_field},
           {std::string(2000, ' '), codec_errc::too_long}}) {
    const auto read = parse_turn_latency(json);
    ASSERT_FALSE(read) << json;
    EXPECT_EQ(read.error(), why) << json;
  }
}

}  // namespace
}  // namespace tonris::model
