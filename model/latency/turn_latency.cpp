#include "model/latency/turn_latency.hpp"

#include <limits>

#include "model/latency/turn_latency_json.hpp"

namespace tonris::model {

namespace {

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

}  // namespace tonris::model
