#include "actors/node/tenants.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;

constexpr auto salon = R"({"id":"salon-1","name":"Salon","status":"active","twilioPhoneNumber":"+15550100002"})";
constexpr auto other = R"({"id":"other","name":"Other","status":"active","twilioPhoneNumber":"+15550100003"})";
constexpr auto mistaken = R"({"id":"other","name":"Other","status":"?","twilioPhoneNumber":"+15550100003"})";

class FileTenants : public testing::Test {
 protected:
  ~FileTenants() override { std::filesystem::remove(file); }
  void write(const std::string& json) const { std::ofstream{file} << json; }
  [[nodiscard]] bool counts(const std::string& line) const {
    return counters.render().find("\n" + line + "\n") != std::string::npos;
  }
  static std::string list(const std::string& a, const std::string& b) { return "[" + a + ",\n" + b + "]"; }

  const std::string file = testing::TempDir() + "tenants-" + std::to_string(getpid()) + ".json";
  metrics counters;
  file_tenants tenants{file, counters};
};

TEST_F(FileTenants, AreServedOnceTheFileIsRead) {
  write(list(salon, mistaken));
  captured_log log;
  ASSERT_TRUE(tenants.read());
  ASSERT_EQ(tenants.served().size(), 1u);
  EXPECT_EQ(tenants.served()[0].id.value, "salon-1");
  EXPECT_THAT(log.text(), HasSubstr("[ERROR]: TENANTS_FILE, line 2, tenant other: status"));
}

TEST_F(FileTenants, RefuseToBeginWithoutTheirFile) {
  const auto read = tenants.read();
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("TENANTS_FILE " + file));
}

TEST_F(FileTenants, StayAsTheyWereWhereTheFileCannotBeRead) {
  write(list(salon, other));
  ASSERT_TRUE(tenants.read());
  write("{");
  captured_log log;
  EXPECT_EQ(tenants.read_again(), std::nullopt);
  EXPECT_EQ(tenants.served().size(), 2u);
  EXPECT_THAT(log.text(), HasSubstr("[ERROR]: The tenants stay as they were: TENANTS_FILE "));
}

TEST_F(FileTenants, AreServedAsBeforeWhereTheyHaveAMistakeNow) {
  write(list(salon, other));
  ASSERT_TRUE(tenants.read());
  write(list(salon, mistaken));
  captured_log log;
  const auto served = tenants.read_again();
  ASSERT_TRUE(served);
  EXPECT_EQ(served->size(), 2u);
  EXPECT_EQ(*served, tenants.served()) << "who begins anew, after a crash, begins with the same";
  EXPECT_THAT(log.text(), HasSubstr("Tenants read again: 2 served, 1 with "
                                    "mistakes, of them 1 served as before; "));
}

}  // namespace
}  // namespace tonris::actors::test
