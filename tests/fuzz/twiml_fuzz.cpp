#include "model/twilio/twiml.hpp"

#include <cstdint>
#include <cstdlib>
#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace {

namespace twiml = tonris::model::twiml;

void require(bool law) {
  if (!law) std::abort();
}

class parsed {
 public:
  explicit parsed(const std::string& text) {
    constexpr auto options = pugi::parse_default | pugi::parse_ws_pcdata;
    require(doc_.load_buffer(text.data(), text.size(), options, pugi::encoding_utf8));
    require(std::string_view(response().name()) == "Response");
  }
  [[nodiscard]] pugi::xml_node response() const { return doc_.document_element(); }

 private:
  pugi::xml_document doc_;
};

bool is_plain(std::string_view text) {
  for (const char c : text)
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) return false;
  return text.size() <= 3000;
}

std::string without_blanks(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\n'; });
  return text;
}

/// In one piece or several, which have no blanks at their ends.
std::string all_spoken(const parsed& document) {
  std::string all;
  for (const auto& say : document.response().children("Say")) all += say.child_value();
  return without_blanks(std::move(all));
}

void check_speech(std::string_view text) {
  const parsed read(twiml::say_and_hang_up(text, text.substr(0, 20)));
  const std::string spoken = read.response().child_value("Say");
  require(!is_plain(text) || all_spoken(read) == without_blanks(std::string{text}));
  require(std::string_view(read.response().last_child().name()) == "Hangup");
  const parsed again(twiml::say_and_hang_up(spoken));
  require(again.response().child_value("Say") == spoken);
}

void check_fallback(std::string_view text) {
  const std::string all(text), half(text.substr(0, text.size() / 2));
  const parsed dialled(twiml::say_and_dial(
      {.say = all, .language = half, .number = all, .caller_id = half, .action = "https://h/" + all}));
  const auto dial = dialled.response().last_child();
  require(std::string_view(dial.name()) == "Dial" && dial.first_child() == dial.last_child());
  require(!is_plain(text) || dial.child_value("Number") == all);
  const parsed recorded(twiml::say_and_record({.say = half, .language = all, .action = all, .status_callback = half}));
  require(!recorded.response().child("Record").empty());
  require(std::string_view(recorded.response().last_child().name()) == "Hangup");
}

void check_stream(std::string_view text) {
  const auto name = text.substr(0, text.size() / 2), value = text.substr(text.size() / 2);
  const twiml::stream to{.url = "wss://h/" + std::string(text.substr(0, 40)),
                         .action = std::string(text),
                         .status_callback = std::string(value),
                         .parameters = {{std::string(name), std::string(value)}}};
  const auto document = twiml::connect_stream(to);
  if (!document) return;
  require(document->size() <= 64'000);
  const parsed read(*document);
  const auto parameter = read.response().child("Connect").child("Stream").child("Parameter");
  require(!parameter.empty() && read.response().first_child() == read.response().last_child());
  require(!is_plain(text) ||
          (parameter.attribute("name").value() == name && parameter.attribute("value").value() == value));
}

}  // namespace

/// The laws: whatever the text, the document parses; plain text comes back as it was but for blanks, other text comes
/// back as something that then stays the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check_speech(text);
  check_stream(text);
  check_fallback(text);
  const parsed redirected(twiml::redirect(text));
  return 0;
}
