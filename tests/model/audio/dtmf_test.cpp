#include "model/audio/dtmf.hpp"

#include <spandsp.h>

#include <array>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/audio/watch.hpp"

namespace tonris::model {
namespace {

/// What SpanDSP's own receiver hears.
std::string heard_in(const std::vector<std::uint8_t>& ulaw) {
  std::vector<std::int16_t> samples;
  for (const auto byte : ulaw) samples.push_back(ulaw_to_linear(byte));
  auto* const receiver = dtmf_rx_init(nullptr, nullptr, nullptr);
  dtmf_rx(receiver, samples.data(), static_cast<int>(samples.size()));
  std::array<char, 64> keys{};
  const auto count = dtmf_rx_get(receiver, keys.data(), static_cast<int>(keys.size()) - 1);
  dtmf_rx_free(receiver);
  return {keys.data(), count};
}

bool is_silent(std::span<const std::uint8_t> ulaw) {
  return std::all_of(ulaw.begin(), ulaw.end(), [](std::uint8_t byte) { return byte == 0xFF || byte == 0x7F; });
}

std::span<const std::uint8_t> ms(const std::vector<std::uint8_t>& ulaw, std::size_t from, std::size_t count) {
  return std::span{ulaw}.subspan(from * 8, count * 8);
}

TEST(DtmfUlaw, IsHeardByAReceiver) {
  for (const std::string keys : {"0123456789*#", "1", "11", "5w5", "9W#0", "99999999999999999999999999999999"}) {
    const auto ulaw = dtmf_ulaw(keys);
    ASSERT_TRUE(ulaw) << keys;
    auto expected = keys;
    std::erase_if(expected, [](char c) { return c == 'w' || c == 'W'; });
    EXPECT_EQ(heard_in(*ulaw), expected);
  }
}

TEST(DtmfUlaw, TakesItsTime) {
  struct row {
    std::string keys;
    std::size_t ms;
  };
  for (const auto& [keys, ms] : {row{"1", 200}, row{"12", 400}, row{"w", 500}, row{"W", 1000}, row{"1wW2", 1900},
                                 row{std::string(32, 'W'), 32'000}}) {
    const auto ulaw = dtmf_ulaw(keys);
    ASSERT_TRUE(ulaw) << keys;
    EXPECT_EQ(ulaw->size(), ms * 8) << keys;
    EXPECT_EQ(ulaw->size() % 160, 0U) << "whole frames";
  }
}

TEST(DtmfUlaw, IsToneThenSilence) {
  const auto ulaw = dtmf_ulaw("1w2").value();
  EXPECT_TRUE(is_silent(ms(ulaw, 100, 600)));
  EXPECT_FALSE(is_silent(ms(ulaw, 700, 5)));
  EXPECT_TRUE(is_silent(ms(ulaw, 800, 100)));
}

TEST(DtmfUlaw, IsAsLoudAsTheStandardSays) {
  // -11 and -9 dBm0 together
  for (const auto* key : {"1", "5", "9", "*", "0", "#"})
    EXPECT_NEAR(level_dbm0(ms(dtmf_ulaw(key).value(), 10, 80)), -6.9, 0.5) << key;
}

TEST(DtmfUlaw, IsNothingForWhatIsNoKey) {
  for (const std::string keys : {"", "A", "12 3", "1,2", "+1", "p"}) EXPECT_FALSE(dtmf_ulaw(keys)) << keys;
  EXPECT_FALSE(dtmf_ulaw(std::string(max_dtmf_keys + 1, '1')));
}

}  // namespace
}  // namespace tonris::model
