// Signs and verifies with the gateway's own code for check.cjs, which has the vendors' own libraries do the same. A
// request a line on standard input, an answer a line on standard output. A request is words: what to do, a time in Unix
// seconds, and texts in Base64 ("-": an empty one), as `wanted` lists them.
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/elevenlabs/signature.hpp"
#include "model/text/base64.hpp"
#include "model/text/webhook_signature.hpp"

namespace {

using namespace tonris::model;

struct request {
  std::int64_t time = 0;
  std::vector<std::string> texts;
};

struct work {
  std::size_t texts;
  std::function<std::string(const request&)> answer;
};

const std::map<std::string, work>& wanted() {
  static const std::map<std::string, work> all{
      // secret, body
      {"elevenlabs.sign", {2, [](const request& r) { return elevenlabs::sign(r.texts[0], r.time, r.texts[1]); }}},
      // secret, body, header
      {"elevenlabs.verify",
       {3,
        [](const request& r) {
          const std::vector<std::string> secrets{r.texts[0]};
          return std::string{to_string(elevenlabs::verify_signature(secrets, r.texts[2], r.texts[1], r.time).check)};
        }}},
      // secret, body, id
      {"standard.sign",
       {3, [](const request& r) { return sign_webhook(signing_key_of(r.texts[0]), r.texts[2], r.time, r.texts[1]); }}},
      // secret, body, id, timestamp, signatures
      {"standard.verify",
       {5,
        [](const request& r) {
          return std::string{to_string(
              verify_webhook(signing_key_of(r.texts[0]), r.texts[2], r.texts[3], r.texts[4], r.texts[1], r.time))};
        }}},
  };
  return all;
}

std::string answer(const std::string& line) {
  std::istringstream words{line};
  std::string what, word;
  request asked;
  words >> what >> asked.time;
  while (words >> word) {
    std::vector<std::uint8_t> bytes;
    if (word != "-" && !append_decoded(word, bytes)) throw std::invalid_argument(what + " is not told in Base64");
    asked.texts.emplace_back(bytes.begin(), bytes.end());
  }
  const auto& asked_for = wanted().at(what);
  if (asked.texts.size() != asked_for.texts) throw std::invalid_argument(what + " wants other texts");
  return asked_for.answer(asked);
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(line) << '\n';
}
