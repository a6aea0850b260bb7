#include "model/access/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using testing::HasSubstr;
using testing::Not;

struct change {
  const char *was, *is, *before, *after, *secrets;
};
constexpr change changes[] = {
    {R"({"a":1})", R"({"a":1})", "{}", "{}", ""},
    {R"({"a":1,"b":2})", R"({"a":1,"b":3})", R"({"b":2})", R"({"b":3})", ""},
    {R"({"a":1})", R"({"a":1,"b":[1]})", "{}", R"({"b":[1]})", ""},
    {R"({"a":1,"b":[1]})", R"({"a":1})", R"({"b":[1]})", "{}", ""},
    {R"({"s":{"x":1,"y":2}})", R"({"s":{"x":1,"y":3}})", R"({"s":{"y":2}})", R"({"s":{"y":3}})", ""},
    {R"({"s":{"x":1}})", R"({"s":7})", R"({"s":{"x":1}})", R"({"s":7})", ""},
    {R"({"s":{"x":1}})", R"({})", R"({"s":{"x":1}})", "{}", ""},
    {"", R"({"a":1})", "", R"({"a":1})", ""},
    {R"({"a":1})", "", R"({"a":1})", "", ""},
    {"", "", "", "", ""},
    {"no JSON", R"([1])", "", "", ""},
    {R"({"secrets":{"k":"old","same":"s"}})", R"({"secrets":{"k":"new","same":"s"}})", R"({"secrets":{"k":"***"}})",
     R"({"secrets":{"k":"***"}})", R"(["secrets.k"])"},
    {"", R"({"secrets":{"k":{"l":"new"}}})", "", R"({"secrets":{"k":{"l":"***"}}})", R"(["secrets.k.l"])"},
    {R"({"secrets":"old"})", R"({"secrets":{"k":"new"}})", R"({"secrets":"***"})", R"({"secrets":"***"})",
     R"(["secrets"])"},
    {R"({"secrets":{"k":{"l":"old"}}})", R"({"secrets":{"k":"new"}})", R"({"secrets":{"k":"***"}})",
     R"({"secrets":{"k":"***"}})", R"(["secrets.k"])"},
    {"", R"({"settings":{"secrets":"is no secret"}})", "", R"({"settings":{"secrets":"is no secret"}})", ""},
};

TEST(Audit, TellsWhatDiffersAndMasksSecrets) {
  for (const auto& one : changes) {
    audit_entry entry;
    put_change(one.was, one.is, entry);
    EXPECT_EQ(entry.before, one.before) << one.was << " -> " << one.is;
    EXPECT_EQ(entry.after, one.after) << one.was << " -> " << one.is;
    EXPECT_EQ(entry.secrets, one.secrets) << one.was << " -> " << one.is;
  }
}

TEST(Audit, TellsOfWhatIsTooLongItsSize) {
  audit_entry entry;
  put_change("", R"({"a":")" + std::string(max_audit_text_bytes, 'x') + R"("})", entry);
  EXPECT_EQ(entry.after, R"({"bytes":16392})");
}

TEST(Audit, IsShownWholeAndWithoutWhatIsNotThere) {
  audit_entry entry;
  entry.seq = 7;
  entry.at = audit_entry::time{std::chrono::seconds{1}};
  entry.who = "operator";
  entry.what = "tenant.remove";
  EXPECT_EQ(to_json(entry), R"({"seq":7,"at":"1970-01-01T00:00:01.000Z","who":"operator","what":"tenant.remove"})");
  entry.tenant = {"salon-1"};
  put_change(R"({"name":"A","secrets":{"k":"1"}})", R"({"name":"B","secrets":{"k":"2"}})", entry);
  EXPECT_THAT(to_json(entry),
              HasSubstr(R"("tenantId":"salon-1","before":{"name":"A","secrets":{"k":"***"}},)"
                        R"("after":{"name":"B","secrets":{"k":"***"}},"changedSecrets":["secrets.k"]})"));
}

}  // namespace
}  // namespace tonris::model
