#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "model/finding/call_query.hpp"

namespace tonris::model {

/// Whose calls somebody looks for, as he writes it: a whole number with its country ("+47 90000042", "0047 90000042"),
/// or without ("90000042", "0171 2345678": it is looked for by that end, since nobody says which country's it is); how
/// it begins ("+4570*") or ends ("*4711"); "withheld", as tenants' rules call it; an address. An error: what it must
/// be.
[[nodiscard]] tl::expected<wanted_number, std::string> read_wanted_number(std::string_view written);

}  // namespace tonris::model
