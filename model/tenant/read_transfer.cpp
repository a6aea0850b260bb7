#include "model/tenant/read_transfer.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "model/tenant/read_numbers.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace {

namespace rules = tenant_rules;

std::vector<std::string> read_prefixes(json_fields& fields, json_mistakes& mistakes) {
  std::vector<std::string> all;
  fields.list("prefixes", rules::max_transfer_prefixes, [&](const rapidjson::Value& item, const std::string& path) {
    auto prefix = read_text(item, path, rules::prefix, mistakes);
    if (prefix && std::find(all.begin(), all.end(), *prefix) == all.end()) all.push_back(*std::move(prefix));
  });
  return all;
}

void put_texts(json_writer& out, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.open_list(key);
  for (const auto& text : texts) out.value(text);
  out.close_list();
}

}  // namespace

std::optional<tenant::transfer_type> read_transfer(json_fields& settings, json_mistakes& mistakes) {
  tenant::transfer_type transfer;
  const bool there = settings.object("transfer", [&](json_fields& fields) {
    const bool named = fields.any("numbers") != nullptr || fields.any("prefixes") != nullptr;
    const auto before = mistakes.size();
    transfer.numbers = read_numbers(fields, "numbers", rules::max_transfer_numbers, mistakes);
    transfer.prefixes = read_prefixes(fields, mistakes);
    if (!named || (mistakes.size() == before && transfer.numbers.empty() && transfer.prefixes.empty()))
      fields.refuse_object("must have numbers or prefixes that may be called");
    transfer.per_caller_per_day =
        fields.whole("perCallerPerDay", 1, rules::max_transfers_a_day).value_or(transfer.per_caller_per_day);
    transfer.warm = fields.flag("warm").value_or(false);
    transfer.whisper = fields.text("whisper", rules::whisper);
    if (transfer.whisper && !transfer.warm) fields.refuse("whisper", "needs warm to be true");
    transfer.ring_seconds =
        fields.whole("ringSeconds", rules::min_ring_seconds, rules::max_ring_seconds).value_or(transfer.ring_seconds);
    if (const auto what = fields.text("noAnswer", rules::no_answer))
      transfer.no_answer = rules::no_answer_of(*what).value_or(transfer.no_answer);
  });
  if (!there) return std::nullopt;
  return transfer;
}

void put_transfer(json_writer& out, const std::optional<tenant::transfer_type>& transfer) {
  if (!transfer) return;
  out.open_object("transfer");
  put_texts(out, "numbers", transfer->numbers);
  put_texts(out, "prefixes", transfer->prefixes);
  out.member("perCallerPerDay", transfer->per_caller_per_day);
  out.member("warm", transfer->warm);
  out.member("whisper", transfer->whisper);
  out.member("ringSeconds", transfer->ring_seconds);
  out.member("noAnswer", to_string(transfer->no_answer));
  out.close_object();
}

std::string_view to_string(tenant::transfer_type::no_answer_type what) noexcept {
  switch (what) {
    case tenant::transfer_type::no_answer_type::agent: return "agent";
    case tenant::transfer_type::no_answer_type::voicemail: return "voicemail";
  }
  return "agent";
}

}  // namespace tonris::model
