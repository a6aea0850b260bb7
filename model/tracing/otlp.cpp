#include "model/tracing/otlp.hpp"

#include <algorithm>
#include <chrono>

#include "model/json/writer.hpp"

namespace tonris::model {

namespace {

constexpr int status_error = 2;

std::string nanoseconds_of(trace_span::time at) {
  const auto since_1970 = std::chrono::nanoseconds{at.time_since_epoch()}.count();
  return std::to_string(std::max<std::int64_t>(since_1970, 0));
}

struct value_writer {
  json_writer& out;
  void operator()(const std::string& text) const { out.member("stringValue", text); }
  void operator()(std::int64_t number) const { out.member("intValue", std::to_string(number)); }
  void operator()(bool flag) const { out.member("boolValue", flag); }
};

void put(json_writer& out, const trace_span::attribute& attribute) {
  out.open_object();
  out.member("key", attribute.first);
  out.open_object("value");
  std::visit(value_writer{out}, attribute.second);
  out.close_object();
  out.close_object();
}

void put(json_writer& out, const std::vector<trace_span::attribute>& attributes) {
  out.open_list("attributes");
  for (const auto& one : attributes) put(out, one);
  out.close_list();
}

void put(json_writer& out, const std::vector<trace_span::event>& events) {
  if (events.empty()) return;
  out.open_list("events");
  for (const auto& one : events) {
    out.open_object();
    out.member("timeUnixNano", nanoseconds_of(one.at));
    out.member("name", one.name);
    out.close_object();
  }
  out.close_list();
}

void put(json_writer& out, const trace_id& trace, const trace_span& span) {
  out.open_object();
  out.member("traceId", to_string(trace));
  out.member("spanId", to_string(span.id));
  if (span.parent) out.member("parentSpanId", to_string(*span.parent));
  out.member("name", span.name);
  out.member("kind", static_cast<unsigned>(span.kind));
  out.member("startTimeUnixNano", nanoseconds_of(span.start));
  out.member("endTimeUnixNano", nanoseconds_of(span.end));
  put(out, span.attributes);
  put(out, span.events);
  if (span.failure) {
    out.open_object("status");
    out.member("code", status_error);
    out.member("message", *span.failure);
    out.close_object();
  }
  out.close_object();
}

void put(json_writer& out, const trace_resource& resource) {
  std::vector<trace_span::attribute> attributes{{"service.name", resource.service}};
  if (!resource.version.empty()) attributes.emplace_back("service.version", resource.version);
  if (!resource.instance.empty()) attributes.emplace_back("service.instance.id", resource.instance);
  attributes.insert(attributes.end(), resource.more.begin(), resource.more.end());
  out.open_object("resource");
  put(out, attributes);
  out.close_object();
}

}  // namespace

std::string to_otlp_json(std::span<const call_trace> traces, const trace_resource& resource) {
  std::string json;
  json_writer out(json);
  out.open_object();
  out.open_list("resourceSpans");
  out.open_object();
  put(out, resource);
  out.open_list("scopeSpans");
  out.open_object();
  out.open_object("scope");
  out.member("name", "tonris");
  out.close_object();
  out.open_list("spans");
  for (const auto& trace : traces)
    for (const auto& span : trace.spans) put(out, trace.trace, span);
  out.close_list();
  out.close_object();
  out.close_list();
  out.close_object();
  out.close_list();
  out.close_object();
  return json;
}

}  // namespace tonris::model
