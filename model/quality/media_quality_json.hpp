#pragma once

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/quality/media_quality.hpp"

namespace tonris::model::media_quality_json {

/// Their JSON for those who put it into a document of their own. Whoever includes this gets RapidJSON.

/// {"gaps":14,"gapMs":3200,…,"jitterMs":3.2,"worstJitterMs":24.1}
void write(json_writer& out, const caller_quality& of);
/// {"chunks":120,"audioMs":56000,…,"playbackLag":{"marks":280,"meanMs":40,"worstMs":310}}
void write(json_writer& out, const agent_quality& of);

/// A mistake is noted in `fields`, what is answered is worthless then.
[[nodiscard]] caller_quality read_caller(field_reader& fields);
[[nodiscard]] agent_quality read_agent(field_reader& fields);

}  // namespace tonris::model::media_quality_json
