#include "actors/records/entry.hpp"

#include <charconv>
#include <numeric>
#include <utility>

#include "model/call/timeline.hpp"
#include "model/finding/full_text.hpp"

namespace tonris::actors::record_entry {

namespace {

using kind = call_database::outgoing::kind;

/// Where a sealed text belongs: it opens as nothing else.
std::string place_of(std::string_view field, const std::string& call, std::int64_t rev) {
  return "calls." + std::string{field} + "/" + call + "/" + std::to_string(rev);
}

std::string_view value_of(const net::redis_reply& fields, std::string_view name) {
  for (std::size_t i = 0; i + 1 < fields.items.size(); i += 2)
    if (fields.text_at(i) == name) return fields.text_at(i + 1);
  return {};
}

template <class Number>
std::optional<Number> whole(std::string_view text) {
  Number number{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<kind> kind_of(std::string_view what) {
  if (what == "record") return kind::record;
  if (what == "learned") return kind::learned;
  if (what == "gone") return kind::gone;
  return std::nullopt;
}

/// What is left of facts once what was said has gone; "": they have no words. Nothing: nobody can say.
std::optional<std::string> silent_part(const std::string& facts) {
  auto record = model::parse_call_record(facts);
  if (!record) return std::nullopt;
  auto silent = to_json(model::without_words(std::move(*record)));
  return silent == facts ? std::string{} : std::move(silent);
}

/// As it is, or as it was before it was sealed.
tl::expected<std::string, refusal> text_of(const net::redis_reply& fields, const std::string& name,
                                           const call_database::incoming& of, const model::field_seal& seal) {
  const auto sealed = value_of(fields, "sealed_" + name);
  if (sealed.empty()) return std::string{value_of(fields, name)};
  auto opened = seal.open(sealed, {{of.tenant}, place_of(name, of.call.value, of.rev)});
  if (opened) return std::move(*opened);
  return tl::unexpected(opened.error() == model::field_seal::refusal::unknown_key ? refusal::unknown_key
                                                                                  : refusal::unreadable);
}

}  // namespace

std::optional<place> parse_place(std::string_view text) noexcept {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto ms = whole<std::uint64_t>(text.substr(0, dash)), number = whole<std::uint64_t>(text.substr(dash + 1));
  if (!ms || !number) return std::nullopt;
  return place{*ms, *number};
}

std::optional<std::vector<std::string>> fields_of(const call_database::outgoing& what, const model::field_seal& seal,
                                                  const std::function<model::aead_nonce()>& nonce) {
  std::vector<std::string> fields{"tenant", what.tenant};
  if (what.what == kind::learned) fields.insert(fields.end(), {"of", what.node});
  // `place`: as which text it is read.
  const auto put = [&](const std::string& name, std::string text, std::string_view place) {
    if (!seal.can_seal() || text.empty()) {
      fields.insert(fields.end(), {name, std::move(text)});
      return true;
    }
    auto sealed = seal.seal(text, {{what.tenant}, place_of(place, what.call.value, what.rev)}, nonce());
    fields.insert(fields.end(), {"sealed_" + name, std::move(sealed)});
    return !fields.back().empty();
  };
  if (!put("json", what.json, "json")) return std::nullopt;
  const auto silent = what.what == kind::learned ? silent_part(what.json) : std::nullopt;
  if (silent && !put("silent", *silent, "json")) return std::nullopt;
  if (what.events.empty()) return fields;
  auto events = to_json(what.events);
  if (events.size() <= most_event_bytes && !put("events", std::move(events), "events")) return std::nullopt;
  return fields;
}

std::size_t bytes_of(const std::vector<std::string>& fields) noexcept {
  return std::accumulate(fields.begin(), fields.end(), std::size_t{0},
                         [](std::size_t sum, const std::string& field) { return sum + field.size(); });
}

std::string call_of(const net::redis_reply& entry) {
  return entry.items.size() == 2 ? std::string{value_of(entry.items[1], "call")} : std::string{};
}

tl::expected<read_entry, refusal> read(const net::redis_reply& entry, const model::field_seal& seal) {
  if (entry.items.size() != 2) return tl::unexpected(refusal::unreadable);
  if (entry.items[1].is == net::redis_reply::kind::integer) return tl::unexpected(refusal::too_large);
  const auto& fields = entry.items[1];
  read_entry found;
  found.id = entry.text_at(0);
  auto& news = found.news;
  for (const auto& [name, since] : {std::pair{"missed", &found.missed}, std::pair{"has", &found.has}}) {
    if (value_of(fields, "what") != name) continue;
    *since = whole<std::uint64_t>(value_of(fields, "since"));
    news.node = value_of(fields, "node");
    found.owner = value_of(fields, "of");
    if (!*since || news.node.empty()) return tl::unexpected(refusal::unreadable);
    return found;
  }
  const auto what = kind_of(value_of(fields, "what"));
  news.call.value = value_of(fields, "call");
  news.node = value_of(fields, "node");
  if (!what || news.call.empty() || !parse_place(found.id)) return tl::unexpected(refusal::unreadable);
  news.what = *what;
  if (news.what == kind::gone) return found;
  const auto rev = whole<std::int64_t>(value_of(fields, "rev"));
  if (!rev) return tl::unexpected(refusal::unreadable);
  news.rev = *rev;
  news.changed_ms = whole<std::int64_t>(value_of(fields, "changed"));
  news.tenant = value_of(fields, "tenant");
  found.owner = value_of(fields, "of");
  auto json = text_of(fields, "json", news, seal);
  if (!json) return tl::unexpected(json.error());
  news.json = std::move(*json);
  const auto events = text_of(fields, "events", news, seal);
  if (!events) return tl::unexpected(events.error());
  if (events->empty()) return found;
  // Moments that this version has no name for are no reason to do without the record.
  if (auto all = model::parse_events(news.call, *events)) news.events = std::move(*all);
  return found;
}

}  // namespace tonris::actors::record_entry
