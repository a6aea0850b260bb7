#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/call/record.hpp"
#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"

namespace tonris::model::record_json {

/// The record's JSON for those who put it into a document of their own. Whoever includes this gets RapidJSON.

/// What a written record holds.
struct form {
  bool event_ids = false;      ///< of the lines: a checkpoint's business, not the public's
  std::size_t skip_lines = 0;  ///< of the transcript, the oldest
};
void write(json_writer& out, const call_record& record, form how);

/// A mistake is noted in `fields`, the record is worthless then.
[[nodiscard]] call_record read(field_reader& fields);

/// Without a time there is no member.
void put(json_writer& out, std::string_view name, const std::optional<call_record::time>& at);

[[nodiscard]] call_record::time read_time(field_reader& fields, std::string_view name);
/// A whole number that fits into 32 bits.
[[nodiscard]] std::uint32_t read_count(field_reader& fields, std::string_view name);

}  // namespace tonris::model::record_json
