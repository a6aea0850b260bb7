#include "tools/bench/noise.hpp"

#include <limits>
#include <string>

namespace tonris::bench {

namespace {

constexpr std::uint64_t first_call = std::uint64_t{1} << 32;  // none of those that are measured
constexpr nanos never = std::numeric_limits<nanos>::max();

}  // namespace

noise::noise(poller& events, problems& faults, const sid_book& sids, const gateway_address& to, const tls_context& tls,
             double a_second)
    : events_(events),
      faults_(faults),
      sids_(sids),
      to_(to),
      tls_(tls),
      period_(static_cast<nanos>(static_cast<double>(one_s) / a_second)),
      link_(std::make_unique<connection>(events, static_cast<connection_user&>(*this))),
      next_due_(never) {}

noise::~noise() {
  end();
  events_.bury(std::move(link_));
}

void noise::begin(nanos from) {
  if (!link_->dial(to_.port, tls_)) return faults_.add("the noise has no connection");
  next_due_ = from;
}

/// Who is late sends what is due at once: the gateway takes one after the other.
void noise::send_due(nanos time) {
  for (; next_due_ <= time; next_due_ += period_)
    if (is_open_) link_->write(voice_webhook(to_, sids_.call_sid(first_call + sent_++), true, noisy_number));
}

void noise::end() {
  next_due_ = never;
  is_open_ = false;
  link_->close();
}

void noise::on_data(std::span<char> bytes) {
  http_.feed(bytes);
  while (const auto answer = http_.next()) {
    if (answer->status() != 200) faults_.add("the noise was answered " + std::to_string(answer->status()));
    ++(answer->body.find("<Stream ") == std::string_view::npos ? refused_ : taken_);
  }
}

void noise::on_closed(std::string_view why) {
  is_open_ = false;
  faults_.add("the noise lost its connection: " + std::string{why});
}

}  // namespace tonris::bench
