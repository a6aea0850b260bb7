#include "tests/e2e/call_facts.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <regex>

namespace tonris::e2e {

namespace {

/// "CA…", "MZ…" and "conv_…" become "CA#1", "CA#2", … in the order in which they are met.
std::string with_short_names(const std::string& json) {
  static const std::regex names{R"((CA|MZ|conv_)(?:[0-9a-zA-Z]{12,}))"};
  std::map<std::string, std::string> known;
  std::map<std::string, int> count;
  std::string text;
  auto from = json.begin();
  for (auto it = std::sregex_iterator{json.begin(), json.end(), names}; it != std::sregex_iterator{}; ++it) {
    const auto name = it->str(), kind = it->str(1);
    if (!known.contains(name)) known[name] = kind + "#" + std::to_string(++count[kind]);
    text.append(from, json.begin() + it->position()).append(known[name]);
    from = json.begin() + it->position() + it->length();
  }
  return text.append(from, json.end());
}

/// A time, as long as the call took by chance, or what that costs: no two calls have the same.
bool is_measured(const std::string& path) {
  static const std::regex measured{
      R"(durationSeconds|meteredSeconds|cost\..*\.amount|cost\.total|media\..*|(.*\.)?(at|startedAt|answeredAt|endedAt)|)"
      R"((.*\.)?(outcomeAt|audioAt)|fallbackAt|)"
      R"(toolCalls\[\d+\]\.milliseconds|troubled\.unheardSeconds|twilio\.durationSeconds|)"
      R"(vendorReports\[\d+\]\.(durationSeconds|credits|price))"};
  return std::regex_match(path, measured);
}

std::string text_of(const rapidjson::Value& value) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer{text};
  value.Accept(writer);
  return {text.GetString(), text.GetSize()};
}

void flatten(const rapidjson::Value& value, const std::string& path, std::map<std::string, std::string>& into) {
  if (value.IsObject() && value.MemberCount() > 0) {
    for (const auto& member : value.GetObject())
      flatten(member.value, (path.empty() ? "" : path + ".") + member.name.GetString(), into);
  } else if (value.IsArray() && !value.Empty()) {
    for (rapidjson::SizeType i = 0; i < value.Size(); ++i)
      flatten(value[i], path + "[" + std::to_string(i) + "]", into);
  } else if (!is_measured(path)) {
    into[path] = text_of(value);
  }
}

rapidjson::Document parsed(const std::string& json) {
  rapidjson::Document document;
  document.Parse(with_short_names(json).c_str());
  EXPECT_FALSE(document.HasParseError()) << json;
  return document;
}

}  // namespace

std::map<std::string, std::string> facts_of_record(const std::string& json) {
  std::map<std::string, std::string> facts;
  const auto document = parsed(json);
  if (!document.HasParseError()) flatten(document, {}, facts);
  return facts;
}

std::vector<std::string> facts_of_timeline(const std::string& json) {
  std::vector<std::string> facts;
  const auto document = parsed(json);
  if (!document.IsArray()) return facts;
  for (const auto& event : document.GetArray()) {
    const auto detail = event.FindMember("detail");
    facts.push_back(std::string{event["what"].GetString()} + ": " +
                    (detail == event.MemberEnd() ? "" : detail->value.GetString()));
  }
  std::sort(facts.begin(), facts.end());
  return facts;
}

}  // namespace tonris::e2e
