#include "tools/sim/demo/live_view.hpp"

#include <array>
#include <cstdio>
#include <ostream>

namespace tonris::sim {
namespace {

std::string fixed(double value, int decimals) {
  std::array<char, 32> text{};
  const auto length = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string clock_of(double seconds) {
  auto text = fixed(seconds, 1);
  if (text.size() < 5) text.insert(0, 5 - text.size(), ' ');
  return text + " s";
}

}  // namespace

void live_view::line(double seconds, std::string_view text) {
  if (terminal_) out_ << "\r\033[K";
  out_ << clock_of(seconds) << "  " << text << '\n';
  if (terminal_) out_ << status_;
  out_.flush();
}

void live_view::note(double seconds, std::string_view text) {
  line(seconds, text);
}

void live_view::state(double seconds, std::string_view name) {
  if (name == state_) return;
  state_ = name;
  line(seconds, "call is " + state_);
}

void live_view::said(double seconds, std::string_view role, std::string_view text) {
  std::string out{role == "agent" ? "agent   " : "caller  "};
  line(seconds, out.append(text));
}

void live_view::asked(double seconds, std::string_view tool, std::string_view answer) {
  std::string out{"gateway "};
  line(seconds, out.append(tool).append(": ").append(answer.empty() ? "no answer" : answer));
}

void live_view::now(double seconds, bool caller_speaks, bool agent_speaks, std::optional<double> added_p99_ms) {
  if (!terminal_) return;
  status_ = "\r\033[K" + clock_of(seconds) + "  [" + state_ + "]  caller " + (caller_speaks ? "speaks" : "  -   ") +
            "  agent " + (agent_speaks ? "speaks" : "  -   ") + "  added latency p99 " +
            (added_p99_ms ? fixed(*added_p99_ms, 2) + " ms" : std::string{"-"});
  out_ << status_;
  out_.flush();
}

void live_view::end() {
  status_.clear();
  if (terminal_) out_ << "\r\033[K";
  out_.flush();
}

}  // namespace tonris::sim
