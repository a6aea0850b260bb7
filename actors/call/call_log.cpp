#include "actors/call/call_log.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace tonris::actors::call_log {

namespace {

void write_line(log::level at, log::pieces words, const log::fields& fields) {
  if (!log::writes(at)) return;
  std::string text{"Call "};
  text.append(fields.call);
  if (!fields.to.empty())
    text.append(" (").append(fields.tenant.empty() ? "no tenant" : fields.tenant).append(", ").append(fields.to) += ')';
  text.append(": ");
  for (const auto piece : words) text += piece;
  log::write(at, {text}, fields);
}

log::fields about_end(const model::call_record& call) {
  auto fields = about(call);
  fields.reason = to_string(*call.reason);
  fields.by = to_string(who(*call.reason));
  if (call.answered && call.ended)
    fields.duration_seconds = std::chrono::duration<double>(*call.ended - *call.answered).count();
  return fields;
}

}  // namespace

void write(log::level at, const model::call_record& call, log::pieces words) {
  if (log::writes(at)) write_line(at, words, about(call));
}
void debug(const model::call_record& call, log::pieces words) {
  write(log::level::debug, call, words);
}
void info(const model::call_record& call, log::pieces words) {
  write(log::level::info, call, words);
}
void warn(const model::call_record& call, log::pieces words) {
  write(log::level::warn, call, words);
}
void error(const model::call_record& call, log::pieces words) {
  write(log::level::error, call, words);
}
void error(const model::twilio::voice_request& request, const tenant_ptr& tenant, log::pieces words) {
  write_line(log::level::error, words, about(request, tenant));
}
void warn(const model::call_sid& call, const tenant_ptr& tenant, log::pieces words) {
  log::fields fields;
  fields.call = call.value;
  if (tenant) {
    fields.tenant = tenant->id.value;
    fields.to = tenant->phone_number;
  }
  write_line(log::level::warn, words, fields);
}

log::fields about(const model::call_record& call) {
  log::fields fields;
  fields.call = call.call.value;
  fields.tenant = call.tenant.value;
  fields.to = model::shown_called(call.direction, call.to);
  fields.agent = call.agent.value;
  return fields;
}

log::fields about(const model::twilio::voice_request& request, const tenant_ptr& tenant) {
  log::fields fields;
  fields.call = request.call.value;
  if (tenant) fields.tenant = tenant->id.value;
  fields.to = model::shown_called(request.direction, request.to);
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
  const auto fields = about_end(call);
  std::string words{"ended: "};
  words.append(fields.reason).append(" (by ").append(fields.by).append(")");
  if (!call.end_detail.empty()) words.append(" ").append(call.end_detail);
  auto at = level_of(*call.reason);
  if (call.troubled) {
    words.append("; in trouble: ").append(to_string(call.troubled->reason)).append(", nothing heard for ");
    words.append(std::to_string(std::chrono::round<std::chrono::seconds>(call.troubled->unheard).count())).append(" s");
    at = std::max(at, level_of(call.troubled->reason));
  }
  write_line(at, {words}, fields);
}

void refused(const model::call_record& call) {
  if (!call.reason) return;
  const auto fields = about_end(call);
  write_line(level_of(*call.reason), {"refused: ", fields.reason, " (by ", fields.by, ")"}, fields);
}

}  // namespace tonris::actors::call_log
