#include "actors/call/outbound_dials.hpp"

#include "model/outbound/search.hpp"

namespace tonris::actors {

namespace {

std::optional<model::dial> copy_of(const model::dial* one) {
  return one != nullptr ? std::optional{*one} : std::nullopt;
}

}  // namespace

outbound_dials::begun outbound_dials::begin(const model::dial& wanted, model::dial_verdict judged,
                                            const model::tenant::outbound_type& rules, time now, metrics& counters) {
  begun answer;
  std::uint64_t forgotten = 0;
  {
    const std::scoped_lock lock{lock_};
    const auto before = dials_.forgotten();
    const auto found = dials_.begin(wanted, judged, rules, now);
    answer = {found.verdict, copy_of(found.before), found.differs};
    forgotten = dials_.forgotten() - before;
  }
  if (forgotten > 0) counters.of<outbound_metrics>().forgotten(forgotten);
  return answer;
}

void outbound_dials::placed(const model::ticket& shown, const model::call_sid& call) {
  const std::scoped_lock lock{lock_};
  dials_.placed(shown, call);
}

void outbound_dials::is_unknown(const model::ticket& shown) {
  const std::scoped_lock lock{lock_};
  dials_.is_unknown(shown);
}

void outbound_dials::looks_again(const model::ticket& shown) {
  const std::scoped_lock lock{lock_};
  dials_.looks_again(shown);
}

void outbound_dials::forget(const model::ticket& shown) {
  const std::scoped_lock lock{lock_};
  dials_.forget(shown);
}

std::optional<model::dial> outbound_dials::find(const model::ticket& shown) const {
  const std::scoped_lock lock{lock_};
  return copy_of(dials_.find(shown));
}

std::optional<model::call_sid> outbound_dials::find_among(const model::ticket& shown,
                                                          const std::vector<model::twilio::listed_call>& listed) {
  const std::scoped_lock lock{lock_};
  const auto* const one = dials_.find(shown);
  if (one == nullptr) return std::nullopt;
  if (!one->call.empty()) return one->call;
  auto found = find_placed(*one, listed, [this](const model::call_sid& call) { return dials_.is_taken(call); });
  if (found) dials_.placed(shown, *found);
  return found;
}

std::optional<model::dial> outbound_dials::redeem(const model::ticket& shown, const model::call_sid& call, time now) {
  const std::scoped_lock lock{lock_};
  return copy_of(dials_.redeem(shown, call, now));
}

std::optional<model::dial> outbound_dials::report(const model::ticket& shown, const model::call_sid& call, time now) {
  const std::scoped_lock lock{lock_};
  return copy_of(dials_.report(shown, call, now));
}

std::optional<model::dial> outbound_dials::hears_machine(const model::ticket& shown, const model::call_sid& call,
                                                         time now) {
  const std::scoped_lock lock{lock_};
  auto* const one = dials_.report(shown, call, now);
  if (one != nullptr) one->machine_heard = true;
  return copy_of(one);
}

}  // namespace tonris::actors
