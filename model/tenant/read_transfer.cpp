#include "model/tenant/read_transfer.hpp"

#include "model/tenant/read_numbers.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace rules = tenant_rules;

std::optional<tenant::transfer_type> read_transfer(json_fields& settings, json_mistakes& mistakes) {
  tenant::transfer_type transfer;
  const bool there = settings.object("transfer", [&](json_fields& fields) {
    const bool named = fields.any("numbers") != nullptr || fields.any("prefixes") != nullptr;
    const auto before = mistakes.size();
    transfer.numbers = read_numbers(fields, "numbers", rules::max_transfer_numbers, mistakes);
    transfer.prefixes = read_prefixes(fields, "prefixes", rules::max_transfer_prefixes, mistakes);
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
  put_numbers(out, "numbers", transfer->numbers);
  put_numbers(out, "prefixes", transfer->prefixes);
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
