#include "model/tool/tool_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
namespace commands = tool_commands;
using testing::HasSubstr;
using testing::Not;

template <class Command>
Command read(const std::string& name, const std::string& parameters) {
  const auto command = parse_tool_command({"id", name, parameters});
  EXPECT_TRUE(command) << parameters << command.error();
  const auto* const one = command ? std::get_if<Command>(&*command) : nullptr;
  EXPECT_NE(one, nullptr) << name;
  return one == nullptr ? Command{} : *one;
}

TEST(ToolCommand, ReadsEachWithAllItsParameters) {
  EXPECT_EQ(read<commands::end_call>("end_call", R"({"reason":" all said ","x":[1]})").reason, "all said");
  const auto transfer = read<commands::transfer_call>("transfer_call", R"({"number":"+1 555","reason":"billing"})");
  EXPECT_EQ(transfer.number, "+1 555");
  EXPECT_EQ(transfer.reason, "billing");
  EXPECT_EQ(read<commands::transfer_call>("transfer_call", R"({"transfer_number":"+1555"})").number, "+1555");
  EXPECT_EQ(read<commands::transfer_call>("transfer_call", R"({"phone_number":15550100})").number, "15550100");
  EXPECT_EQ(read<commands::send_dtmf>("send_dtmf", R"({"digits":"1w2W#*"})").digits, "1w2W#*");
  EXPECT_EQ(read<commands::send_dtmf>("send_dtmf", R"({"dtmf_tones":1234})").digits, "1234");
  EXPECT_EQ(read<commands::hold>("hold", R"({"seconds":600})").most, 600s);
  read<commands::resume>("resume", "{}");
  const auto callback = read<commands::request_callback>(
      "request_callback", R"({"number":"+1555","when":"tomorrow at nine","reason":"a quote"})");
  EXPECT_EQ(callback.number + "|" + callback.when + "|" + callback.reason, "+1555|tomorrow at nine|a quote");
  EXPECT_EQ(read<commands::note>("note", R"({"text":"likes tea"})").text, "likes tea");
  const auto digits = read<commands::collect_digits>(
      "collect_digits", R"({"count":"4","terminator":"*","timeout_seconds":5,"prompt":"Your PIN, please."})");
  EXPECT_EQ(digits.count, 4U);
  EXPECT_EQ(digits.terminator, '*');
  EXPECT_EQ(digits.timeout, 5s);
  EXPECT_EQ(digits.prompt, "Your PIN, please.");
}

TEST(ToolCommand, HasDefaultsForWhatIsNotSaid) {
  EXPECT_EQ(read<commands::end_call>("end_call", R"({"reason":null})").reason, "");
  EXPECT_EQ(read<commands::transfer_call>("transfer_call", "{}").number, "");
  EXPECT_EQ(read<commands::hold>("hold", "{}").most, 120s);
  EXPECT_EQ(read<commands::request_callback>("request_callback", "{}").number, "");
  const auto digits = read<commands::collect_digits>("collect_digits", R"({"count":1})");
  EXPECT_EQ(digits.terminator, '#');
  EXPECT_EQ(digits.timeout, 10s);
  EXPECT_EQ(read<commands::collect_digits>("collect_digits", R"({"count":32,"terminator":"none"})").terminator, '\0');
}

TEST(ToolCommand, SetsAVariableOfAnyKind) {
  const auto value = [](const std::string& json) {
    return read<commands::set_variable>("set_variable", R"({"name":"mood","value":)" + json + "}").value;
  };
  EXPECT_EQ(value(R"("good")"), elevenlabs::variable{std::string{"good"}});
  EXPECT_EQ(value("7"), elevenlabs::variable{std::int64_t{7}});
  EXPECT_EQ(value("2.5"), elevenlabs::variable{2.5});
  EXPECT_EQ(value("true"), elevenlabs::variable{true});
  EXPECT_EQ(value(R"("")"), elevenlabs::variable{std::string{}});
}

TEST(ToolCommand, LeavesAnotherNameToTheTenant) {
  EXPECT_EQ(read<commands::other>("get_services", "not even JSON").name, "get_services");
  EXPECT_EQ(read<commands::other>("END_CALL", "{}").name, "END_CALL");
}

TEST(ToolCommand, HasEachNameThatIsPromised) {
  for (const auto name : tool_command_names) {
    const auto command = parse_tool_command({"id", std::string{name}, "{}"});
    EXPECT_FALSE(command && std::holds_alternative<commands::other>(*command)) << name;
  }
}

struct mistake {
  std::string name, parameters, told;
};

TEST(ToolCommand, TellsTheAgentWhatIsWrongWithAParameter) {
  const auto many = std::string(3000, 'x');
  for (const auto& [name, parameters, told] : {
           mistake{"end_call", R"({"reason":[]})", "reason must be a text"},
           mistake{"end_call", R"({"reason":")" + many + "\"}", "reason must have at most 200 bytes"},
           mistake{"transfer_call", R"({"number":true})", "number must be a text"},
           mistake{"transfer_call", R"({"number":")" + many + "\"}", "number must have at most 64 bytes"},
           mistake{"transfer_call", R"({"reason":{}})", "reason must be a text"},
           mistake{"send_dtmf", "{}", "digits is missing"},
           mistake{"send_dtmf", R"({"digits":""})", "digits is missing"},
           mistake{"send_dtmf", R"({"digits":"12A"})", "digits may have 0 to 9"},
           mistake{"send_dtmf", R"({"digits":-5})", "digits may have 0 to 9"},
           mistake{"send_dtmf", R"({"digits":"123456789012345678901234567890123"})", "at most 32 bytes"},
           mistake{"hold", R"({"seconds":0})", "seconds must be a whole number from 1 to 600"},
           mistake{"hold", R"({"seconds":601})", "seconds must be a whole number from 1 to 600"},
           mistake{"hold", R"({"seconds":1.5})", "seconds must be a whole number"},
           mistake{"hold", R"({"seconds":"soon"})", "seconds must be a whole number"},
           mistake{"hold", R"({"seconds":1e300})", "seconds must be a whole number"},
           mistake{"set_variable", R"({"value":1})", "name is missing"},
           mistake{"set_variable", R"({"name":"a"})", "value is missing"},
           mistake{"set_variable", R"({"name":"a b","value":1})", "name must be letters"},
           mistake{"set_variable", R"({"name":"caller_number","value":1})", "cannot be set"},
           mistake{"set_variable", R"({"name":"system__time","value":1})", "cannot be set"},
           mistake{"set_variable", R"({"name":"secret__key","value":1})", "cannot be set"},
           mistake{"set_variable", R"({"name":"a","value":[]})", "value must be a text, a number"},
           mistake{"set_variable", R"({"name":"a","value":")" + many + "\"}", "value must have at most 1000"},
           mistake{"note", "{}", "text is missing"},
           mistake{"note", R"({"text":"  "})", "text is missing"},
           mistake{"note", R"({"text":")" + many + "\"}", "text must have at most 2000 bytes"},
           mistake{"request_callback", R"({"number":[]})", "number must be a text"},
           mistake{"request_callback", R"({"when":")" + many + "\"}", "when must have at most 200"},
           mistake{"collect_digits", "{}", "count is missing"},
           mistake{"collect_digits", R"({"count":0})", "count must be a whole number from 1 to 32"},
           mistake{"collect_digits", R"({"count":33})", "count must be a whole number from 1 to 32"},
           mistake{"collect_digits", R"({"count":4,"terminator":"0"})", "terminator must be #, * or none"},
           mistake{"collect_digits", R"({"count":4,"timeout_seconds":61})", "timeout_seconds must be a whole"},
           mistake{"collect_digits", R"({"count":4,"prompt":7.5})", "prompt must be a text"},
           mistake{"note", "", "must be a JSON object"},
           mistake{"note", "[]", "must be a JSON object"},
           mistake{"note", R"({"text":)", "must be a JSON object"},
           mistake{"note", "{\"text\":\"\xff\"}", "must be a JSON object"},
           mistake{"note", R"({"text":")" + std::string(max_parameter_bytes, 'x') + "\"}", "at most 64 KiB"},
       }) {
    const auto command = parse_tool_command({"id", name, parameters});
    ASSERT_FALSE(command) << name << parameters.substr(0, 100);
    EXPECT_THAT(command.error(), HasSubstr(told)) << name;
    EXPECT_THAT(command.error(), testing::EndsWith("."));
    EXPECT_THAT(command.error(), Not(HasSubstr("xxx")));
  }
}

}  // namespace
}  // namespace tonris::model
