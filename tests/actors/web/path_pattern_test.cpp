#include "actors/web/path_pattern.hpp"

namespace tonris::actors::test {
namespace {

TEST(PathPattern, DescribesTheWholePath) {
  const struct {
    const char *pattern, *path;
    bool matches;
    const char *a = "", *b = "";
  } table[] = {
      {"/health", "/health", true},
      {"/health", "/health/", false},
      {"/health", "/healthy", false},
      {"/health", "/Health", false},
      {"/health", "", false},
      {"/calls/{a}", "/calls/CA1", true, "CA1"},
      {"/calls/{a}", "/calls/", false},
      {"/calls/{a}", "/calls", false},
      {"/calls/{a}", "/calls/CA1/", false},
      {"/calls/{a}", "/calls/CA1/events", false},
      {"/calls/{a}/events", "/calls/CA1/events", true, "CA1"},
      {"/calls/{a}/events", "/calls//events", false},
      {"/calls/{a}/events", "/calls/CA1/events/", false},
      {"/calls/{a}/{b}", "/calls/x/y", true, "x", "y"},
      {"/calls/{a...}", "/calls/", true, ""},
      {"/calls/{a...}", "/calls/x/y/", true, "x/y/"},
      {"/calls/{a...}", "/calls", false},
      {"/{a}/{b...}", "/x/y/z", true, "x", "y/z"},
      {"/{a}", "/%2e%2e", true, "%2e%2e"},
      {"/{a}/{b}/{c}/{d}", "/1/2/3/4", true, "1", "2"},
      {"/{a}/{b}/{c}/{d}/{e}", "/1/2/3/4/5", false},
  };
  for (const auto& row : table) {
    path_parameters found;
    EXPECT_EQ(matches(row.pattern, row.path, found), row.matches) << row.pattern << ' ' << row.path;
    if (!row.matches) continue;
    EXPECT_EQ(found["a"], row.a) << row.pattern;
    EXPECT_EQ(found["b"], row.b) << row.pattern;
    EXPECT_EQ(found["other"], "");
  }
}

}  // namespace
}  // namespace tonris::actors::test
