#include "model/doctor/certificate.hpp"

namespace tonris::model::doctor {

namespace {

constexpr std::int64_t days_that_are_few = 14;  // who renews by himself does so 30 days before

std::string_view code_of(certificate_facts::verdict is) {
  using verdict = certificate_facts::verdict;
  switch (is) {
    case verdict::good: break;
    case verdict::expired: return "certificate_expired";
    case verdict::not_yet: return "certificate_not_yet";
    case verdict::of_another: return "certificate_of_another";
    case verdict::self_signed: return "certificate_self_signed";
    case verdict::incomplete: return "certificate_chain_incomplete";
    case verdict::refused: return "certificate_refused";
    case verdict::unseen: return "certificate_unseen";
  }
  return "certificate_good";
}

}  // namespace

findings judge(const certificate_facts& facts) {
  const auto days = std::to_string(facts.days_left);
  if (facts.is != certificate_facts::verdict::good)
    return {found(code_of(facts.is), {{"host", facts.host}, {"detail", facts.detail}, {"why", facts.detail}})};
  if (facts.days_left < days_that_are_few)
    return {found("certificate_expires", {{"host", facts.host}, {"days", days}})};
  return {found("certificate_good", {{"host", facts.host}, {"days", days}, {"chain", std::to_string(facts.chain)}})};
}

}  // namespace tonris::model::doctor
