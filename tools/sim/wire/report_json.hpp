#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

/// The simulators' reports as JSON for people to read; for .cpp files only.
using report_writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

inline void put(report_writer& out, const char* key, std::string_view value) {
  out.Key(key);
  out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

inline void put(report_writer& out, const char* key, std::uint64_t value) {
  out.Key(key);
  out.Uint64(value);
}

inline void put(report_writer& out, const char* key, double value) {
  out.Key(key);
  out.Double(value);
}

inline void put(report_writer& out, const char* key, const std::vector<std::string>& values) {
  out.Key(key);
  out.StartArray();
  for (const auto& value : values) out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  out.EndArray();
}

inline void put(report_writer& out, const std::vector<violation>& found) {
  out.Key("violations");
  out.StartArray();
  for (const auto& one : found) {
    out.StartObject();
    put(out, "rule", one.rule);
    put(out, "detail", one.detail);
    out.EndObject();
  }
  out.EndArray();
}

/// A report: one object, whose members `write` puts.
template <class Write>
std::string report_json(Write&& write) {
  rapidjson::StringBuffer buffer;
  report_writer out{buffer};
  out.SetIndent(' ', 2);
  out.SetMaxDecimalPlaces(3);
  out.StartObject();
  write(out);
  out.EndObject();
  return std::string{buffer.GetString(), buffer.GetSize()} + "\n";
}

}  // namespace tonris::sim
