#include "model/text/allowed_hosts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

const auto allowed = allowed_hosts::parse(
                         "crm.internal, CRM2.internal:8080, *.corp.example, 10.0.0.7, 10.0.0.8:81, fd00::1, "
                         "[fd00::2]:8443, [fd00::3], ,*.eight.example:8888,")
                         .value();

TEST(AllowedHosts, AreHostsSuffixesAndAddresses) {
  struct row {
    std::string_view host;
    std::uint16_t port;
    bool is_allowed;
  };
  for (const auto& [host, port, is_allowed] : {
           row{"crm.internal", 443, true},     row{"CRM.Internal", 1, true},
           row{"xcrm.internal", 443, false},   row{"crm.internal.evil.example", 443, false},
           row{"crm2.internal", 8080, true},   row{"crm2.internal", 443, false},
           row{"a.corp.example", 443, true},   row{"a.b.corp.example", 443, true},
           row{"corp.example", 443, false},    row{".corp.example", 443, false},
           row{"acorp.example", 443, false},   row{"a.eight.example", 8888, true},
           row{"a.eight.example", 443, false}, row{"10.0.0.7", 99, true},
           row{"::ffff:10.0.0.7", 99, true},   row{"10.0.0.8", 81, true},
           row{"10.0.0.8", 80, false},         row{"10.0.0.9", 80, false},
           row{"fd00::1", 80, true},           row{"fd00:0:0::1", 80, true},
           row{"fd00::2", 8443, true},         row{"fd00::2", 443, false},
           row{"fd00::3", 443, true},          row{"", 443, false},
       })
    EXPECT_EQ(allowed.allows(host, port), is_allowed) << host << ' ' << port;
}

TEST(AllowedHosts, AreNothingUnlessSet) {
  EXPECT_TRUE(allowed_hosts::parse("").value().empty());
  EXPECT_TRUE(allowed_hosts::parse(" , ").value().empty());
  EXPECT_FALSE(allowed_hosts{}.allows("crm.internal", 443));
}

TEST(AllowedHosts, AreRefusedWhereTheyCannotBe) {
  for (const auto* text : {"*", "*.", "a.*.example", "https://crm.internal", "crm.internal:", "crm.internal:0",
                           "crm.internal:65536", "crm.internal:x", "10.0.0", "127.1", "*.10.0.0.7", "[10.0.0.7]",
                           "[crm.internal]", "[fd00::1", "a b", "10.0.0.0/8", "crm.internal/x", "u@crm.internal"})
    EXPECT_FALSE(allowed_hosts::parse(text)) << text;
  std::string many;
  for (std::size_t n = 0; n <= allowed_hosts::most; ++n) many += "h" + std::to_string(n) + ",";
  EXPECT_FALSE(allowed_hosts::parse(many));
}

TEST(MayDial, LooksAtWhatANameResolvedTo) {
  struct row {
    std::string_view host, resolved;
    bool may;
  };
  for (const auto& [host, resolved, may] : {
           row{"crm.example", "93.184.216.34", true},
           row{"crm.example", "127.0.0.1", false},
           row{"crm.example", "169.254.169.254", false},
           row{"crm.example", "::ffff:127.0.0.1", false},
           row{"crm.example", "10.0.0.7", true},  // the address is allowed, whoever leads to it
           row{"crm.example", "10.0.0.9", false},
           row{"crm.internal", "10.0.0.9", true},
           row{"a.corp.example", "192.168.1.1", true},
           row{"crm.example", "2606:4700::1", true},
       })
    EXPECT_EQ(may_dial(host, *read_ip(resolved), 443, allowed), may) << host << ' ' << resolved;
}

}  // namespace
}  // namespace tonris::model
