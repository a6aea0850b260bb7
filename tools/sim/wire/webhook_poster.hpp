#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_client.hpp"
#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

/// The account whose calls a simulator plays, and where its addresses lead.
struct twilio_account {
  std::string sid, token;
  /// Addresses of this origin are dialled at `dial_origin` instead, and signed as written: a gateway on loopback that
  /// believes in its public name. Both empty: everything is dialled as written.
  std::string public_origin, dial_origin;
  [[nodiscard]] std::string dialled(std::string_view url) const;
};

using form_fields = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string form_encoded(const form_fields& fields);
/// A UUID for I-Twilio-Idempotency-Token.
[[nodiscard]] std::string random_uuid();
[[nodiscard]] std::string random_sid(std::string_view prefix);

/// Sends signed requests as Twilio does and tells what came. Loop thread only.
class webhook_poster {
 public:
  struct answer {
    unsigned status = 0;
    std::string content_type, body;
    std::chrono::milliseconds after{};
  };
  static constexpr std::chrono::milliseconds twilio_limit{15'000};

  webhook_poster(net::http_client& client, twilio_account account) : client_(client), account_(std::move(account)) {}

  /// `method` is GET (fields in the query) or POST. `done` once, on the loop, `at_most` so late. A retry has the token
  /// of its first try. A fragment is neither sent nor signed.
  void send(const std::string& url, std::string_view method, const form_fields& fields,
            std::function<void(net::result<answer>)> done, const std::string& token = random_uuid(),
            std::chrono::milliseconds at_most = twilio_limit);
  [[nodiscard]] const twilio_account& account() const noexcept { return account_; }

 private:
  net::http_client& client_;
  twilio_account account_;
};

/// What Twilio minds about an answer that should be TwiML: 200, an XML type, within 3 s (the house's own promise).
[[nodiscard]] std::vector<violation> faults_of_document_answer(const webhook_poster::answer& got);
/// And about the answer to a status callback: any 2xx, in time, and XML if anything.
[[nodiscard]] std::vector<violation> faults_of_callback_answer(const webhook_poster::answer& got);

}  // namespace tonris::sim
