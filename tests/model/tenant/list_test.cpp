#include "model/tenant/list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tonris::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::string item(const std::string& id, const std::string& number, const std::string& settings = {}) {
  return R"({"id":")" + id + R"(","name":"N","twilioPhoneNumber":")" + number + R"(","settings":{)" + settings + "}}";
}
std::string transfer(const std::string& number) {
  return R"("fallback":{"transferTo":")" + number + "\"}";
}

std::vector<std::string> ids(const std::vector<tenant>& tenants) {
  std::vector<std::string> all;
  for (const auto& t : tenants) all.push_back(t.id.value);
  return all;
}
std::vector<std::string> lines(const tenant_list& list) {
  std::vector<std::string> all;
  for (const auto& m : list.mistakes) all.push_back(to_string(m));
  return all;
}

const std::string a = "+15551234567", b = "+15551234568", c = "+15551234569";

TEST(TenantList, IsReadInItsOrder) {
  const auto all = parse_tenants("[" + item("b", a) + "," + item("a", b) + "]").value();
  EXPECT_THAT(ids(all.good), ElementsAre("b", "a"));
  EXPECT_EQ(all.good[1].phone_number, b);
  EXPECT_THAT(all.mistakes, IsEmpty());
  EXPECT_THAT(all.refused, IsEmpty());
}

TEST(TenantList, MayBeEmpty) {
  EXPECT_THAT(parse_tenants(" [ ] ").value().good, IsEmpty());
}

TEST(TenantList, TellsAllMistakesAtOnceByIdAndLineAndKeepsTheGoodOnes) {
  const auto all = parse_tenants(R"([
  {
    "id": "salon-1", "name": "Salon",
    "twilioPhoneNumber": "555",
    "settings": {
      "language": "English",
      "limits": {
        "maxCallSeconds": 1
      }
    }
  },
  {"id": "good", "name": "Good", "twilioPhoneNumber": "+15551234567"},
  7,
  {
    "name": "Nameless",
    "colour": "red",
    "twilioPhoneNumber": "+15551234568"
  }
])")
                       .value();
  EXPECT_THAT(ids(all.good), ElementsAre("good"));
  EXPECT_THAT(all.refused, ElementsAre("salon-1", "", ""));
  EXPECT_THAT(
      lines(all),
      ElementsAre("line 4, tenant salon-1: twilioPhoneNumber must be a phone number in E.164, such as +15551234567",
                  "line 6, tenant salon-1: settings.language must be a language tag, such as en or pt-br",
                  "line 8, tenant salon-1: settings.limits.maxCallSeconds must be a whole number from 10 to 86400",
                  "line 13, tenant number 3 of the list: must be an object",
                  "line 14, tenant number 4 of the list: id is missing",
                  "line 16, tenant number 4 of the list: colour is not a known key"));
}

TEST(TenantList, RefusesTheSecondOfTwoTenantsWithOneId) {
  const auto all = parse_tenants("[" + item("a", a) + ",\n" + item("a", b) + "," + item("c", c) + "]").value();
  EXPECT_THAT(ids(all.good), ElementsAre("a", "c"));
  EXPECT_THAT(lines(all), ElementsAre("line 2, tenant a: id is the id of two tenants"));
}

TEST(TenantList, RefusesTheSecondOfTwoTenantsWithOneNumberInWhicheverForm) {
  const std::vector<std::pair<std::string, std::string>> forms{
      {a, "+1 555 123 4567"}, {"+5215512345678", "+525512345678"}, {"+2290190123456", "+22990123456"}};
  for (const auto& [one, other] : forms) {
    const auto all = parse_tenants("[" + item("a", one) + "," + item("b", other) + "]").value();
    EXPECT_THAT(ids(all.good), ElementsAre("a")) << other;
    EXPECT_THAT(lines(all), ElementsAre("line 1, tenant b: twilioPhoneNumber is the number of tenant a as well"));
  }
}

TEST(TenantList, RefusesFallbacksThatLeadRoundInACircle) {
  const auto pair =
      parse_tenants("[" + item("a", a, transfer(b)) + ",\n" + item("b", b, transfer(a)) + "," + item("c", c) + "]")
          .value();
  EXPECT_THAT(ids(pair.good), ElementsAre("c"));
  EXPECT_THAT(lines(pair),
              ElementsAre("line 1, tenant a: settings.fallback.transferTo leads back to the tenant's own number by way "
                          "of tenant b: paid calls in a circle",
                          "line 2, tenant b: settings.fallback.transferTo leads back to the tenant's own number by way "
                          "of tenant a: paid calls in a circle"));
  const auto three = parse_tenants("[" + item("a", a, transfer(b)) + "," + item("b", b, transfer(c)) + "," +
                                   item("c", c, transfer(a)) + "]")
                         .value();
  EXPECT_THAT(three.refused, ElementsAre("a", "b", "c"));
  const auto own = parse_tenants("[" + item("a", "+5215512345678", transfer("+525512345678")) + "]").value();
  EXPECT_THAT(lines(own), ElementsAre(HasSubstr("is the tenant's own number")));
}

