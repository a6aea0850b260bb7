#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/store/condition.hpp"
#include "model/finding/call_query.hpp"
#include "net/sqlite.hpp"

/// By which index calls are looked for, so that a page costs the same however many there are (database_find.cpp). One
/// filter: by its own, which gives calls in the order of time. Several, words, and that a call went wrong by any of
/// many ends: by the full text, which has each call's filters as words beside what was said, and intersects them in
/// that order. How numbers begin is in no such order: few of them are looked at by their own index, whatever else is
/// asked for, many in the order of time.
namespace tonris::actors::call_search {

/// Of a number either side may have: one look-up for each, since an index gives one in order.
enum class side : std::uint8_t { caller, called };

struct search {
  std::string from, row;  ///< of what, and the row that has the order of time
  condition where;
};
[[nodiscard]] net::sqlite::result<search> search_for(net::sqlite::database& db, const model::call_query& query,
                                                     std::optional<side> of_number);

}  // namespace tonris::actors::call_search
