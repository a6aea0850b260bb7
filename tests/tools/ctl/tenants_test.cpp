#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tools/ctl/program.hpp"

namespace tonris::ctl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The tenants of a store whose gateway does not run.
class StoredTenants : public testing::Test {
 protected:
  StoredTenants() {
    auto made = (std::filesystem::temp_directory_path() / "tonris-ctl-XXXXXX").string();
    folder = mkdtemp(made.data());
  }
  ~StoredTenants() override { std::filesystem::remove_all(folder); }

  std::string file(const std::string& text) const {
    const auto path = folder / "given.json";
    std::ofstream{path} << text;
    return path.string();
  }
  int tenant(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "tenant");
    arguments.insert(arguments.end(), {"--data-dir", (folder / "data").string()});
    std::ostringstream said, complained;
    const int status = run(
        std::move(arguments), [](std::string_view) { return std::optional<std::string>{}; }, said, complained);
    out = said.str();
    err = complained.str();
    return status;
  }
  static std::string salon(const std::string& id, const std::string& number) {
    return R"({"id":")" + id + R"(","name":"Salon","twilioPhoneNumber":")" + number + R"("})";
  }

  std::filesystem::path folder;
  std::string out, err;
};

TEST_F(StoredTenants, AreMadeListedChangedAndDeleted) {
  ASSERT_EQ(tenant({"create", file(salon("a", "+1 555 123 4567"))}), found) << err;
  EXPECT_EQ(tenant({"list"}), found);
  EXPECT_EQ(out, "a  active  +15551234567  Salon\n");
  EXPECT_EQ(tenant({"edit", "a", file(R"({"settings":{"greeting":"Hi"}})")}), found) << err;
  EXPECT_THAT(out, HasSubstr(R"("greeting":"Hi")"));
  EXPECT_EQ(tenant({"suspend", "a"}), found);
  EXPECT_EQ(tenant({"list"}), found);
  EXPECT_EQ(out, "a  suspended  +15551234567  Salon\n");
  EXPECT_EQ(tenant({"delete", "a"}), found);
  EXPECT_EQ(tenant({"list"}), found);
  EXPECT_EQ(out, "");
}

TEST_F(StoredTenants, AreRefusedWithAllTheirMistakes) {
  EXPECT_EQ(tenant({"create", file(R"({"id":"a","name":"","twilioPhoneNumber":"1"})")}), cannot);
  EXPECT_THAT(err, AllOf(HasSubstr("name must not be empty"), HasSubstr("twilioPhoneNumber must be")));
  ASSERT_EQ(tenant({"create", file(salon("a", "+15551234567"))}), found);
  EXPECT_EQ(tenant({"create", file(salon("b", "+15551234567"))}), cannot);
  EXPECT_THAT(err, HasSubstr("one of the numbers is that of tenant a"));
  EXPECT_EQ(tenant({"create", file(R"({"id":"c","name":"C","twilioPhoneNumber":"+15551234568",)"
                                   R"("secrets":{"elevenLabs":{"apiKey":"sk_1"}}})")}),
            cannot);
  EXPECT_THAT(err, AllOf(HasSubstr("secrets are sealed by the gateway"), Not(HasSubstr("sk_1"))));
  EXPECT_EQ(tenant({"show", "nobody"}), cannot);
  EXPECT_THAT(err, HasSubstr("there is no such tenant"));
}

TEST_F(StoredTenants, AreExportedAndImportedAgain) {
  ASSERT_EQ(tenant({"create", file(salon("a", "+15551234567"))}), found);
  ASSERT_EQ(tenant({"create", file(salon("b", "+15551234568"))}), found);
  ASSERT_EQ(tenant({"export"}), found);
  const auto all = out;
  ASSERT_EQ(tenant({"delete", "a"}), found);
  EXPECT_EQ(tenant({"import", file(all)}), found) << out;
  EXPECT_EQ(out, "1 made, 1 replaced\n");
  EXPECT_EQ(tenant({"import", file("[" + salon("c", "+15551234567") + "]")}), not_found);
  EXPECT_THAT(out, AllOf(HasSubstr("tenant c: one of the numbers is that of tenant a"), HasSubstr("0 made")));
}

}  // namespace
}  // namespace tonris::ctl
