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

/// What one account or key lists of a day, while it is read page by page: what of it nobody here knows.
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

  [[nodiscard]] ask_twilio question_to_twilio() const;
  [[nodiscard]] fetch_conversations question_to_elevenlabs() const;
  [[nodiscard]] progress take(const twilio_answer& answer, const model::known_ids& known);
  [[nodiscard]] progress take(const vendor_document& answer, const model::known_ids& known);

  [[nodiscard]] bool has_page() const noexcept { return has_page_; }  ///< one was read
  [[nodiscard]] const std::vector<model::twilio_listed_call>& unknown_calls() const noexcept { return calls_; }
  [[nodiscard]] const std::vector<model::elevenlabs::listed_conversation>& unknown_conversations() const noexcept {
    return conversations_;
  }

 private:
  [[nodiscard]] progress again() noexcept;
  [[nodiscard]] progress go_on(std::string place, std::size_t listed);
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
