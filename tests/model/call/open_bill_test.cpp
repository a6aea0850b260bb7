#include "model/call/open_bill.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace tonris::model {
namespace {

const call_record::time noon{std::chrono::seconds{1'795'341'600}};
const cost_part estimated{{8'500, us_dollars}, false, cost_source::estimate, noon};
const cost_part told{{8'500, us_dollars}, true, cost_source::vendor, noon};

TEST(OpenBill, HasWhatTwilioHasNotPricedForGood) {
  struct row {
    const char* what;
    std::function<void(call_record&)> is_so;
    bool connection, legs;
    std::size_t recordings;
  };
  const row rows[] = {
      {"a call that cost nothing", [](auto& of) { of.cost.twilio.reset(); }, false, false, 0},
      {"an estimate", [](auto&) {}, true, false, 0},
      {"a price", [](auto& of) { of.cost.twilio = told; }, false, false, 0},
      {"nobody's account",
       [](auto& of) {
         of.account = {};
         of.legs = {{{"CA2"}, "completed", 1, noon, estimated}};
       },
       false, false, 0},
      {"a leg",
       [](auto& of) {
         of.legs = {{{"CA2"}, "completed", 1, noon, estimated}};
       },
       true, true, 0},
      {"a leg without a cost",
       [](auto& of) {
         of.legs = {{{"CA2"}, "", 0, noon, {}}};
       },
       true, true, 0},
      {"a leg with its price",
       [](auto& of) {
         of.legs = {{{"CA2"}, "completed", 1, noon, told}};
       },
       true, false, 0},
      {"a transfer whose leg nobody told", [](auto& of) { of.transfers.resize(1); }, true, true, 0},
      {"two transfers, and the price of one",
       [](auto& of) {
         of.transfers.resize(2);
         of.legs = {{{"CA2"}, "completed", 1, noon, told}};
       },
       true, true, 0},
      {"a transfer by the fallback", [](auto& of) { of.fallback = "transfer"; }, true, true, 0},
      {"another fallback", [](auto& of) { of.fallback = "sentence"; }, true, false, 0},
      {"a message",
       [](auto& of) {
         of.voicemail = {{"RE1", "", 1, noon, false, estimated}};
       },
       true, false, 1},
      {"a message with its price",
       [](auto& of) {
         of.voicemail = {{"RE1", "", 1, noon, false, told}};
       },
       true, false, 0},
      {"a message that is gone",
       [](auto& of) {
         of.voicemail = {{"RE1", "", 1, noon, true, estimated}};
       },
       true, false, 0},
      {"a recording",
       [](auto& of) {
         of.recordings = {{"RE1", "in-progress", "", 0, "answer", noon, {}}};
       },
       true, false, 1},
      {"a recording with its price",
       [](auto& of) {
         of.recordings = {{"RE1", "completed", "", 1, "callback", noon, told}};
       },
       true, false, 0},
      {"a recording of nothing",
       [](auto& of) {
         of.recordings = {{"RE1", "absent", "", 0, "callback", noon, {}}};
       },
       true, false, 0},
  };
  for (const auto& row : rows) {
    call_record record;
    record.call = {"CA1"};
    record.account = {"AC1"};
    record.cost.twilio = estimated;
    row.is_so(record);
    const auto bill = open_bill_of(record);
    EXPECT_EQ(bill.connection, row.connection) << row.what;
    EXPECT_EQ(bill.legs, row.legs) << row.what;
    EXPECT_EQ(bill.recordings.size(), row.recordings) << row.what;
    EXPECT_EQ(bill.empty(), !row.connection && !row.legs && row.recordings == 0) << row.what;
  }
}

}  // namespace
}  // namespace tonris::model
