#include "model/json/exact.hpp"

namespace tonris::model {

decoded<void> parse_exact_object(std::string_view text, const json_limits& limits, rapidjson::Document& document) {
  constexpr unsigned exact_flags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::Document checked;
  if (auto sound = parse_object(text, limits, checked); !sound) return sound;
  document.Parse<exact_flags>(text.data(), text.size());
  if (document.HasParseError() || !document.IsObject()) return tl::unexpected(codec_errc::not_json);
  return {};
}

}  // namespace tonris::model
