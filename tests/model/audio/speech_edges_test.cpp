#include "model/audio/speech_edges.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tonris::model {
namespace {

/// A look each: `x` he is loud, `.` he is not. Where he begins to talk: `b`, where he stops: `s`.
std::string edges_of(std::string_view looks) {
  speech_edges subject;
  std::string found;
  for (const char look : looks) {
    const auto edge = subject.tick(look == 'x');
    found += edge == speech_edges::edge::begins ? 'b' : edge == speech_edges::edge::stops ? 's' : '-';
  }
  return found;
}

struct row {
  const char* name;
  std::string_view looks, edges;
};

class SpeechEdges : public testing::TestWithParam<row> {};
TEST_P(SpeechEdges, AreFound) {
  EXPECT_EQ(edges_of(GetParam().looks), GetParam().edges);
}
INSTANTIATE_TEST_SUITE_P(Of, SpeechEdges,
                         testing::Values(row{"AWord", "..xxx.....", "----b----s"},
                                         row{"AClick", ".x........", "----------"},
                                         row{"ABeat", "xx.xx.xx.xx.....", "----------------"},
                                         row{"ABreath", "xxx....xx.....", "--b----------s"},
                                         row{"TwoSentences", "xxx.....xxxx.....", "--b----s--b-----s"},
                                         row{"Silence", "..........", "----------"}),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace tonris::model
