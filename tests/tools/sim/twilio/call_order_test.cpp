#include "tools/sim/twilio/call_order.hpp"

#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/twilio/placed_call.hpp"

namespace tonris::sim {
namespace {

using testing::HasSubstr;

class CallOrder : public testing::Test {
 protected:
  std::variant<call_order, net::http_response> read(const model::form& fields) {
    return read_order(
        fields, [](const std::string& number) { return number == "+15550100002"; }, found);
  }
  static model::form whole() {
    model::twilio::call_order ours{"+15550100001",
                                   "+15550100002",
                                   "https://gw.example.com/o",
                                   "https://gw.example.com/s",
                                   "https://gw.example.com/m",
                                   25};
    return model::twilio::order_form(ours);
  }
  /// `whole` with that field as it is given; without it where there is no value.
  static model::form with(const std::string& name, const char* value) {
    model::form fields;
    for (const auto& field : whole())
      if (field.first != name) fields.push_back(field);
    if (value != nullptr) fields.emplace_back(name, value);
    return fields;
  }
  std::string refusal_of(const model::form& fields) {
    const auto read_so = read(fields);
    const auto* const no = std::get_if<net::http_response>(&read_so);
    return no == nullptr ? std::string{} : no->body;
  }
  violation_log found;
};

TEST_F(CallOrder, TakesWhatTheGatewaySends) {
  const auto order = std::get<call_order>(read(whole()));
  EXPECT_EQ(order.to, "+15550100001");
  EXPECT_EQ(order.timeout, std::chrono::seconds{25});
  EXPECT_TRUE(order.listens_for_machines);
  for (const auto* event : {"initiated", "ringing", "answered", "completed"}) EXPECT_TRUE(order.wants(event)) << event;
  EXPECT_TRUE(found.empty());
}

TEST_F(CallOrder, IsRefusedWithTwiliosCodes) {
  const struct {
    const char *name, *value, *code;
  } rows[] = {
      {"To", nullptr, "21201"},          {"To", "anna", "21211"},
      {"From", nullptr, "21213"},        {"From", "anonymous", "21212"},
      {"From", "+15550100009", "21210"}, {"Url", nullptr, "21205"},
      {"Url", "nowhere", "21205"},       {"StatusCallback", "nowhere", "21609"},
      {"Timeout", "601", "21220"},       {"Timeout", "soon", "21220"},
      {"Method", "PUT", "21403"},
  };
  for (const auto& [name, value, code] : rows)
    EXPECT_THAT(refusal_of(with(name, value)), HasSubstr(code)) << name << " " << (value ? value : "(none)");
}

TEST_F(CallOrder, HoldsAgainstTheGatewayWhatTwilioWouldPassOver) {
  auto joined = with("StatusCallbackEvent", "initiated ringing");
  EXPECT_FALSE(std::get<call_order>(read(joined)).wants("initiated")) << "ignored, as Twilio does";
  EXPECT_EQ(found.count("status_event"), 1u);
  (void)read(with("Colour", "red"));
  EXPECT_EQ(found.count("unknown_field"), 1u);
  (void)read(with("AsyncAmd", nullptr));
  EXPECT_EQ(found.count("dead_air"), 1u) << "whoever answers would hear nothing";
}

}  // namespace
}  // namespace tonris::sim
