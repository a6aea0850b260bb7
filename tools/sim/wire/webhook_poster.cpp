#include "tools/sim/wire/webhook_poster.hpp"

#include <random>

#include "model/text/address.hpp"
#include "model/text/hex.hpp"
#include "model/text/percent.hpp"
#include "model/twilio/signature.hpp"
#include "tools/sim/wire/address.hpp"

namespace tonris::sim {
namespace {

constexpr std::chrono::milliseconds promised{3000};

std::string random_hex(std::size_t digits) {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  std::string out;
  while (out.size() < digits) out += model::hex_digits[random() % model::hex_digits.size()];
  return out;
}

bool is_xml(std::string_view content_type) {
  const auto type = content_type.substr(0, content_type.find(';'));
  return type == "text/xml" || type == "application/xml";
}

void check_time(const webhook_poster::answer& got, std::vector<violation>& out) {
  if (got.after > promised) out.push_back({"answer_too_late", std::to_string(got.after.count()) + " ms"});
}

}  // namespace

std::string twilio_account::dialled(std::string_view url) const {
  if (public_origin.empty() || dial_origin.empty()) return std::string{url};
  const auto to = model::read_address(url), ours = model::read_address(public_origin);
  const auto dial = model::read_address(dial_origin);
  if (!to || !ours || !dial || to->authority != ours->authority) return std::string{url};
  const bool is_secure = dial->scheme == "https";
  const bool is_socket = to->scheme.starts_with("ws");
  const std::string scheme = is_socket ? (is_secure ? "wss" : "ws") : (is_secure ? "https" : "http");
  return scheme + "://" + std::string{dial->authority} + std::string{to->target};
}

std::string form_encoded(const form_fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += model::percent_encoded(name);
    out += '=';
    out += model::percent_encoded(value);
  }
  return out;
}

std::string random_uuid() {
  auto hex = random_hex(32);
  hex[12] = '4';
  hex[16] = 'a';
  std::string out;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    out += hex[i];
  }
  return out;
}

std::string random_sid(std::string_view prefix) {
  return std::string{prefix} + random_hex(32);
}

void webhook_poster::send(const std::string& url, std::string_view method, const form_fields& fields,
                          std::function<void(net::result<answer>)> done, const std::string& token,
                          std::chrono::milliseconds at_most) {
  net::http_request request;
  request.method = std::string{method};
  request.fields.set("User-Agent", "TwilioProxy/1.1");
  request.fields.set("Accept", "*/*");
  request.fields.set("I-Twilio-Idempotency-Token", token);
  auto target = url.substr(0, url.find('#'));
  if (method == "GET") {
    target += target.find('?') == std::string::npos ? '?' : '&';
    target += form_encoded(fields);
    request.fields.set("X-Twilio-Signature", model::twilio::signature(account_.token, as_signed(target), {}));
  } else {
    request.fields.set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
    request.fields.set("X-Twilio-Signature", model::twilio::signature(account_.token, as_signed(target), fields));
    request.body = form_encoded(fields);
  }
  const auto begin = std::chrono::steady_clock::now();
  client_.request(
      account_.dialled(target), std::move(request), at_most,
      [begin, done = std::move(done)](net::result<net::http_response> got) {
        const auto after =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
        if (!got) return done(tl::unexpected{got.error()});
        done(answer{got->status, std::string{got->fields.get("Content-Type")}, std::move(got->body), after});
      });
}

std::vector<violation> faults_of_document_answer(const webhook_poster::answer& got) {
  std::vector<violation> out;
  check_time(got, out);
  if (got.status != 200) out.push_back({"answer_not_200", "status " + std::to_string(got.status)});
  if (!is_xml(got.content_type))
    out.push_back({"answer_not_xml_type", "Content-Type \"" + got.content_type.substr(0, 60) + "\" is read aloud"});
  return out;
}

std::vector<violation> faults_of_callback_answer(const webhook_poster::answer& got) {
  std::vector<violation> out;
  check_time(got, out);
  if (got.status < 200 || got.status > 299)
    out.push_back({"callback_refused", "status " + std::to_string(got.status) + " (15003)"});
  else if (!got.body.empty() && !is_xml(got.content_type))
    out.push_back({"callback_not_xml", "a status callback was answered with something other than XML"});
  return out;
}

}  // namespace tonris::sim
