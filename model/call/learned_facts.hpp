#pragma once

#include <vector>

#include "model/call/later_fact.hpp"

namespace tonris::model {

/// What a record has learned, but for charges: for another gateway's record of the same call.
[[nodiscard]] std::vector<later_fact> facts_in(const call_record& record);
/// Of that record what those facts need to be added to it, and none of them yet.
[[nodiscard]] call_record without_facts(const call_record& record);
/// Adds what a record has learned to those that another gateway's is to learn. `before`: that record, as it was.
void collect_fact(call_record& learned, const call_record& before, const later_fact& fact);

}  // namespace tonris::model
