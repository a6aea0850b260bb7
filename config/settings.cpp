#include "config/settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include <CLI/CLI.hpp>

#include "config/dotenv.hpp"
#include "config/setting_table.hpp"
#include "config/values.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::config {

namespace {

constexpr int status_of_mistakes = 2;
constexpr std::streamsize max_env_file = 64 * 1024;

// What the command line says, before any value is looked at.
struct command_line {
  std::map<std::string, std::vector<std::string>, std::less<>> values;  // by setting name
  std::string env_file;
  bool help = false;
  bool version = false;
  bool is_understood = true;
  std::vector<std::string> mistakes;
};

// The value of a stray argument may be half a secret: only a flag's name is repeated.
std::string describe_stray(const std::string& argument) {
  if (argument.substr(0, 2) != "--") return "an argument without a flag is not understood";
  return argument.substr(0, argument.find('=')) + " is not a known flag";
}

// CLI11 2.1 takes `--flag=` for a flag whose value is missing: its empty value becomes an argument of its own. The last
// argument stands first, as CLI::App::parse wants it.
std::vector<std::string> for_parser(const std::vector<std::string>& arguments) {
  std::vector<std::string> backwards;
  for (auto argument = arguments.rbegin(); argument != arguments.rend(); ++argument) {
    const bool is_emptied = std::any_of(all_settings().begin(), all_settings().end(),
                                        [&](const setting& s) { return *argument == flag_of(s) + "="; });
    if (is_emptied) backwards.emplace_back();
    backwards.push_back(is_emptied ? argument->substr(0, argument->size() - 1) : *argument);
  }
  return backwards;
}

command_line read_command_line(const std::vector<std::string>& arguments) {
  command_line line;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.add_flag("-h,--help", line.help);
  app.add_flag("--version", line.version);
  const auto keep_all = CLI::MultiOptionPolicy::TakeAll;
  for (const auto& s : all_settings()) {
    auto& values = line.values[std::string{s.name}];
    const auto keep = [&values](const CLI::results_t& given) { return values = given, true; };
    app.add_option(flag_of(s), CLI::callback_t{keep})->multi_option_policy(keep_all);
  }
  app.add_option("--env-file", line.env_file)->take_last();
  try {
    app.parse(for_parser(arguments));
    for (const auto& stray : app.remaining()) line.mistakes.push_back(describe_stray(stray));
  } catch (const CLI::ArgumentMismatch& mistake) {
    line.is_understood = false;
    line.mistakes.emplace_back(mistake.what());
  } catch (const CLI::ParseError&) {
    line.is_understood = false;
    line.mistakes.emplace_back("the command line is not understood");
  }
  return line;
}

struct given {
  std::string value;
  std::string_view from;
};

std::optional<given> find(const setting& s, const command_line& line, lookup environment, void* context,
                          const dotenv& file) {
  if (const auto flag = line.values.find(s.name); flag != line.values.end() && !flag->second.empty()) {
    return given{flag->second.back(), "from its flag"};
  }
  if (auto value = environment(context, s.name)) return given{*std::move(value), "from the environment"};
  if (const auto value = file.values.find(s.name); value != file.values.end()) {
    return given{value->second, "from .env"};
  }
  return std::nullopt;
}

std::string sentence(const setting& s, std::string_view from, std::string_view mistake) {
  std::string text{s.name};
  if (!from.empty()) text.append(" (").append(from).append(")");
  return text.append(": ").append(mistake);
}

void apply(const setting& s, const std::optional<given>& found, settings& to, std::vector<std::string>& mistakes) {
  const auto value = found ? model::trimmed(found->value) : std::string_view{};
  if (value.empty()) {
    if (s.required) mistakes.push_back(sentence(s, found ? found->from : "", "is required and must not be empty"));
    return;
  }
  const auto mistake = s.apply(to, value);
  if (!mistake.empty()) mistakes.push_back(sentence(s, found->from, mistake));
  if (s.not_yet && value != s.standard) to.not_yet.push_back(s.name);
}

void check_together(const settings& s, std::vector<std::string>& mistakes) {
  if (s.tls_cert_file.empty() != s.tls_key_file.empty())
    mistakes.emplace_back("TLS_CERT_FILE and TLS_KEY_FILE: must be set both or neither");
  if (s.redis_cert_file.empty() != s.redis_key_file.empty())
    mistakes.emplace_back("REDIS_CERT_FILE and REDIS_KEY_FILE: must be set both or neither");
  if (s.admin_port == s.port) mistakes.emplace_back("ADMIN_PORT and PORT: must be two ports");
}

exit_with refuse(const std::vector<std::string>& mistakes) {
  exit_with end{status_of_mistakes, ""};
  for (const auto& mistake : mistakes) end.text.append(mistake).append("\n");
  return end;
}

tl::expected<settings, exit_with> build(command_line line, lookup environment, void* context,
                                        std::string_view env_file) {
  if (line.help) return tl::unexpected{exit_with{0, help()}};
  if (line.version) return tl::unexpected{exit_with{0, "tonris " + std::string{version()} + "\n"}};
  // What stands on a command line that cannot be read is unknown: more would be guessing.
  if (!line.is_understood) return tl::unexpected{refuse(line.mistakes)};
  auto mistakes = std::move(line.mistakes);
  const auto file = parse_dotenv(env_file);
  for (const auto& mistake : file.mistakes) mistakes.push_back(".env: " + mistake);
  settings result;
  for (const auto& s : all_settings()) {
    if (line.values[std::string{s.name}].size() > 1) mistakes.push_back(flag_of(s) + " is given twice");
    apply(s, find(s, line, environment, context, file), result, mistakes);
  }
  check_together(result, mistakes);
  if (!mistakes.empty()) return tl::unexpected{refuse(mistakes)};
  return result;
}

// The file's text; nothing when it cannot be read or is no settings file by its size.
std::optional<std::string> read_file(const std::string& path) {
  if (!values::is_readable_file(path)) return std::nullopt;
  std::ifstream in{path, std::ios::binary};
  std::string text(static_cast<std::size_t>(max_env_file) + 1, '\0');
  in.read(text.data(), max_env_file + 1);
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || in.gcount() > max_env_file) return std::nullopt;
  return text;
}

std::optional<std::string> process_environment(void*, std::string_view name) {
  const auto* value = std::getenv(std::string{name}.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

}  // namespace

tl::expected<settings, exit_with> load(const std::vector<std::string>& arguments, lookup environment, void* context,
                                       std::string_view env_file) {
  return build(read_command_line(arguments), environment, context, env_file);
}

tl::expected<settings, exit_with> load(int argc, const char* const* argv) {
  auto line = read_command_line({argv + std::min(argc, 1), argv + argc});
  const bool is_named = !line.env_file.empty();
  const auto text = read_file(is_named ? line.env_file : ".env");
  const bool is_there = is_named || std::filesystem::exists(".env");
  if (!text && is_there && !line.help && !line.version) {
    line.mistakes.push_back((is_named ? "--env-file" : ".env") +
                            std::string{": must be a file of at most 64 KiB that can be read"});
  }
  return build(std::move(line), process_environment, nullptr, text.value_or(""));
}

}  // namespace tonris::config
