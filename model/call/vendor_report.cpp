#include "model/call/vendor_report.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "model/json/writer.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_words = 500, max_summary = 4 * 1024, max_analysis = 64 * 1024;
constexpr double most_credits = 1e15;

std::string bounded(std::string_view text, std::size_t bytes) {
  return std::string{utf8_prefix(text, bytes)};
}

std::string analysis_of(const elevenlabs::post_call& told) {
  if (told.evaluation.empty() && told.data_collection.empty()) return {};
  if (told.evaluation.size() + told.data_collection.size() > max_analysis) return R"({"tooLong":true})";
  std::string text;
  json_writer out{text};
  out.open_object();
  const auto put = [&](std::string_view name, const std::string& json) {
    if (json.empty()) return;
    out.key(name);
    out.json(json);
  };
  put("evaluation", told.evaluation);
  put("dataCollection", told.data_collection);
  out.close_object();
  return text;
}

void read_transcription(const elevenlabs::post_call& told, call_record::vendor_report& to) {
  if (told.duration_seconds && *told.duration_seconds >= 0 &&
      *told.duration_seconds <= std::numeric_limits<std::uint32_t>::max())
    to.seconds = static_cast<std::uint32_t>(*told.duration_seconds);
  if (told.cost && *told.cost >= 0 && *told.cost <= most_credits)
    to.credits = static_cast<std::uint64_t>(std::llround(*told.cost));
  if (told.charge.llm_price && std::isfinite(*told.charge.llm_price)) to.llm_price = told.charge.llm_price;
  to.burst = told.charge.is_burst.value_or(false);
  to.termination = bounded(told.termination_reason, max_words);
  if (told.error_code && *told.error_code >= 0 && *told.error_code <= std::numeric_limits<int>::max())
    to.error_code = static_cast<int>(*told.error_code);
  to.error = bounded(told.error_reason, max_words);
  to.successful = bounded(told.successful, max_words);
  to.summary = bounded(told.summary, max_summary);
  to.analysis = analysis_of(told);
}

}  // namespace

std::optional<call_record::vendor_report> vendor_report_of(const elevenlabs::post_call& told, call_record::time came) {
  if (told.conversation.empty()) return std::nullopt;
  call_record::vendor_report report;
  report.conversation = told.conversation;
  report.agent = told.agent;
  report.at = came;
  switch (told.type) {
    case elevenlabs::post_call_type::transcription: read_transcription(told, report); return report;
    case elevenlabs::post_call_type::audio: return report;
    case elevenlabs::post_call_type::initiation_failure:
      report.successful = "failure";
      if (told.failure) report.error = bounded("the call was not placed: " + told.failure->reason, max_words);
      return report;
    case elevenlabs::post_call_type::other: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace tonris::model
