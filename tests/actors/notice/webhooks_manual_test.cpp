/// The receiver in docs/webhooks.md, as it stands there.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "model/text/webhook_signature.hpp"
#include "tests/places.hpp"

namespace tonris::actors::test {
namespace {

constexpr auto secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::int64_t now = 1'800'000'000;

/// The first block of Python; "": there is none.
std::string receiver_in_the_manual() {
  std::ifstream file{tonris::test::source_dir() + "/docs/webhooks.md"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const std::string fence = "```python\n";
  const auto begin = text.find(fence);
  if (begin == std::string::npos) return {};
  const auto code = begin + fence.size();
  return text.substr(code, text.find("```", code) - code);
}

std::string output_of(const std::string& command) {
  std::string output;
  auto* const pipe = popen(command.c_str(), "r");
  if (!pipe) return output;
  for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) output += static_cast<char>(c);
  pclose(pipe);
  return output;
}

class WebhooksManual : public testing::Test {
 protected:
  void SetUp() override {
    if (output_of("python3 -c 'print(1)' 2>&1") != "1\n") GTEST_SKIP() << "python3 is not installed";
    auto made = (std::filesystem::temp_directory_path() / "tonris-receiver-XXXXXX").string();
    directory = mkdtemp(made.data());
    std::ofstream{directory / "receiver.py"} << receiver_in_the_manual();
  }
  ~WebhooksManual() override {
    if (!directory.empty()) std::filesystem::remove_all(directory);
  }
  /// "True" or "False", as it says of these headers and that body at `at`.
  std::string verifies(const std::string& signature, const std::string& body, std::int64_t at = now,
                       const std::string& id = "msg_1") const {
    std::ofstream{directory / "ask.py"} << "import receiver\nheaders = {'webhook-id': '" << id
                                        << "', 'webhook-timestamp': '" << now << "', 'webhook-signature': '"
                                        << signature << "'}\nprint(receiver.verify('" << secret << "', headers, b'"
                                        << body << "', " << at << "))\n";
    return output_of("cd '" + directory.string() + "' && python3 ask.py 2>&1");
  }

  std::filesystem::path directory;
};

TEST_F(WebhooksManual, HasAReceiverThatTakesWhatTheGatewaySigns) {
  const std::string body = R"({"type":"call.ended","data":{"callSid":"CA1"}})";
  const auto signature = model::sign_webhook(model::signing_key_of(secret), "msg_1", now, body);
  EXPECT_EQ(verifies(signature, body), "True\n");
  EXPECT_EQ(verifies("v1,AAAA v2,x " + signature, body), "True\n") << "one of several, while secrets rotate";
  EXPECT_EQ(verifies(signature, body, now + 299), "True\n");
}

TEST_F(WebhooksManual, HasAReceiverThatTakesNothingElse) {
  const std::string body = R"({"type":"call.ended"})";
  const auto signature = model::sign_webhook(model::signing_key_of(secret), "msg_1", now, body);
  EXPECT_EQ(verifies(signature, R"({"type":"call.started"})"), "False\n");
  EXPECT_EQ(verifies(signature, body, now, "msg_2"), "False\n");
  EXPECT_EQ(verifies(signature, body, now + 301), "False\n") << "recorded, and sent again";
  EXPECT_EQ(verifies(signature, body, now - 301), "False\n");
  EXPECT_EQ(verifies("", body), "False\n");
  EXPECT_EQ(verifies(model::sign_webhook(model::signing_key_of("another"), "msg_1", now, body), body), "False\n");
}

}  // namespace
}  // namespace tonris::actors::test
