#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace tonris::model {

/// What a tenant's key is good for.
enum class scope : std::uint8_t {
  read,        ///< looks at calls, usage and settings
  control,     ///< makes, ends and transfers calls
  settings,    ///< changes what the tenant may change himself, and his keys
  recordings,  ///< hears what was said
};
inline constexpr std::size_t scope_count = 4;
[[nodiscard]] std::string_view to_string(scope one) noexcept;  ///< as in JSON

/// A set of them.
class scopes {
 public:
  constexpr scopes() = default;
  constexpr scopes(std::initializer_list<scope> some) noexcept {
    for (const auto one : some) add(one);
  }
  constexpr void add(scope one) noexcept { bits_ |= bit(one); }
  [[nodiscard]] constexpr bool has(scope one) const noexcept { return (bits_ & bit(one)) != 0; }
  [[nodiscard]] constexpr bool has_all(scopes some) const noexcept { return (some.bits_ & ~bits_) == 0; }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  constexpr bool operator==(const scopes&) const = default;

 private:
  static constexpr std::uint8_t bit(scope one) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(one));
  }
  std::uint8_t bits_ = 0;
};
[[nodiscard]] std::string to_string(scopes some);  ///< "read control", in the order above
/// Nothing: there is a word that names none. Several of one name are one.
[[nodiscard]] std::optional<scopes> parse_scopes(std::string_view words);

}  // namespace tonris::model
