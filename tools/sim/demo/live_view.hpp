#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace tonris::sim {

/// A call as it goes, for somebody who watches: lines that stay, and on a terminal one line below that keeps changing.
/// Elsewhere (a file, a pipe) plain lines only.
class live_view {
 public:
  live_view(std::ostream& out, bool terminal) : out_(out), terminal_(terminal) {}

  void note(double seconds, std::string_view text);
  void state(double seconds, std::string_view name);  ///< once a change
  void said(double seconds, std::string_view role, std::string_view text);
  void asked(double seconds, std::string_view tool, std::string_view answer);  ///< what the gateway told the agent
  void now(double seconds, bool caller_speaks, bool agent_speaks, std::optional<double> added_p99_ms);
  void end();  ///< the changing line goes

 private:
  void line(double seconds, std::string_view text);

  std::ostream& out_;
  bool terminal_;
  std::string state_ = "-", status_;
};

}  // namespace tonris::sim
