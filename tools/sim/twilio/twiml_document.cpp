#include "tools/sim/twilio/twiml_document.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

#include <pugixml.hpp>

#include "model/text/address.hpp"
#include "model/text/percent.hpp"
#include "tools/sim/twilio/connection_overrides.hpp"
#include "tools/sim/wire/address.hpp"

namespace tonris::sim::twiml {
namespace {

/// The languages of `<Say>` in the vendor's Node SDK (5.13, twiml/VoiceResponse).
constexpr auto say_languages = std::to_array<std::string_view>(
    {"af-ZA", "am-ET", "ar-AE", "ar-XA", "arb",   "bg-BG",  "bn-IN", "ca-ES",     "cmn-CN", "cmn-TW", "cs-CZ", "cy-GB",
     "da-DK", "de-AT", "de-DE", "el-GR", "en-AU", "en-CA",  "en-GB", "en-GB-WLS", "en-IE",  "en-IN",  "en-NZ", "en-US",
     "en-ZA", "es-ES", "es-MX", "es-US", "fi-FI", "fil-PH", "fr-CA", "fr-FR",     "fr-BE",  "gu-IN",  "he-IL", "hi-IN",
     "hu-HU", "id-ID", "is-IS", "it-IT", "ja-JP", "kn-IN",  "ko-KR", "lv-LV",     "ml-IN",  "mr-IN",  "ms-MY", "nb-NO",
     "nl-BE", "nl-NL", "pa-IN", "pl-PL", "pt-BR", "pt-PT",  "ro-RO", "ru-RU",     "sk-SK",  "sr-RS",  "sv-SE", "ta-IN",
     "te-IN", "th-TH", "tr-TR", "uk-UA", "vi-VN", "yue-HK", "zh-CN", "zh-HK",     "zh-TW"});

std::string tag(std::string_view name) {
  std::string out = "<";
  out.append(name.substr(0, 40));
  out += '>';
  return out;
}

/// Reads one document; faults gather while it goes on.
class reader {
 public:
  explicit reader(std::string_view base) : base_(base) {}

  document take(std::string_view xml) {
    pugi::xml_document tree;
    const auto parsed = tree.load_buffer(xml.data(), xml.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!parsed)
      fault("twiml_not_xml", std::string{"the answer is not XML: "} + parsed.description());
    else if (std::string_view{tree.document_element().name()} != "Response")
      fault("twiml_root", "the root element is not <Response>");
    else
      read_verbs(tree.document_element());
    return std::move(out_);
  }

 private:
  void fault(std::string rule, std::string detail) { out_.faults.push_back({std::move(rule), std::move(detail)}); }

  void read_verbs(const pugi::xml_node& response) {
    allow(response, {});
    for (const auto& node : response.children()) {
      if (node.type() == pugi::node_element)
        read_verb(node);
      else if (node.type() == pugi::node_pcdata && !blank(node.value()))
        fault("twiml_stray_text", "text stands outside a verb");
    }
  }

  void read_verb(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    if (name == "Connect") return read_connect(node);
    if (name == "Say") return read_say(node);
    if (name == "Play") return read_play(node);
    if (name == "Pause") return read_pause(node);
    if (name == "Hangup") return read_hang_up(node);
    if (name == "Reject") return read_reject(node);
    if (name == "Redirect") return read_redirect(node);
    if (name == "Dial") return read_dial(node);
    if (name == "Record") return read_record(node);
    fault("twiml_unknown_verb", tag(name));
  }

  void read_connect(const pugi::xml_node& node) {
    allow(node, {"action", "method"});
    connect out{next_document(node), {}};
    std::size_t streams = 0;
    for (const auto& child : node.children()) {
      if (child.type() != pugi::node_element) continue;
      if (std::string_view{child.name()} != "Stream") {
        fault("twiml_unknown_noun", tag(child.name()) + " in <Connect>");
        continue;
      }
      ++streams;
      if (!read_stream(child, out.to)) return;
    }
    if (streams != 1) return fault("twiml_connect", "<Connect> needs exactly one <Stream>");
    out_.verbs.emplace_back(std::move(out));
  }

  bool read_stream(const pugi::xml_node& node, stream& out) {
    allow(node, {"url", "name", "track", "statusCallback", "statusCallbackMethod"});
    out.url = node.attribute("url").value();
    out.name = node.attribute("name").value();
    out.status_callback = node.attribute("statusCallback").value();
    out.status_method = method_of(node, "statusCallbackMethod");
    if (node.attribute("track") && std::string_view{node.attribute("track").value()} != "inbound_track")
      fault("twiml_track", "track of a <Connect><Stream> may only be inbound_track (31941)");
    if (!out.status_callback.empty()) check_callback(out.status_callback, "statusCallback");
    for (const auto& child : node.children())
      if (child.type() == pugi::node_element) read_parameter(child, out);
    return check_stream_url(out.url);
  }

