#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

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

TEST(DoctorCatalogue, IsInTheManual) {
  std::ifstream file{tonris::test::source_dir() + "/docs/doctor.md"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_THAT(text, HasSubstr(catalogue_as_markdown())) << "docs/doctor.md: put this there\n"
                                                        << catalogue_as_markdown();
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
