#pragma once

#include <string>
#include <vector>

#include "model/text/ids.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::actors {

/// Of which of a call's streams Twilio has reported an error. It may do so twice, minutes late, and when the next
/// stream is on its way: each is news once.
class stream_errors {
 public:
  /// Once for each stream of which it is true.
  [[nodiscard]] bool are_news(const model::twilio::stream_status& told);

 private:
  std::vector<model::stream_sid> told_;
};

/// For the timeline.
[[nodiscard]] std::string words_of_stream_error(const model::twilio::stream_status& told);

}  // namespace tonris::actors
