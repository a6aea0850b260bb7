#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/doctor/elevenlabs.hpp"
#include "model/doctor/gateway.hpp"
#include "model/doctor/public_address.hpp"
#include "model/doctor/redis.hpp"
#include "model/doctor/report.hpp"
#include "model/doctor/seen_request.hpp"
#include "model/doctor/twilio.hpp"
#include "model/text/http_date.hpp"

namespace doctor = tonris::model::doctor;

namespace {

doctor::reach answered(std::string_view body) {
  doctor::reach out;
  out.is = doctor::reach::outcome::answered;
  out.status = 200;
  out.body = body;
  return out;
}

/// Whatever somebody answers, each finding says on one line each what, why and what to do.
void are_told(const doctor::findings& all) {
  for (const auto& one : all) {
    if (one.what.empty()) std::abort();
    if (one.is != doctor::severity::ok && (one.why.empty() || one.fix.empty())) std::abort();
    for (const auto* words : {&one.what, &one.why, &one.fix})
      if (words->find_first_of("\n\r\x1b") != std::string::npos) std::abort();
  }
  (void)as_text(all);
  (void)as_json(all);
}

}  // namespace

// Laws: as are_told says; and what we read of the gateway's own answer we write again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  (void)tonris::model::parse_http_date(text);
  doctor::vendor_facts vendor;
  vendor.subscription = vendor.webhooks = vendor.phone_numbers = answered(text);
  vendor.post_call_url = "https://gw.example.com/api/webhooks/elevenlabs/post-call";
  are_told(judge(vendor));
  const auto line = text.substr(0, text.find('\n')), rest = text.substr(line.size());  // the list, and the choice
  are_told(judge(doctor::post_call_facts{answered(line), answered(rest), vendor.post_call_url, {}}));
  are_told(judge(doctor::account_facts{"AC1", "api.twilio.com", answered(text), {}}));
  doctor::gateway_facts gateway;
  gateway.ready = answered(text);
  gateway.metrics = text;
  are_told(judge(gateway));
  doctor::redis_facts redis;
  redis.info = text;
  are_told(judge(redis));
  doctor::public_facts at;
  at.origin = "https://gw.example.com";
  at.echo = answered(text);
  at.seen = doctor::parse_seen_request(text);
  are_told(judge(at));
  if (at.seen && doctor::parse_seen_request(to_json(*at.seen)) != at.seen) std::abort();
  return 0;
}
