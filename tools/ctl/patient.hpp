#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/dotenv.hpp"
#include "config/settings.hpp"
#include "model/tenant/tenant.hpp"
#include "tools/ctl/gateway.hpp"
#include "tools/ctl/setting.hpp"
#include "tools/ctl/tenants_place.hpp"

namespace tonris::ctl {

/// What the doctor looks at, as every area needs it. Read by several threads at once.
struct patient {
  lookup environment;
  std::string env_file;  ///< its name
  std::string env_text;  ///< its text
  config::dotenv env;
  config::settings settings;          ///< as far as they can be read: what is wrong has its default
  std::vector<std::string> mistakes;  ///< of the settings, a line each
  std::optional<gateway> at;          ///< nothing: it cannot be asked
  std::string not_at;                 ///< why not
  bool gateway_answers = false;       ///< and takes our token

  std::vector<model::tenant> tenants;  ///< those that are meant
  std::string no_tenants;              ///< why they are not known; "": they are
  std::string tenant;                  ///< --tenant; "": all of them
  bool takes_long = false;             ///< --long: what takes a minute is tried as well

  [[nodiscard]] std::string first_token() const;  ///< of TWILIO_AUTH_TOKEN; ""
};

/// Reads the settings, and looks where the tenants are: at the gateway; where it does not answer, in the store behind
/// it. Blocks, for seconds.
[[nodiscard]] patient admit(const tenants_place& place, const std::string& tenant, const lookup& environment);

/// The time that an area has.
class remaining_time {
 public:
  using clock = std::chrono::steady_clock;
  explicit remaining_time(std::chrono::milliseconds all) : until_(clock::now() + all) {}
  [[nodiscard]] bool is_over() const { return clock::now() >= until_; }
  /// For one question: at most 10 s of it.
  [[nodiscard]] std::chrono::milliseconds for_one() const {
    constexpr std::chrono::milliseconds least{1}, most{10'000};
    return std::clamp(std::chrono::duration_cast<std::chrono::milliseconds>(until_ - clock::now()), least, most);
  }

 private:
  const clock::time_point until_;
};

}  // namespace tonris::ctl
