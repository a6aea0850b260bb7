#include "model/webhook/schedule.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tonris::model {

namespace {

using std::chrono::seconds;

constexpr std::array<seconds, 8> waits{
    seconds{5},
    seconds{30},
    std::chrono::minutes{2},
    std::chrono::minutes{10},
    std::chrono::minutes{30},
    std::chrono::hours{1},
    std::chrono::hours{2},
    std::chrono::hours{4},
};
constexpr seconds longest_asked{std::chrono::hours{1}};
constexpr double spread = 0.2;

}  // namespace

std::string_view to_string(webhook_outcome outcome) noexcept {
  switch (outcome) {
    case webhook_outcome::delivered: return "delivered";
    case webhook_outcome::again: return "again";
    case webhook_outcome::refused: return "refused";
    case webhook_outcome::gone: return "gone";
  }
  return "again";
}

webhook_outcome outcome_of(unsigned http_status) noexcept {
  if (http_status >= 200 && http_status < 300) return webhook_outcome::delivered;
  switch (http_status) {
    case 410: return webhook_outcome::gone;
    case 400:
    case 405:
    case 413:
    case 415:
    case 422: return webhook_outcome::refused;
    default: return webhook_outcome::again;
  }
}

std::optional<webhook_attempts::time> next_attempt(const webhook_attempts& so_far, webhook_attempts::time now,
                                                   double jitter, seconds retry_after) {
  const auto nth = std::min<std::size_t>(std::max<std::uint32_t>(so_far.made, 1) - 1, waits.size() - 1);
  const auto factor = 1 - spread + 2 * spread * std::clamp(jitter, 0.0, 1.0);
  auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(waits[nth] * factor);
  wait = std::max<std::chrono::milliseconds>(wait, std::clamp(retry_after, seconds{0}, longest_asked));
  const auto next = now + wait;
  if (next > so_far.first + webhook_attempts::lifetime) return std::nullopt;
  return next;
}

}  // namespace tonris::model
