#pragma once

#include <string_view>

#include "model/call/record.hpp"
#include "net/sqlite.hpp"

/// The call database's list of ended calls, beside their records: the table `calls`, a narrow row each with what calls
/// are looked for by, and `words`, the full text of what was said. For the database's units alone.
namespace tonris::actors::call_list {

/// Written anew where it is there already. Its row in both tables is the number of its place
/// (model/finding/call_cursor.hpp), or the next that is free: so every index of `calls`, and the full text, gives calls
/// in the order of lists.
[[nodiscard]] net::sqlite::result<void> put(net::sqlite::database& db, const model::call_record& record);
/// Of a record that this version cannot read: whose call it is and when it began, so that it goes in its time.
[[nodiscard]] net::sqlite::result<void> put_unreadable(net::sqlite::database& db, const model::call_sid& call,
                                                       std::string_view tenant, model::call_record::time started);
/// Both rows.
[[nodiscard]] net::sqlite::result<void> remove(net::sqlite::database& db, const model::call_sid& call);

}  // namespace tonris::actors::call_list
