#include "model/doctor/report.hpp"

#include <algorithm>

#include "model/json/writer.hpp"

namespace tonris::model::doctor {

namespace {

constexpr std::size_t severity_width = 9, area_width = 16;

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

}  // namespace

void sort(findings& all) {
  std::stable_sort(all.begin(), all.end(),
                   [](const finding& a, const finding& b) { return a.is != b.is ? a.is > b.is : a.of < b.of; });
}

std::string as_text(const findings& sorted) {
  std::string text;
  for (const auto& one : sorted) {
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
  text.append(many(count(sorted, severity::error), "error")).append(", ");
  text.append(many(count(sorted, severity::warning), "warning")).append(", ");
  return text.append(many(count(sorted, severity::note), "note")).append("\n");
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
