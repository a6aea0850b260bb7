#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/drift/bill_metrics.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/vendor/messages.hpp"
#include "actors/vendor/twilio_messages.hpp"
#include "model/usage_report/unknown_bills.hpp"

namespace tonris::actors {

/// What one account or key lists of a day, while it is read page by page: what of it nobody here knows. Where it has
/// stopped it goes on, also at another attempt.
class bill_list {
 public:
  enum class next : std::uint8_t {
    page,   ///< another page is to be asked for
    again,  ///< the same, a little later
    end,
  };
  struct progress {
    next step = next::end;
    bill_metrics::outcome how{};  ///< with end
  };

  bill_list(std::chrono::sys_days day, twilio_account as, model::tenant_id otherwise);
  bill_list(std::chrono::sys_days day, tenant_ptr whose, model::tenant_id otherwise);

  [[nodiscard]] bool is_twilios() const noexcept { return !as_.sid.empty(); }
  [[nodiscard]] const model::tenant_id& otherwise() const noexcept { return otherwise_; }
  [[nodiscard]] std::string name() const;  ///< for the log: the account's SID, or whose key; never a secret

  /// By which it is known again at the next attempt: an account is one whatever its token, another key is another list.
  /// Not for the log.
  [[nodiscard]] std::string identity() const;
  [[nodiscard]] bool can_be_asked() const;  ///< its token or key is there, and open
  [[nodiscard]] bool has_token_of(const bill_list& other) const;
  void go_on_as(const bill_list& other);  ///< with its token, for its tenant

  [[nodiscard]] ask_twilio question_to_twilio() const;
  [[nodiscard]] fetch_conversations question_to_elevenlabs() const;
  /// `room`: so many more that are unknown are kept; with more it is cut.
  [[nodiscard]] progress take(const twilio_answer& answer, const model::known_ids& known, std::size_t room);
  [[nodiscard]] progress take(const vendor_document& answer, const model::known_ids& known, std::size_t room);

  [[nodiscard]] bool has_page() const noexcept { return has_page_; }  ///< one was read
  [[nodiscard]] bool fails() const noexcept { return tries_ > 0; }    ///< the last question was in vain
  [[nodiscard]] std::size_t unknown() const noexcept { return calls_.size() + conversations_.size(); }
  [[nodiscard]] const std::vector<model::twilio_listed_call>& unknown_calls() const noexcept { return calls_; }
  [[nodiscard]] const std::vector<model::elevenlabs::listed_conversation>& unknown_conversations() const noexcept {
    return conversations_;
  }
  void forget_known(const model::known_ids& known);  ///< and what it has twice
  void forget_unknown();

 private:
  [[nodiscard]] progress again() noexcept;
  [[nodiscard]] progress go_on(std::string place, std::size_t listed, bool had_room);
  [[nodiscard]] bool is_of_day(std::chrono::sys_seconds at) const noexcept;

  // given
  std::chrono::sys_days day_;
  twilio_account as_;
  tenant_ptr whose_;  ///< of a key; null: the gateway's
  model::tenant_id otherwise_;
  // state
  std::string place_;  ///< path and query at Twilio, a cursor at ElevenLabs
  std::size_t listed_ = 0;
  unsigned tries_ = 0;  ///< of this page
  bool has_page_ = false;
  std::vector<model::twilio_listed_call> calls_;
  std::vector<model::elevenlabs::listed_conversation> conversations_;
};

}  // namespace tonris::actors
