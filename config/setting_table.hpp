#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace tonris::config {

/// Everything there is to know about one setting: the loader, --help, docs/configuration.md and the tests read it here.
struct setting {
  std::string_view name;  ///< PORT: $PORT, PORT= in .env, and --port
  std::string_view group;
  std::string_view meaning;
  std::string_view standard;  ///< the default as text; "" = none
  std::string_view unit;      ///< "seconds", "calls", ...; "" = none
  std::string_view example;
  bool required = false;
  /// Puts a value (trimmed, not empty) into the settings; the mistake, as "must be …", or "" when it is good.
  std::string (*apply)(settings& to, std::string_view value) = nullptr;
  /// This version reads and checks it, and does nothing with it: --help and the manual say so, and the gateway warns
  /// who sets it. Whoever makes it work takes the mark away.
  bool not_yet = false;
};

[[nodiscard]] std::span<const setting> all_settings();
[[nodiscard]] std::string flag_of(const setting& s);  ///< --app-base-url
/// The table of docs/configuration.md.
[[nodiscard]] std::string as_markdown();

}  // namespace tonris::config
