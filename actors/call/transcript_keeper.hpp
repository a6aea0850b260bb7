#pragma once

#include "actors/call/context.hpp"

namespace tonris::actors {

/// Keeps what is said in the call: in its record (within model/call/transcript.hpp's bounds), its timeline and its
/// checkpoint.
class transcript_keeper {
 public:
  static constexpr std::size_t most_noted_bytes = 200;  ///< of a line, in the timeline

  explicit transcript_keeper(call_context& call) : call_(call) {}

  void add(const transcript_line& line);
  void correct(const transcript_correction& correction);
  void interrupt();  ///< the caller spoke into the agent's words

 private:
  call_context& call_;
};

}  // namespace tonris::actors
