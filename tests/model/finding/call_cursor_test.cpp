#include "model/finding/call_cursor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "model/text/base64.hpp"

namespace tonris::model {
namespace {

const call_sid some_call{"CA00000000000000000000000000000001"};

TEST(CallCursor, ComesBackAsItWasWritten) {
  for (const auto& place : {call_place{0, some_call}, call_place{1'795'341'600'000, some_call},
                            call_place{std::numeric_limits<std::int64_t>::max(), some_call}, call_place{7, {"C"}},
                            call_place{7, {std::string(max_cursor_call_bytes, 'x')}}}) {
    const auto text = to_cursor(place);
    EXPECT_EQ(from_cursor(text), place) << text;
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos)
        << text;
    EXPECT_LE(text.size(), 103U);
  }
}

TEST(CallCursor, IsRefusedWhenAnythingOfItIsDifferent) {
  const auto text = to_cursor({1'795'341'600'000, some_call});
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : std::string_view{"A_z0+/= \n\0%", 11}) {
      if (c == text[i]) continue;
      auto wrong = text;
      wrong[i] = c;
      EXPECT_FALSE(from_cursor(wrong)) << wrong;
    }
    EXPECT_FALSE(from_cursor(text.substr(0, i))) << i;
    EXPECT_FALSE(from_cursor(text.substr(i + 1))) << i;
    EXPECT_FALSE(from_cursor(text + text.substr(0, i + 1))) << i;
  }
}

TEST(CallCursor, IsRefusedWhenItsPlaceIsNone) {
  const auto encoded = [](std::int64_t started, const std::string& call) { return to_cursor({started, {call}}); };
  EXPECT_FALSE(from_cursor(encoded(-1, some_call.value)));
  EXPECT_FALSE(from_cursor(encoded(1, "")));
  EXPECT_FALSE(from_cursor(encoded(1, std::string(max_cursor_call_bytes + 1, 'x'))));
  EXPECT_FALSE(from_cursor(encoded(1, "CA 1")));
  EXPECT_FALSE(from_cursor(encoded(1, "CA\n")));
  EXPECT_FALSE(from_cursor(encoded(1, "CA\xC3\xA6")));
}

TEST(CallCursor, IsNothingThatSomebodyMakesUp) {
  std::mt19937 random{1};
  std::uniform_int_distribution<int> byte{0, 255}, length{0, 120};
  for (int n = 0; n < 20'000; ++n) {
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(length(random)));
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<std::uint8_t>(byte(random)); });
    if (!bytes.empty()) bytes[0] = 1;
    EXPECT_FALSE(from_cursor(to_base64url(bytes)));
    EXPECT_FALSE(from_cursor(std::string(bytes.begin(), bytes.end())));
  }
  for (const auto* text : {"", "0", "1795341600000", "CA00000000000000000000000000000001", "null", "../../etc"})
    EXPECT_FALSE(from_cursor(text)) << text;
  EXPECT_FALSE(from_cursor(std::string(1'000'000, 'A')));
}

TEST(CallPlaces, AreInTheOrderOfLists) {
  std::vector<call_place> places{{5, {"CA2"}}, {7, {"CA1"}}, {5, {"CA3"}}, {5, {"CA1"}}, {6, {"CA9"}}};
  std::sort(places.begin(), places.end(), comes_before);
  EXPECT_EQ(places, (std::vector<call_place>{{7, {"CA1"}}, {6, {"CA9"}}, {5, {"CA3"}}, {5, {"CA2"}}, {5, {"CA1"}}}));
  EXPECT_FALSE(comes_before(places[0], places[0]));
}

}  // namespace
}  // namespace tonris::model
