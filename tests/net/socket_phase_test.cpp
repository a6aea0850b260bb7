#include "net/socket_phase.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::net {
namespace {

using p = socket_phase;
using e = socket_event;
using s = socket_step;

struct row {
  p now;
  e event;
  p next;
  s step;
};

// Every pair, phase by phase.
const std::vector<row> rows{
    {p::open, e::close_asked, p::closing, s::begin_close},
    {p::open, e::all_written, p::open, s::tell_writable},
    {p::open, e::peer_ended, p::open, s::take_fin},
    {p::open, e::read_failed, p::ended, s::end_failed},
    {p::open, e::write_failed, p::failing, s::fail_later},
    {p::open, e::time_up, p::open, s::nothing},
    {p::open, e::aborted, p::ended, s::drop},

    {p::closing, e::close_asked, p::closing, s::nothing},
    {p::closing, e::all_written, p::lingering, s::send_fin},
    {p::closing, e::peer_ended, p::peer_done, s::nothing},
    {p::closing, e::read_failed, p::ended, s::end_failed},
    {p::closing, e::write_failed, p::failing_close, s::fail_later},
    {p::closing, e::time_up, p::ended, s::end_reset},
    {p::closing, e::aborted, p::ended, s::drop},

    {p::peer_done, e::close_asked, p::peer_done, s::nothing},
    {p::peer_done, e::all_written, p::failing_close, s::send_fin_and_end},
    {p::peer_done, e::peer_ended, p::peer_done, s::nothing},
    {p::peer_done, e::read_failed, p::ended, s::end_failed},
    {p::peer_done, e::write_failed, p::failing_close, s::fail_later},
    {p::peer_done, e::time_up, p::ended, s::end_reset},
    {p::peer_done, e::aborted, p::ended, s::drop},

    {p::lingering, e::close_asked, p::lingering, s::nothing},
    {p::lingering, e::all_written, p::lingering, s::nothing},
    {p::lingering, e::peer_ended, p::lingering, s::take_fin},
    {p::lingering, e::read_failed, p::ended, s::end_failed},
    {p::lingering, e::write_failed, p::failing_close, s::fail_later},
    {p::lingering, e::time_up, p::ended, s::end_closed},
    {p::lingering, e::aborted, p::ended, s::drop},

    {p::failing, e::close_asked, p::failing, s::nothing},
    {p::failing, e::all_written, p::failing, s::nothing},
    {p::failing, e::peer_ended, p::ended, s::end_failed},
    {p::failing, e::read_failed, p::ended, s::end_failed},
    {p::failing, e::write_failed, p::failing, s::nothing},
    {p::failing, e::time_up, p::failing, s::nothing},
    {p::failing, e::aborted, p::ended, s::drop},

    {p::failing_close, e::close_asked, p::failing_close, s::nothing},
    {p::failing_close, e::all_written, p::failing_close, s::nothing},
    {p::failing_close, e::peer_ended, p::ended, s::end_failed},
    {p::failing_close, e::read_failed, p::ended, s::end_failed},
    {p::failing_close, e::write_failed, p::failing_close, s::nothing},
    {p::failing_close, e::time_up, p::ended, s::end_failed},
    {p::failing_close, e::aborted, p::ended, s::drop},

    {p::ended, e::close_asked, p::ended, s::nothing},
    {p::ended, e::all_written, p::ended, s::nothing},
    {p::ended, e::peer_ended, p::ended, s::nothing},
    {p::ended, e::read_failed, p::ended, s::nothing},
    {p::ended, e::write_failed, p::ended, s::nothing},
    {p::ended, e::time_up, p::ended, s::nothing},
    {p::ended, e::aborted, p::ended, s::nothing},
};

TEST(SocketPhase, DecidesEveryPairOfPhaseAndEvent) {
  ASSERT_EQ(rows.size(), socket_phases * socket_events);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [now, event, next, step] = rows[i];
    ASSERT_EQ(static_cast<std::size_t>(now), i / socket_events) << "each pair once, in order";
    ASSERT_EQ(static_cast<std::size_t>(event), i % socket_events) << "each pair once, in order";
    const auto move = move_of(now, event);
    EXPECT_EQ(move.next, next) << "row " << i;
    EXPECT_EQ(move.step, step) << "row " << i;
  }
}

TEST(SocketPhase, SaysWhatItAllows) {
  struct allowed {
    p now;
    bool send, read, failing, closing;
  };
  for (const auto& [now, send, read, failing, closing] : std::vector<allowed>{
           {p::open, true, true, false, false},
           {p::closing, true, true, false, true},
           {p::peer_done, true, false, false, true},
           {p::lingering, false, true, false, true},
           {p::failing, false, true, true, false},
           {p::failing_close, false, true, true, true},
           {p::ended, false, false, false, false},
       }) {
    EXPECT_EQ(may_send(now), send) << static_cast<int>(now);
    EXPECT_EQ(may_read(now), read) << static_cast<int>(now);
    EXPECT_EQ(is_failing(now), failing) << static_cast<int>(now);
    EXPECT_EQ(is_closing(now), closing) << static_cast<int>(now);
  }
}

TEST(SocketPhase, NothingHappensBehindTheEndAndWhatEndsSaysSo) {
  for (const auto& each : rows) {
    const bool ends =
        each.step == s::end_failed || each.step == s::end_reset || each.step == s::end_closed || each.step == s::drop;
    EXPECT_EQ(ends, each.now != p::ended && each.next == p::ended);
  }
}

}  // namespace
}  // namespace tonris::net
