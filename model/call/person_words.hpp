#pragma once

#include <string>
#include <string_view>

namespace tonris::model {

/// Our sentences speak of the caller. Of a call that the business has placed they mean the person called, and say so:
/// "The person called hung up." For sentences of ours alone, never for what a vendor or a person said.
[[nodiscard]] std::string of_person(std::string_view direction, std::string_view sentence);

}  // namespace tonris::model
