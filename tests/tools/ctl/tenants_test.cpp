#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "actors/store/access_database.hpp"
#include "actors/store/tenant_database.hpp"
#include "actors/store/tenant_write.hpp"
#include "tools/ctl/program.hpp"
#include "tools/ctl/tenants.hpp"

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
  EXPECT_EQ(tenant({"show", "nobody"}), not_found);
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

TEST_F(StoredTenants, TakeTheirKeysWithThem) {
  ASSERT_EQ(tenant({"create", file(salon("a", "+15551234567"))}), found) << err;
  ASSERT_EQ(tenant({"create", file(salon("b", "+15551234568"))}), found) << err;
  const auto keys = [this] { return actors::access_database::open((folder / "data").string()).value(); };
  for (const auto* whose : {"a", "b"}) {
    model::kept_api_key key;
    key.id = std::string{"0123456789a"} + whose;
    key.tenant = {whose};
    ASSERT_TRUE(keys().add_key(key, {}).value());
  }
  ASSERT_EQ(tenant({"delete", "a"}), found) << err;
  EXPECT_FALSE(keys().key("0123456789aa").value());
  EXPECT_TRUE(keys().key("0123456789ab").value());
  EXPECT_EQ(keys().audit({"a"}, 0, 1).value().entries.at(0).what, "key.revoke");
}

TEST_F(StoredTenants, RefuseALimitWhoseKeyIsNotThere) {
  const std::string shown = R"({"id":"a","name":"Salon","twilioPhoneNumber":"+15551234567","settings":{"limits":)"
                            R"({"vendorCalls":5}},"secrets":{"elevenLabs":{"apiKey":{"set":true}}}})";
  EXPECT_EQ(tenant({"import", file("[" + shown + "]")}), not_found);
  EXPECT_THAT(out, HasSubstr("tenant a: settings.limits.vendorCalls needs secrets.elevenLabs"));
  EXPECT_EQ(tenant({"show", "a"}), not_found);
}

/// The gateway seals it: it is not to be lost on its way there.
TEST(ImportedTenants, AreSentAsTheyStandInTheList) {
  std::vector<std::string> sent;
  const tenants_door gateway = [&](std::string_view method, const std::string& path,
                                   const std::string& body) -> tl::expected<net::http_response, std::string> {
    sent.push_back(std::string{method} + " " + path + " " + body);
    return net::make_response(method == "PUT" ? 404 : 201, "application/json", "{}");
  };
  const std::string secret = R"({"id":"a","name":"Salon","twilioPhoneNumber":"+15551234567",)"
                             R"("secrets":{"elevenLabs":{"apiKey":"sk_1"}}})";
  const std::string twice = R"({"id":"a","name":"Other","twilioPhoneNumber":"+15551234568"})";
  const auto done = import_tenants(gateway, "[ " + secret + ",\n" + twice + ", 7]");
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->made, 1u);
  EXPECT_THAT(done->mistakes, HasSubstr("is the id of two tenants"));
  EXPECT_THAT(sent, testing::ElementsAre("PUT /api/tenants/a " + secret, "POST /api/tenants " + secret));
}

TEST_F(StoredTenants, AreNotLedInACircle) {
  const auto leading = [](const std::string& id, const std::string& number, const std::string& to) {
    return R"({"id":")" + id + R"(","name":"Salon","twilioPhoneNumber":")" + number +
           R"(","settings":{"fallback":{"transferTo":")" + to + R"("}}})";
  };
  ASSERT_EQ(tenant({"create", file(leading("a", "+15551234567", "+15551234568"))}), found) << err;
  EXPECT_EQ(tenant({"create", file(leading("b", "+15551234568", "+15551234567"))}), cannot);
  EXPECT_THAT(err, HasSubstr("settings.fallback.transferTo leads back to the tenant's own number by way of tenant a"));
}

/// Sealed as a gateway does.
class StoredSecrets : public StoredTenants {
 protected:
  static constexpr auto first = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  static constexpr auto both =
      "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=,k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  void keep_secret(const std::string& ring) const {
    model::tenant t;
    t.id = {"a"};
    t.name = "Salon";
    t.phone_number = "+15551234567";
    t.secrets.api_key = {model::tenant_secret::form::plain, "sk_1"};
    const model::field_seal seal{derive(model::parse_key_ring(ring).value())};
    ASSERT_TRUE(seal_secrets(t.secrets, t.id, seal, [] { return model::aead_nonce{1}; }));
    auto db = actors::tenant_database::open((folder / "data").string(), "g").value();
    ASSERT_TRUE(db.write({actors::write_of(t, "")}, [](const auto&) {}));
  }
  int rotate(const std::string& ring) {
    std::ostringstream said, complained;
    const int status = run(
        {"secrets", "rotate", "--data-dir", (folder / "data").string()},
        [&](std::string_view name) { return name == "SECRETS_KEY" ? std::optional{ring} : std::nullopt; }, said,
        complained);
    out = said.str();
    err = complained.str();
    return status;
  }
};

TEST_F(StoredSecrets, AreSealedAnewOnce) {
  keep_secret(first);
  EXPECT_EQ(rotate(both), found) << err;
  EXPECT_EQ(out, "secrets of 1 tenants sealed anew\n");
  ASSERT_EQ(tenant({"show", "a"}), found);
  EXPECT_THAT(out, AllOf(HasSubstr(R"("sealed":"1.k2.)"), Not(HasSubstr("sk_1"))));
  EXPECT_EQ(rotate(both), found);
  EXPECT_EQ(out, "secrets of 0 tenants sealed anew\n");
}

TEST_F(StoredSecrets, AreNamedWhereNoKeyOpensThem) {
  keep_secret(first);
  EXPECT_EQ(rotate("k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="), found);
  EXPECT_EQ(out,
            "secrets of 0 tenants sealed anew\n"
            "tenant a: elevenLabs.apiKey (sealed with k1): no key of SECRETS_KEY opens it\n");
  EXPECT_EQ(rotate(""), cannot);
  EXPECT_EQ(rotate("k1:short"), cannot);
  EXPECT_THAT(err, Not(HasSubstr("short")));
}

}  // namespace
}  // namespace tonris::ctl
