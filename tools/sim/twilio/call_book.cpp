#include "tools/sim/twilio/call_book.hpp"

#include <algorithm>
#include <utility>

namespace tonris::sim {

std::string_view booked_call::status() const noexcept {
  if (ended) return final_status;
  if (answered) return "in-progress";
  return rang ? "ringing" : "queued";
}

std::int64_t booked_call::seconds() const noexcept {
  if (!answered || !ended) return 0;
  const auto whole = [](time at) { return std::chrono::floor<std::chrono::seconds>(at); };
  return (whole(*ended) - whole(*answered)).count();
}

model::micros booked_call::stream_fee() const noexcept {
  constexpr model::micros a_minute = 4'000;
  model::micros all = 0;
  for (const auto& one : streams) {
    if (!one.ended) continue;
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(*one.ended - one.started).count();
    all += std::max<std::int64_t>(minutes, 1) * a_minute;
  }
  return all;
}

booked_call booked_call::as_of(time then) const {
  auto past = *this;
  const auto forget = [then](std::optional<time>& what) {
    if (what && *what > then) what.reset();
  };
  const bool comes_in = direction == "inbound";
  if (!comes_in) forget(past.rang);
  forget(past.answered);
  forget(past.ended);
  if (!past.ended) past.final_status.clear();
  return past;
}

void call_book::open(booked_call call) {
  if (!pages_.emplace(call.sid, calls_.size()).second) return;
  call.created = options_.now();
  if (call.direction == "inbound") call.rang = call.created;
  calls_.push_back(std::move(call));
}

void call_book::ring(std::string_view sid) {
  if (auto* const call = page_of(sid); call && !call->rang) call->rang = options_.now();
}

void call_book::answer(std::string_view sid) {
  if (auto* const call = page_of(sid); call && !call->answered && !call->ended) call->answered = options_.now();
}

void call_book::end(std::string_view sid, std::string_view status, std::chrono::milliseconds after) {
  auto* const call = page_of(sid);
  if (call == nullptr) return;
  const auto at = options_.now() + after;
  if (call->ended && *call->ended <= at) return;
  call->ended = at;
  end_stream(sid);
  call->final_status = status;
  rate(*call);
}

void call_book::tell_answered_by(std::string_view sid, std::string_view who) {
  if (auto* const call = page_of(sid)) call->answered_by = who;
}

void call_book::listen_for_machine(std::string_view sid) {
  if (auto* const call = page_of(sid)) call->is_listened_to = true;
}

void call_book::begin_stream(std::string_view sid) {
  if (auto* const call = page_of(sid)) call->streams.push_back({options_.now()});
}

void call_book::end_stream(std::string_view sid) {
  auto* const call = page_of(sid);
  if (call == nullptr || call->streams.empty() || call->streams.back().ended) return;
  call->streams.back().ended = options_.now();
}

void call_book::rate(booked_call& call) const {
  call.costs = {};
  call.rated_from.reset();
  if (!call.answered) return;
  const auto how = options_.rate ? options_.rate(call) : call_rating{};
  const auto minutes = std::max<std::int64_t>((call.seconds() + 59) / 60, 1);
  call.costs = {minutes * how.per_minute.amount, how.per_minute.in};
  if (how.after) call.rated_from = *call.ended + *how.after;
}

const booked_call* call_book::find(std::string_view sid) const {
  const auto page = pages_.find(std::string{sid});
  return page == pages_.end() ? nullptr : &calls_[page->second];
}

booked_call* call_book::page_of(std::string_view sid) {
  return const_cast<booked_call*>(std::as_const(*this).find(sid));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

std::optional<booked_call> call_book::shown(std::string_view sid) const {
  const auto* const call = find(sid);
  return call ? std::optional{call->as_of(options_.now() - options_.behind)} : std::nullopt;
}

std::optional<model::money> call_book::price_of(const booked_call& shown) const {
  const bool is_told = shown.ended && shown.rated_from && *shown.rated_from <= options_.now();
  return is_told ? std::optional{shown.costs} : std::nullopt;
}

}  // namespace tonris::sim
