#include "tests/e2e/manual.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "tests/places.hpp"

namespace tonris::e2e {

namespace {

constexpr std::string_view fence = "```";

struct piece {
  std::string language, code;  ///< language: "span" of one within a line
  std::size_t end = 0;
};

/// The next piece of code at `from` or behind it; an empty one: there is none.
piece next_piece(const std::string& text, std::size_t from) {
  const auto tick = text.find('`', from);
  if (tick == std::string::npos) return {};
  const bool is_block = text.compare(tick, fence.size(), fence) == 0;
  const auto code = is_block ? text.find('\n', tick) + 1 : tick + 1;
  const auto end = text.find(is_block ? fence : "`", code);
  if (end == std::string::npos) return {};
  return {is_block ? text.substr(tick + fence.size(), code - 1 - tick - fence.size()) : "span",
          text.substr(code, end - code), end + (is_block ? fence.size() : 1)};
}

bool calls_curl(const piece& p) {
  return p.language == "sh" ? p.code.find("curl ") != std::string::npos
                            : p.language == "span" && p.code.starts_with("curl ");
}

std::string with_its_domain(std::string command, const std::string& origin) {
  const std::string_view example = "https://your-domain";
  for (auto at = command.find(example); at != std::string::npos; at = command.find(example, at + origin.size()))
    command.replace(at, example.size(), origin);
  return command;
}

}  // namespace

std::string manual_page(const std::string& page) {
  std::ifstream in{test::source_dir() + "/" + page};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<manual_command> curl_commands(const std::string& page) {
  const auto text = manual_page(page);
  std::vector<manual_command> all;
  for (auto p = next_piece(text, 0); p.end != 0; p = next_piece(text, p.end))
    if (calls_curl(p)) all.push_back({p.code, text.substr(p.end)});
  return all;
}

std::string first_block(const std::string& page, const std::string& language) {
  const auto text = manual_page(page);
  auto p = next_piece(text, 0);
  while (p.end != 0 && p.language != language) p = next_piece(text, p.end);
  return p.code;
}

std::vector<std::string> log_lines(const std::string& page) {
  static const std::regex with_level{R"(\[(DEBUG|INFO|WARN|ERROR)\]: )"};
  const auto text = manual_page(page);
  std::vector<std::string> all;
  for (auto p = next_piece(text, 0); p.end != 0; p = next_piece(text, p.end)) {
    if (p.language == "span") continue;
    std::istringstream lines{p.code};
    for (std::string line; std::getline(lines, line);)
      if (std::regex_search(line, with_level)) all.push_back(line.substr(line.find_first_not_of(' ')));
  }
  return all;
}

bool has_line_like(const std::string& log, const std::string& shown) {
  static const std::regex special{R"([.^$|()\[\]{}*+?\\])"}, gap{"…"};
  static const std::regex time{R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\\\.\d{3}Z )"};
  auto pattern = std::regex_replace(shown, special, R"(\$&)");
  pattern = std::regex_replace(pattern, time, R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z )");
  const std::regex wanted{std::regex_replace(pattern, gap, R"(\S*)")};
  std::istringstream lines{log};
  for (std::string line; std::getline(lines, line);)
    if (std::regex_match(line, wanted)) return true;
  return false;
}

shell_end paste(const std::string& command, const gateway_process& gateway,
                const std::map<std::string, std::string>& environment) {
  const auto folder = std::filesystem::path(gateway.data_dir()).parent_path();
  const auto script = folder / "manual.sh";
  std::ofstream{script} << "set -eu\ncd " << folder.string() << "\n"
                        << with_its_domain(command, gateway.origin()) << "\n";
  std::string line = "TONRIS_API=" + gateway.origin() + " APP_BASE_URL=" + gateway.origin();
  for (const auto& [name, value] : environment) line.append(" ").append(name).append("=").append(value);
  return shell(line + " sh " + script.string());
}

}  // namespace tonris::e2e
