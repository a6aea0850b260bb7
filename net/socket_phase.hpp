#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tonris::net {

/// Inside socket_stream: its life, as a table of phases and events. Pure.
enum class socket_phase : std::uint8_t {
  open,
  closing,        ///< the owner is done: what waits goes out, and our FIN behind it
  peer_done,      ///< the same, and the peer's FIN is here: what we still have to say is said first
  lingering,      ///< our FIN is out, the peer's is awaited
  failing,        ///< a write failed: the reader is told so, behind what the peer said before
  failing_close,  ///< the same, of a stream that was closing
  ended,
};
constexpr std::size_t socket_phases = 7;

enum class socket_event : std::uint8_t {
  close_asked,  ///< by the owner
  all_written,  ///< the kernel has all we had to say
  peer_ended,   ///< its FIN was read, behind all bytes
  read_failed,
  write_failed,
  time_up,  ///< of an end in order
  aborted,  ///< by the owner, who wants to hear no more
};
constexpr std::size_t socket_events = 7;

enum class socket_step : std::uint8_t {
  nothing,
  begin_close,       ///< the last words, a time limit, and then as `all_written` says
  tell_writable,     ///< the reader
  send_fin,          ///< and wait for the peer's
  send_fin_and_end,  ///< both are out
  take_fin,          ///< the transport decides: TLS ends by a record of its own
  fail_later,        ///< from the loop: never from within a call of the owner's
  end_failed,        ///< with the failure that is kept
  end_reset,
  end_closed,
  drop,  ///< without a word
};

struct socket_move {
  socket_phase next;
  socket_step step;
  friend constexpr bool operator==(const socket_move&, const socket_move&) = default;
};

[[nodiscard]] constexpr socket_move move_of(socket_phase now, socket_event event) noexcept {
  using enum socket_phase;
  using s = socket_step;
  constexpr socket_move stays_ended{ended, s::nothing};
  // One row an event, in the order of the phases.
  constexpr std::array<std::array<socket_move, socket_phases>, socket_events> table{{
      // close_asked
      {{{closing, s::begin_close},
        {closing, s::nothing},
        {peer_done, s::nothing},
        {lingering, s::nothing},
        {failing, s::nothing},
        {failing_close, s::nothing},
        stays_ended}},
      // all_written: nothing is written behind our FIN or a failure
      {{{open, s::tell_writable},
        {lingering, s::send_fin},
        {failing_close, s::send_fin_and_end},
        {lingering, s::nothing},
        {failing, s::nothing},
        {failing_close, s::nothing},
        stays_ended}},
      // peer_ended: behind it nothing is read
      {{{open, s::take_fin},
        {peer_done, s::nothing},
        {peer_done, s::nothing},
        {lingering, s::take_fin},
        {ended, s::end_failed},
        {ended, s::end_failed},
        stays_ended}},
      // read_failed
      {{{ended, s::end_failed},
        {ended, s::end_failed},
        {ended, s::end_failed},
        {ended, s::end_failed},
        {ended, s::end_failed},
        {ended, s::end_failed},
        stays_ended}},
      // write_failed: the first failure is the one that is told
      {{{failing, s::fail_later},
        {failing_close, s::fail_later},
        {failing_close, s::fail_later},
        {failing_close, s::fail_later},
        {failing, s::nothing},
        {failing_close, s::nothing},
        stays_ended}},
      // time_up: there is a limit from the owner's close on
      {{{open, s::nothing},
        {ended, s::end_reset},
        {ended, s::end_reset},
        {ended, s::end_closed},
        {failing, s::nothing},
        {ended, s::end_failed},
        stays_ended}},
      // aborted
      {{{ended, s::drop},
        {ended, s::drop},
        {ended, s::drop},
        {ended, s::drop},
        {ended, s::drop},
        {ended, s::drop},
        stays_ended}},
  }};
  return table[static_cast<std::size_t>(event)][static_cast<std::size_t>(now)];
}

/// May something be sent: our FIN is not out, and nothing has failed?
[[nodiscard]] constexpr bool may_send(socket_phase now) noexcept {
  return now == socket_phase::open || now == socket_phase::closing || now == socket_phase::peer_done;
}
/// May the peer have something to say?
[[nodiscard]] constexpr bool may_read(socket_phase now) noexcept {
  return now != socket_phase::peer_done && now != socket_phase::ended;
}
/// Has a write failed, which the reader does not know yet?
[[nodiscard]] constexpr bool is_failing(socket_phase now) noexcept {
  return now == socket_phase::failing || now == socket_phase::failing_close;
}
/// Has the owner said its last word? Of a stream that has ended nobody asks.
[[nodiscard]] constexpr bool is_closing(socket_phase now) noexcept {
  return now != socket_phase::open && now != socket_phase::failing && now != socket_phase::ended;
}

}  // namespace tonris::net
