#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "actors/store/database.hpp"
#include "model/access/field_seal.hpp"
#include "net/redis_reply.hpp"

/// How what nodes share of ended calls stands in the stream at Redis (config/redis/record_*.lua): an entry's fields are
/// what, call, rev, node and, but for a deletion, tenant, of, json, events; the last two sealed where SECRETS_KEY is
/// set, and then their names are sealed_json and sealed_events. What was learned has a second text, silent: what takes
/// the place of json when words are past their days (record_aged.lua), sealed for that place; "" where it has no words.
/// What is sent again says when it has changed. Nodes also speak of what others lack, by entries of their own: what
/// (missed | has), node, since, and of a question to one node alone `of`.
namespace tonris::actors::record_entry {

/// A stream's id: "1795958198791-0".
struct place {
  std::uint64_t ms = 0, number = 0;
  auto operator<=>(const place&) const = default;  // NOLINT(modernize-use-nullptr): the compiler compares with 0
};
[[nodiscard]] std::optional<place> parse_place(std::string_view text) noexcept;

/// More of it is not sent with the record.
inline constexpr std::size_t most_event_bytes = std::size_t{256} * 1024;
/// An entry's names and values, as they are sent; a larger one is not. What is read may be larger, as another
/// version's: two of them are still an answer that the link takes (net::redis_reply_limits).
inline constexpr std::size_t most_bytes = std::size_t{3} * 1024 * 1024;
inline constexpr std::size_t most_bytes_read = std::size_t{6} * 1024 * 1024;
[[nodiscard]] std::size_t bytes_of(const std::vector<std::string>& fields) noexcept;

/// Names and values behind those that the script writes itself. Nothing: it was to be sealed and could not be.
[[nodiscard]] std::optional<std::vector<std::string>> fields_of(const call_database::outgoing& what,
                                                                const model::field_seal& seal,
                                                                const std::function<model::aead_nonce()>& nonce);

enum class refusal : std::uint8_t {
  unknown_key,  ///< sealed by a key that SECRETS_KEY does not have here: yet
  unreadable,   ///< of a newer version, say, or changed since
  too_large,    ///< to be read at all: its size stands in its place
};
struct read_entry {
  std::string id;
  call_database::incoming news;
  std::string owner;                    ///< of what was learned: whose call it is; of a question: who is asked, "": all
  std::optional<std::uint64_t> missed;  ///< no news: news.node has missed what was sent since then (milliseconds)
  std::optional<std::uint64_t> has;     ///< no news: news.node has what no other was told of, since then
};
/// One element of what XREAD answers for a stream, or record_page.lua.
[[nodiscard]] tl::expected<read_entry, refusal> read(const net::redis_reply& entry, const model::field_seal& seal);
/// Of which call it is, also where it cannot be read; "": nobody knows.
[[nodiscard]] std::string call_of(const net::redis_reply& entry);

}  // namespace tonris::actors::record_entry
