#include "model/call/machine.hpp"

namespace tonris::model {

namespace {

using s = call_state;
using a = call_action;
using row = std::array<call_step, call_state_count>;

// One row an event, one column a state. A pair that cannot happen, or comes too late, stays where it is.
//
//   ringing --stream_started--> connecting --agent_ready--> talking <--agent_ready/admitted--- holding
//      |                         ^   |                        |  \----agent_lost/waiting----------^ |
//      |                 rejoin  |   | stream_dropped         | stream_dropped                     |
//      |                        stranded <--------------------+------------------------------------+
//      |                            |
//      +------- failures, ends -----+--> ending --legs_closed--> ended
//
// A call whose agent failed while it still rings waits for its stream in `ending`, and closes it when it comes: that is
// how Twilio gets to ask connect-action, which then goes through the fallback.
constexpr std::array<row, call_event_count> table{{
    // clang-format off
    //                    ringing                       connecting                    talking                       holding                       stranded                      ending                        ended
    /* stream_started */ {{{s::connecting, a::open_agent},{s::connecting, a::nothing},  {s::talking, a::nothing},     {s::holding, a::nothing},     {s::connecting, a::rejoin},   {s::ending, a::close_stream}, {s::ended, a::nothing}}},
    /* agent_ready    */ {{{s::ringing, a::nothing},     {s::talking, a::go_live},     {s::talking, a::nothing},     {s::talking, a::go_live},     {s::stranded, a::nothing},    {s::ending, a::close_agent},  {s::ended, a::nothing}}},
    /* agent_waiting  */ {{{s::ringing, a::nothing},     {s::connecting, a::nothing},  {s::holding, a::nothing},     {s::holding, a::nothing},     {s::stranded, a::nothing},    {s::ending, a::nothing},      {s::ended, a::nothing}}},
    /* agent_admitted */ {{{s::ringing, a::nothing},     {s::connecting, a::nothing},  {s::talking, a::nothing},     {s::talking, a::nothing},     {s::stranded, a::nothing},    {s::ending, a::nothing},      {s::ended, a::nothing}}},
    /* agent_lost     */ {{{s::ringing, a::retry_agent}, {s::connecting, a::retry_agent},{s::holding, a::retry_agent}, {s::holding, a::retry_agent}, {s::stranded, a::nothing},    {s::ending, a::nothing},      {s::ended, a::nothing}}},
    /* agent_ended    */ {{{s::ending, a::nothing},      {s::ending, a::close_stream}, {s::ending, a::play_out},     {s::ending, a::play_out},     {s::ending, a::close_stream}, {s::ending, a::nothing},      {s::ended, a::nothing}}},
    /* agent_failed   */ {{{s::ending, a::nothing},      {s::ending, a::close_stream}, {s::ending, a::close_stream}, {s::ending, a::close_stream}, {s::ending, a::close_stream}, {s::ending, a::nothing},      {s::ended, a::nothing}}},
    /* caller_hung_up */ {{{s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ended, a::nothing}}},
    /* stream_dropped */ {{{s::ringing, a::nothing},     {s::stranded, a::await_caller},{s::stranded, a::await_caller},{s::stranded, a::await_caller},{s::stranded, a::nothing},    {s::ending, a::nothing},      {s::ended, a::nothing}}},
    /* stream_failed  */ {{{s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ended, a::nothing}}},
    /* played_out     */ {{{s::ringing, a::nothing},     {s::connecting, a::nothing},  {s::talking, a::nothing},     {s::holding, a::nothing},     {s::stranded, a::nothing},    {s::ending, a::close_stream}, {s::ended, a::nothing}}},
    /* end_requested  */ {{{s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ending, a::close_both},   {s::ended, a::nothing}}},
    /* legs_closed    */ {{{s::ringing, a::nothing},     {s::ending, a::nothing},      {s::ending, a::nothing},      {s::ending, a::nothing},      {s::stranded, a::nothing},    {s::ended, a::finish},        {s::ended, a::nothing}}},
    // clang-format on
}};

}  // namespace

call_step step(call_state in, call_event what) noexcept {
  return table[static_cast<std::size_t>(what) % call_event_count][static_cast<std::size_t>(in) % call_state_count];
}

std::string_view to_string(call_state state) noexcept {
  switch (state) {
    case call_state::ringing: return "ringing";
    case call_state::connecting: return "connecting";
    case call_state::talking: return "talking";
    case call_state::holding: return "holding";
    case call_state::stranded: return "stranded";
    case call_state::ending: return "ending";
    case call_state::ended: return "ended";
  }
  return "ended";
}

std::string_view to_string(call_event e) noexcept {
  constexpr std::array<std::string_view, call_event_count> names{
      "stream_started", "agent_ready",   "agent_waiting",  "agent_admitted", "agent_lost",
      "agent_ended",    "agent_failed",  "caller_hung_up", "stream_dropped", "stream_failed",
      "played_out",     "end_requested", "legs_closed"};
  return names[static_cast<std::size_t>(e) % call_event_count];
}

std::string_view to_string(call_action action) noexcept {
  switch (action) {
    case call_action::nothing: return "nothing";
    case call_action::open_agent: return "open_agent";
    case call_action::retry_agent: return "retry_agent";
    case call_action::await_caller: return "await_caller";
    case call_action::rejoin: return "rejoin";
    case call_action::go_live: return "go_live";
    case call_action::play_out: return "play_out";
    case call_action::close_agent: return "close_agent";
    case call_action::close_stream: return "close_stream";
    case call_action::close_both: return "close_both";
    case call_action::finish: return "finish";
  }
  return "nothing";
}

}  // namespace tonris::model
