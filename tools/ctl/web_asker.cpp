#include "tools/ctl/web_asker.hpp"

#include <future>
#include <utility>

#include "model/json/lookup.hpp"
#include "model/text/address.hpp"
#include "net/run_on.hpp"

namespace tonris::ctl {

namespace {

using model::doctor::reach;

constexpr std::size_t max_answer_bytes = 16 * 1024 * 1024;
constexpr model::json_limits limits{64 * 1024};

reach::outcome outcome_of(net::errc code) {
  switch (code) {
    case net::errc::resolve_failed: return reach::outcome::no_name;
    case net::errc::certificate_refused: return reach::outcome::certificate;
    case net::errc::tls_failed: return reach::outcome::no_tls;
    case net::errc::connect_refused:
    case net::errc::no_descriptors:
    case net::errc::connect_timeout:
    case net::errc::handshake_refused:
    case net::errc::handshake_timeout:
    case net::errc::read_timeout:
    case net::errc::idle_timeout:
    case net::errc::reset:
    case net::errc::closed:
    case net::errc::protocol_error:
    case net::errc::not_text:
    case net::errc::bad_utf8:
    case net::errc::too_big:
    case net::errc::slow_peer:
    case net::errc::aborted:
    case net::errc::internal:
    case net::errc::bad_url:
    case net::errc::address_refused: break;
  }
  return reach::outcome::unreachable;
}

/// {"error":{"code":"…"}}, as the gateway says it.
std::string code_in(std::string_view body) {
  rapidjson::Document document;
  if (!parse_object(body, limits, document)) return {};
  const auto* const error = model::find_field(document, "error");
  if (!error || !error->IsObject()) return {};
  const auto* const code = model::find_field(*error, "code");
  return code && code->IsString() ? std::string{model::text_of(*code)} : std::string{};
}

/// Without what may be a secret in it.
std::string origin_in(std::string_view location) {
  const auto read = model::read_address(location);
  if (!read) return "a path of its own";
  std::string origin{read->scheme};
  origin.append("://").append(read->written_host);
  if (read->has_port) origin.append(":").append(read->port_text);
  return origin;
}

reach reach_of(net::result<net::http_response> got) {
  reach out;
  if (!got) {
    out.is = outcome_of(got.error().code);
    out.why = in_words(got.error());
    return out;
  }
  out.is = reach::outcome::answered;
  out.status = got->status;
  out.server = got->fields.get("Server");
  out.date = got->fields.get("Date");
  if (const auto location = got->fields.get("Location"); !location.empty()) out.location = origin_in(location);
  out.code = code_in(got->body);
  out.body = std::move(got->body);
  return out;
}

}  // namespace

tl::expected<std::unique_ptr<web_asker>, std::string> web_asker::make() {
  auto tls = net::tls_client_context::make();
  if (!tls) return tl::unexpected("no TLS: " + tls.error().detail);
  std::unique_ptr<web_asker> made{new web_asker};
  made->tls_ = *std::move(tls);
  made->io_.start();
  net::run_on(made->io_, [&] {
    made->client_ = net::http_client::make(made->io_, made->tls_, {.max_response_bytes = max_answer_bytes});
  });
  return made;
}

web_asker::~web_asker() {
  net::run_on(io_, [this] { client_.reset(); });
  io_.stop();
}

reach web_asker::ask(std::string_view method, const std::string& url, const net::http_fields& fields, std::string body,
                     std::chrono::milliseconds patience) {
  net::http_request request;
  request.method = method;
  request.fields = fields;
  request.body = std::move(body);
  return reach_of(send(url, std::move(request), patience));
}

net::result<net::http_response> web_asker::send(const std::string& url, net::http_request request,
                                                std::chrono::milliseconds patience) {
  std::promise<net::result<net::http_response>> answer;
  net::run_on(io_, [&] {
    client_->request(url, std::move(request), patience, [&](auto got) { answer.set_value(std::move(got)); });
  });
  return answer.get_future().get();
}

web_asker::handshake web_asker::open_websocket(const std::string& url, const net::http_fields& fields,
                                               std::chrono::milliseconds patience) {
  std::promise<handshake> answer;
  auto attempt = net::run_on(io_, [&] {
    net::websocket_connect_options options;
    options.connect_timeout = options.handshake_timeout = patience / 2;
    options.fields = fields;
    return net::open_websocket(io_, tls_, url, std::move(options), [&](auto opened) {
      if (opened) (*opened)->abort();
      if (opened) return answer.set_value({101, {}});
      const auto& why = opened.error();
      answer.set_value({why.code == net::errc::handshake_refused ? why.http_status : 0, in_words(why)});
    });
  });
  auto came = answer.get_future().get();
  net::run_on(io_, [&] { attempt.reset(); });
  return came;
}

model::doctor::echo_facts web_asker::visit_stream(const std::string& url, const net::http_fields& fields,
                                                  const stream_plan& plan) {
  std::promise<model::doctor::echo_facts> answer;
  auto visit = net::run_on(io_, [&] {
    auto made = std::make_unique<stream_visit>(io_, tls_, plan, [&](const auto& facts) { answer.set_value(facts); });
    made->open(url, fields);
    return made;
  });
  auto came = answer.get_future().get();
  net::run_on(io_, [&] { visit.reset(); });
  return came;
}

}  // namespace tonris::ctl
