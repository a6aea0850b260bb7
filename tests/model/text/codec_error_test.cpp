#include "model/text/codec_error.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tonris::model {
namespace {

TEST(CodecError, HasItsOwnSentenceForEachCause) {
  std::set<std::string_view> sentences;
  for (int i = 0; i <= static_cast<int>(codec_errc::too_many); ++i)
    sentences.insert(to_string(static_cast<codec_errc>(i)));
  EXPECT_EQ(sentences.size(), static_cast<std::size_t>(codec_errc::too_many) + 1);
  EXPECT_FALSE(sentences.contains(""));
  EXPECT_FALSE(sentences.contains(to_string(static_cast<codec_errc>(200))));
}

}  // namespace
}  // namespace tonris::model
