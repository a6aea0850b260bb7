#include "config/setting_table.hpp"

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/dotenv.hpp"
#include "tests/places.hpp"

namespace tonris::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string read(const std::string& path) {
  std::ifstream in{test::source_dir() + "/" + path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// config/env.example with its settings switched on: "#NAME=value" is a setting, "# text" is prose.
std::string switched_on(std::string text) {
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    if (text[at] == '#' && text[at + 1] >= 'A' && text[at + 1] <= 'Z') text.erase(at, 1);
    if (text.find('\n', at) == std::string::npos) break;
  }
  return text;
}

TEST(SettingTable, HasEachNameOnceAndSaysWhatItIs) {
  std::set<std::string_view> names;
  for (const auto& s : all_settings()) {
    EXPECT_TRUE(names.insert(s.name).second) << s.name;
    EXPECT_FALSE(s.meaning.empty()) << s.name;
    EXPECT_FALSE(s.example.empty()) << s.name;
    EXPECT_NE(s.apply, nullptr) << s.name;
  }
}

TEST(SettingTable, MakesTheFlagOfAName) {
  EXPECT_EQ(flag_of(all_settings().front()), "--port");
  EXPECT_EQ(flag_of(all_settings()[2]), "--app-base-url");
}

TEST(SettingTable, IsWhatTheManualShows) {
  EXPECT_THAT(read("docs/configuration.md"), HasSubstr(as_markdown())) << "the tables should be:\n" << as_markdown();
}

TEST(EnvExample, NamesEverySettingAndNothingElse) {
  const auto file = parse_dotenv(switched_on(read("config/env.example")));
  EXPECT_THAT(file.mistakes, IsEmpty());
  std::set<std::string> known;
  for (const auto& s : all_settings()) known.emplace(s.name);
  std::set<std::string> named;
  for (const auto& [name, value] : file.values) named.insert(name);
  EXPECT_EQ(named, known);
}

TEST(EnvExample, ShowsValuesThatAreTaken) {
  const auto file = parse_dotenv(switched_on(read("config/env.example")));
  for (const auto& s : all_settings()) {
    const auto value = file.values.find(s.name);
    if (value == file.values.end() || value->second.empty()) continue;
    if (std::string_view{s.name}.ends_with("_FILE")) continue;  // files of the reader's own machine
    settings to;
    EXPECT_EQ(s.apply(to, value->second), "") << s.name;
  }
}

}  // namespace
}  // namespace tonris::config
