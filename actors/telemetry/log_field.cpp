#include "actors/telemetry/log_field.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "model/json/text.hpp"
#include "model/phone/number.hpp"
#include "model/text/hex.hpp"

namespace tonris::actors::log {

namespace {

const value* find(std::string_view name, std::span<const field> about) {
  const auto found = std::find_if(about.begin(), about.end(), [&](const field& f) { return f.name == name; });
  return found == about.end() || found->is.empty() ? nullptr : &found->is;
}

void append_whose(std::span<const field> about, std::string& out) {
  const auto* const call = find("call", about);
  if (!call) return;
  out += "Call ";
  call->append_to(out);
  if (const auto* const to = find("to", about)) {
    out += " (";
    if (const auto* const tenant = find("tenant", about))
      tenant->append_to(out);
    else
      out += "no tenant";
    out += ", ";
    to->append_to(out);
    out += ')';
  }
  out += ": ";
}

}  // namespace

value::value(caller of) : is_(model::redacted(of.number)) {}

bool value::empty() const {
  if (const auto* const text = std::get_if<std::string_view>(&is_)) return text->empty();
  if (const auto* const text = std::get_if<std::string>(&is_)) return text->empty();
  const auto* const number = std::get_if<double>(&is_);
  return number != nullptr && !std::isfinite(*number);
}

void value::append_to(std::string& out) const {
  struct {
    std::string& out;
    void operator()(std::string_view text) { out += text; }
    void operator()(std::int64_t number) { out += std::to_string(number); }
    void operator()(std::uint64_t number) { out += std::to_string(number); }
    void operator()(double number) {
      char digits[64];
      std::snprintf(digits, sizeof digits, std::abs(number) < 1e15 ? "%.3f" : "%g", number);
      out += digits;
    }
  } append{out};
  std::visit(append, is_);
}

void value::append_json_to(std::string& out) const {
  if (const auto* const text = std::get_if<std::string_view>(&is_)) return model::append_json_string(*text, out);
  if (const auto* const text = std::get_if<std::string>(&is_)) return model::append_json_string(*text, out);
  append_to(out);
}

std::string words_of(std::string_view text, std::span<const field> about) {
  std::string words;
  if (text.find("{call}") == std::string_view::npos) append_whose(about, words);
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    words += text.substr(0, open);
    text.remove_prefix(open);
    const auto close = text.find('}');
    if (close == std::string_view::npos) {
      words += text;
      break;
    }
    const auto name = text.substr(1, close - 1);
    const auto named = std::find_if(about.begin(), about.end(), [&](const field& f) { return f.name == name; });
    if (named == about.end())
      words += text.substr(0, close + 1);  // no field of ours: it stands as it is
    else if (!named->is.empty())
      named->is.append_to(words);
    text.remove_prefix(close + 1);
  }
  return words;
}

std::string as_line(std::string_view words) {
  std::string line;
  line.reserve(words.size());
  for (const char c : words) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      line += c;
    } else {
      line.append("\\u00");
      model::append_hex(byte, line);
    }
  }
  return line;
}

std::string as_members(std::string_view words, std::span<const field> about) {
  std::string out = "\"message\":";
  model::append_json_string(words, out);
  for (const auto& f : about) {
    if (f.name.empty() || f.is.empty()) continue;
    out.append(",\"").append(f.name).append("\":");
    f.is.append_json_to(out);
  }
  return out;
}

}  // namespace tonris::actors::log
