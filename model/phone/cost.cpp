#include "model/phone/cost.hpp"

#include <algorithm>
#include <array>
#include <list>

#include <phonenumbers/phonenumberutil.h>

#include "model/phone/number.hpp"

namespace tonris::model {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// Thread safe: made once, read only afterwards.
const PhoneNumberUtil& numbers() {
  return *PhoneNumberUtil::GetInstance();
}

struct known_beginning {
  std::string_view prefix;
  number_cost cost;
};
constexpr std::array beginnings{
    known_beginning{"+1900", number_cost::premium},    known_beginning{"+1976", number_cost::premium},
    known_beginning{"+979", number_cost::premium},     known_beginning{"+878", number_cost::premium},
    known_beginning{"+870", number_cost::satellite},   known_beginning{"+871", number_cost::satellite},
    known_beginning{"+872", number_cost::satellite},   known_beginning{"+873", number_cost::satellite},
    known_beginning{"+874", number_cost::satellite},   known_beginning{"+881", number_cost::satellite},
    known_beginning{"+882", number_cost::satellite},   known_beginning{"+883", number_cost::satellite},
    known_beginning{"+888", number_cost::satellite},   known_beginning{"+991", number_cost::satellite},
    known_beginning{"+808", number_cost::shared_cost},
};

// North America's exchange of paid services, in any area: +1 212 976 ….
bool is_paid_exchange(std::string_view number) noexcept {
  constexpr std::size_t whole = 12, exchange_at = 5;
  return number.size() >= whole && number.starts_with("+1") && number.substr(exchange_at, 3) == "976";
}

number_cost by_beginning(std::string_view number) noexcept {
  const auto found = std::find_if(beginnings.begin(), beginnings.end(),
                                  [&](const known_beginning& row) { return number.starts_with(row.prefix); });
  if (found != beginnings.end()) return found->cost;
  return is_paid_exchange(number) ? number_cost::premium : number_cost::ordinary;
}

number_cost by_type(PhoneNumberUtil::PhoneNumberType type) noexcept {
  if (type == PhoneNumberUtil::SHARED_COST) return number_cost::shared_cost;
  const bool is_dear = type == PhoneNumberUtil::PREMIUM_RATE || type == PhoneNumberUtil::PERSONAL_NUMBER ||
                       type == PhoneNumberUtil::PAGER;
  return is_dear ? number_cost::premium : number_cost::ordinary;
}

std::string formatted(const PhoneNumber& number) {
  std::string e164;
  numbers().Format(number, PhoneNumberUtil::E164, &e164);
  return e164;
}

number_cost of_parsed(const PhoneNumber& number) {
  const auto cost = by_beginning(formatted(number));
  return cost == number_cost::ordinary ? by_type(numbers().GetNumberType(number)) : cost;
}

std::optional<PhoneNumber> parsed(std::string_view e164) {
  PhoneNumber number;
  if (numbers().Parse(std::string{e164}, "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
  return number;
}

/// The library's "001" is a network of no country, "ZZ" nothing it knows.
bool is_country(std::string_view region) noexcept {
  return !region.empty() && region != "ZZ" && region != "001";
}

std::string region_of(std::string_view e164) {
  std::string region;
  if (const auto number = parsed(e164)) {
    numbers().GetRegionCodeForNumber(*number, &region);
    // Of a number that no table knows, its country's first.
    if (region.empty() || region == "ZZ") numbers().GetRegionCodeForCountryCode(number->country_code(), &region);
  }
  return region;
}

}  // namespace

std::string_view to_string(number_cost cost) noexcept {
  switch (cost) {
    case number_cost::ordinary: return "ordinary";
    case number_cost::premium: return "premium";
    case number_cost::satellite: return "satellite";
    case number_cost::shared_cost: return "shared_cost";
  }
  return "ordinary";
}

number_cost cost_of(std::string_view e164) {
  if (const auto cost = by_beginning(e164); cost != number_cost::ordinary) return cost;
  const auto number = parsed(e164);
  if (!number) return number_cost::ordinary;
  const auto cost = of_parsed(*number);
  // Digits beyond its plan's are perhaps passed over on the way: what is left counts as well.
  auto cut = *number;
  return cost == number_cost::ordinary && numbers().TruncateTooLongNumber(&cut) ? of_parsed(cut) : cost;
}

std::vector<std::string> regions_of(std::string_view e164) {
  const auto number = parsed(e164);
  if (!number) return {};
  std::string region;
  if (numbers().IsValidNumber(*number)) numbers().GetRegionCodeForNumber(*number, &region);
  if (is_country(region)) return {region};
  std::list<std::string> all;
  numbers().GetRegionCodesForCountryCallingCode(number->country_code(), &all);
  std::erase_if(all, [](const std::string& one) { return !is_country(one); });
  return {all.begin(), all.end()};
}

std::optional<std::string> dialled_number(std::string_view text, std::string_view home) {
  auto written = to_e164(text, region_of(home));
  const auto number = written ? parsed(*written) : std::nullopt;
  if (!number) return written;
  const auto possible = numbers().IsPossibleNumberWithReason(*number);
  if (possible == PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY) return std::nullopt;
  if (possible == PhoneNumberUtil::IS_POSSIBLE) return formatted(*number);
  return written;  // newer than the metadata
}

}  // namespace tonris::model
