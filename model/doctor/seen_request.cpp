#include "model/doctor/seen_request.hpp"

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"

namespace tonris::model::doctor {

namespace {

constexpr json_limits limits{64 * 1024};

struct text_member {
  const char* name;
  std::string seen_request::*of;
};
constexpr text_member texts[] = {{"version", &seen_request::version},
                                 {"publicOrigin", &seen_request::public_origin},
                                 {"expectedUrl", &seen_request::expected_url},
                                 {"method", &seen_request::method},
                                 {"target", &seen_request::target},
                                 {"host", &seen_request::host},
                                 {"contentType", &seen_request::content_type},
                                 {"forwardedHost", &seen_request::forwarded_host},
                                 {"forwardedProto", &seen_request::forwarded_proto},
                                 {"peer", &seen_request::peer},
                                 {"bodySha256", &seen_request::body_sha256}};
struct flag_member {
  const char* name;
  bool seen_request::*of;
};
constexpr flag_member flags[] = {{"peerIsTrusted", &seen_request::peer_is_trusted},
                                 {"hasSignature", &seen_request::has_signature},
                                 {"signatureHolds", &seen_request::signature_holds},
                                 {"hasCallbackSecret", &seen_request::has_callback_secret},
                                 {"hasCallbackSignature", &seen_request::has_callback_signature}};

}  // namespace

std::string to_json(const seen_request& seen) {
  std::string json;
  json_writer out{json};
  out.open_object();
  for (const auto& [name, of] : texts) out.member(name, seen.*of);
  for (const auto& [name, of] : flags) out.member(name, seen.*of);
  out.member("bodyBytes", seen.body_bytes);
  out.member("unixMs", seen.unix_ms);
  out.close_object();
  return json;
}

std::optional<seen_request> parse_seen_request(std::string_view json) {
  rapidjson::Document document;
  if (!parse_object(json, limits, document)) return std::nullopt;
  field_reader read{document};
  seen_request seen;
  for (const auto& [name, of] : texts) seen.*of = read.text(name);
  for (const auto& [name, of] : flags) seen.*of = read.optional_flag(name, false);
  seen.body_bytes = static_cast<std::size_t>(read.whole("bodyBytes"));
  seen.unix_ms = read.whole("unixMs");
  if (read.mistake()) return std::nullopt;
  return seen;
}

}  // namespace tonris::model::doctor