  bool check_stream_url(const std::string& url) {
    const auto to = model::read_address(url);
    if (!to || to->host.empty()) {
      fault("stream_url", "the stream's url is malformed (31923)");
      return false;
    }
    if (to->scheme != "wss" && !(to->scheme == "ws" && model::is_loopback(to->host))) {
      fault("stream_not_wss", "the stream's url is not wss (31922)");
      return false;
    }
    if (url.find('#') != std::string::npos) fault("stream_fragment", "a WebSocket's url has a fragment (RFC 6455, 3)");
    if (url.find('?') != std::string::npos) fault("stream_query", "a query in the stream's url is lost (31920)");
    if (to->host.find('_') != std::string_view::npos) fault("host_underscore", "a host name has an underscore");
    return true;
  }

  void read_parameter(const pugi::xml_node& node, stream& out) {
    if (std::string_view{node.name()} != "Parameter")
      return fault("twiml_unknown_noun", tag(node.name()) + " in <Stream>");
    allow(node, {"name", "value"});
    std::string name = node.attribute("name").value();
    std::string value = node.attribute("value").value();
    if (name.empty()) fault("parameter_name", "a <Parameter> has no name");
    if (name.size() + value.size() >= 500)
      fault("parameter_too_long", "<Parameter> " + name.substr(0, 40) + " has 500 characters or more");
    out.parameters.emplace_back(std::move(name), std::move(value));
  }

  void read_say(const pugi::xml_node& node) {
    allow(node, {"voice", "language", "loop"});
    say out{node.child_value(), node.attribute("language").value(), std::clamp(number(node, "loop", 1), 0, 1000)};
    if (blank(out.text.c_str())) return fault("say_empty", "<Say> says nothing");
    if (out.text.size() > 4096) fault("say_too_long", "<Say> holds more than 4096 characters");
    if (model::percent_encoded(out.text).size() > 4500)
      fault("say_too_long", "<Say> holds more than 4500 characters, URL-encoded (13521)");
    if (!out.language.empty() && std::ranges::find(say_languages, out.language) == say_languages.end())
      fault("say_language", "<Say> knows no language " + out.language.substr(0, 20));
    out_.verbs.emplace_back(std::move(out));
  }

  void read_play(const pugi::xml_node& node) {
    allow(node, {"loop", "digits"});
    const std::string_view url = node.child_value();
    if (url.empty() && !node.attribute("digits")) return fault("play_empty", "<Play> has neither address nor digits");
    out_.verbs.emplace_back(play{resolve(base_, url)});
  }

  void read_pause(const pugi::xml_node& node) {
    allow(node, {"length"});
    out_.verbs.emplace_back(pause{std::chrono::seconds{std::clamp(number(node, "length", 1), 0, 3600)}});
  }

  void read_hang_up(const pugi::xml_node& node) {
    allow(node, {});
    out_.verbs.emplace_back(hang_up{});
  }

  void read_reject(const pugi::xml_node& node) {
    allow(node, {"reason"});
    reject out;
    if (node.attribute("reason")) out.reason = node.attribute("reason").value();
    if (out.reason != "rejected" && out.reason != "busy") fault("reject_reason", "<Reject> knows rejected and busy");
    if (!out_.verbs.empty()) return fault("reject_not_first", "<Reject> must be the first verb");
    out_.verbs.emplace_back(std::move(out));
  }

  void read_redirect(const pugi::xml_node& node) {
    allow(node, {"method"});
    if (blank(node.child_value())) return fault("redirect_empty", "<Redirect> has no address");
    auto url = resolve(base_, node.child_value());
    check_callback(url, "<Redirect>");
    out_.verbs.emplace_back(redirect{{std::move(url), method_of(node, "method")}});
  }

