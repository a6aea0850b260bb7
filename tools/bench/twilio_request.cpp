#include "tools/bench/twilio_request.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <utility>

#include "tools/bench/stamp.hpp"

namespace tonris::bench {
namespace {

constexpr std::string_view webhook_path = "/api/webhooks/twilio/elevenlabs";
constexpr std::string_view call_sid_field = "CallSid";

/// What Twilio sends with a call that comes in, sorted by name; CallSid and the called number are put in for each.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> fields{{
    {"AccountSid", account_sid},
    {"ApiVersion", "2010-04-01"},
    {call_sid_field, ""},
    {"CallStatus", "ringing"},
    {"Called", ""},
    {"Caller", caller_number},
    {"CallerCity", ""},
    {"Direction", "inbound"},
    {"From", caller_number},
    {"FromCity", ""},
    {"FromCountry", "US"},
    {"StirVerstat", "TN-Validation-Passed-A"},
    {"To", ""},
    {"ToCountry", "US"},
}};

void append_form_value(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '+') {
      out += "%2B";
    } else {
      out += c;
    }
  }
}

struct path_of_url {
  std::string_view authority, target;
};

path_of_url split(std::string_view url) {
  const auto scheme_end = url.find("://");
  std::string_view rest = scheme_end == std::string_view::npos ? url : url.substr(scheme_end + 3);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return {rest, "/"};
  return {rest.substr(0, slash), rest.substr(slash)};
}

void append_unescaped(std::string& out, std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> entities{
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  while (!text.empty()) {
    std::size_t used = 1;
    char c = text.front();
    for (const auto& [entity, meaning] : entities) {
      if (text.starts_with(entity)) {
        used = entity.size();
        c = meaning;
      }
    }
    out += c;
    text.remove_prefix(used);
  }
}

/// The attribute's value, unescaped. `name` with the space before it, the equals sign and the opening quote.
std::optional<std::string> attribute(std::string_view element, std::string_view name) {
  const auto at = element.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view value = element.substr(at + name.size());
  const auto end = value.find('"');
  if (end == std::string_view::npos) return std::nullopt;
  std::string text;
  append_unescaped(text, value.substr(0, end));
  return text;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;  // TwiML parameters carry no control characters
  }
  out += '"';
}

}  // namespace

std::string twilio_signature(std::string_view auth_token, std::string_view signed_text) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha1(), auth_token.data(), static_cast<int>(auth_token.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), digest.data(), &size);
  std::string out((size + 2) / 3 * 4, '\0');
  encode_base64(std::span{digest}.first(size), out.data());
  return out;
}

std::string voice_webhook(const gateway_address& to, std::string_view call_sid, bool genuine, std::string_view called) {
  std::string signed_text = to.origin;
  signed_text += webhook_path;
  std::string body;
  for (const auto& [name, fixed] : fields) {
    const bool is_called = name == "Called" || name == "To";
    const std::string_view value = name == call_sid_field ? call_sid : is_called ? called : fixed;
    signed_text += name;
    signed_text += value;
    if (!body.empty()) body += '&';
    body += name;
    body += '=';
    append_form_value(body, value);
  }
  if (!genuine) signed_text += '!';
  std::string request = "POST ";
  request += webhook_path;
  request += " HTTP/1.1\r\nHost: ";
  request += split(to.origin).authority;
  request += "\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\nContent-Type: application/x-www-form-urlencoded";
  request += "\r\nX-Twilio-Signature: ";
  request += twilio_signature(to.auth_token, signed_text);
  request += "\r\nContent-Length: ";
  request += std::to_string(body.size());
  request += "\r\n\r\n";
  request += body;
  return request;
}

std::string stream_upgrade(const gateway_address& to, std::string_view stream_url) {
  const auto [authority, target] = split(stream_url);
  std::string request = "GET ";
  request += target;
  request += " HTTP/1.1\r\nHost: ";
  request += authority;
  request += "\r\nUser-Agent: Twilio.TmeWs/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket";
  request += "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
  request += websocket_key;
  request += "\r\nX-Twilio-Signature: ";
  request += twilio_signature(to.auth_token, stream_url);
  request += "\r\n\r\n";
  return request;
}

std::optional<std::string> stream_url_in(std::string_view twiml) {
  const auto stream = twiml.find("<Stream ");
  if (stream == std::string_view::npos) return std::nullopt;
  return attribute(twiml.substr(stream, twiml.find('>', stream) - stream), " url=\"");
}

std::string stream_parameters_in(std::string_view twiml) {
  std::string json = "{";
  for (std::size_t at = 0; (at = twiml.find("<Parameter ", at)) != std::string_view::npos; ++at) {
    const std::string_view element = twiml.substr(at, twiml.find('>', at) - at);
    const auto name = attribute(element, " name=\"");
    const auto value = attribute(element, " value=\"");
    if (!name || !value) continue;
    if (json.size() > 1) json += ',';
    append_json_string(json, *name);
    json += ':';
    append_json_string(json, *value);
  }
  return json += '}';
}

}  // namespace tonris::bench
