#include "model/admission/verdict.hpp"

#include <array>

namespace tonris::model {

namespace {

constexpr std::array<std::string_view, admission_verdict_count> names{
    "ok", "elsewhere", "ended", "concurrency", "caller", "rate", "minutes", "cost", "vendor", "young", "lost"};

}  // namespace

std::string_view to_string(admission_verdict v) noexcept {
  return names[static_cast<std::size_t>(v) % names.size()];
}

bool is_unknown(admission_verdict v) noexcept {
  return v == admission_verdict::young || v == admission_verdict::lost;
}

}  // namespace tonris::model