  void read_dial(const pugi::xml_node& node) {
    allow(node, {"action", "method", "timeout", "timeLimit", "callerId", "answerOnBridge", "hangupOnStar", "record"});
    dial out;
    out.then = next_document(node);
    out.caller_id = node.attribute("callerId").value();
    out.timeout = std::chrono::seconds{std::clamp(number(node, "timeout", 30), 1, 600)};
    out.time_limit = std::chrono::seconds{std::clamp(number(node, "timeLimit", 14'400), 1, 14'400)};
    for (const auto& child : node.children()) {
      const std::string_view name = child.name();
      if (child.type() == pugi::node_pcdata && !blank(child.value())) {
        out.numbers.emplace_back(child.value());
        if (!is_e164(out.numbers.back())) fault("dial_number", "<Dial> holds no number (13223)");
      }
      if (child.type() != pugi::node_element) continue;
      if (name == "Number") read_number(child, out);
      if (name == "Number" || name == "Sip" || name == "Client" || name == "Conference" || name == "Queue")
        out.numbers.emplace_back(child.child_value());
      else
        fault("twiml_unknown_noun", tag(name) + " in <Dial>");
    }
    if (out.numbers.empty()) return fault("dial_nobody", "<Dial> names nobody");
    if (!out.caller_id.empty() && !is_e164(out.caller_id)) fault("caller_id", "callerId is no number (13214)");
    out_.verbs.emplace_back(std::move(out));
  }

  void read_number(const pugi::xml_node& node, dial& in) {
    allow(node, {"url", "method", "sendDigits", "statusCallback", "statusCallbackEvent", "statusCallbackMethod"});
    if (!is_e164(node.child_value())) fault("dial_number", "<Number> holds no number (13223)");
    if (!node.attribute("url")) return;
    auto url = resolve(base_, node.attribute("url").value());
    check_callback(url, "<Number> url");
    in.whisper = action{std::move(url), method_of(node, "method")};
  }

  void read_record(const pugi::xml_node& node) {
    allow(node, {"action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "trim",
                 "recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent"});
    if (!node.attribute("action"))
      fault("record_without_action", "<Record> without action asks for the same document for ever");
    record out;
    out.then = next_document(node).value_or(action{std::string{base_}, "POST"});
    out.max_length = std::chrono::seconds{std::clamp(number(node, "maxLength", 3600), 1, 14400)};
    out.recording_status_callback = node.attribute("recordingStatusCallback").value();
    out.recording_status_method = method_of(node, "recordingStatusCallbackMethod");
    if (!out.recording_status_callback.empty())
      check_callback(out.recording_status_callback, "recordingStatusCallback");
    out_.verbs.emplace_back(std::move(out));
  }

  std::optional<action> next_document(const pugi::xml_node& node) {
    const auto attribute = node.attribute("action");
    if (!attribute) return std::nullopt;
    const auto url = resolve(base_, attribute.value());
    check_callback(url, "action");
    return action{url, method_of(node, "method")};
  }

  std::string method_of(const pugi::xml_node& node, const char* attribute) {
    const auto given = node.attribute(attribute);
    if (!given) return "POST";
    const std::string_view method = given.value();
    if (method == "GET" || method == "POST") return std::string{method};
    fault("method", std::string{attribute} + " is neither GET nor POST");
    return "POST";
  }

  void check_callback(std::string_view url, std::string_view what) {
    const auto to = model::read_address(url);
    if (!to || (to->scheme != "https" && !(to->scheme == "http" && model::is_loopback(to->host))))
      fault("callback_url", std::string{what} + " is not an absolute https address");
    if (to && to->host.find('_') != std::string_view::npos) fault("host_underscore", "a host name has an underscore");
    (void)overrides_of(url, &out_.faults);
  }

  void allow(const pugi::xml_node& node, std::initializer_list<std::string_view> names) {
    for (const auto& attribute : node.attributes())
      if (std::ranges::find(names, std::string_view{attribute.name()}) == names.end())
        fault("twiml_unknown_attribute",
              std::string{attribute.name()}.substr(0, 40) + " on " + tag(node.name()) + " means nothing");
  }

  int number(const pugi::xml_node& node, const char* name, int absent) {
    const auto attribute = node.attribute(name);
    if (!attribute) return absent;
    const std::string_view text = attribute.value();
    int value = absent;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
      fault("twiml_number", std::string{name} + " on " + tag(node.name()) + " is not a whole number");
    return value;
  }

  static bool is_e164(std::string_view text) {
    const auto digits = text.substr(std::min<std::size_t>(1, text.size()));
    return text.starts_with('+') && digits.size() >= 7 && digits.size() <= 15 &&
           digits.find_first_not_of("0123456789") == std::string_view::npos;
  }
  static bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

  std::string_view base_;
  document out_;
};

}  // namespace

document read(std::string_view xml, std::string_view document_url) {
  document out;
  if (xml.size() > max_document_bytes) {
    out.faults.push_back({"twiml_too_big", std::to_string(xml.size()) + " bytes (11750)"});
    return out;
  }
  return reader{document_url}.take(xml);
}

std::string_view name_of(const verb& v) noexcept {
  constexpr std::array<std::string_view, std::variant_size_v<verb>> names{
      "Connect", "Say", "Play", "Pause", "Hangup", "Reject", "Redirect", "Dial", "Record"};
  return names[v.index()];
}

}  // namespace tonris::sim::twiml
