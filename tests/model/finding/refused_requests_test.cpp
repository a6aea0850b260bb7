#include "model/finding/refused_requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

namespace tonris::model {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint8_t voice = 0, status = 2;
constexpr std::uint8_t bad_signature = 0, bad_form = 2, unknown_number = 12;
const refused_request::time noon{seconds{1'800'000'000}};

std::string sid(int number) {
  auto digits = std::to_string(number);
  return "CA" + std::string(32 - digits.size(), '0') + digits;
}

struct asked {
  std::string address = "198.51.100.7", call = sid(1);
  std::uint8_t route = voice, reason = bad_signature;
  seconds after{0};
};
refused_request made(const asked& a) {
  return refused_at(noon + a.after, a.route, a.reason, a.address, {}, {.call = a.call});
}

std::size_t count_of(const refused_requests& list, const std::string& address) {
  const auto all = list.all();
  return static_cast<std::size_t>(
      std::ranges::count_if(all, [&](const auto& one) { return one.address.view() == address; }));
}

// --- what an entry has

TEST(RefusedRequest, HasWhatItClaimsCutAndCleaned) {
  const struct {
    const char* what;
    request_claims says;
    std::string call, account, to, from;
  } rows[] = {
      {"nothing", {}, "", "", "", ""},
      {"a call that comes in",
       {sid(1), "AC00000000000000000000000000000001", "+15550100002", "+15550100001", "inbound"},
       sid(1),
       "AC00000000000000000000000000000001",
       "+15550100002",
       "+1555..."},
      {"a number in another form",
       {"", "", "+1 (555) 010-0002", "anonymous", "inbound"},
       "",
       "",
       "+15550100002",
       "anony..."},
      {"which of them is the business's nobody says",
       {"", "", "+15550100077", "+15550100002", ""},
       "",
       "",
       "+1555...",
       "+1555..."},
      {"a trunk's call",
       {"", "", "+15550100077", "+15550100002", "trunking-originating"},
       "",
       "",
       "+1555...",
       "+1555..."},
      {"a call that the business placed",
       {"", "", "+15550100077", "+15550100002", "outbound-api"},
       "",
       "",
       "+1555...",
       "+15550100002"},
      {"a leg of a <Dial>, which is from its caller",
       {"", "", "+15550100077", "+15550100001", "outbound-dial"},
       "",
       "",
       "+1555...",
       "+1555..."},
      {"SIDs that are none", {"CA1", std::string(34, 'A'), "", "", ""}, "", "", "", ""},
      {"what moves a terminal",
       {"", "",
        "\x1b[2J\n\xC2\x9B"
        "evil",
        "\r\n\x7f", "inbound"},
       "",
       "",
       "?[2J???evil",
       "???..."},
      {"no end", {"", "", std::string(100'000, 'x'), "", "inbound"}, "", "", std::string(40, 'x'), ""},
  };
  for (const auto& row : rows) {
    const auto one = refused_at(noon, voice, bad_signature, "198.51.100.7", "edge-1", row.says);
    EXPECT_EQ(one.call.view(), row.call) << row.what;
    EXPECT_EQ(one.account.view(), row.account) << row.what;
    EXPECT_EQ(one.to.view(), row.to) << row.what;
    EXPECT_EQ(one.from.view(), row.from) << row.what;
    EXPECT_EQ(one.request_id.view(), "edge-1") << row.what;
    EXPECT_EQ(one.count, 1u) << row.what;
  }
}

TEST(RefusedRequest, TakesCallerAndCalledForFromAndTo) {
  const auto says = claims_in({{"Called", "+15550100002"}, {"Caller", "+15550100001"}, {"CallSid", sid(3)}});
  EXPECT_EQ(says.to, "+15550100002");
  EXPECT_EQ(says.from, "+15550100001");
  EXPECT_EQ(says.call, sid(3));
}

// --- what is counted at one that is there

TEST(RefusedRequests, CountTheSameWithinAMinute) {
  const struct {
    const char* what;
    asked second;
    bool joined;
  } rows[] = {
      {"the same", {}, true},
      {"a minute later", {.after = seconds{60}}, true},
      {"later than that", {.after = seconds{61}}, false},
      {"from elsewhere", {.address = "198.51.100.8"}, false},
      {"of another call", {.call = sid(2)}, false},
      {"on another route", {.route = status}, false},
      {"for another reason", {.reason = bad_form}, false},
      {"its clock was put back", {.after = seconds{-5}}, true},
  };
  for (const auto& row : rows) {
    refused_requests list;
    EXPECT_TRUE(list.note(made({})));
    EXPECT_TRUE(list.note(made(row.second)));
    const auto all = list.all();
    ASSERT_EQ(all.size(), row.joined ? 1u : 2u) << row.what;
    EXPECT_EQ(all[0].count, row.joined ? 2u : 1u) << row.what;
    EXPECT_EQ(all[0].first, noon) << row.what;
    EXPECT_EQ(all[0].last, row.joined ? std::max(noon, noon + row.second.after) : noon) << row.what;
  }
}

TEST(RefusedRequests, CountWhoeverGoesOnFromHisLastOne) {
  refused_requests list;
  for (int i = 0; i < 10; ++i) list.note(made({.after = seconds{50 * i}}));
  ASSERT_EQ(list.all().size(), 1u);
  EXPECT_EQ(list.all()[0].count, 10u);
  EXPECT_EQ(list.all()[0].last - list.all()[0].first, seconds{450});
}

TEST(RefusedRequests, LearnFromALaterOneWhatTheFirstDidNotSay) {
  refused_requests list;
  list.note(refused_at(noon, voice, bad_signature, "a", {}, {.call = sid(1)}));
  list.note(refused_at(noon, voice, bad_signature, "a", "edge-2",
                       {.call = sid(1), .to = "+15550100002", .direction = "inbound"}));
  ASSERT_EQ(list.all().size(), 1u);
  EXPECT_EQ(list.all()[0].to.view(), "+15550100002");
  EXPECT_EQ(list.all()[0].request_id.view(), "edge-2");
}

// --- who goes when it is full

/// A flood beside one honest request that came before it, which is looked for afterwards.
TEST(RefusedRequests, KeepAnHonestOneBesideAFlood) {
  const struct {
    const char* what;
    asked honest;
    std::function<asked(int)> flood;
  } rows[] = {
      {"from one address, always another call",
       {.address = "203.0.113.9"},
       [](int n) { return asked{.call = sid(n)}; }},
      {"from one address, for several reasons, on several routes",
       {.address = "203.0.113.9"},
       [](int n) {
         return asked{
             .call = sid(n), .route = static_cast<std::uint8_t>(n % 10), .reason = static_cast<std::uint8_t>(n % 3)};
       }},
      {"from one network of IPv6",
       {.address = "203.0.113.9"},
       [](int n) { return asked{.address = "2001:db8:1:2::" + std::to_string(n % 9999), .call = sid(n)}; }},
      {"of one reason, from everywhere",
       {.address = "203.0.113.9", .reason = unknown_number},
       [](int n) {
         return asked{.address = "10.0." + std::to_string(n / 250) + "." + std::to_string(n % 250), .call = sid(n)};
       }},
  };
  for (const auto& row : rows) {
    refused_requests list;
    list.note(made(row.honest));
    std::size_t forgotten = 0;
    for (int n = 10; n < 2'010; ++n) {
      auto one = row.flood(n);
      one.after = seconds{n};
      forgotten += list.note(made(one)) ? 0 : 1;
    }
    EXPECT_EQ(count_of(list, row.honest.address), 1u) << row.what;
    EXPECT_EQ(list.all().size(), refused_requests::most) << row.what;
    EXPECT_EQ(forgotten, 2'001 - refused_requests::most) << row.what;
  }
}

TEST(RefusedRequests, TakeTheOldestOfTheMostCrowded) {
  refused_requests list;
  for (int n = 0; n < 300; ++n) list.note(made({.address = "10.0.0.1", .call = sid(n), .after = seconds{n}}));
  for (int n = 0; n < 200; ++n)
    list.note(made({.address = "10.0.0.2", .call = sid(n), .reason = bad_form, .after = seconds{n}}));
  list.note(made({.address = "10.0.0.3", .call = sid(1), .reason = bad_form, .after = seconds{900}}));
  EXPECT_EQ(count_of(list, "10.0.0.1"), 299u) << "its reason has the most";
  EXPECT_EQ(count_of(list, "10.0.0.2"), 200u);
  EXPECT_EQ(count_of(list, "10.0.0.3"), 1u);
  const auto all = list.all();
  EXPECT_TRUE(std::ranges::none_of(all, [](const auto& one) {
    return one.address.view() == "10.0.0.1" && one.call.view() == sid(0);
  })) << "the oldest";
}

/// Who comes is among his own: where two have as many, nobody gives way to the other.
TEST(RefusedRequests, LetNobodyTakeMoreThanAnEqualShare) {
  refused_requests list;
  for (int n = 0; n < 400; ++n) list.note(made({.address = "10.0.0.1", .call = sid(n), .after = seconds{n}}));
  for (int n = 0; n < 3'000; ++n) list.note(made({.address = "10.0.0.2", .call = sid(n), .after = seconds{500 + n}}));
  EXPECT_EQ(count_of(list, "10.0.0.1"), 250u);
  EXPECT_EQ(count_of(list, "10.0.0.2"), 250u);
}

TEST(RefusedRequests, TakeTheFirstHalfOfAnIPv6AddressForOneNetwork) {
  EXPECT_EQ(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:2:ffff::9"));
  EXPECT_NE(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
  EXPECT_EQ(network_of("::ffff:198.51.100.7"), network_of("198.51.100.7"));
  EXPECT_NE(network_of("198.51.100.8"), network_of("198.51.100.7"));
  EXPECT_EQ(network_of("fe80::1%eth0"), network_of("fe80::1"));
}

// --- what is asked for

TEST(RefusedRequests, AreListedTheNewestFirst) {
  const std::vector<refused_request> all{made({.call = sid(1), .after = seconds{10}}),
                                         made({.call = sid(2), .route = status, .after = seconds{30}}),
                                         made({.call = sid(3), .reason = bad_form, .after = seconds{20}})};
  const auto calls = [&](const refused_query& query) {
    std::string text;
    for (const auto& one : newest_of(all, query)) text += one.call.view().back();
    return text;
  };
  EXPECT_EQ(calls({}), "231");
  EXPECT_EQ(calls({.limit = 2}), "23");
  EXPECT_EQ(calls({.since = noon + seconds{20}}), "23");
  EXPECT_EQ(calls({.route = voice}), "31");
  EXPECT_EQ(calls({.reason = bad_form}), "3");
  EXPECT_EQ(calls({.route = status, .reason = bad_form}), "");
}

}  // namespace
}  // namespace tonris::model
