#include "tools/ctl/gateway.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "config/values.hpp"
#include "model/text/hex.hpp"
#include "net/random_bytes.hpp"
#include "tools/ctl/web_asker.hpp"

namespace tonris::ctl {

namespace {

constexpr std::string_view standard_port = "3000";

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

namespace {

tl::expected<net::http_response, refusal> as_expected(const gateway& of,
                                                      tl::expected<net::http_response, gateway_refusal> got,
                                                      unsigned expected) {
  if (!got) return tl::unexpected(std::move(got.error().line));
  if (got->status != expected) return tl::unexpected(complaint(of, got->status, got->body));
  return *std::move(got);
}

}  // namespace

std::string name_of(const gateway& of) {
  return "The gateway at " + of.origin;
}

refusal complaint(const gateway& of, unsigned status, std::string_view body) {
  const auto said = error_in(status, body);
  return {name_of(of) +
              (said.message.empty() ? " answered with status " + std::to_string(status) : " says: " + said.message),
          said.is_unknown};
}

tl::expected<net::http_response, gateway_refusal> ask_gateway(const gateway& of, std::string_view method,
                                                              const std::string& path, std::string body,
                                                              std::chrono::milliseconds patience,
                                                              const std::string& request_id) {
  net::http_request request;
  request.method = method;
  if (!request_id.empty()) request.fields.set("X-Request-Id", request_id);
  request.fields.set("Accept", "application/json");
  request.fields.set("Authorization", "Bearer " + of.token.reveal());
  if (!body.empty()) request.fields.set("Content-Type", "application/json");
  request.body = std::move(body);
  const auto refused = [&](const std::string& why, bool is_down = false) {
    return tl::unexpected(gateway_refusal{name_of(of) + why, is_down});
  };
  const auto asker = web_asker::make();
  if (!asker) return refused(" was not asked: " + asker.error());
  auto got = (*asker)->send(of.origin + path, std::move(request), patience);
  if (!got) return refused(" does not answer: " + std::string(to_string(got.error().code)), true);
  if (got->status == 401) return refused(" refused ADMIN_TOKEN");
  if (got->status == 403 && got->body.find(R"("administration_off")") != std::string::npos)
    return refused(" runs without ADMIN_TOKEN, so its administration is off");
  return *std::move(got);
}

tl::expected<net::http_response, refusal> ask_for(const gateway& of, std::string_view method, const std::string& path,
                                                  std::string body, unsigned expected,
                                                  std::chrono::milliseconds patience) {
  auto got = ask_gateway(of, method, path, std::move(body), patience);
  return as_expected(of, std::move(got), expected);
}

tl::expected<net::http_response, refusal> ask_once_for(const gateway& of, std::string_view method,
                                                       const std::string& path, const std::string& body,
                                                       unsigned expected, std::chrono::milliseconds patience) {
  std::array<std::uint8_t, 16> bytes{};
  net::fill_with_random(bytes);
  const auto request = model::to_hex(bytes);
  auto got = ask_gateway(of, method, path, body, patience, request);
  if (!got && got.error().is_down) got = ask_gateway(of, method, path, body, patience, request);
  return as_expected(of, std::move(got), expected);
}

}  // namespace tonris::ctl
