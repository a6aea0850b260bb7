#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/redis_scripts.hpp"
#include "model/admission/table.hpp"
#include "net/loop.hpp"
#include "net/redis_link.hpp"

namespace tonris::actors {

/// The counts that nodes share: a Redis, by the scripts of config/redis/. Says what it is asked, and what came of it;
/// keeps nothing itself. Admissions go by one connection, all else by another, so that nobody who asks to come in waits
/// behind renewals. Loop thread only; every answer is told by `config::enter`, never from within the question.
class redis_counts {
 public:
  static constexpr std::chrono::milliseconds admit_limit{150}, upkeep_limit{1000};

  enum class link : std::uint8_t {
    looks,  ///< for its server: what is asked waits
    ready,
    away,
  };
  struct config {
    net::loop* loop = nullptr;
    net::redis_options options;
    std::string prefix = "{tonris}:";
    std::string node;  ///< this one's name among those that share the counts
    std::chrono::milliseconds lease = model::admission_table::lease_time;
    std::chrono::milliseconds settle = std::chrono::minutes{10};   ///< how long an ended call is known
    std::function<void(const std::function<void()>& work)> enter;  ///< runs it as its owner's
    std::function<void()> link_changed;                            ///< one of the two, perhaps
    std::function<void(net::redis_outcome)> count;                 ///< told what each answer is
  };

  explicit redis_counts(config settings);
  ~redis_counts();
  redis_counts(const redis_counts&) = delete;
  redis_counts& operator=(const redis_counts&) = delete;

  [[nodiscard]] link state() const noexcept;                   ///< of both together
  [[nodiscard]] std::uint64_t upkeep_losses() const noexcept;  ///< of the connection for all but admissions, so far

  // --- what is asked; `then` once. Nothing: it cannot be said whether it was done
  template <class Answer>
  using told = std::function<void(std::optional<Answer>)>;

  struct generation {
    std::string now;
    bool is_newer = false;  ///< a newer version has written what is there
  };
  /// Whose data it is. Where `known` is another's, its admissions are young for a lease from now.
  void open(const std::string& known, const std::string& fresh, told<generation> then);

  struct admission_said {
    net::redis_outcome outcome = net::redis_outcome::unknown;
    model::admission_answer answer;  ///< where it is ok
  };
  void admit(const model::admission_place& who, const model::admission_limits& limits, std::chrono::milliseconds within,
             std::function<void(admission_said)> then);
  /// Of a call that another node has: it is this one's from now on. Its epoch.
  void take_over(const model::call_sid& call, std::chrono::milliseconds within, told<std::uint64_t> then);

  struct renewed {
    std::string generation;
    model::renewal_answer answer;
  };
  void renew(const std::vector<model::lease_renewal>& calls, model::usage_month month, told<renewed> then);
  void release(const model::lease_release& what, told<model::release_verdict> then);

  /// This node tells a caller to wait; known as long as an ended call.
  void note_wait(const model::call_sid& call);
  /// Was it the last that did, and has none let him in?
  void find_in_line(const model::call_sid& call, told<bool> then);

  struct holder {
    bool has_ended = false;
    bool lives_elsewhere = false;  ///< another node has it, whose own lease runs
  };
  void find_holder(const model::call_sid& call, told<holder> then);

  void restore(const model::tenant_id& tenant, model::usage_month month, const model::month_sums& booked,
               std::function<void(bool)> then);
  void reserve(const std::string& vendor, const std::vector<std::pair<model::tenant_id, std::uint32_t>>& tenants,
               std::function<void(bool)> then);

  struct used {
    std::uint64_t live = 0, within_minute = 0, at_vendor = 0;
    model::month_sums month;
  };
  void describe(const model::tenant_id& tenant, const std::string& vendor, model::usage_month month, told<used> then);

 private:
  using answered = std::function<void(const net::redis_answer&)>;
  void run(net::redis_link& by, const tonris::config::redis_script& script, const std::vector<std::string>& keys,
           const std::vector<std::string>& arguments, std::chrono::milliseconds within, answered then);
  void command(const std::vector<std::string>& words, answered then);
  [[nodiscard]] answered when_answered(answered then);
  [[nodiscard]] std::unique_ptr<net::redis_link> make_link();
  [[nodiscard]] std::string key(std::string_view name) const { return config_.prefix + std::string{name}; }
  [[nodiscard]] std::string month_key(const model::tenant_id& tenant, model::usage_month month) const;

  const config config_;
  std::shared_ptr<redis_counts*> alive_;  // what a late callback finds instead of us
  std::unique_ptr<net::redis_link> admissions_, upkeep_;
};

}  // namespace tonris::actors
