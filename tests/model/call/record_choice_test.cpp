#include "model/call/record_choice.hpp"

#include <gtest/gtest.h>

#include "tests/model/call/whole_record.hpp"

namespace tonris::model {
namespace {

using test::at;

call_record begun(std::int64_t ms, bool answered = true, const char* tenant = "salon-1") {
  call_record record;
  record.started = at(ms);
  record.tenant = {tenant};
  if (answered) record.answered = at(ms + 1);
  return record;
}

TEST(RecordChoice, StandsTheSameWhicheverCameFirst) {
  struct row {
    call_record stands, gives_way;
    const char* why;
  };
  const row rows[] = {
      {begun(1), begun(2), "the earlier"},
      {begun(2), begun(1, false), "whose caller was heard"},
      {begun(2, false), begun(1, true, ""), "a tenant's"},
      {begun(1, false), begun(2, false), "the earlier, where nobody was heard"},
  };
  for (const auto& [stands, gives_way, why] : rows) {
    EXPECT_TRUE(stands_before(stands, gives_way)) << why;
    EXPECT_FALSE(stands_before(gives_way, stands)) << why;
  }
}

TEST(RecordChoice, IsNotMadeBetweenTwoWordsAboutOneCall) {
  EXPECT_FALSE(stands_before(begun(1), begun(1, false)));
  EXPECT_FALSE(stands_before(begun(1, false), begun(1)));
}

}  // namespace
}  // namespace tonris::model
