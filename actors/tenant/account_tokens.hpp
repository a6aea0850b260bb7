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

/// The tokens of tenants' own accounts at Twilio, for whoever checks signatures: whoever owns the tenants publishes all
/// of them whenever they change, the loops look them up. Any thread.
class account_tokens {
 public:
  struct holder {
    model::tenant_id tenant;
    std::vector<std::string> tokens;  ///< any of them
  };
  /// By AccountSid. Two tenants may name the same account: whose token signed is what counts.
  using table = std::unordered_map<std::string, std::vector<holder>>;
  static constexpr std::size_t max_holders = 8;  ///< of one account; further ones are left out

  void publish(table all) {
    auto shared = std::make_shared<const table>(std::move(all));
    const std::scoped_lock lock{lock_};
    all_ = std::move(shared);
    version_.fetch_add(1, std::memory_order_release);
  }

  /// One thread's view: takes a lock only when something was published since.
  class reader {
   public:
    explicit reader(std::shared_ptr<const account_tokens> of) : of_(std::move(of)) {}
    /// Good until the next call. Null: no tenant has that account.
    [[nodiscard]] const std::vector<holder>* find(const std::string& account) {
      if (!of_) return nullptr;
      if (const auto now = of_->version_.load(std::memory_order_acquire); now != seen_) {
        const std::scoped_lock lock{of_->lock_};
        seen_ = of_->version_.load(std::memory_order_relaxed);
        all_ = of_->all_;
      }
      if (!all_) return nullptr;
      const auto found = all_->find(account);
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

/// Of those tenants that have an account of their own, and whose tokens are there.
[[nodiscard]] account_tokens::table tokens_of(const std::vector<model::tenant>& tenants);

}  // namespace tonris::actors
