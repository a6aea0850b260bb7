#include "net/byte_stream.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include "net_fixture.hpp"

namespace tonris::net::test {
namespace {

class ByteStream : public StreamPair {
 protected:
  void TearDown() override {
    on(io, [this] {
      here->detach();
      there->detach();
      return 0;
    });
    StreamPair::TearDown();
  }
  void read_both() {
    on(io, [this] {
      here->read_to(at_here);
      there->read_to(at_there);
      return 0;
    });
  }
  collecting_reader at_here;
  collecting_reader at_there;
};

INSTANTIATE_TEST_SUITE_P(Over, ByteStream, testing::Values(transport::tcp, transport::tls), to_name);

TEST_P(ByteStream, CarriesBytesBothWays) {
  read_both();
  on(io, [this] { return say(*here, "ping") && there->write(std::array<std::string_view, 3>{"po", "", "ng"}); });
  EXPECT_TRUE(eventually(io, [this] { return at_there.received == "ping" && at_here.received == "pong"; }));
  on(io, [this] {
    EXPECT_EQ(here->peer_address(), "127.0.0.1");
    EXPECT_EQ(here->secure(), GetParam() == transport::tls);
    EXPECT_EQ(&here->on_loop(), &io);
    EXPECT_EQ(here->queued_bytes(), 0U);
    return 0;
  });
}

TEST_P(ByteStream, WritesManyPiecesAndSizesInOrder) {
  read_both();
  std::string expected;
  on(io, [&] {
    for (const std::size_t size : {1, 100, 2047, 2048, 2049, 70'000}) {
      const std::string piece(size, static_cast<char>('a' + size % 26));
      std::vector<std::string_view> pieces(21, piece);
      EXPECT_TRUE(here->write(pieces));
      for (const auto p : pieces) expected += p;
    }
    return 0;
  });
  ASSERT_TRUE(eventually(io, [&] { return at_there.received.size() >= expected.size(); }));
  EXPECT_EQ(at_there.received, expected);
}

TEST_P(ByteStream, QueuesWhatTheKernelDoesNotTakeAndTellsWhenItIsEmpty) {
  const std::string big(8 << 20, 'q');
  on(io, [&] {
    here->read_to(at_here);
    EXPECT_TRUE(say(*here, big));
    EXPECT_GT(here->queued_bytes(), 0U);
    EXPECT_TRUE(say(*here, "tail"));
    return 0;
  });
  EXPECT_EQ(on(io, [this] { return at_here.writables; }), 0);
  on(io, [this] {
    there->read_to(at_there);
    return 0;
  });
  ASSERT_TRUE(eventually(io, [&] { return at_there.received.size() == big.size() + 4; }));
  EXPECT_TRUE(at_there.received.ends_with("qtail"));
  EXPECT_EQ(on(io, [this] { return here->queued_bytes(); }), 0U);
  EXPECT_EQ(on(io, [this] { return at_here.writables; }), 1);
}

TEST_P(ByteStream, AnOrderlyEndArrivesAfterEveryByte) {
  read_both();
  const std::string big(3 << 20, 'z');
  on(io, [&] {
    EXPECT_TRUE(say(*here, big));
    here->close_when_written();
    EXPECT_FALSE(say(*here, "too late"));
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return at_there.ended && at_here.ended; }));
  EXPECT_EQ(at_there.received.size(), big.size());
  EXPECT_EQ(at_there.end_code, errc::closed);
  EXPECT_EQ(at_here.end_code, errc::closed);
}

TEST_P(ByteStream, BytesAndFinThatComeTogetherAreBothSeen) {
  for (int turn = 0; turn < 50; ++turn) {
    if (turn > 0) open();
    collecting_reader reader;
    on(io, [&] {
      there->read_to(reader);
      here->write(std::array<std::string_view, 1>{"last words"});
      here->close_when_written();
      here = nullptr;
      return 0;
    });
    ASSERT_TRUE(eventually(
        io, [&] { return reader.ended; }, 1s))
        << turn;
    EXPECT_EQ(reader.received, "last words");
    EXPECT_EQ(reader.end_code, errc::closed);
    here = there;
  }
}

TEST_P(ByteStream, AnAbortIsSilentHereAndAnEndThere) {
  read_both();
  on(io, [this] {
    here->abort();
    here->abort();
    EXPECT_FALSE(say(*here, "x"));
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return at_there.ended; }));
  EXPECT_FALSE(on(io, [this] { return at_here.ended; }));
}

TEST_P(ByteStream, AnAbortIsAResetForAPeerThatTookNotAll) {
  on(io, [this] {
    EXPECT_TRUE(say(*here, std::string(8 << 20, 'x')));
    here->abort();
    there->read_to(at_there);
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return at_there.ended; }));
  EXPECT_EQ(at_there.end_code, errc::reset);
}

