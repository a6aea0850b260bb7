#include "model/call/person_words.hpp"

#include <algorithm>
#include <array>

#include "model/twilio/webhook.hpp"

namespace tonris::model {

namespace {

struct words {
  std::string_view ours, placed;
};

// The longer first: "the caller" begins "the caller's".
constexpr std::array table{
    words{"The caller's", "The called person's"}, words{"the caller's", "the called person's"},
    words{"The caller", "The person called"},     words{"the caller", "the person called"},
    words{"Its caller", "The person called"},
};

bool goes_on(std::string_view text) noexcept {
  return !text.empty() &&
         ((text.front() >= 'a' && text.front() <= 'z') || (text.front() >= 'A' && text.front() <= 'Z'));
}

const words* find_words(std::string_view text) noexcept {
  const auto* const found = std::find_if(table.begin(), table.end(), [text](const words& one) {
    return text.starts_with(one.ours) && !goes_on(text.substr(one.ours.size()));
  });
  return found == table.end() ? nullptr : found;
}

}  // namespace

std::string of_person(std::string_view direction, std::string_view sentence) {
  if (!twilio::is_outbound(direction)) return std::string{sentence};
  std::string out;
  while (!sentence.empty()) {
    const auto* const found = find_words(sentence);
    out.append(found ? found->placed : sentence.substr(0, 1));
    sentence.remove_prefix(found ? found->ours.size() : 1);
  }
  return out;
}

}  // namespace tonris::model
