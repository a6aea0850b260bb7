#include "actors/call/signed_address.hpp"

#include <gtest/gtest.h>

namespace tonris::actors {
namespace {

using namespace std::chrono_literals;
using next_step = signed_address::next_step;

constexpr signed_address::time began{1h};
model::elevenlabs::signed_url url(std::string text = "wss://agent.example/?1") {
  return {std::move(text), {}};
}

TEST(SignedAddress, IsFetchedWhereThereIsNone) {
  signed_address address;
  EXPECT_EQ(address.want(began), next_step::fetch);
}

TEST(SignedAddress, IsWaitedForByWhoeverWantsItMeanwhile) {
  signed_address address;
  address.fetch_begins();
  EXPECT_EQ(address.want(began), next_step::wait);
  EXPECT_EQ(address.want(began), next_step::wait);
  EXPECT_TRUE(address.fetched(url(), began + 1s)) << "somebody waits";
  EXPECT_EQ(address.want(began + 1s), next_step::open);
}

TEST(SignedAddress, IsKeptWhenItComesBeforeAnybodyWantsIt) {
  signed_address address;
  address.fetch_begins();
  EXPECT_FALSE(address.fetched(url(), began));
  EXPECT_EQ(address.want(began + signed_url_age_limit), next_step::open);
  EXPECT_EQ(address.take().url, url().url);
}

TEST(SignedAddress, IsFetchedAgainWhenItIsOldUsedOrDropped) {
  signed_address address;
  (void)address.fetched(url(), began);
  EXPECT_EQ(address.want(began + signed_url_age_limit + 1ms), next_step::fetch) << "old";
  EXPECT_EQ(address.want(began), next_step::open);
  (void)address.take();
  EXPECT_EQ(address.want(began), next_step::fetch) << "used";
  (void)address.fetched(url(), began);
  address.drop();
  EXPECT_EQ(address.want(began), next_step::fetch) << "its conversation failed";
}

TEST(SignedAddress, IsStillWantedAfterAFetchThatFailed) {
  signed_address address;
  address.fetch_begins();
  (void)address.want(began);
  address.fetch_over();
  address.fetch_begins();
  EXPECT_TRUE(address.fetched(url(), began));
  address.not_wanted();
  EXPECT_FALSE(address.fetched(url(), began)) << "its conversation has begun";
}

}  // namespace
}  // namespace tonris::actors
