#include "actors/call/call_log.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace tonris::actors::call_log {

namespace {

std::vector<log::field> about_end(const model::call_record& call) {
  auto fields = whose(call);
  fields.push_back({"reason", to_string(*call.reason)});
  fields.push_back({"by", to_string(who(*call.reason))});
  if (call.answered && call.ended)
    fields.push_back({"durationSeconds", std::chrono::duration<double>(*call.ended - *call.answered).count()});
  return fields;
}

}  // namespace

void write(log::level at, const model::call_record& call, log::text words, std::span<const log::field> more) {
  if (!log::writes(at)) return;
  auto fields = whose(call);
  fields.insert(fields.end(), more.begin(), more.end());
  log::write(at, words, fields);
}
void debug(const model::call_record& call, log::text words, std::initializer_list<log::field> more) {
  write(log::level::debug, call, words, {more.begin(), more.size()});
}
void info(const model::call_record& call, log::text words, std::initializer_list<log::field> more) {
  write(log::level::info, call, words, {more.begin(), more.size()});
}
void warn(const model::call_record& call, log::text words, std::initializer_list<log::field> more) {
  write(log::level::warn, call, words, {more.begin(), more.size()});
}
void error(const model::call_record& call, log::text words, std::initializer_list<log::field> more) {
  write(log::level::error, call, words, {more.begin(), more.size()});
}
void error(const model::twilio::voice_request& request, const tenant_ptr& tenant, log::text words) {
  log::write(log::level::error, words, whose(request, tenant));
}
void warn(const model::call_sid& call, const tenant_ptr& tenant, log::text words) {
  std::vector<log::field> fields{{"call", call}};
  if (tenant) fields.insert(fields.end(), {{"tenant", tenant->id}, {"to", tenant->phone_number}});
  log::write(log::level::warn, words, fields);
}

std::vector<log::field> whose(const model::call_record& call) {
  return {{"call", call.call},
          {"tenant", call.tenant},
          {"to", model::shown_called(call.direction, call.to)},
          {"agent", call.agent}};
}

std::vector<log::field> whose(const model::twilio::voice_request& request, const tenant_ptr& tenant) {
  std::vector<log::field> fields{{"call", request.call}};
  if (tenant) fields.push_back({"tenant", tenant->id});
  fields.push_back({"to", model::shown_called(request.direction, request.to)});
  return fields;
}

log::level level_of(model::end_reason reason) noexcept {
  switch (gravity_of(reason)) {
    case model::gravity::ordinary: return log::level::info;
    case model::gravity::lost: return log::level::warn;
    case model::gravity::alarm: return log::level::error;
  }
  return log::level::warn;
}

void ended(const model::call_record& call) {
  if (!call.reason) return;
  auto fields = about_end(call);
  fields.push_back({"detail", call.end_detail});
  const bool detailed = !call.end_detail.empty();
  if (!call.troubled)
    return log::write(
        level_of(*call.reason),
        detailed ? log::text{"ended: {reason} (by {by}) {detail}"} : log::text{"ended: {reason} (by {by})"}, fields);
  const auto& trouble = *call.troubled;
  fields.push_back({"trouble", to_string(trouble.reason)});
  fields.push_back({"unheardSeconds", std::chrono::round<std::chrono::seconds>(trouble.unheard).count()});
  log::write(
      std::max(level_of(*call.reason), level_of(trouble.reason)),
      detailed
          ? log::text{"ended: {reason} (by {by}) {detail}; in trouble: {trouble}, nothing heard for {unheardSeconds} s"}
          : log::text{"ended: {reason} (by {by}); in trouble: {trouble}, nothing heard for {unheardSeconds} s"},
      fields);
}

void refused(const model::call_record& call) {
  if (call.reason) log::write(level_of(*call.reason), "refused: {reason} (by {by})", about_end(call));
}

}  // namespace tonris::actors::call_log
