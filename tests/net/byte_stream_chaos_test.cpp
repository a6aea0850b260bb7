// A stream's two ends do at random whatever an owner may, in and out of callbacks. What must hold all the same: what
// arrives is a beginning of what was said, the end is told once and is the last word, and nobody is kept.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "net_fixture.hpp"

namespace tonris::net::test {
namespace {

class ByteStreamInChaos : public StreamPair {
 protected:
  struct side {
    std::shared_ptr<byte_stream> stream;
    collecting_reader reader;
    std::string said;  ///< all that `write` took
    bool aborted = false;
    bool closing = false;
  };

  void act(side& who) {
    if (!who.stream || who.reader.ended) return;
    switch (random() % 16) {
      case 0:
      case 1:
      case 2:
      case 3: return write(who, random() % 300);
      case 4: return write(who, random() % 200'000);
      case 5: return write(who, random() % 10 == 0 ? 3'000'000 : 20'000);
      case 6:
      case 7: return who.stream->pause_reading();
      case 8:
      case 9:
      case 10:
      case 11: return who.stream->resume_reading();
      case 12: return who.stream->read_to(who.reader);
      case 13:
        if (random() % 8 != 0) return;
        who.closing = true;
        who.stream->read_to(who.reader);  // who closes without a reader is told nothing
        return who.stream->close_when_written();
      case 14:
        if (random() % 24 != 0) return;
        who.aborted = true;
        return who.stream->abort();
      default: return;
    }
  }

  void write(side& who, std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + (who.said.size() + i) % 23);
    const bool taken = who.stream->write(std::array<std::string_view, 2>{std::string_view{bytes}.substr(0, size / 3),
                                                                         std::string_view{bytes}.substr(size / 3)});
    EXPECT_FALSE(taken && (who.closing || who.aborted)) << "behind its last word";
    if (taken) who.said += bytes;
  }

  static bool is_beginning(const std::string& part, const std::string& whole) {
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
  }

  std::mt19937 random{1};
};

INSTANTIATE_TEST_SUITE_P(Over, ByteStreamInChaos, testing::Values(transport::tcp, transport::tls), to_name);

TEST_P(ByteStreamInChaos, KeepsItsPromises) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    if (seed > 1) open();
    side one, other;
    std::weak_ptr<byte_stream> gone_one, gone_other;
    on(io, [&] {
      random.seed(seed);
      one.stream = std::move(here);
      other.stream = std::move(there);
      gone_one = one.stream;
      gone_other = other.stream;
      one.stream->read_to(one.reader);
      if (seed % 4 != 0) other.stream->read_to(other.reader);  // else some time later, or never
      for (auto* each : {&one, &other}) {
        each->reader.each = [this, each] {
          if (random() % 4 == 0) act(*each);
        };
        each->reader.at_end = [each] { each->stream = nullptr; };
      }
    });
    for (int turn = 0; turn < 150; ++turn)
      on(io, [&] {
        act(one);
        act(other);
      });
    // Whoever is left says good-bye, and reads to the end.
    on(io, [&] {
      for (auto* each : {&one, &other}) {
        if (!each->stream || each->aborted) continue;
        each->stream->read_to(each->reader);
        each->stream->resume_reading();
        each->stream->close_when_written();
      }
    });
    ASSERT_TRUE(
        eventually(io, [&] { return (one.aborted || one.reader.ended) && (other.aborted || other.reader.ended); }))
        << "seed " << seed;
    on(io, [&] {
      one.stream = other.stream = nullptr;
      EXPECT_TRUE(is_beginning(one.reader.received, other.said)) << "seed " << seed;
      EXPECT_TRUE(is_beginning(other.reader.received, one.said)) << "seed " << seed;
    });
    ASSERT_TRUE(eventually(io, [&] { return gone_one.expired() && gone_other.expired(); })) << "seed " << seed;
    listening = nullptr;
    attempt = nullptr;
  }
}

}  // namespace
}  // namespace tonris::net::test
