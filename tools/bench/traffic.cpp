#include "tools/bench/traffic.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tonris::bench {
namespace {

constexpr std::uint8_t silence_a = 0xff, silence_b = 0x7f;

bool silent(std::span<const std::uint8_t> audio) noexcept {
  return std::ranges::all_of(audio, [](std::uint8_t b) { return b == silence_a || b == silence_b; });
}

}  // namespace

traffic::traffic(std::uint32_t calls) {
  for (const auto way : {direction::to_agent, direction::to_caller}) {
    flows_[index(way)].reserve(calls);
    for (std::uint32_t call = 0; call < calls; ++call) {
      flows_[index(way)].push_back({frame_stamper{call, way}, {}, 0});
    }
  }
}

std::string_view traffic::next(std::uint32_t call, direction way, nanos due) {
  auto& f = of(call, way);
  const nanos sent = now();
  if (in_window(due)) times_.send_lag.record(sent - due);
  return f.stamper.frame(f.sent++, due, sent);
}

void traffic::arrived(std::uint32_t call, direction way, std::string_view base64) {
  if (base64.size() == frame_base64) return arrived_whole(call, way, base64);
  arrived_pieces(call, way, base64);
}

void traffic::arrived_whole(std::uint32_t call, direction way, std::string_view base64) {
  const auto s = read_stamp(base64);
  if (!s) return arrived_pieces(call, way, base64);
  accept(call, way, *s, of(call, way).stamper.pattern_matches(base64));
}

// A gateway may join frames, or fill pauses: then the audio is cut into frames again.
void traffic::arrived_pieces(std::uint32_t call, direction way, std::string_view base64) {
  auto& m = meters_[index(way)];
  std::vector<std::uint8_t> audio(base64.size());
  const auto size = decode_base64(base64, audio);
  if (!size) {
    ++m.damaged;
    return;
  }
  audio.resize(*size);
  for (std::span<const std::uint8_t> rest{audio}; !rest.empty();) {
    const auto piece = rest.first(std::min(rest.size(), frame_bytes));
    rest = rest.subspan(piece.size());
    const auto s = piece.size() == frame_bytes ? read_stamp(piece.first<stamp_bytes>()) : std::nullopt;
    if (s) {
      std::array<char, frame_base64> text;
      encode_base64(piece, text.data());
      accept(call, way, *s, of(call, way).stamper.pattern_matches({text.data(), text.size()}));
    } else {
      ++(silent(piece) ? m.silence : m.foreign);
    }
  }
}

void traffic::accept(std::uint32_t call, direction way, const stamp& s, bool intact) {
  auto& m = meters_[index(way)];
  ++arrivals_;
  if (s.call != call || s.way != way) {
    ++m.misdirected;
    return;
  }
  if (!intact) ++m.damaged;
  if (of(call, way).check.arrived(s.sequence) == flow_check::verdict::twice || !in_window(s.due)) return;
  const nanos time = now();
  times_.from_due[index(way)].record(time - s.due);
  times_.from_sent[index(way)].record(time - s.sent);
}

window_times traffic::take_window() {
  from_ = to_ = never;
  return std::exchange(times_, {});
}

way_count traffic::count(direction way) const {
  const auto& m = meters_[index(way)];
  way_count sum;
  sum.misdirected = m.misdirected;
  sum.damaged = m.damaged;
  sum.silence = m.silence;
  sum.foreign = m.foreign;
  for (const auto& f : flows_[index(way)]) {
    sum.sent += f.sent;
    sum.received += f.check.received();
    sum.lost += f.check.missing(f.sent);
    sum.reordered += f.check.late();
    sum.twice += f.check.twice();
  }
  return sum;
}

}  // namespace tonris::bench
