#include "model/audio/dtmf.hpp"

#include <spandsp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

#include "model/text/ascii.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t samples_a_ms = 8;
constexpr int tone_ms = 100, gap_ms = 100;
constexpr int low_level_dbm0 = -11, high_above_low_db = 2;
constexpr std::size_t key_samples = (tone_ms + gap_ms) * samples_a_ms;

struct free_tones {
  void operator()(dtmf_tx_state_t* tones) const noexcept { dtmf_tx_free(tones); }
};
using tone_maker = std::unique_ptr<dtmf_tx_state_t, free_tones>;

tone_maker make_tones() {
  tone_maker tones{dtmf_tx_init(nullptr)};
  if (!tones) throw std::bad_alloc();
  dtmf_tx_set_level(tones.get(), low_level_dbm0, high_above_low_db);
  dtmf_tx_set_timing(tones.get(), tone_ms, gap_ms);
  return tones;
}

bool is_key(char c) noexcept {
  return is_digit(c) || c == '*' || c == '#';
}

void append_silence(std::vector<std::uint8_t>& ulaw, std::size_t ms) {
  ulaw.insert(ulaw.end(), ms * samples_a_ms, linear_to_ulaw(0));
}

void append_key(dtmf_tx_state_t& tones, char key, std::vector<std::uint8_t>& ulaw) {
  std::array<std::int16_t, key_samples> samples{};
  dtmf_tx_put(&tones, &key, 1);
  dtmf_tx(&tones, samples.data(), static_cast<int>(samples.size()));
  for (const auto sample : samples) ulaw.push_back(linear_to_ulaw(sample));
}

}  // namespace

std::optional<std::vector<std::uint8_t>> dtmf_ulaw(std::string_view keys) {
  const auto is_known = [](char c) { return is_key(c) || c == 'w' || c == 'W'; };
  if (keys.empty() || keys.size() > max_dtmf_keys || !std::all_of(keys.begin(), keys.end(), is_known))
    return std::nullopt;
  const auto tones = make_tones();
  std::vector<std::uint8_t> ulaw;
  for (const char key : keys) {
    if (key == 'w')
      append_silence(ulaw, 500);
    else if (key == 'W')
      append_silence(ulaw, 1000);
    else
      append_key(*tones, key, ulaw);
  }
  return ulaw;
}

}  // namespace tonris::model
