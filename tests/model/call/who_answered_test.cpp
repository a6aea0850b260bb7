#include "model/call/who_answered.hpp"

#include <gtest/gtest.h>

#include "tests/model/call/whole_record.hpp"

namespace tonris::model {
namespace {

using twilio::answered_by;

who_answered said(answered_by by, std::int64_t ms) {
  return {by, carrier_progress::source_type::callback, test::at(ms)};
}

TEST(WhoAnswered, IsTheFirstWordThatSaysSomething) {
  struct row {
    answered_by first, then;
    bool news;
  };
  for (const auto& [first, then, news] :
       {row{answered_by::human, answered_by::machine, false}, row{answered_by::machine, answered_by::unknown, false},
        row{answered_by::unknown, answered_by::unknown, false}, row{answered_by::unknown, answered_by::human, true}}) {
    std::optional<who_answered> known;
    EXPECT_TRUE(take(known, said(first, 1)));
    EXPECT_EQ(take(known, said(then, 2)), news);
    EXPECT_EQ(*known, news ? said(then, 2) : said(first, 1)) << to_string(first) << ", " << to_string(then);
  }
}

}  // namespace
}  // namespace tonris::model
