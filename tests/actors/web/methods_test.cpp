#include "actors/web/methods.hpp"

namespace tonris::actors::test {
namespace {

constexpr auto get = methods::get, head = methods::head, post = methods::post, put = methods::put;

TEST(Methods, AreSaidAsAFieldAndInWords) {
  const struct {
    methods set;
    const char *allow, *words;
  } table[] = {
      {get, "GET", "only GET"},
      {methods::remove, "DELETE", "only DELETE"},
      {get | head, "GET, HEAD", "only GET"},
      {post | get, "GET, POST", "POST or GET"},
      {get | head | post | put | methods::patch | methods::remove, "GET, HEAD, POST, PUT, PATCH, DELETE",
       "DELETE, PATCH, PUT, POST or GET"},
  };
  for (const auto& row : table) {
    EXPECT_EQ(row.set.allow(), row.allow);
    EXPECT_EQ(row.set.in_words(), row.words);
  }
}

TEST(Methods, AreKnownByTheirNamesToTheLetter) {
  const auto set = get | post;
  EXPECT_TRUE(set.has("GET"));
  EXPECT_TRUE(set.has("POST"));
  for (const auto* name : {"HEAD", "get", "GE", "GETS", "", "OPTIONS", "CONNECT"}) EXPECT_FALSE(set.has(name)) << name;
}

}  // namespace
}  // namespace tonris::actors::test
