#include "model/usage/month.hpp"

namespace tonris::model {

usage_month month_of(std::chrono::system_clock::time_point at) {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(at)};
  return {static_cast<int>(day.year()) * 100 + static_cast<int>(static_cast<unsigned>(day.month()))};
}

std::string to_string(usage_month month) {
  return std::to_string(month.number);
}

}  // namespace tonris::model
