#pragma once

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/money/call_cost.hpp"

namespace tonris::model::call_cost_json {

/// A cost's JSON for those who put it into a document of their own. Whoever includes this gets RapidJSON.

/// {"twilio":{"amount":0.0125,"currency":"USD","final":false,"source":"estimate","at":"…"},"transfer":{…},
/// "recording":{…},"elevenLabs":{…},"llm":{…},"total":0.1125}; parts that are not known are not there, and a part
/// in another currency has its "dollars" where these are known. Amounts are exact.
void write(json_writer& out, const call_cost& cost);

/// Of an object that was parsed, its numbers as doubles: those that were written come out exactly. A mistake is noted
/// in `fields`, the cost is worthless then.
[[nodiscard]] call_cost read(field_reader& fields);

/// One part of it, or of something else that costs money; nothing is not there.
void put(json_writer& out, std::string_view name, const std::optional<cost_part>& part);
[[nodiscard]] std::optional<cost_part> read_part(field_reader& fields, std::string_view name);

}  // namespace tonris::model::call_cost_json
