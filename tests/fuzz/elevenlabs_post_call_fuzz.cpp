#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/document.h>

#include "model/elevenlabs/audio_splitter.hpp"
#include "model/elevenlabs/post_call.hpp"
#include "model/json/lookup.hpp"
#include "model/text/base64.hpp"

namespace {

using namespace tonris::model;
using namespace tonris::model::elevenlabs;

void require(bool law) {
  if (!law) std::abort();
}

bool is_token(std::string_view text) {
  return text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

struct result {
  std::vector<std::uint8_t> sound;
  decoded<audio_splitter::split> split;
};

result fed(std::string_view body, std::size_t piece_bytes) {
  result got;
  audio_splitter splitter(
      [&](std::span<const std::uint8_t> bytes) { got.sound.insert(got.sound.end(), bytes.begin(), bytes.end()); });
  for (; !body.empty(); body.remove_prefix(std::min(piece_bytes, body.size()))) {
    if (splitter.feed(body.substr(0, piece_bytes))) continue;
    break;
  }
  got.split = splitter.finish();
  return got;
}

// What the splitter takes of a document that is one is what stands there.
void splits_as_the_parser_reads(std::string_view text, const result& got) {
  if (text.find("\\u") != std::string_view::npos)
    return;  // names may be spelled with these; the splitter knows no such
  rapidjson::Document document;
  if (!got.split || !parse_object(got.split->json, {.bytes = text.size()}, document)) return;
  require(parse_object(text, {.bytes = text.size()}, document).has_value());
  const auto* const data = find_field(document, "data");
  const auto* const audio = data != nullptr && data->IsObject() ? find_field(*data, "full_audio") : nullptr;
  if (!got.split->has_audio || audio == nullptr || !audio->IsString()) return;
  std::vector<std::uint8_t> sound;
  require(append_decoded(text_of(*audio), sound) && sound == got.sound && sound.size() == got.split->audio_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = fed(text, size + 1), bytewise = fed(text, 1), some = fed(text, 1 + size % 13);
  require(whole.split.has_value() == bytewise.split.has_value() && whole.split.has_value() == some.split.has_value());
  if (whole.split) {
    require(whole.sound == bytewise.sound && whole.sound == some.sound);
    require(whole.split->json == bytewise.split->json && whole.split->json == some.split->json);
  } else {
    require(whole.split.error() == bytewise.split.error() && whole.split.error() == some.split.error());
  }
  splits_as_the_parser_reads(text, whole);
  if (const auto report = parse_post_call(text)) {
    require(!report->type_text.empty() && is_token(report->type_text) && is_token(report->conversation.value));
    require(report->call.empty() || is_sid(report->call.value, "CA"));
    rapidjson::Document unread;
    require(parse_object(report->unread, {.bytes = max_post_call_bytes}, unread).has_value());
  }
  return 0;
}
