#include "model/finding/refused_requests.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <variant>

#include "model/text/public_address.hpp"

namespace tonris::model {

namespace {

void join(refused_request& to, const refused_request& again) {
  ++to.count;
  to.last = std::max(to.last, again.last);
  if (!again.request_id.empty()) to.request_id = again.request_id;
  if (to.account.empty()) to.account = again.account;
  if (to.to.empty()) to.to = again.to;
  if (to.from.empty()) to.from = again.from;
}

template <std::size_t Size>
std::uint64_t beginning_of(const std::array<std::uint8_t, Size>& ip) noexcept {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(Size, 8); ++i) bits = bits << 8 | ip[i];
  return bits;
}

}  // namespace

std::uint64_t network_of(std::string_view address) noexcept {
  const auto ip = read_ip(address.substr(0, address.find('%')));
  if (!ip) return std::hash<std::string_view>{}(address);
  return std::visit([](const auto& bytes) { return beginning_of(bytes); }, plain_ip(*ip));
}

refused_requests::refused_requests() {
  places_.reserve(most);
  groups_.reserve(most + 1);  // that of one who comes is there before another's is gone
}

bool refused_requests::note(const refused_request& one) {
  if (auto* const known = same_as(one)) return join(known->one, one), true;
  const auto in = group_for(network_of(one.address.view()), one.reason);
  ++groups_[in].size;
  ++of_reason_[one.reason % most_reasons];
  if (places_.size() < most) return places_.push_back({one, in}), true;
  auto& goes = most_crowded();
  --groups_[goes.group].size;
  --of_reason_[goes.one.reason % most_reasons];
  goes = {one, in};
  return false;
}

refused_requests::place* refused_requests::same_as(const refused_request& one) {
  const auto found = std::ranges::find_if(places_, [&](const place& there) {
    const auto& known = there.one;
    return known.reason == one.reason && known.route == one.route && one.last - known.last <= joined_within &&
           known.call == one.call && known.address == one.address;
  });
  return found == places_.end() ? nullptr : &*found;
}

std::size_t refused_requests::group_for(std::uint64_t network, std::uint8_t reason) {
  auto unused = groups_.size();
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const auto& known = groups_[i];
    if (known.size == 0)
      unused = i;
    else if (known.network == network && known.reason == reason)
      return i;
  }
  if (unused == groups_.size()) groups_.emplace_back();
  groups_[unused] = {network, reason, 0};
  return unused;
}

/// Of those that are there; who comes is counted among his own already.
refused_requests::place& refused_requests::most_crowded() {
  const auto reason = static_cast<std::size_t>(std::ranges::max_element(of_reason_) - of_reason_.begin());
  const auto goes_before = [&](const place& a, const place& b) {
    const bool a_is_in = a.one.reason % most_reasons == reason, b_is_in = b.one.reason % most_reasons == reason;
    if (a_is_in != b_is_in) return a_is_in;
    const auto of_a = groups_[a.group].size, of_b = groups_[b.group].size;
    return of_a != of_b ? of_a > of_b : a.one.last < b.one.last;
  };
  return *std::ranges::min_element(places_, goes_before);
}

std::vector<refused_request> refused_requests::all() const {
  std::vector<refused_request> some;
  some.reserve(places_.size());
  for (const auto& there : places_) some.push_back(there.one);
  return some;
}

std::vector<refused_request> newest_of(std::vector<refused_request> all, const refused_query& query) {
  std::erase_if(all, [&](const refused_request& one) {
    return (query.since && one.last < *query.since) || (query.route && one.route != *query.route) ||
           (query.reason && one.reason != *query.reason);
  });
  std::ranges::sort(
      all, [](const auto& a, const auto& b) { return a.last != b.last ? a.last > b.last : a.first > b.first; });
  if (all.size() > query.limit) all.resize(query.limit);
  return all;
}

}  // namespace tonris::model
