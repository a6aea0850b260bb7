#include "model/text/event_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace tonris::model {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<server_sent_event> read_in_pieces(std::string_view text, std::size_t size) {
  event_stream_reader reader;
  std::vector<server_sent_event> all;
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size())))
    for (auto& one : reader.put(text.substr(0, size))) all.push_back(std::move(one));
  return all;
}

TEST(EventStream, IsTheSameHoweverItIsCut) {
  constexpr std::string_view text =
      "\xef\xbb\xbfid: 1\nevent: snapshot\ndata: {\"calls\":[]}\n\n: a beat\n\nid: 2\r\nevent: "
      "caller_said\r\ndata:a\r\n"
      "data: b\r\n\r\ndata\rretry: 5\r\rdata: of one that never ends";
  for (const std::size_t size : {1U, 2U, 3U, 7U, 1000U})
    EXPECT_THAT(read_in_pieces(text, size),
                ElementsAre(server_sent_event{"1", "snapshot", R"({"calls":[]})"},
                            server_sent_event{"2", "caller_said", "a\nb"}, server_sent_event{"2", "message", ""}))
        << size;
}

TEST(EventStream, KeepsAnIdOfAnEventWithoutDataAndNoneWithANull) {
  EXPECT_THAT(read_in_pieces(std::string_view{"id: 7\n\nid: 8\0\ndata: x\n\n", 23}, 5),
              ElementsAre(server_sent_event{"7", "message", "x"}));
}

TEST(EventStream, ReadsNoEventWithoutEnd) {
  event_stream_reader reader;
  const std::string line = "data: " + std::string(1'000'000, 'x') + "\n";
  for (int i = 0; i < 20; ++i) EXPECT_THAT(reader.put(line), IsEmpty());
  EXPECT_TRUE(reader.is_too_long());
  EXPECT_THAT(reader.put("\n\ndata: y\n\n"), IsEmpty());
}

}  // namespace
}  // namespace tonris::model
