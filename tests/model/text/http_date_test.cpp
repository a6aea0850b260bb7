#include "model/text/http_date.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

TEST(HttpDate, IsReadAsServersWriteIt) {
  const auto read = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->time_since_epoch().count(), 784'111'777);
  EXPECT_TRUE(parse_http_date("Thu, 29 Feb 2024 23:59:60 GMT"));
}

TEST(HttpDate, IsNothingElse) {
  for (const auto* text :
       {"", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49:37  GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Xyz 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 19x4 08:49:37 GMT"})
    EXPECT_FALSE(parse_http_date(text)) << text;
}

}  // namespace
}  // namespace tonris::model
