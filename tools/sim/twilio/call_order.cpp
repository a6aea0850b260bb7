#include "tools/sim/twilio/call_order.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "model/phone/number.hpp"
#include "model/text/address.hpp"
#include "tools/sim/twilio/rest_answers.hpp"

namespace tonris::sim {

namespace {

constexpr std::array<std::string_view, 4> all_events{"initiated", "ringing", "answered", "completed"};

bool is_web_address(std::string_view url) {
  const auto read = model::read_address(url);
  return read && (read->scheme == "https" || read->scheme == "http") && read->kind != model::host_kind::unusable;
}

/// Reads the fields one by one; the first that Twilio refuses is its answer.
class reader {
 public:
  explicit reader(violation_log& violations) : violations_(violations) {}

  void take(const std::string& name, const std::string& value) {
    using told = call_order::told;
    struct address {
      std::string_view url, method;
      told call_order::*of;
    };
    static constexpr std::array addresses{
        address{"Url", "Method", &call_order::what_next},
        address{"StatusCallback", "StatusCallbackMethod", &call_order::progress},
        address{"AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod", &call_order::machine},
    };
    for (const auto& one : addresses) {
      if (name == one.url) return take_address((order_.*one.of).url, name, value);
      if (name == one.method) return take_method((order_.*one.of).method, name, value);
    }
    if (name == "To")
      order_.to = value;
    else if (name == "From")
      order_.from = value;
    else if (name == "StatusCallbackEvent")
      take_event(value);
    else if (name == "Timeout")
      take_timeout(value);
    else if (name == "MachineDetection")
      take_detection(value);
    else if (name == "AsyncAmd")
      asynchronous_ = value == "true";
    else
      violations_.add("unknown_field", name.substr(0, 40));
  }

  std::variant<call_order, net::http_response> end(const std::function<bool(const std::string&)>& owns) {
    if (order_.to.empty()) refuse(21201, "No 'To' number is specified");
    if (!model::is_e164(order_.to)) refuse(21211, "Invalid 'To' Phone Number: " + order_.to);
    if (order_.from.empty()) refuse(21213, "Caller phone number is required");
    if (!model::is_e164(order_.from)) refuse(21212, "Invalid 'From' Phone Number: " + order_.from);
    if (!owns(order_.from)) refuse(21210, "'From' phone number not verified");
    if (order_.what_next.url.empty()) refuse(21205, "Url parameter is required");
    if (refusal_) return std::move(*refusal_);
    if (order_.listens_for_machines && (!asynchronous_ || order_.machine.url.empty()))
      violations_.add("dead_air", "MachineDetection without AsyncAmd: whoever answers hears nothing until it is done");
    return std::move(order_);
  }

 private:
  void refuse(int code, std::string_view message) {
    if (!refusal_) refusal_ = rest_refusal(400, code, message);
  }
  void take_address(std::string& to, const std::string& name, const std::string& value) {
    if (!is_web_address(value)) refuse(name == "Url" ? 21205 : 21609, name + " is not a valid URL: " + value);
    to = value;
  }
  void take_method(std::string& to, const std::string& name, const std::string& value) {
    if (value != "GET" && value != "POST") refuse(21403, name + " is not a valid method");
    to = value;
  }
  /// Several in one are ignored, as Twilio does.
  void take_event(const std::string& value) {
    if (std::ranges::find(all_events, value) == all_events.end())
      violations_.add("status_event", value.substr(0, 40));
    else
      order_.events.push_back(value);
  }
  void take_timeout(const std::string& value) {
    unsigned seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc{} || end != value.data() + value.size() || seconds < 1 || seconds > 600)
      refuse(21220, "Timeout is not valid");
    order_.timeout = std::chrono::seconds{seconds};
  }
  void take_detection(const std::string& value) {
    if (value != "Enable" && value != "DetectMessageEnd") refuse(20001, "MachineDetection is not valid");
    order_.listens_for_machines = true;
  }

  violation_log& violations_;
  call_order order_;
  bool asynchronous_ = false;
  std::optional<net::http_response> refusal_;
};

}  // namespace

bool call_order::wants(std::string_view event) const {
  if (progress.url.empty()) return false;
  return events.empty() ? event == "completed" : std::ranges::find(events, event) != events.end();
}

std::variant<call_order, net::http_response> read_order(const model::form& given,
                                                        const std::function<bool(const std::string&)>& owns,
                                                        violation_log& violations) {
  reader fields{violations};
  for (const auto& [name, value] : given) fields.take(name, value);
  return fields.end(owns);
}

}  // namespace tonris::sim
