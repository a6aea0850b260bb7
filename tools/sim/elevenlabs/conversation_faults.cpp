#include "tools/sim/elevenlabs/agent_messages.hpp"
#include "tools/sim/elevenlabs/conversation.hpp"

// The part of a conversation that is about what goes wrong with it on purpose.
namespace tonris::sim {
namespace {

using namespace std::chrono_literals;
using manner = agent_failure::manner;

constexpr auto line_looked_at = 20ms;

}  // namespace

bool conversation::fails_at(agent_failure::point when) {
  if (behaviour_.failure.when != when || failing_) return false;
  failing_ = true;
  fail_timer_.after(behaviour_.failure.after, [this] { fail(); });
  // With a delay the conversation goes on until then, except where the failure is that nothing follows.
  return behaviour_.failure.after == 0ms || when == agent_failure::point::on_open ||
         when == agent_failure::point::before_metadata || when == agent_failure::point::after_end_call;
}

void conversation::fail() {
  const auto& f = behaviour_.failure;
  if (f.needs_wire() && !line_) return drop();  // dialled without the address that was given
  switch (f.how) {
    case manner::close: break;
    case manner::drop: return drop();
    case manner::silence: return go_silent();
    case manner::garbage: return send("\x7d\x7b this is no message");
    case manner::reset:
    case manner::blackhole:
    case manner::stall:
    case manner::binary:
    case manner::broken_frame:
    case manner::corrupt: return break_line();
  }
  if (f.frame == agent_failure::error_frame::nested) send(say::error_nested(f.code, f.error_type, f.message, f.reason));
  if (f.frame == agent_failure::error_frame::flat) send(say::error_flat(f.message));
  close(f.code, f.reason);
}

void conversation::break_line() {
  switch (behaviour_.failure.how) {
    case manner::reset: line_->reset(); return drop();
    case manner::blackhole: line_->go_dark(); break;
    case manner::stall: line_->hold(); break;
    case manner::binary: proper_closes_.insert(1003); return line_->inject(binary_frame());
    case manner::broken_frame: proper_closes_.insert(1002); return line_->inject(broken_frame());
    case manner::corrupt: line_->corrupt(); break;
    case manner::close:
    case manner::drop:
    case manner::silence:
    case manner::garbage: return;
  }
  broken_ = true;
  watch_line();
}

/// Nobody tells us any more, so we look whether the gateway has left.
void conversation::watch_line() {
  if (line_->gateway_gone()) return cut("gateway");
  watch_.after(line_looked_at, [this] { watch_line(); });
}

void conversation::drop() {
  cut("agent");
}

void conversation::cut(const char* by) {
  if (closing_ || !socket_) return;
  closing_ = true;
  record_.ended_by = by;
  record_.close_code = 1006;
  socket_->detach();
  socket_->abort();
  over_timer_.after(0ms, [this] { on_end({net::errc::aborted, 1006, {}}); });
}

void conversation::go_silent() {
  mute_ = true;
  proper_closes_.insert(1001);  // whoever hears nothing for long may leave
  speaker_.cut(0);
  ping_timer_.cancel();
  watch_.cancel();
}

}  // namespace tonris::sim
