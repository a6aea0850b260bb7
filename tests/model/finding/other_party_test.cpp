#include "model/finding/other_party.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

struct numbers {
  std::string direction, from, to, shown_from, shown_to;
};

TEST(OtherParty, IsCutAndTheBusinessStaysWhole) {
  for (const auto& row :
       std::vector<numbers>{{"inbound", "+15550100001", "+15550100002", "+1555...", "+15550100002"},
                            {"outbound", "+15550100002", "+15550100001", "+15550100002", "+1555..."},
                            {"outbound-api", "+15550100002", "+15550100001", "+15550100002", "+1555..."},
                            {"", "+15550100001", "+15550100002", "+1555...", "+15550100002"},
                            {"inbound", "anonymous", "+15550100002", "anony...", "+15550100002"}}) {
    call_record record;
    record.direction = row.direction;
    record.from = row.from;
    record.to = row.to;
    record.notes = {{{}, "a note"}};
    record.transfers = {{{}, "+15550100009", "", {}}};
    auto expected = record;
    expected.from = row.shown_from;
    expected.to = row.shown_to;
    EXPECT_EQ(without_other_number(record), expected) << row.direction;
    EXPECT_EQ(to_json(without_other_number(record)).find(row.direction.starts_with("out") ? row.to : row.from),
              std::string::npos);
  }
}

}  // namespace
}  // namespace tonris::model
