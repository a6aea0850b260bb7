#include "model/quality/media_quality_json.hpp"

#include <cmath>
#include <limits>
#include <string_view>

namespace tonris::model::media_quality_json {

namespace {

constexpr double us_a_ms = 1000;

std::uint32_t count_of(field_reader& fields, std::string_view name) {
  const auto number = fields.whole(name);
  if (number > std::numeric_limits<std::uint32_t>::max()) fields.refuse(codec_errc::bad_field);
  return static_cast<std::uint32_t>(number);
}

/// Milliseconds, to the microsecond.
std::uint32_t microseconds_of(field_reader& fields, std::string_view name) {
  const auto us = std::round(fields.number(name) * us_a_ms);
  if (us >= 0 && us <= std::numeric_limits<std::uint32_t>::max()) return static_cast<std::uint32_t>(us);
  fields.refuse(codec_errc::bad_field);
  return 0;
}

}  // namespace

void write(json_writer& out, const caller_quality& of) {
  out.open_object();
  out.member("gaps", of.gaps);
  out.member("gapMs", of.gap_ms);
  out.member("cutMs", of.cut_ms);
  out.member("longestGapMs", of.longest_gap_ms);
  out.member("longestPauseMs", of.longest_pause_ms);
  out.member("late", of.late);
  out.member("lost", of.lost);
  out.member("outOfOrder", of.out_of_order);
  out.member("duplicates", of.duplicates);
  out.member("jitterMs", of.jitter_us / us_a_ms);
  out.member("worstJitterMs", of.worst_jitter_us / us_a_ms);
  out.close_object();
}

void write(json_writer& out, const agent_quality& of) {
  out.open_object();
  out.member("chunks", of.chunks);
  out.member("audioMs", of.audio_ms);
  out.member("pauses", of.pauses);
  out.member("longestPauseMs", of.longest_pause_ms);
  if (of.marks > 0) {
    out.open_object("playbackLag");
    out.member("marks", of.marks);
    out.member("meanMs", of.mean_lag_ms);
    out.member("worstMs", of.worst_lag_ms);
    out.close_object();
  }
  out.close_object();
}

caller_quality read_caller(field_reader& fields) {
  caller_quality read;
  read.gaps = count_of(fields, "gaps");
  read.gap_ms = count_of(fields, "gapMs");
  read.cut_ms = count_of(fields, "cutMs");
  read.longest_gap_ms = count_of(fields, "longestGapMs");
  read.longest_pause_ms = count_of(fields, "longestPauseMs");
  read.late = count_of(fields, "late");
  read.lost = count_of(fields, "lost");
  read.out_of_order = count_of(fields, "outOfOrder");
  read.duplicates = count_of(fields, "duplicates");
  read.jitter_us = microseconds_of(fields, "jitterMs");
  read.worst_jitter_us = microseconds_of(fields, "worstJitterMs");
  if (read.cut_ms > read.gap_ms || read.longest_gap_ms > read.gap_ms || read.jitter_us > read.worst_jitter_us)
    fields.refuse(codec_errc::bad_field);
  return read;
}

agent_quality read_agent(field_reader& fields) {
  agent_quality read;
  read.chunks = count_of(fields, "chunks");
  read.audio_ms = count_of(fields, "audioMs");
  read.pauses = count_of(fields, "pauses");
  read.longest_pause_ms = count_of(fields, "longestPauseMs");
  if (const auto* const lag = fields.optional_object("playbackLag")) {
    field_reader of_lag(*lag);
    read.marks = count_of(of_lag, "marks");
    read.mean_lag_ms = count_of(of_lag, "meanMs");
    read.worst_lag_ms = count_of(of_lag, "worstMs");
    if (read.mean_lag_ms > read.worst_lag_ms || read.marks == 0) of_lag.refuse(codec_errc::bad_field);
    if (of_lag.mistake()) fields.refuse(*of_lag.mistake());
  }
  return read;
}

}  // namespace tonris::model::media_quality_json
