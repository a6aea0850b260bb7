#include "model/latency/turn_latency.hpp"

#include <gtest/gtest.h>

#include "model/latency/turn_latency_json.hpp"

namespace tonris::model {
namespace {

std::string to_json(const turn_latency& latency) {
  std::string json;
  json_writer out{json};
  turn_latency_json::write(out, latency);
  return json;
}

decoded<turn_latency> parse(const std::string& json) {
  rapidjson::Document document;
  if (const auto parsed = parse_object(json, {.bytes = 1024}, document); !parsed) return tl::unexpected(parsed.error());
  field_reader fields(document);
  const auto latency = turn_latency_json::read(fields);
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return latency;
}

TEST(TurnLatency, IsJsonAndReadBack) {
  const turn_latency latency{12, 820, 1480, 1920};
  EXPECT_EQ(to_json(latency), R"({"count":12,"p50Ms":820,"p95Ms":1480,"worstMs":1920})");
  for (const auto& one : {latency, turn_latency{}, turn_latency{1, 5, 5, 5}, turn_latency{4294967295, 0, 0, 0}})
    EXPECT_EQ(parse(to_json(one)).value(), one);
}

TEST(TurnLatency, RefusesWhatIsNone) {
  for (const auto& [json, why] : std::initializer_list<std::pair<std::string, codec_errc>>{
           {"{}", codec_errc::missing_field},
           {R"({"count":1,"p50Ms":5,"p95Ms":5})", codec_errc::missing_field},
           {R"({"count":-1,"p50Ms":5,"p95Ms":5,"worstMs":5})", codec_errc::bad_field},
           {R"({"count":1,"p50Ms":5.5,"p95Ms":6,"worstMs":6})", codec_errc::bad_field},
           {R"({"count":4294967296,"p50Ms":5,"p95Ms":5,"worstMs":5})", codec_errc::bad_field},
           {R"({"count":1,"p50Ms":6,"p95Ms":5,"worstMs":6})", codec_errc::bad_field},
           {R"({"count":1,"p50Ms":5,"p95Ms":6,"worstMs":5})", codec_errc::bad_field},
           {R"({"count":0,"p50Ms":0,"p95Ms":0,"worstMs":5})", codec_errc::bad_field}}) {
    const auto read = parse(json);
    ASSERT_FALSE(read) << json;
    EXPECT_EQ(read.error(), why) << json;
  }
}

}  // namespace
}  // namespace tonris::model
