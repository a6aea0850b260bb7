#include "tools/sim/twilio/connection_overrides.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace tonris::sim {
namespace {

std::optional<unsigned> whole(std::string_view text, unsigned least, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) return std::nullopt;
  return value;
}

std::string_view take_until(std::string_view& text, char separator) {
  const auto piece = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(piece.size() + 1, text.size()));
  return piece;
}

bool set_time(std::string_view value, unsigned most, std::chrono::milliseconds& to) {
  const auto ms = whole(value, 100, most);
  if (ms) to = std::chrono::milliseconds{*ms};
  return ms.has_value();
}

bool set_policy(std::string_view list, connection_overrides& to) {
  auto wanted = to;
  wanted.on_connect = wanted.on_read = wanted.on_4xx = wanted.on_5xx = false;
  while (!list.empty()) {
    const auto word = take_until(list, ',');
    const bool all = word == "all";
    if (!all && word != "ct" && word != "rt" && word != "4xx" && word != "5xx") return false;
    wanted.on_connect |= all || word == "ct";
    wanted.on_read |= all || word == "rt";
    wanted.on_4xx |= all || word == "4xx";
    wanted.on_5xx |= all || word == "5xx";
  }
  to = wanted;
  return true;
}

bool set(std::string_view key, std::string_view value, connection_overrides& to) {
  if (key == "ct") return set_time(value, 10'000, to.connect);
  if (key == "rt") return set_time(value, 15'000, to.read);
  if (key == "tt") return set_time(value, 15'000, to.total);
  if (key == "rp") return !value.empty() && set_policy(value, to);
  if (key == "sni") return value == "y" || value == "n";
  if (key == "e") return !value.empty();
  const auto count = key == "rc" ? whole(value, 0, 5) : std::nullopt;
  if (count) to.retries = *count;
  return count.has_value();
}

}  // namespace

connection_overrides overrides_of(std::string_view url, std::vector<violation>* faults) {
  connection_overrides found;
  const auto mark = url.find('#');
  auto fragment = mark == std::string_view::npos ? std::string_view{} : url.substr(mark + 1);
  while (!fragment.empty()) {
    const auto pair = take_until(fragment, '&');
    const auto equals = pair.find('=');
    const bool good = equals != std::string_view::npos && set(pair.substr(0, equals), pair.substr(equals + 1), found);
    if (!good && faults != nullptr)
      faults->push_back({"connection_override", std::string{pair.substr(0, 40)} + " is none that Twilio knows"});
  }
  return found;
}

}  // namespace tonris::sim
