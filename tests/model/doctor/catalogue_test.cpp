#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/doctor/finding.hpp"
#include "tests/places.hpp"

namespace tonris::model::doctor {
namespace {

using testing::HasSubstr;

TEST(DoctorCatalogue, HasEachCodeOnceAndSaysWhatToDo) {
  std::set<std::string_view> codes;
  for (const auto& row : catalogue()) {
    EXPECT_TRUE(codes.insert(row.code).second) << row.code;
    EXPECT_FALSE(row.what.empty()) << row.code;
    EXPECT_EQ(row.fix.empty() || row.why.empty(), row.is == severity::ok) << row.code;
  }
}

std::string manual() {
  std::ifstream file{tonris::test::source_dir() + "/docs/doctor.md"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(DoctorCatalogue, IsInTheManual) {
  EXPECT_THAT(manual(), HasSubstr(catalogue_as_markdown())) << "docs/doctor.md: put this there\n"
                                                            << catalogue_as_markdown();
}

/// "| what goes wrong | whether it is seen beforehand |", of the tables behind that heading.
struct failure_row {
  std::string what, seen;
};
std::vector<failure_row> failure_rows(const std::string& text) {
  std::vector<failure_row> rows;
  std::istringstream lines{text.substr(text.find("## What is known to go wrong"))};
  for (std::string line; std::getline(lines, line);) {
    const auto middle = line.find(" | ");
    if (!line.starts_with("| ") || middle == std::string::npos || line.ends_with("seen beforehand |")) continue;
    rows.push_back({line.substr(2, middle - 2), line.substr(middle + 3)});
  }
  return rows;
}

std::vector<std::string> quoted_in(const std::string& text) {
  static const std::regex quoted{"`([^`]+)`"};
  std::vector<std::string> all;
  for (std::sregex_iterator one{text.begin(), text.end(), quoted}; one != std::sregex_iterator{}; ++one)
    all.push_back((*one)[1]);
  return all;
}

bool is_found(std::string_view code) {
  return std::ranges::any_of(catalogue(),
                             [code](const auto& row) { return row.code == code && row.is != severity::ok; });
}

/// A row says which finding it is, or that it cannot be seen; what it names there is.
TEST(DoctorCatalogue, FindsWhatTheManualsTablesOfFailuresSayIsSeen) {
  const std::set<std::string_view> no_codes{"interruption", "agent_response_correction", "--long"};
  const auto rows = failure_rows(manual());
  ASSERT_GT(rows.size(), 30u);
  for (const auto& [what, seen] : rows) {
    std::size_t codes = 0;
    for (const auto& word : quoted_in(seen)) {
      if (no_codes.contains(word)) continue;
      ++codes;
      EXPECT_TRUE(is_found(word)) << word << ", of: " << what;
    }
    EXPECT_EQ(codes == 0, seen.starts_with("no")) << what << ": " << seen;
  }
}

TEST(DoctorCatalogue, FillsItsRowsIn) {
  const auto one = found("path_changed", {{"sent", "/a"}, {"seen", "/b\n\x1b[31m"}});
  EXPECT_EQ(one.is, severity::error);
  EXPECT_EQ(one.of, area::public_address);
  EXPECT_EQ(one.what, "the path /a arrives as /b  [31m");
  EXPECT_EQ(found("path_changed", {{"sent", std::string(1000, 'a')}}).what,
            "the path " + std::string(300, 'a') + "... arrives as ");
  EXPECT_THROW((void)found("nothing"), std::logic_error);
}

}  // namespace
}  // namespace tonris::model::doctor
