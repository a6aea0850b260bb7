#include "model/text/tenant_url.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using enum url_refusal;
const auto allowed = allowed_hosts::parse("crm.internal,10.0.0.7:8080,localhost:25").value();

TEST(TenantUrl, IsTakenApart) {
  struct row {
    std::string_view text, host;
    std::uint16_t port;
    bool tls;
    std::string_view target, authority;
  };
  for (const auto& [text, host, port, tls, target, authority] : {
           row{"https://crm.example/x?y=1", "crm.example", 443, true, "/x?y=1", "crm.example"},
           row{"HTTPS://CRM.example", "CRM.example", 443, true, "/", "CRM.example"},
           row{"https://crm.example?y=1", "crm.example", 443, true, "/?y=1", "crm.example"},
           row{"https://crm.example:8443/", "crm.example", 8443, true, "/", "crm.example:8443"},
           row{"https://crm.example:443/", "crm.example", 443, true, "/", "crm.example"},
           row{"https://crm.example:80/", "crm.example", 80, true, "/", "crm.example:80"},
           row{"https://[2606:4700::1]:8443/a", "2606:4700::1", 8443, true, "/a", "[2606:4700::1]:8443"},
           row{"https://93.184.216.34/", "93.184.216.34", 443, true, "/", "93.184.216.34"},
           row{"http://crm.internal/x", "crm.internal", 80, false, "/x", "crm.internal"},
           row{"http://crm.internal:23/x", "crm.internal", 23, false, "/x", "crm.internal:23"},
           row{"http://10.0.0.7:8080/", "10.0.0.7", 8080, false, "/", "10.0.0.7:8080"},
           row{"https://localhost:25/", "localhost", 25, true, "/", "localhost:25"},
       }) {
    const auto url = check_tenant_url(text, allowed);
    ASSERT_TRUE(url) << text << ' ' << to_string(url.error());
    EXPECT_EQ(url->host, host);
    EXPECT_EQ(url->port, port);
    EXPECT_EQ(url->tls, tls);
    EXPECT_EQ(url->target, target);
    EXPECT_EQ(url->authority, authority);
  }
}

TEST(TenantUrl, IsRefusedWithAReason) {
  struct row {
    std::string text;
    url_refusal why;
  };
  for (const auto& [text, why] : {
           row{"", unreadable},
           row{"crm.example/x", unreadable},
           row{"https://", unreadable},
           row{"https:///x", unreadable},
           row{"https://a b/", unreadable},
           row{"https://127.1/", unreadable},
           row{"https://0x7f.0.0.1/", unreadable},
           row{"https://2130706433/", unreadable},
           row{"https://crm.example./", unreadable},
           row{"https://crm.example/\r\nx:y", unreadable},
           row{"https://crm.example/" + std::string(2048, 'x'), unreadable},
           row{"http://crm.example/", scheme},
           row{"ftp://crm.internal/", scheme},
           row{"file://crm.internal/etc/passwd", scheme},
           row{"https://u:p@crm.example/", user_info},
           row{"https://crm.example@127.0.0.1/", user_info},
           row{"https://crm.example/#x", fragment},
           row{"https://crm.example:22/", port},
           row{"https://crm.example:0/", port},
           row{"https://crm.example:65536/", port},
           row{"https://localhost/", not_outside},
           row{"https://LOCALHOST:8080/", not_outside},
           row{"https://a.localhost/", not_outside},
           row{"https://127.0.0.1/", not_outside},
           row{"https://[::1]/", not_outside},
           row{"https://[::ffff:127.0.0.1]/", not_outside},
           row{"http://169.254.169.254/latest/meta-data/", not_outside},
           row{"https://10.0.0.7/", not_outside},
           row{"https://[fd00:ec2::254]/", not_outside},
       }) {
    const auto url = check_tenant_url(text, allowed);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(to_string(url.error()), to_string(why)) << text;
  }
}

TEST(TenantUrl, HasAWordForEachRefusal) {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < url_refusal_count; ++i)
    EXPECT_TRUE(words.insert(to_string(static_cast<url_refusal>(i))).second);
}

}  // namespace
}  // namespace tonris::model
