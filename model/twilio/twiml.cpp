#include "model/twilio/twiml.hpp"

#include <algorithm>

#include <pugixml.hpp>

#include "model/text/address.hpp"
#include "model/text/utf8.hpp"
#include "model/twilio/connection_overrides.hpp"
#include "model/twilio/say_locale.hpp"
#include "model/twilio/say_pieces.hpp"

namespace tonris::model::twiml {

namespace {

constexpr std::size_t max_document_bytes = 64'000;
constexpr std::size_t max_parameter_characters = 499;  ///< name and value together
constexpr std::size_t max_spoken_characters = 10'000;

/// Is this well-formed sequence a character of XML 1.0? Of the control characters only tab and the line ends are; the
/// last two code points of the first plane are none.
bool is_xml_character(std::string_view sequence) noexcept {
  const auto lead = static_cast<unsigned char>(sequence.front());
  if (lead < 0x20) return lead == '\t' || lead == '\n' || lead == '\r';
  return sequence != "\xef\xbf\xbe" && sequence != "\xef\xbf\xbf";
}

/// `text` without what XML cannot carry, line ends as XML readers see them, at most so many characters.
std::string clean(std::string_view text, std::size_t max_characters = std::string_view::npos) {
  std::string out;
  for (std::size_t taken = 0; !text.empty() && taken < max_characters;) {
    const auto length = utf8_length(text);
    const auto sequence = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(sequence.size());
    if (length == 0 || !is_xml_character(sequence)) continue;
    ++taken;
    if (sequence != "\r") {
      out.append(sequence);
    } else if (!text.starts_with('\n')) {
      out += '\n';
    } else {
      --taken;
    }
  }
  return out;
}

class document {
 public:
  document() {
    auto declaration = doc_.append_child(pugi::node_declaration);
    declaration.append_attribute("version") = "1.0";
    declaration.append_attribute("encoding") = "UTF-8";
    response_ = doc_.append_child("Response");
  }

  [[nodiscard]] pugi::xml_node add(const char* verb) { return response_.append_child(verb); }

  [[nodiscard]] std::string text() const {
    struct writer final : pugi::xml_writer {
      std::string out;
      void write(const void* data, std::size_t size) override { out.append(static_cast<const char*>(data), size); }
    } to;
    doc_.save(to, "", pugi::format_raw, pugi::encoding_utf8);
    return std::move(to.out);
  }

 private:
  pugi::xml_document doc_;
  pugi::xml_node response_;
};

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(clean(value).c_str());
}

/// An address of ours, with how Twilio asks again when nobody answers.
std::string asked_again(std::string_view url) {
  return std::string{url}.append(connection_overrides);
}

/// An absolute address that is asked by POST; left out when there is none.
void set_address(pugi::xml_node node, const char* name, const char* method_name, std::string_view url) {
  if (url.empty()) return;
  set(node, name, asked_again(url));
  set(node, method_name, "POST");
}

void add_speech(document& doc, std::string_view text, std::string_view language, std::string_view voice) {
  const auto spoken = clean(text, max_spoken_characters);
  const auto locale = say_locale(language);
  for (const auto piece : say_pieces(spoken)) {
    auto say = doc.add("Say");
    if (!locale.empty()) set(say, "language", locale);
    if (!voice.empty()) set(say, "voice", voice);
    say.append_child(pugi::node_pcdata).set_value(std::string{piece}.c_str());
  }
}

void add_redirect(document& doc, std::string_view url) {
  auto node = doc.add("Redirect");
  set(node, "method", "POST");
  node.append_child(pugi::node_pcdata).set_value(asked_again(clean(url)).c_str());
}

tl::expected<void, error> check_url(std::string_view url) {
  const auto to = read_address(url);
  if (!to || to->kind == host_kind::unusable || to->has_userinfo || !to->has_usable_port())
    return tl::unexpected(error::not_wss);
  const bool is_allowed = to->scheme == "wss" || (to->scheme == "ws" && is_loopback(to->host));
  if (!is_allowed) return tl::unexpected(error::not_wss);
  if (url.find_first_of("?#") != std::string_view::npos) return tl::unexpected(error::query_in_url);
  return {};
}

tl::expected<void, error> add_parameter(pugi::xml_node to, std::string_view name, std::string_view value) {
  const auto clean_name = clean(name), clean_value = clean(value);
  if (utf8_characters(clean_name) + utf8_characters(clean_value) > max_parameter_characters)
    return tl::unexpected(error::parameter_too_long);
  auto parameter = to.append_child("Parameter");
  parameter.append_attribute("name") = clean_name.c_str();
  parameter.append_attribute("value") = clean_value.c_str();
  return {};
}

}  // namespace

