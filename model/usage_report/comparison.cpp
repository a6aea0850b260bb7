#include "model/usage_report/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace tonris::model {

namespace {

using variant = comparison::variant;

const double log_enough = std::log(20);  // evidence for an error rate of 5 %

/// How much more a block's outcomes speak for `rate` than for `mixed`.
double log_ratio(const comparison::side& outcomes, double rate, double mixed) noexcept {
  return static_cast<double>(outcomes.successes) * std::log(rate / mixed) +
         static_cast<double>(outcomes.calls - outcomes.successes) * std::log((1 - rate) / (1 - mixed));
}

/// What a call of that rate adds to the evidence, on average.
double growth(double rate, double mixed) noexcept {
  return rate * std::log(rate / mixed) + (1 - rate) * std::log((1 - rate) / (1 - mixed));
}

double mix(double rate_a, double calls_a, double rate_b, double calls_b) noexcept {
  return (rate_a * calls_a + rate_b * calls_b) / (calls_a + calls_b);
}

/// With half a success and half a failure that nobody saw (Jeffreys' prior): never 0 or 1.
double smoothed_rate(double successes, double calls) noexcept {
  return (successes + 0.5) / (calls + 1);
}

void count(comparison::side& in, bool success) noexcept {
  ++in.calls;
  if (success) ++in.successes;
}

std::string percent(const comparison::side& of) {
  if (of.calls == 0) return "no calls";
  char text[96];
  const auto rate = static_cast<double>(of.successes) / static_cast<double>(of.calls);
  const auto interval = of.interval();
  std::snprintf(text, sizeof text, "%.1f %% of %llu calls (%.1f to %.1f %%)", rate * 100,
                static_cast<unsigned long long>(of.calls), interval.low * 100, interval.high * 100);
  return text;
}

/// "B 75.0 % of 20 calls (53.1 to 88.8 %), A no calls".
std::string both(const comparison& of, std::string_view name_a, std::string_view name_b) {
  return std::string{name_b}.append(" ").append(percent(of.of(variant::b))).append(", ").append(name_a).append(" ") +
         percent(of.of(variant::a));
}

/// "3 of 40 of B".
std::string judged_in_words(const comparison::side& of, std::string_view name) {
  return std::to_string(of.judged).append(" of ").append(std::to_string(of.due)).append(" of ").append(name);
}

bool is_judged_enough(const comparison::side& of) noexcept {
  return of.judged * 2 >= of.due;
}

double to_ten_thousandth(double number) noexcept {
  return std::round(number * 10'000) / 10'000;
}

void put(json_writer& out, std::string_view key, std::string_view name, const comparison::side& of) {
  const auto interval = of.interval();
  out.open_object(key);
  out.member("variant", name);
  out.member("calls", of.calls);
  out.member("successes", of.successes);
  out.member("low", to_ten_thousandth(interval.low));
  out.member("high", to_ten_thousandth(interval.high));
  out.close_object();
}

}  // namespace

void comparison::add(variant which, bool success) noexcept {
  const auto i = static_cast<std::size_t>(which);
  count(sides_[i], success);
  count(block_[i], success);
  if (block_[0].calls > 0 && block_[1].calls > 0) close_block();
}

void comparison::expect_judgement(variant of, bool is_there) noexcept {
  auto& counted = sides_[static_cast<std::size_t>(of)];
  ++counted.due;
  if (is_there) ++counted.judged;
}

bool comparison::is_judged() const noexcept {
  return is_judged_enough(sides_[0]) && is_judged_enough(sides_[1]);
}

/// By the calls before the block that is open.
double comparison::expected_rate(variant of) const noexcept {
  const auto i = static_cast<std::size_t>(of);
  return smoothed_rate(static_cast<double>(sides_[i].successes - block_[i].successes),
                       static_cast<double>(sides_[i].calls - block_[i].calls));
}

void comparison::close_block() noexcept {
  const double a = expected_rate(variant::a), b = expected_rate(variant::b);
  const double mixed = mix(a, static_cast<double>(block_[0].calls), b, static_cast<double>(block_[1].calls));
  log_evidence_ += log_ratio(block_[0], a, mixed) + log_ratio(block_[1], b, mixed);
  most_log_evidence_ = std::max(most_log_evidence_, log_evidence_);
  block_ = {};
  if (!better_ && log_evidence_ >= log_enough)
    better_ = expected_rate(variant::b) > expected_rate(variant::a) ? variant::b : variant::a;
}

double comparison::p_value() const noexcept {
  return std::min(std::exp(-most_log_evidence_), 1.0);
}

std::optional<std::uint64_t> comparison::calls_to_go() const noexcept {
  constexpr double most = 1e7, least_growth = 1e-9;
  const auto calls_a = static_cast<double>(sides_[0].calls), calls_b = static_cast<double>(sides_[1].calls);
  if (better_ || !is_judged() || calls_a == 0 || calls_b == 0) return std::nullopt;
  const double a = smoothed_rate(static_cast<double>(sides_[0].successes), calls_a);
  const double b = smoothed_rate(static_cast<double>(sides_[1].successes), calls_b);
  const double mixed = mix(a, calls_a, b, calls_b);
  const double a_call = mix(growth(a, mixed), calls_a, growth(b, mixed), calls_b);
  if (!(a_call > least_growth)) return std::nullopt;
  const double calls = std::ceil((log_enough - log_evidence_) / a_call);
  return calls <= most ? std::optional{static_cast<std::uint64_t>(std::max(calls, 1.0))} : std::nullopt;
}

std::string in_words(const comparison& of, std::string_view name_a, std::string_view name_b) {
  if (!of.is_judged())
    return "too few calls are judged: " + judged_in_words(of.of(variant::b), name_b) + ", " +
           judged_in_words(of.of(variant::a), name_a) + "; " + both(of, name_a, name_b);
  if (const auto better = of.better()) {
    const bool is_b = *better == variant::b;
    const auto other = is_b ? variant::a : variant::b;
    return std::string{is_b ? name_b : name_a}.append(" is better: ").append(percent(of.of(*better))).append(", ") +
           std::string{is_b ? name_a : name_b}.append(" ").append(percent(of.of(other)));
  }
  std::string words = "not enough yet";
  if (const auto calls = of.calls_to_go()) words += ": about " + std::to_string(*calls) + " more calls";
  return words + "; " + both(of, name_a, name_b);
}

std::string to_json(const comparison& of, std::string_view name_a, std::string_view name_b) {
  std::string json;
  json_writer out(json);
  out.open_object();
  put(out, "a", name_a, of.of(variant::a));
  put(out, "b", name_b, of.of(variant::b));
  if (const auto better = of.better()) out.member("better", *better == variant::b ? name_b : name_a);
  out.member("pValue", to_ten_thousandth(of.p_value()));
  out.member("callsToGo", of.calls_to_go());
  out.member("says", in_words(of, name_a, name_b));
  out.close_object();
  return json;
}

}  // namespace tonris::model
