#include "tools/ctl/gateway_calls.hpp"

#include <future>
#include <utility>

#include "config/dotenv.hpp"
#include "config/values.hpp"
#include "model/text/trimmed.hpp"
#include "net/http_client.hpp"
#include "net/run_on.hpp"

namespace tonris::ctl {

namespace {

constexpr std::size_t max_answer_bytes = 16 * 1024 * 1024;
constexpr std::string_view standard_port = "3000";

/// As the gateway reads its own settings: an empty value means the default, and wins over what comes after it.
std::string setting(std::string_view name, const lookup& environment, const config::dotenv& file) {
  std::string value;
  if (auto given = environment(name))
    value = *std::move(given);
  else if (const auto line = file.values.find(name); line != file.values.end())
    value = line->second;
  return std::string(model::trimmed(value));
}

/// Another 404 comes from a proxy, or from a gateway that has no such path.
bool is_unknown_call(const net::http_response& answer) {
  return answer.status == 404 && answer.body.find(R"("call_not_found")") != std::string::npos;
}

net::result<net::http_response> get(const std::string& url, const config::secret& token,
                                    std::chrono::milliseconds patience) {
  auto tls = net::tls_client_context::make();
  if (!tls) return tl::unexpected(tls.error());
  net::http_request request;
  request.method = "GET";
  request.fields.set("Accept", "application/json");
  request.fields.set("Authorization", "Bearer " + token.reveal());
  std::promise<net::result<net::http_response>> answer;
  net::loop io{"tonrisctl"};
  io.start();
  auto client = net::run_on(io, [&] {
    auto made = net::http_client::make(io, *tls, {.max_response_bytes = max_answer_bytes});
    made->request(url, std::move(request), patience, [&](auto got) { answer.set_value(std::move(got)); });
    return made;
  });
  auto got = answer.get_future().get();
  net::run_on(io, [&] { client.reset(); });
  return got;
}

std::string name_of(const gateway& of) {
  return "The gateway at " + of.origin;
}

/// The body of its answer; none: it does not know the call.
tl::expected<std::optional<std::string>, std::string> ask(const gateway& of, const std::string& path,
                                                          std::chrono::milliseconds patience) {
  auto got = get(of.origin + path, of.token, patience);
  if (!got)
    return tl::unexpected(name_of(of) + " does not answer: " + std::string(to_string(got.error().code)) +
                          "; where it is down, --data-dir reads its store");
  switch (got->status) {
    case 200: return std::move(got->body);
    case 401: return tl::unexpected(name_of(of) + " refused ADMIN_TOKEN");
    case 403: return tl::unexpected(name_of(of) + " runs without ADMIN_TOKEN, so its administration is off");
    default:
      if (is_unknown_call(*got)) return std::nullopt;
      return tl::unexpected(name_of(of) + " answered with status " + std::to_string(got->status));
  }
}

}  // namespace

tl::expected<gateway, std::string> find_gateway(std::string_view url, const lookup& environment,
                                                std::string_view env_file) {
  const auto file = config::parse_dotenv(env_file);
  gateway found;
  if (url.empty()) {
    const std::string door{setting("ADMIN_PORT", environment, file).empty() ? "PORT" : "ADMIN_PORT"};
    const auto port = setting(door, environment, file);
    if (!port.empty() && !config::values::whole(port, 1, 65'535))
      return tl::unexpected(door + " must be a whole number from 1 to 65535");
    // Its certificate is for the public name, which this machine's own address will not match.
    if (!setting("TLS_CERT_FILE", environment, file).empty())
      return tl::unexpected(
          std::string("The gateway serves with TLS: name it as its certificate does, with --gateway https://…"));
    found.origin = "http://127.0.0.1:" + (port.empty() ? std::string(standard_port) : port);
  } else {
    const auto origin = config::values::parse_origin(url);
    if (!origin.mistake.empty()) return tl::unexpected("--gateway " + std::string(origin.mistake));
    found.origin = origin.text;
  }
  found.token = config::secret{setting("ADMIN_TOKEN", environment, file)};
  if (found.token.empty())
    return tl::unexpected(
        std::string("ADMIN_TOKEN is not set, neither in the environment nor in .env; --data-dir needs none"));
  if (!config::values::is_plain_word(found.token.reveal()))
    return tl::unexpected(std::string("ADMIN_TOKEN must be printable ASCII without blanks"));
  return found;
}

tl::expected<std::vector<model::timeline_event>, std::string> events_from(const gateway& of,
                                                                          const model::call_sid& call,
                                                                          std::chrono::milliseconds patience) {
  const auto got = ask(of, "/api/calls/" + call.value + "/events", patience);
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
