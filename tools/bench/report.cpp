#include "tools/bench/report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace tonris::bench {
namespace {

constexpr std::array must_be_zero{"frames_lost",        "frames_reordered", "frames_twice",
                                  "frames_misdirected", "frames_damaged",   "frames_foreign"};

std::string number(double value) {
  std::array<char, 64> text;
  const double size = std::fabs(value);
  const int decimals = size == std::floor(size) && size < 1e15 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3;
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

/// One line of the times that `sheet::set_times` put there.
std::string times_line(const sheet& figures, const std::string& label, const std::string& name) {
  if (figures.get(name + "_count").value_or(0) == 0) return {};
  std::string line = "  " + padded(label, 32);
  for (const auto& [part, title] :
       {std::pair{"_p50_ms", "p50"}, std::pair{"_p90_ms", "p90"}, std::pair{"_p99_ms", "p99"},
        std::pair{"_p99_9_ms", "p99.9"}, std::pair{"_max_ms", "max"}}) {
    line += std::string{title} + right(number(figures.get(name + part).value_or(0)), 8) + "  ";
  }
  return line + "ms\n";
}

bool is_time_part(const std::string& name) {
  return std::ranges::any_of(std::array{"_p50_ms", "_p90_ms", "_p99_ms", "_p99_9_ms", "_max_ms", "_count"},
                             [&](const char* end) { return name.ends_with(end); });
}

std::string plain_lines(const sheet& figures) {
  std::string out;
  for (const auto& one : figures.all()) {
    const bool no_news = one.value == 0 && (one.name.starts_with("frames_") || one.name == "bench_was_bottleneck");
    if (is_time_part(one.name) || no_news) continue;
    out += "  " + padded(one.name, 32) + right(number(one.value), 12) + '\n';
  }
  return out;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out;
}

std::string json_number(double value) {
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%.9g", std::isfinite(value) ? value : 0);
  return text.data();
}

std::string json_spread(const spread& s) {
  return R"({"min":)" + json_number(s.min) + R"(,"median":)" + json_number(s.median) + R"(,"max":)" +
         json_number(s.max) + '}';
}

/// Names in the order of the target's first run.
std::vector<std::string> names_of(const std::vector<run_report>& runs, std::string_view target) {
  std::vector<std::string> names;
  const auto first = std::ranges::find(runs, target, &run_report::target);
  if (first == runs.end()) return names;
  for (const auto& one : first->figures.all()) names.push_back(one.name);
  return names;
}

std::string spread_line(const std::string& name, const spread& s) {
  return "  " + padded(name, 36) + right(number(s.min), 12) + right(number(s.median), 12) + right(number(s.max), 12) +
         '\n';
}

/// Figures worth a line of the summary; the JSON has all.
constexpr std::array headline{"latency_p50_ms",          "latency_p99_ms",     "latency_p99_9_ms",
                              "cpu_per_frame_us",        "target_cpu_percent", "memory_per_call_pss_kib",
                              "memory_per_call_rss_kib", "set_up_p50_ms",      "set_up_p99_ms",
                              "accepted_per_s",          "refused_per_s",      "answer_p50_ms",
                              "answer_p99_ms",           "cpu_per_request_us", "voluntary_switches_per_s",
                              "bench_send_lag_p99_ms",   "bench_cpu_percent",  "load_average"};
constexpr std::array compared{"cpu_per_frame_us", "latency_p50_ms",     "latency_p99_ms",
                              "latency_p99_9_ms", "target_cpu_percent", "memory_per_call_pss_kib"};

bool is_capacity(const std::vector<run_report>& runs) {
  return std::ranges::any_of(runs, [&](const run_report& r) { return r.calls != runs.front().calls; });
}

std::string describe_ratios(const std::vector<run_report>& runs, ratio_of what) {
  std::string ratios;
  for (const auto* name : compared) {
    if (const auto s = spread_of(ratios_of(runs, name, what))) ratios += spread_line(name, *s);
  }
  if (ratios.empty()) return {};
  return std::string{what.above} + " / " + std::string{what.below} + ", pair by pair\n" + ratios;
}

std::string json_run(const run_report& run) {
  std::string out = R"({"target":")" + run.target + R"(","round":)" + std::to_string(run.round) + R"(,"calls":)" +
                    std::to_string(run.calls) + R"(,"figures":{)";
  for (const auto& one : run.figures.all()) {
    if (out.back() != '{') out += ',';
    out += '"' + one.name + "\":" + json_number(one.value);
  }
  out += R"(},"faults":{)";
  for (const auto& [what, times] : run.faults) {
    if (out.back() != '{') out += ',';
    out += '"' + escaped(what) + "\":" + std::to_string(times);
  }
  out += R"(},"notes":[)";
  for (const auto& note : run.notes) {
    if (out.back() != '[') out += ',';
    out += '"' + escaped(note) + '"';
  }
  return out + "]}";
}

}  // namespace

bool clean(const run_report& run) {
  const bool calls_stayed = run.figures.get("calls_up_at_end").value_or(run.calls) >= run.calls;
  return run.faults.empty() && calls_stayed &&
         std::ranges::all_of(must_be_zero, [&](const char* name) { return run.figures.get(name).value_or(0) == 0; });
}

std::string describe_run(const run_report& run) {
  std::string out = "round " + std::to_string(run.round) + ", " + run.target;
  if (run.calls > 0) out += ", " + std::to_string(run.calls) + " calls";
  out += '\n';
  const auto& f = run.figures;
  out += times_line(f, "caller to agent, from due", "latency_to_agent");
  out += times_line(f, "caller to agent, from sent", "latency_to_agent_from_send");
  out += times_line(f, "agent to caller, from due", "latency_to_caller");
  out += times_line(f, "agent to caller, from sent", "latency_to_caller_from_send");
  out += times_line(f, "set-up", "set_up");
  out += times_line(f, "pong", "pong");
  out += times_line(f, "answer", "answer");
  out += times_line(f, "bench's own send lag", "bench_send_lag");
  out += plain_lines(f);
  for (const auto& [what, times] : run.faults) out += "  FAULT " + std::to_string(times) + " x " + what + '\n';
  if (!run.last_words.empty()) out += "  the target's last words:\n" + run.last_words;
  for (const auto& note : run.notes) out += "  NOTE " + note + '\n';
  return out;
}

std::string describe_summary(const std::vector<run_report>& runs) {
  if (runs.empty() || is_capacity(runs)) return {};
  std::string out;
  for (const std::string target : {"gateway", "watched", "relay"}) {
    if (names_of(runs, target).empty()) continue;
    out += padded(target, 38) + right("min", 12) + right("median", 12) + right("max", 12) + '\n';
    for (const auto* name : headline) {
      if (const auto s = spread_of(values_of(runs, target, name))) out += spread_line(name, *s);
    }
  }
  return out + describe_ratios(runs, {"gateway", "relay"}) + describe_ratios(runs, {watched, "gateway"});
}

std::string to_json(const std::string& title, const std::vector<run_report>& runs) {
  std::string out = R"({"title":")" + escaped(title) + R"(","runs":[)";
  for (const auto& run : runs) {
    if (out.back() != '[') out += ',';
    out += json_run(run);
  }
  out += "]";
  if (!runs.empty() && !is_capacity(runs)) {
    for (const std::string target : {"gateway", "watched", "relay"}) {
      if (target == watched && names_of(runs, target).empty()) continue;
      out += ",\"" + target + "\":{";
      for (const auto& name : names_of(runs, target)) {
        if (out.back() != '{') out += ',';
        if (const auto s = spread_of(values_of(runs, target, name))) out += '"' + name + "\":" + json_spread(*s);
      }
      out += '}';
    }
    out += R"(,"ratios":{)";
    for (const auto& name : names_of(runs, "gateway")) {
      const auto s = spread_of(ratios_of(runs, name));
      if (!s) continue;
      if (out.back() != '{') out += ',';
      out += '"' + name + "\":" + json_spread(*s);
    }
    out += '}';
  }
  return out + "}\n";
}

}  // namespace tonris::bench
