#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/tenant/tenant.hpp"

namespace tonris::actors {

/// Tenants who hold the same token, by id. Null: nobody in particular, the gateway itself.
using token_holders = std::shared_ptr<const std::vector<model::tenant_id>>;
[[nodiscard]] bool is_among(const token_holders& holders, const model::tenant_id& tenant);

/// The tokens of tenants' own accounts at Twilio, for whoever checks signatures: whoever owns the tenants publishes all
/// of them whenever they change, the loops look them up. Any thread.
class account_tokens {
 public:
  /// Two tenants may name the same account, branches of one chain even with the same token: a signature stands for all
  /// who hold the token that made it.
  struct account {
    std::vector<std::string> tokens;     ///< each once; at most max_tokens: a request is checked against each
    std::vector<token_holders> holders;  ///< of each token, in the same order
  };
  using table = std::unordered_map<std::string, account>;  ///< by AccountSid
  static constexpr std::size_t max_tokens = 16;  ///< of one account; those of tenants further down by id are left out

  void publish(table all) {
    auto shared = std::make_shared<const table>(std::move(all));
    const std::scoped_lock lock{lock_};
    all_ = std::move(shared);
    version_.fetch_add(1, std::memory_order_release);
  }
  [[nodiscard]] bool is_published() const noexcept { return version_.load(std::memory_order_acquire) > 0; }

  /// One thread's view: takes a lock only when something was published since.
  class reader {
   public:
    explicit reader(std::shared_ptr<const account_tokens> of) : of_(std::move(of)) {}
    /// Good until the next call. Null: no tenant has that account.
    [[nodiscard]] const account* find(const std::string& account_sid) {
      if (!of_) return nullptr;
      if (const auto now = of_->version_.load(std::memory_order_acquire); now != seen_) {
        const std::scoped_lock lock{of_->lock_};
        seen_ = of_->version_.load(std::memory_order_relaxed);
        all_ = of_->all_;
      }
      if (!all_) return nullptr;
      const auto found = all_->find(account_sid);
      return found == all_->end() ? nullptr : &found->second;
    }

   private:
    std::shared_ptr<const account_tokens> of_;  // null: there are no such accounts
    std::shared_ptr<const table> all_;
    std::uint64_t seen_ = 0;
  };

 private:
  mutable std::mutex lock_;
  std::shared_ptr<const table> all_;
  std::atomic<std::uint64_t> version_{0};
};

/// What is known of one tenant.
struct account_holder {
  model::tenant_id tenant;
  std::string account;              ///< AccountSid of its own; "": it has none
  std::vector<std::string> tokens;  ///< any of them
};
[[nodiscard]] account_holder holder_of(const model::tenant& tenant);

/// Of those that have an account of their own, and whose tokens are there; in any order.
[[nodiscard]] account_tokens::table tokens_of(std::vector<account_holder> all);

}  // namespace tonris::actors
