#include "tools/ctl/gateway_calls.hpp"

#include <utility>

namespace tonris::ctl {

namespace {

/// Another 404 comes from a proxy, or from a gateway that has no such path.
bool is_unknown_call(const net::http_response& answer) {
  return answer.status == 404 && answer.body.find(R"("call_not_found")") != std::string::npos;
}

/// The body of its answer; none: it does not know the call.
tl::expected<std::optional<std::string>, std::string> ask(const gateway& of, const std::string& path,
                                                          std::chrono::milliseconds patience) {
  auto got = ask_gateway(of, "GET", path, "", patience);
  if (!got)
    return tl::unexpected(got.error().line +
                          (got.error().is_down ? "; where it is down, --data-dir reads its store" : ""));
  if (got->status == 200) return std::move(got->body);
  if (is_unknown_call(*got)) return std::nullopt;
  return tl::unexpected(name_of(of) + " answered with status " + std::to_string(got->status));
}

}  // namespace

tl::expected<std::vector<model::timeline_event>, std::string> events_from(const gateway& of,
                                                                          const model::call_sid& call,
                                                                          std::chrono::milliseconds patience) {
  const auto got = ask(of, "/api/calls/" + call.value + "/timeline", patience);
  if (!got) return tl::unexpected(got.error());
  if (!*got) return std::vector<model::timeline_event>{};
  auto events = parse_events(call, **got);
  if (!events) return tl::unexpected(name_of(of) + " answered with something that is no list of events");
  return *std::move(events);
}

tl::expected<std::optional<model::call_record>, std::string> record_from(const gateway& of, const model::call_sid& call,
                                                                         std::chrono::milliseconds patience) {
  const auto got = ask(of, "/api/calls/" + call.value, patience);
  if (!got) return tl::unexpected(got.error());
  if (!*got) return std::nullopt;
  auto record = model::parse_call_record(**got);
  if (!record) return tl::unexpected(name_of(of) + " answered with something that is no record of a call");
  return *std::move(record);
}

}  // namespace tonris::ctl
