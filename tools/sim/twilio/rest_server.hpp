#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/twilio/number.hpp"
#include "net/error.hpp"
#include "net/http_server.hpp"
#include "net/loop.hpp"
#include "tools/sim/twilio/call_book.hpp"
#include "tools/sim/twilio/placed_calls.hpp"
#include "tools/sim/twilio/recordings.hpp"
#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

struct twilio_rest_options {
  std::string host = "127.0.0.1";
  std::map<std::string, std::string> accounts;                       ///< their tokens, by AccountSid
  std::size_t page_size = 50;                                        ///< of lists that name none
  std::shared_ptr<call_book> calls = std::make_shared<call_book>();  ///< whoever plays calls writes there
  std::string account_status = "active", account_type = "Full";
};

/// Twilio's REST API, as far as numbers and calls go (docs/protocols/twilio.md#phone-numbers, #prices): accounts;
/// IncomingPhoneNumbers, listed by a pattern and in pages, and updated; Calls, placed, ended, told and listed out of a
/// book. As strict as Twilio about who asks and what for, and stricter about fields that it would let pass unread:
/// these are violations. Owner: a test; all on the loop's thread.
class twilio_rest_server {
 public:
  static net::result<std::unique_ptr<twilio_rest_server>> listen(net::loop& on, twilio_rest_options options);
  ~twilio_rest_server();
  twilio_rest_server(const twilio_rest_server&) = delete;
  twilio_rest_server& operator=(const twilio_rest_server&) = delete;

  [[nodiscard]] std::string base_url() const;  ///< any thread

  /// A number of that account's, which points to these addresses.
  void add(const std::string& account, const std::string& number, model::twilio::call_handlers calls = {});
  /// What the number does with its calls; nothing: there is none.
  [[nodiscard]] std::optional<model::twilio::call_handlers> calls_of(const std::string& number) const;
  void point(const std::string& number, const model::twilio::call_handlers& calls);  ///< as in the console

  void become(std::string account_status, std::string account_type) {  ///< of all accounts
    options_.account_status = std::move(account_status);
    options_.account_type = std::move(account_type);
  }
  /// Calls can be placed from then on, and ring there; it outlives the server.
  void ring_at(placed_calls& phones) { phones_ = &phones; }
  /// Asked to complete a call that nobody has ordered; false: it is not in progress.
  void complete_by(std::function<bool(const std::string& sid)> complete) { complete_ = std::move(complete); }
  /// What the next orders of calls come to: `made` or not, and that answer; 0 is never given.
  struct order_fault {
    bool made = false;
    unsigned status = 0;
  };
  void fail_orders(std::deque<order_fault> faults) { order_faults_ = std::move(faults); }
  /// Each order is refused with that code from then on, a country that the account may not call (21215) say; 0: none.
  void refuse_orders(int code) { refuses_orders_with_ = code; }
  /// The next requests are answered so, whatever they are: 429 with Retry-After, 500; 0 is never answered.
  void fail_next(std::deque<unsigned> statuses) { failures_ = std::move(statuses); }

  [[nodiscard]] twilio_recordings& recordings() noexcept { return recordings_; }

  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
  [[nodiscard]] std::uint64_t updates() const noexcept { return updates_; }  ///< those that were carried out
  [[nodiscard]] const violation_log& violations() const noexcept { return violations_; }

 private:
  struct owned {
    std::string account;
    model::twilio::incoming_number is;
  };

  twilio_rest_server(net::loop& on, twilio_rest_options options);
  void handle(const net::http_request& request, net::http_responder responder);
  [[nodiscard]] net::http_response answer(const net::http_request& request);
  [[nodiscard]] bool is_authorized(const net::http_request& request, const std::string& account) const;
  [[nodiscard]] net::http_response tell_account(const std::string& account) const;
  [[nodiscard]] net::http_response list(const std::string& account, std::string_view query);
  [[nodiscard]] net::http_response answer_calls(const net::http_request& request, const std::string& account,
                                                std::string_view path);
  [[nodiscard]] net::http_response place_call(const net::http_request& request, const std::string& account);
  [[nodiscard]] net::http_response change_call(const net::http_request& request, const std::string& account,
                                               std::string_view sid);
  void give_no_answer(net::http_responder responder);
  [[nodiscard]] net::http_response update(const net::http_request& request, owned& one);
  [[nodiscard]] std::optional<net::http_response> refused(const model::form& fields, const owned& one);

  net::loop& loop_;
  twilio_rest_options options_;
  std::unique_ptr<net::http_server> server_;
  std::vector<owned> numbers_;
  placed_calls* phones_ = nullptr;
  std::function<bool(const std::string& sid)> complete_;
  std::deque<order_fault> order_faults_;
  int refuses_orders_with_ = 0;
  std::deque<unsigned> failures_;
  std::vector<std::shared_ptr<net::http_responder>> never_answered_;
  std::uint64_t requests_ = 0, updates_ = 0;
  violation_log violations_;
  twilio_recordings recordings_{violations_};
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tonris::sim