std::string_view to_string(error e) noexcept {
  switch (e) {
    case error::not_wss: return "a stream's address has to be wss";
    case error::query_in_url: return "a stream's address takes no query: Twilio drops it";
    case error::parameter_too_long: return "a parameter's name and value together have to stay below 500 characters";
    case error::too_big: return "the document is larger than the 64 kB that Twilio takes";
  }
  return "an unknown TwiML error";
}

tl::expected<std::string, error> connect_stream(const stream& to) {
  if (const auto good = check_url(to.url); !good) return tl::unexpected(good.error());
  document doc;
  auto connect = doc.add("Connect");
  set_address(connect, "action", "method", to.action);
  auto node = connect.append_child("Stream");
  set(node, "url", to.url);
  set_address(node, "statusCallback", "statusCallbackMethod", to.status_callback);
  for (const auto& [name, value] : to.parameters)
    if (const auto added = add_parameter(node, name, value); !added) return tl::unexpected(added.error());
  auto text = doc.text();
  if (text.size() > max_document_bytes) return tl::unexpected(error::too_big);
  return text;
}

std::string say_and_hang_up(std::string_view text, std::string_view language, std::string_view voice) {
  document doc;
  add_speech(doc, text, language, voice);
  (void)doc.add("Hangup");
  return doc.text();
}

std::string say_and_dial(const transfer& to) {
  document doc;
  add_speech(doc, to.say, to.language, to.voice);
  auto dial = doc.add("Dial");
  dial.append_attribute("timeout") = to.ring_seconds;
  dial.append_attribute("timeLimit") = to.at_most_seconds;
  if (!to.caller_id.empty()) set(dial, "callerId", to.caller_id);
  set_address(dial, "action", "method", to.action);
  auto number = dial.append_child("Number");
  if (!to.whisper.empty()) set_address(number, "url", "method", to.whisper);
  number.append_child(pugi::node_pcdata).set_value(clean(to.number).c_str());
  return doc.text();
}

std::string say_and_record(const voicemail& how) {
  document doc;
  add_speech(doc, how.say, how.language, how.voice);
  auto record = doc.add("Record");
  set_address(record, "action", "method", how.action);
  record.append_attribute("maxLength") = longest_message.count();
  record.append_attribute("timeout") = 5;
  record.append_attribute("finishOnKey") = "#";
  record.append_attribute("playBeep") = "true";
  set_address(record, "recordingStatusCallback", "recordingStatusCallbackMethod", how.status_callback);
  (void)doc.add("Hangup");
  return doc.text();
}

std::string whisper(std::string_view text, std::string_view language, std::string_view voice) {
  document doc;
  add_speech(doc, text, language, voice);
  return doc.text();
}

std::string hang_up() {
  document doc;
  (void)doc.add("Hangup");
  return doc.text();
}

std::string redirect(std::string_view url, unsigned pause_seconds) {
  document doc;
  if (pause_seconds > 0) doc.add("Pause").append_attribute("length") = pause_seconds;
  add_redirect(doc, url);
  return doc.text();
}

std::string wait(const waiting& how) {
  document doc;
  if (!how.say.empty()) add_speech(doc, how.say, how.language, how.voice);
  doc.add("Play").append_child(pugi::node_pcdata).set_value(clean(how.music).c_str());
  doc.add("Pause").append_attribute("length") = 1;
  add_redirect(doc, how.then);
  return doc.text();
}

std::string empty() {
  return document().text();
}

}  // namespace tonris::model::twiml
