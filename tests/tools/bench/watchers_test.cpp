#include "tools/bench/watchers.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::bench {
namespace {

TEST(BenchEventCount, FindsEventsHoweverTheyAreCut) {
  const std::string stream =
      "id: 1\nevent: snapshot\ndata: {}\n\nid: 2\nevent: state\ndata: {}\n\n:\n\nevent: levels\ndata: \"event: "
      "no\"\n\n";
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    event_count count;
    for (std::size_t at = 0; at < stream.size(); at += size) count.feed(std::string_view{stream}.substr(at, size));
    EXPECT_EQ(count.events(), 3u) << "in pieces of " << size;
  }
}

}  // namespace
}  // namespace tonris::bench
