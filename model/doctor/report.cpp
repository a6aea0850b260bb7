#include "model/doctor/report.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/json/writer.hpp"

namespace tonris::model::doctor {

namespace {

constexpr std::size_t severity_width = 9, area_width = 16, names_shown = 10;

std::string padded(std::string_view text, std::size_t width) {
  std::string out{text};
  out.append(width > text.size() ? width - text.size() : 1, ' ');
  return out;
}

std::size_t count(const findings& all, severity is) {
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [is](const auto& one) { return one.is == is; }));
}

std::string many(std::size_t number, std::string_view what) {
  return std::to_string(number).append(" ").append(what).append(number == 1 ? "" : "s");
}

/// The same thing of several tenants: their number, and the first of them by name.
struct group {
  std::vector<const finding*> all;

  [[nodiscard]] finding as_one() const {
    auto one = *all.front();
    if (all.size() == 1) return one;
    one.what = one.what_of_many;
    one.fix = one.fix_of_many;
    one.what.append(" (").append(std::to_string(all.size())).append(" times: ");
    for (std::size_t i = 0; i < std::min(all.size(), names_shown); ++i)
      one.what.append(i == 0 ? "" : ", ").append(all[i]->who);
    if (all.size() > names_shown)
      one.what.append(", and ").append(std::to_string(all.size() - names_shown)).append(" more");
    one.what += ')';
    return one;
  }
};

/// Where the first of them stands. What is well is not counted together: whoever looks for his own finds it.
findings together(const findings& sorted) {
  std::vector<group> groups;
  std::map<std::tuple<severity, std::string_view, std::string_view, std::string_view, std::string_view>, std::size_t>
      known;
  for (const auto& one : sorted) {
    if (one.who.empty() || one.is == severity::ok) {
      groups.emplace_back().all.push_back(&one);
      continue;
    }
    const auto [at, is_new] =
        known.emplace(std::tuple{one.is, std::string_view{one.code}, std::string_view{one.what_of_many},
                                 std::string_view{one.why}, std::string_view{one.fix_of_many}},
                      groups.size());
    if (is_new) groups.emplace_back();
    groups[at->second].all.push_back(&one);
  }
  findings out;
  out.reserve(groups.size());
  for (const auto& one : groups) out.push_back(one.as_one());
  return out;
}

}  // namespace

void sort(findings& all) {
  std::stable_sort(all.begin(), all.end(),
                   [](const finding& a, const finding& b) { return a.is != b.is ? a.is > b.is : a.of < b.of; });
}

std::string as_text(const findings& sorted) {
  const auto shown = together(sorted);
  std::string text;
  for (const auto& one : shown) {
    text.append(padded(to_string(one.is), severity_width)).append(padded(to_string(one.of), area_width));
    text.append(one.what);
    if (one.is != severity::ok) {
      text.append("  [").append(one.code).append("]");
      const std::string margin(severity_width, ' ');
      text.append("\n").append(margin).append("why  ").append(one.why);
      text.append("\n").append(margin).append("fix  ").append(one.fix);
    }
    text.append("\n");
  }
  text.append(many(count(shown, severity::error), "error")).append(", ");
  text.append(many(count(shown, severity::warning), "warning")).append(", ");
  return text.append(many(count(shown, severity::note), "note")).append("\n");
}

std::string as_json(const findings& sorted) {
  std::string json;
  json_writer out{json};
  out.open_object();
  out.open_list("findings");
  for (const auto& one : sorted) {
    out.open_object();
    out.member("severity", to_string(one.is));
    out.member("area", to_string(one.of));
    out.member("code", one.code);
    out.member("what", one.what);
    if (one.is != severity::ok) out.member("why", one.why);
    if (one.is != severity::ok) out.member("fix", one.fix);
    out.close_object();
  }
  out.close_list();
  out.member("errors", count(sorted, severity::error));
  out.member("warnings", count(sorted, severity::warning));
  out.member("notes", count(sorted, severity::note));
  out.close_object();
  return json + "\n";
}

int exit_status(const findings& all) noexcept {
  int worst = 0;
  for (const auto& one : all)
    worst = std::max(worst, one.is == severity::error ? 2 : one.is == severity::warning ? 1 : 0);
  return worst;
}

}  // namespace tonris::model::doctor
