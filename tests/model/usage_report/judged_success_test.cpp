#include "model/usage_report/judged_success.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::model {
namespace {

struct told {
  std::string conversation, successful;
  std::optional<int> error_code{};
  std::string error{};
};

call_record call_with(const std::vector<told>& reports) {
  call_record record;
  record.conversations = {{{"conv_1"}, {}, {}, {}}, {{"conv_2"}, {}, {}, {}}};
  for (const auto& one : reports) {
    auto& report = record.reports.emplace_back();
    report.conversation = {one.conversation};
    report.successful = one.successful;
    report.error_code = one.error_code;
    report.error = one.error;
  }
  return record;
}

TEST(JudgedSuccess, IsTheLastJudgedConversationsUnlessThereWasAnError) {
  const struct {
    const char* what;
    std::vector<told> reports;
    std::optional<bool> success;
  } table[] = {
      {"nothing told", {}, {}},
      {"not judged", {{"conv_1", "unknown"}}, {}},
      {"a success", {{"conv_1", "success"}}, true},
      {"a failure", {{"conv_1", "failure"}}, false},
      {"a session that never began", {{"conv_1", "success", 1008, "Override not allowed"}}, false},
      {"an error without a code", {{"conv_1", "success", {}, "LLM failed"}}, false},
      {"an error that nobody judged", {{"conv_1", "", 1011}}, false},
      {"the second went well", {{"conv_1", "failure"}, {"conv_2", "success"}}, true},
      {"the second went badly", {{"conv_1", "success"}, {"conv_2", "failure"}}, false},
      {"told in the other order", {{"conv_2", "failure"}, {"conv_1", "success"}}, false},
      {"the second is not judged", {{"conv_1", "failure"}, {"conv_2", "unknown"}}, false},
      {"an error before a success", {{"conv_1", "success", 1002}, {"conv_2", "success"}}, false},
      {"one that the call does not know", {{"conv_2", "success"}, {"conv_9", "failure"}}, false},
  };
  for (const auto& row : table) EXPECT_EQ(judged_success(call_with(row.reports)), row.success) << row.what;
}

}  // namespace
}  // namespace tonris::model
