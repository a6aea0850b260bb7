#include "model/latency/turn_latency.hpp"

#include <limits>

#include "model/latency/turn_latency_json.hpp"

namespace tonris::model {

namespace {

constexpr json_limits limits{.bytes = 1024, .values = 100};

std::uint32_t read_count(field_reader& fields, std::string_view name) {
  const auto number = fields.whole(name);
  if (number > std::numeric_limits<std::uint32_t>::max()) fields.refuse(codec_errc::bad_field);
  return static_cast<std::uint32_t>(number);
}

bool contradicts_itself(const turn_latency& of) noexcept {
  return of.p50_ms > of.p95_ms || of.p95_ms > of.worst_ms || (of.count == 0 && of.worst_ms > 0);
}

}  // namespace

void turn_latency_json::write(json_writer& out, const turn_latency& latency) {
  out.open_object();
  out.member("count", latency.count);
  out.member("p50Ms", latency.p50_ms);
  out.member("p95Ms", latency.p95_ms);
  out.member("worstMs", latency.worst_ms);
  out.close_object();
}

turn_latency turn_latency_json::read(field_reader& fields) {
  const turn_latency latency{read_count(fields, "count"), read_count(fields, "p50Ms"), read_count(fields, "p95Ms"),
                             read_count(fields, "worstMs")};
  if (contradicts_itself(latency)) fields.refuse(codec_errc::bad_field);
  return latency;
}

std::string to_json(const turn_latency& latency) {
  std::string json;
  json_writer out(json);
  turn_latency_json::write(out, latency);
  return json;
}

decoded<turn_latency> parse_turn_latency(std::string_view json) {
  rapidjson::Document document;
  if (const auto parsed = parse_object(json, limits, document); !parsed) return tl::unexpected(parsed.error());
  field_reader fields(document);
  const auto latency = turn_latency_json::read(fields);
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return latency;
}

}  // namespace tonris::model
