#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/finding/refused_request.hpp"

namespace tonris::model {

/// Which of them are asked for; what is not set is any.
struct refused_query {
  static constexpr std::size_t ordinary_limit = 50;

  std::optional<refused_request::time> since{};  ///< the last one then or later
  std::optional<std::uint8_t> route{}, reason{};
  std::size_t limit = ordinary_limit;
};

/// The last refused requests, in memory that does not grow. Anybody can cause them, as many as he likes, and the one
/// that matters must stay in sight:
///
///  - the same again (address, route, reason, CallSid) within a minute of the last one is counted at it;
///  - when it is full, the newest takes the place of one that has most like it: of the reason that has the most, of
///    the network that has the most of these, the oldest. So a flood from one address, or of one reason, takes the
///    places of its own kind, down to as many as the next kind has.
///
/// A network is an IPv4 address, or the first 64 bits of an IPv6 one: who has one of these has them all.
class refused_requests {
 public:
  static constexpr std::size_t most = 500;
  static constexpr std::size_t most_reasons = 32;
  static constexpr std::chrono::minutes joined_within{1};

  refused_requests();

  /// False: another had to make room for it.
  bool note(const refused_request& one);

  [[nodiscard]] std::vector<refused_request> all() const;  ///< in no order

 private:
  /// Those of one reason from one network.
  struct group {
    std::uint64_t network = 0;
    std::uint8_t reason = 0;
    std::size_t size = 0;  ///< 0: nobody's
  };
  struct place {
    refused_request one;
    std::size_t group;
  };

  [[nodiscard]] place* same_as(const refused_request& one);
  [[nodiscard]] std::size_t group_for(std::uint64_t network, std::uint8_t reason);
  [[nodiscard]] place& most_crowded();

  std::vector<place> places_;
  std::vector<group> groups_;
  std::array<std::size_t, most_reasons> of_reason_{};
};

/// Of `all` those that are asked for, the newest first.
[[nodiscard]] std::vector<refused_request> newest_of(std::vector<refused_request> all, const refused_query& query);

/// Whose address it is, for being fair: see above. Also of what is no IP address.
[[nodiscard]] std::uint64_t network_of(std::string_view address) noexcept;

}  // namespace tonris::model
