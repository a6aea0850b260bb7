#include "actors/web/conditional.hpp"

#include <gtest/gtest.h>

namespace tonris::actors::test {
namespace {

auto of(const char* match, const char* none_match) {
  net::http_fields fields;
  if (match) fields.add("If-Match", match);
  if (none_match) fields.add("If-None-Match", none_match);
  return precondition_of(fields);
}

TEST(Precondition, IsReadFromItsFields) {
  EXPECT_EQ(of(nullptr, nullptr)->if_match, "");
  EXPECT_FALSE(of(nullptr, nullptr)->only_new);
  EXPECT_EQ(of(R"("17-9f")", nullptr)->if_match, "17-9f");
  EXPECT_EQ(of(" * ", nullptr)->if_match, "*");
  EXPECT_TRUE(of(nullptr, "*")->only_new);
  EXPECT_EQ(of(nullptr, R"(W/"17-9f")")->known_etag, "17-9f");
  EXPECT_EQ(of(nullptr, "nonsense")->known_etag, "") << "then the copy is sent";
}

TEST(Precondition, IsRefusedWhereItIsNotWhatWasGiven) {
  for (const auto* match : {"17-9f", R"(W/"17-9f")", R"("a", "b")", R"("")", R"("a b")"})
    EXPECT_FALSE(of(match, nullptr)) << match;
  EXPECT_FALSE(of(R"("17-9f")", "*"));
}

TEST(Precondition, QuotesAnETag) {
  EXPECT_EQ(quoted_etag("17-9f"), R"("17-9f")");
}

}  // namespace
}  // namespace tonris::actors::test
