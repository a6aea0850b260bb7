/// The doctor's look at the way that Twilio and ElevenLabs go: through APP_BASE_URL, and whatever stands before it.
#include <chrono>
#include <utility>

#include "model/access/doctor_proof.hpp"
#include "model/doctor/public_address.hpp"
#include "model/elevenlabs/signature.hpp"
#include "model/text/address.hpp"
#include "model/text/digest.hpp"
#include "model/text/hex.hpp"
#include "model/twilio/number.hpp"
#include "model/twilio/signature.hpp"
#include "net/random_bytes.hpp"
#include "tools/ctl/doctor_areas.hpp"
#include "tools/ctl/web_asker.hpp"

namespace tonris::ctl {

namespace {

namespace doctor = model::doctor;
namespace twilio = model::twilio;

constexpr std::string_view form_type = "application/x-www-form-urlencoded";
constexpr std::size_t large_bytes = 1'100'000;  // above 1 MiB, where nginx stops by itself
constexpr unsigned forbidden = 403, not_found = 404;
constexpr std::size_t short_bytes = 20, long_bytes = 100'000;  // a frame of 64 KiB and more has a longer head
constexpr std::chrono::milliseconds pinged_for{3'000}, ping_every{900};
constexpr std::chrono::milliseconds silent_for{65'000};  // most proxies give up after 60 s

std::string random_hex() {
  std::uint8_t bytes[16];
  net::fill_with_random(bytes);
  return model::to_hex(bytes);
}

std::int64_t unix_seconds() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool is_local(std::string_view url) {
  const auto read = model::read_address(url);
  return read && model::is_loopback(read->host);
}

/// Goes through the public address, as both vendors would.
class visitor {
 public:
  visitor(const patient& p, web_asker& web, const remaining_time& time) : p_(p), web_(web), time_(time) {}

  findings look() {
    facts_.origin = p_.settings.app_base_url;
    facts_.meets_simulators = is_local(p_.settings.twilio_api_base_url);
    send_echo();
    const bool goes_on = facts_.seen || !facts_.echo_not_sent.empty();
    if (goes_on) send_further();
    auto all = judge(facts_);
    if (is_counted())
      all.push_back(doctor::not_looked_at(doctor::area::public_address, "the opening of a stream",
                                          "TWILIO_AUTH_TOKEN's signature is refused already, and without ADMIN_TOKEN "
                                          "each such request counts as one of Twilio's"));
    else if (goes_on)
      for (auto& one : judge(open_stream())) all.push_back(std::move(one));
    return all;
  }

 private:
  [[nodiscard]] std::string url(std::string_view target) const { return facts_.origin + std::string{target}; }

  /// As Twilio signs a form that it posts there.
  [[nodiscard]] net::http_fields signed_fields(std::string_view target, const model::form& form) const {
    net::http_fields fields;
    fields.set("Content-Type", form_type);
    const auto signed_urls = twilio::webhook_candidates(facts_.origin, target);
    if (!signed_urls.empty())
      fields.set("X-Twilio-Signature", twilio::signature(p_.first_token(), signed_urls.front(), form));
    prove_who_signs(fields);
    return fields;
  }
  /// To who takes it for what Twilio does: it is not counted as that. By what it is signed with where there is nothing
  /// else: whether that is Twilio's at the gateway is what is to be found out.
  void prove_who_signs(net::http_fields& fields) const {
    const auto& admin = p_.settings.admin_token;
    prove(admin.empty() ? p_.first_token() : admin.reveal(), fields);
  }
  static void prove(std::string_view secret, net::http_fields& fields) {
    if (!secret.empty()) fields.set(model::doctor_field, model::doctor_proof(secret, unix_seconds()));
  }
  [[nodiscard]] net::http_fields echo_fields(std::string_view target, const model::form& form) const {
    auto fields = signed_fields(target, form);
    fields.set("X-Webhook-Secret", "of-the-doctor");
    fields.set("ElevenLabs-Signature", "t=0,v0=of-the-doctor");
    return fields;
  }

  void send_echo() {
    if (p_.settings.admin_token.empty()) {
      facts_.echo_not_sent = "ADMIN_TOKEN is not set: the gateway tells that to nobody else";
      return;
    }
    const model::form form{{"CallSid", "CA" + random_hex()}, {"CallerName", " O'Brien & Söhne "}, {"FromCity", ""}};
    const auto body = twilio::form_body(form);
    const auto target = std::string{doctor::echo_path} + "?doctor=O%27Brien+%26+S%C3%B6hne&b=%2F";
    facts_.sent = {"POST", target, std::string{form_type}, body.size(), model::sha256_hex(body)};
    const auto began = std::chrono::steady_clock::now();
    facts_.echo = web_.ask("POST", url(target), echo_fields(target, form), body, time_.for_one());
    facts_.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    if (facts_.echo.status == 200) facts_.seen = doctor::parse_seen_request(facts_.echo.body);
  }

  void send_further() {
    if (facts_.seen) {
      const model::form form{{"Doctor", std::string(large_bytes, 'x')}};
      facts_.large_bytes = large_bytes;
      facts_.large = web_.ask("POST", url(doctor::echo_path), echo_fields(doctor::echo_path, form),
                              twilio::form_body(form), time_.for_one());
    }
    if (!p_.first_token().empty()) send_webhook();
    if (!p_.settings.elevenlabs_webhook_secrets.empty()) send_callbacks();
  }

  /// The gateway knows the doctor neither by ADMIN_TOKEN nor by what it signs with.
  [[nodiscard]] bool is_counted() const {
    return !facts_.echo_not_sent.empty() && facts_.webhook && facts_.webhook->status == forbidden;
  }

  /// Of a call that nobody has: it changes nothing.
  void send_webhook() {
    constexpr std::string_view target = "/api/webhooks/twilio/status";
    const model::form form{{"CallSid", "CA" + random_hex()}, {"AccountSid", p_.settings.twilio_account_sid},
                           {"From", "+15550100001"},         {"To", "+15550100002"},
                           {"CallStatus", "completed"},      {"Direction", "inbound"},
                           {"ApiVersion", "2010-04-01"}};
    facts_.webhook =
        web_.ask("POST", url(target), signed_fields(target, form), twilio::form_body(form), time_.for_one());
  }

  /// What ElevenLabs would ask before a conversation of its own, which is answered to whoever asks.
  void send_callbacks() {
    const auto target = url("/api/webhooks/elevenlabs/conversation-initiation");
    const std::string body = "{}";
    const auto& secret = p_.settings.elevenlabs_webhook_secrets.front().reveal();
    net::http_fields shown, signs;
    shown.set("Content-Type", "application/json");
    signs = shown;
    shown.set("X-Webhook-Secret", secret);
    signs.set("ElevenLabs-Signature", model::elevenlabs::sign(secret, unix_seconds(), body));
    facts_.with_secret = web_.ask("POST", target, shown, body, time_.for_one());
    facts_.with_signature = web_.ask("POST", target, signs, body, time_.for_one());
  }

  /// With a ticket that nobody gave out: the gateway refuses it once the signature was found to be right.
  doctor::stream_facts open_stream() {
    using upgrade = doctor::stream_facts::upgrade;
    const auto target = "/media-stream/" + random_hex();
    doctor::stream_facts stream;
    stream.plain = web_.ask("GET", url(target), {}, "", time_.for_one());
    if (stream.plain.code != "upgrade_required") return stream;
    const auto signed_urls = twilio::stream_candidates(facts_.origin, target);
    net::http_fields fields;
    if (!signed_urls.empty())
      fields.set("X-Twilio-Signature", twilio::signature(p_.first_token(), signed_urls.front(), {}));
    prove_who_signs(fields);
    const auto came =
        web_.open_websocket("ws" + url(target).substr(std::string_view{"http"}.size()), fields, time_.for_one());
    stream.status = came.status;
    stream.why = came.why;
    stream.is = came.status == 0 ? upgrade::failed : came.status == 101 ? upgrade::opened : upgrade::answered;
    if (stream.is == upgrade::answered && stream.status == not_found) try_stream(stream);
    return stream;
  }

  /// What the opening does not show: that frames pass, long ones and pings as well, and that silence is borne.
  void try_stream(doctor::stream_facts& stream) {
    if (!facts_.seen) {
      stream.echo_not_tried = "the gateway sends things back to who has shown it that he knows ADMIN_TOKEN";
      return;
    }
    net::http_fields fields;
    prove(p_.settings.admin_token.reveal(), fields);
    const auto to = "ws" + url(doctor::echo_stream_path).substr(std::string_view{"http"}.size());
    stream.echo = web_.visit_stream(to, fields, {{short_bytes, long_bytes, short_bytes}, pinged_for, ping_every});
    if (!p_.takes_long || stream.echo->reached != doctor::echo_facts::step::done) return;
    prove(p_.settings.admin_token.reveal(), fields);
    stream.in_silence = web_.visit_stream(to, fields, {{short_bytes}, silent_for});
  }

  const patient& p_;
  web_asker& web_;
  const remaining_time& time_;
  doctor::public_facts facts_;
};

}  // namespace

findings look_at_public_address(const patient& p, const remaining_time& time) {
  constexpr auto here = doctor::area::public_address;
  if (p.settings.app_base_url.empty())
    return {doctor::not_looked_at(here, "the public address", "APP_BASE_URL is not set")};
  const auto web = web_asker::make();
  if (!web) return {doctor::not_looked_at(here, "the public address", web.error())};
  return visitor{p, **web, time}.look();
}

}  // namespace tonris::ctl