TEST_P(ByteStream, ABrokenConnectionIsAResetToldFromTheLoop) {
  read_both();
  on(io, [this] {
    there->pause_reading();
    EXPECT_TRUE(say(*here, std::string(100'000, 'x')));
    return 0;
  });
  std::this_thread::sleep_for(20ms);
  on(io, [this] {
    there->abort();  // with bytes unread: the kernel answers with RST
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] {
    if (!at_here.ended) say(*here, "more");
    return at_here.ended;
  }));
  EXPECT_EQ(at_here.end_code, errc::reset);
}

TEST_P(ByteStream, WhatThePeerSaidBeforeItBrokeIsHeardThoughAWriteFailedFirst) {
  on(io, [this] {
    EXPECT_TRUE(say(*here, std::string(1000, 'u')));  // stays unread there
    EXPECT_TRUE(say(*there, "go away"));
    there->abort();
    return 0;
  });
  std::this_thread::sleep_for(20ms);
  on(io, [this] {
    say(*here, "one");
    say(*here, "two");
    here->read_to(at_here);
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return at_here.ended; }));
  EXPECT_EQ(at_here.received, "go away");
  EXPECT_EQ(at_here.end_code, errc::reset);
}

TEST_P(ByteStream, PausedReadingHoldsThePeerBackAndResumesWithoutLoss) {
  read_both();
  on(io, [this] {
    there->pause_reading();
    return 0;
  });
  on(io, [this] { return say(*here, "held"); });
  std::this_thread::sleep_for(30ms);
  EXPECT_EQ(on(io, [this] { return at_there.received; }), "");
  on(io, [this] {
    there->resume_reading();
    EXPECT_EQ(at_there.received, "");  // never from within
    return 0;
  });
  EXPECT_TRUE(eventually(io, [this] { return at_there.received == "held"; }));
}

TEST_P(ByteStream, AReaderMayPauseAfterEachPieceAndMissesNothing) {
  at_there.each = [this] {
    there->pause_reading();
    io.post([this] { there->resume_reading(); });
  };
  read_both();
  const std::string big(1 << 20, 'p');
  on(io, [&] {
    EXPECT_TRUE(say(*here, big));
    here->close_when_written();
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return at_there.ended; }));
  EXPECT_EQ(at_there.received.size(), big.size());
  EXPECT_EQ(at_there.end_code, errc::closed);
}

TEST_P(ByteStream, AReaderMayHandTheStreamOverFromWithin) {
  collecting_reader second;
  at_there.each = [&] { there->read_to(second); };
  read_both();
  on(io, [this] { return say(*here, "first"); });
  ASSERT_TRUE(eventually(io, [this] { return at_there.received == "first"; }));
  on(io, [this] { return say(*here, "second"); });
  EXPECT_TRUE(eventually(io, [&] { return second.received == "second"; }));
  EXPECT_EQ(at_there.received, "first");
}

TEST_P(ByteStream, AReaderMayAbortAndDropTheStreamFromWithin) {
  std::weak_ptr<byte_stream> gone = there;
  at_there.each = [this] {
    there->abort();
    there = nullptr;
  };
  read_both();
  on(io, [this] { return say(*here, "bye"); });
  EXPECT_TRUE(eventually(io, [&] { return gone.expired(); }));
  EXPECT_FALSE(at_there.ended);
  there = here;
}

TEST_P(ByteStream, ItIsFreedAfterItsEnd) {
  std::weak_ptr<byte_stream> gone = there;
  at_there.at_end = [this] { there = nullptr; };
  read_both();
  on(io, [this] {
    here->close_when_written();
    return 0;
  });
  EXPECT_TRUE(eventually(io, [&] { return gone.expired(); }));
  there = here;
}

TEST_P(ByteStream, ADroppedStreamThatIsClosingIsFreedWithoutAReader) {
  std::weak_ptr<byte_stream> gone = here;
  on(io, [this] {
    EXPECT_TRUE(say(*here, "good bye"));
    here->close_when_written();
    here = there;
    there->read_to(at_there);
    return 0;
  });
  ASSERT_TRUE(eventually(io, [this] { return at_there.ended; }));
  EXPECT_EQ(at_there.received, "good bye");
  EXPECT_TRUE(eventually(io, [&] { return gone.expired(); }));
}

}  // namespace
}  // namespace tonris::net::test