TEST(TenantList, RefusesAFurtherNumberThatAnotherTenantHas) {
  const auto all = parse_tenants("[" + item("a", a, R"("numbers":[{"number":")" + c + "\"}]") + ",\n" + item("b", c) +
                                 ",\n" + item("d", b, R"("numbers":[{"number":")" + a + "\"}]") + "]")
                       .value();
  EXPECT_THAT(lines(all),
              ElementsAre("line 2, tenant b: twilioPhoneNumber is the number of tenant a as well",
                          "line 3, tenant d: settings.numbers[0].number is the number of tenant a as well"));
}

TEST(TenantList, RefusesCirclesByWayOfRulesClosedHoursAndOverflows) {
  const auto rule = R"("callerRules":[{"name":"x","callers":["+1*"],"action":"transfer","transferTo":")";
  const auto closed = R"("businessHours":{"timezone":"UTC","closed":{"action":"transfer","transferTo":")";
  const auto overflow = R"("limits":{"overflow":{"action":"transfer","transferTo":")";
  const auto all = parse_tenants("[" + item("a", a, rule + b + "\"}]") + ",\n" + item("b", b, closed + c + "\"}}") +
                                 ",\n" + item("c", c, overflow + a + "\"}}") + "]")
                       .value();
  ASSERT_EQ(all.mistakes.size(), 3U);
  EXPECT_EQ(all.mistakes[0].path, "settings.callerRules[0].transferTo");
  EXPECT_EQ(all.mistakes[1].path, "settings.businessHours.closed.transferTo");
  EXPECT_EQ(all.mistakes[2].path, "settings.limits.overflow.transferTo");
}

TEST(TenantList, TakesFallbacksThatEndSomewhere) {
  const auto chain = parse_tenants("[" + item("a", a, transfer(b)) + "," + item("b", b, transfer(c)) + "," +
                                   item("c", c, transfer("+15557654321")) + "]")
                         .value();
  EXPECT_THAT(lines(chain), IsEmpty());
  const auto into_a_circle = parse_tenants("[" + item("a", a, transfer(b)) + "," + item("b", b, transfer(c)) + "," +
                                           item("c", c, transfer(b)) + "]")
                                 .value();
  EXPECT_THAT(ids(into_a_circle.good), ElementsAre("a")) << "it is on no circle itself";
}

TEST(TenantList, ThatIsNoneIsRefusedWithItsLine) {
  const auto message = [](const std::string& json) { return to_string(parse_tenants(json).error()); };
  EXPECT_THAT(message("[\n{},\n{]"), HasSubstr("line 3: is not JSON: "));
  EXPECT_EQ(message("{}"), "line 1: must be a list of tenants");
  EXPECT_THAT(message(""), HasSubstr("line 1: is not JSON"));
  EXPECT_THAT(message(std::string(500'000, '[')), HasSubstr("nest"));
}

TEST(TenantList, AsksForZones) {
  const auto none = [](std::string_view) { return false; };
  const auto all = parse_tenants("[" + item("a", a, R"("businessHours":{"timezone":"Mars/Base"})") + "]", none).value();
  EXPECT_THAT(lines(all), ElementsAre(HasSubstr("settings.businessHours.timezone is in no time zone database")));
}

TEST(TenantChanges, NameTheFirstTenOfEachKind) {
  tenant_changes changes{{"c", "d"}, {"a"}, {"b"}};
  EXPECT_EQ(to_string(changes), "2 added (c, d), 1 changed (a), 1 removed (b)");
  EXPECT_EQ(to_string(tenant_changes{}), "nothing changed");
  changes = {};
  for (int i = 10; i < 30; ++i) changes.added.push_back("t" + std::to_string(i));
  EXPECT_THAT(to_string(changes), StartsWith("20 added (t10, t11"));
  EXPECT_THAT(to_string(changes), Not(HasSubstr("t20")));
}

}  // namespace
}  // namespace tonris::model
